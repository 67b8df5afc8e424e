"""What an OAuth server hands out: codes, access tokens and refresh tokens, and the family they
belong to.

Their values begin with characters that a client loses if it encodes them wrongly. An access token
may be made in a vendor's own way.
"""

from __future__ import annotations

import secrets
from base64 import b64encode

from .accounts import Application

CODE_LIFE = 60


class Code:
    """An authorization code. `family` is what it was exchanged for."""

    __slots__ = ("value", "application", "redirect_uri", "challenge", "user", "expires", "family")

    def __init__(
        self, application: Application, redirect_uri: str, challenge: str, user: str, now: float
    ) -> None:
        self.value = _made_up("c%2F&", 24)
        self.application = application
        self.redirect_uri = redirect_uri
        self.challenge = challenge
        self.user = user
        self.expires = now + CODE_LIFE
        self.family: Family | None = None


class Family:
    """What one consent, or one login of a script, has led to."""

    __slots__ = (
        "number", "application", "user", "issued", "renewals", "live", "access", "refresh",
        "organization",
    )  # fmt: skip

    def __init__(self, number: int, application: Application, user: str, now: float) -> None:
        self.number = number
        self.application = application
        self.user = user
        self.issued = now
        self.renewals = 0
        self.live = True
        #: Those that work, the newest last.
        self.access: list[Access] = []
        self.refresh: Refresh | None = None
        #: What one of them was last made to act for, where a vendor has organizations.
        self.organization: str | None = None


class Access:
    """An access token. `used` is whether any request came with it."""

    __slots__ = ("value", "family", "expires", "used", "organization")

    def __init__(self, value: str, family: Family, expires: float) -> None:
        self.value = value
        self.family = family
        self.expires = expires
        self.used = False
        #: What it acts for, where a vendor has organizations.
        self.organization: str | None = None


class Refresh:
    """A refresh token. `next` are the tokens that it was replaced by."""

    __slots__ = ("value", "family", "live", "next")

    def __init__(self, family: Family) -> None:
        self.value = _made_up("r%2B&", 49)
        self.family = family
        self.live = True
        self.next: tuple[Access, Refresh] | None = None


def opaque(family: Family, now: float, expires: float) -> str:
    """An access token that says nothing."""
    return _made_up("a+/", 49)


def _made_up(start: str, size: int) -> str:
    return start + b64encode(secrets.token_bytes(size)).decode("ascii")
