"""What a person's browser does with a page of consent, for tests.

It follows the page: it sends whatever the form has in it, and so notices a form that lacks a field.
The redirect address is not visited. As `client`, this needs the standard library only.
"""

from __future__ import annotations

import ssl
from html.parser import HTMLParser
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, build_opener


class ConsentError(ValueError):
    """There was a page and no redirect. The text is what a person reads there."""


class _NoRedirect(HTTPRedirectHandler):
    """Takes a redirect for an answer."""

    def redirect_request(self, *_: Any) -> None:
        return None


class _Page(HTMLParser):
    """The form of a page, and the text of its body."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}
        self.choices: set[tuple[str, str]] = set()
        self.selected = ""
        self.text: list[str] = []
        self._tag = ""
        self._option = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._tag = tag
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.action = given["action"]
        if tag == "input":
            self.hidden[given["name"]] = given["value"]
        if tag == "option":
            self._option = "selected" in given
        if tag == "button":
            self.choices.add((given["name"], given["value"]))

    def handle_data(self, data: str) -> None:
        if self._option:
            self.selected, self._option = data, False
        if self._tag not in ("title", "style"):
            self.text.append(data)


def consent(url: str, ca_file: str, user: str, decision: str) -> str:
    """Opens the page at `url`, answers, and returns the address that the browser would go to. The
    user is the one whom the page has selected unless another one is given.
    """
    opener = build_opener(
        ProxyHandler({}),
        HTTPSHandler(context=ssl.create_default_context(cafile=ca_file)),
        _NoRedirect,
    )

    def visit(address: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """The page, or the address to go to."""
        body = None if form is None else urlencode(form).encode("ascii")
        try:
            with opener.open(address, body) as response:
                return response.read().decode("utf-8"), ""
        except HTTPError as error:
            with error:
                if error.code == 302:
                    return "", str(error.headers["Location"])
                shown = _Page(error.read().decode("utf-8", "replace"))
                raise ConsentError(f"{error.code}: {' '.join(shown.text).strip()}") from None

    text, address = visit(url)
    if address:
        return address
    page = _Page(text)
    if ("decision", decision) not in page.choices:
        raise ConsentError(
            f"the page has no button for {decision!r}: {' '.join(page.text).strip()}"
        )
    text, address = visit(
        urljoin(url, page.action),
        {**page.hidden, "user": user or page.selected, "decision": decision},
    )
    return address
