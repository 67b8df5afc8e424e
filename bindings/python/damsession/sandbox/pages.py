"""The two kinds of HTML page that a client can get in place of the expected response.

A login page asks for a password; a maintenance page does not. A client that takes a maintenance
page for a login page discards a good session.
"""

from __future__ import annotations

_PAGE = "<!DOCTYPE html>\n<html><head><title>{}</title></head><body>{}</body></html>\n"


def login_page(action: str, text: str) -> bytes:
    """A page with a password field, whose form goes to `action`."""
    form = (
        f'<p>{text}</p><form action="{action}" method="post"><input type="text" name="user">'
        '<input type="password" name="password"><input type="submit"></form>'
    )
    return _PAGE.format("Log in", form).encode("utf-8")


def maintenance_page() -> bytes:
    """A page that has no form."""
    text = "<p>The site is down for maintenance. Please come back later.</p>"
    return _PAGE.format("Maintenance", text).encode("utf-8")
