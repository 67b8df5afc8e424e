"""FotoWeb's login token: a user name and a time window, sealed with the site's encryption secret.

    body  = "s=START;e=END;w=true|false;u=USER;"
    m     = base64(MD5(body + "es=" + SECRET))
    token = base64(body + "m=" + m + ";")

Times are `YYYY-MM-DD HH:MM:SS` in UTC, and text is UTF-8. The guide ("Method 3") refers to a page
whose format section is not public; this format is that of szeidler/fotoweb-php-sdk, and no other
one is known. Parsing is strict: the fields are in this order, each once, and base64 is the standard
one with padding. The server only parses tokens; `make` is for tests.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import b64decode, b64encode
from calendar import timegm
from dataclasses import dataclass
from hmac import compare_digest
from time import gmtime, strftime, strptime

_TIME = "%Y-%m-%d %H:%M:%S"
_STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_FORMAT = re.compile(
    rf"s=({_STAMP});e=({_STAMP});w=(true|false);u=([^;]*);m=([A-Za-z0-9+/]{{22}}==);",
    re.ASCII,
)


class LoginTokenError(ValueError):
    """The token does not log anybody in. The text says why, for the log."""


@dataclass(frozen=True)
class LoginToken:
    """What a well-formed token says. It proves nothing before `check`."""

    start: int
    end: int
    widget: bool
    user: str
    body: str
    seal: str

    @classmethod
    def parse(cls, text: str) -> LoginToken:
        try:
            plain = b64decode(text.encode("ascii"), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeError):
            raise LoginTokenError("not base64 of UTF-8 text") from None
        match = _FORMAT.fullmatch(plain)
        if match is None:
            raise LoginTokenError("fields missing, repeated or out of order")
        start, end, widget, user, seal = match.groups()
        try:
            window = (timegm(strptime(start, _TIME)), timegm(strptime(end, _TIME)))
        except ValueError:
            raise LoginTokenError("a date that does not exist") from None
        body = plain[: match.start(5) - len("m=")]
        return cls(window[0], window[1], widget == "true", user, body, seal)

    def check(self, secret: str, now: float, tolerance: int, longest: int) -> None:
        """Raises LoginTokenError for a wrong seal, a time outside the window, or a window that is
        too long.
        """
        if not compare_digest(self.seal, seal(self.body, secret)):
            raise LoginTokenError("the seal does not fit")
        if self.widget:
            raise LoginTokenError("made for widgets")
        if self.end < self.start or self.end - self.start > longest:
            raise LoginTokenError("the time window is reversed or too long")
        if now < self.start - tolerance:
            raise LoginTokenError("not valid yet")
        if now > self.end + tolerance:
            raise LoginTokenError("no longer valid")


def seal(body: str, secret: str) -> str:
    # The format demands MD5, which is weak.
    text = f"{body}es={secret}".encode()
    digest = hashlib.md5(text, usedforsecurity=False).digest()
    return b64encode(digest).decode("ascii")


def make(user: str, start: float, end: float, secret: str, widget: bool = False) -> str:
    """A token for `user`, valid from `start` to `end` (seconds since 1970)."""
    first, last = (strftime(_TIME, gmtime(moment)) for moment in (start, end))
    body = f"s={first};e={last};w={'true' if widget else 'false'};u={user};"
    text = f"{body}m={seal(body, secret)};"
    return b64encode(text.encode("utf-8")).decode("ascii")
