"""Requests and sessions as the window shows them: no secret, but a short hash of each, which tells
them apart.

What a client sent is not shown but for what is known to be harmless: the path, the names of
parameters, and values that the sandbox has made up itself. Hashes have a key of this process.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from .accounts import (
    API_KEY,
    APPLICATIONS,
    ENCRYPTION_SECRET,
    FOTOWEB_USERS,
    PHOTOSHELTER_APPLICATION,
    PHOTOSHELTER_USERS,
)
from .journal import Entry

_APPLICATIONS = [*APPLICATIONS.values(), PHOTOSHELTER_APPLICATION]
_USERS = {*PHOTOSHELTER_USERS, *FOTOWEB_USERS, *(one.id for one in _APPLICATIONS)}
_PASSWORDS = [
    *(user.password for user in PHOTOSHELTER_USERS.values()),
    *(user.password for user in FOTOWEB_USERS.values()),
    *(one.secret for one in _APPLICATIONS if one.secret),
]
_SECRETS = sorted([*_PASSWORDS, API_KEY, ENCRYPTION_SECRET], key=len, reverse=True)
#: Parameters and headers that hold a secret, in lower case.
_PARAMETERS = {
    "password", "p", "lt", "auth_token", "api_key",
    "client_secret", "code", "code_verifier", "access_token", "refresh_token", "token",
}  # fmt: skip
_HEADERS = {b"x-ps-api-key", b"x-ps-auth-token", b"authorization"}

_LONGEST_NAME = 40
#: What a path of one of the systems is made of. Tokens are longer than any such word.
_PLAIN = re.compile(r"[\w.,~@%-]{0,40}")

Chip = dict[str, str]


class Disguise:
    """Makes the hashes. Of one secret there is always the same."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def hash(self, secret: str) -> str:
        """Eight hexadecimal digits; "" for no secret."""
        if not secret:
            return ""
        return hmac.digest(self._key, secret.encode("utf-8", "surrogatepass"), "sha256").hex()[:8]

    def request(self, entry: Entry) -> dict[str, Any]:
        """One row of the list of requests."""
        path, _, query = entry.target.partition("?")
        parameters = parse_qsl(query, keep_blank_values=True)
        return {
            "sequence": entry.sequence,
            "time": entry.time,
            "system": entry.system,
            "method": entry.method,
            "path": self.path(path),
            "parameters": [self._name(name) for name, _ in parameters],
            "status": entry.status,
            "verdict": entry.verdict,
            "user": entry.user if entry.user in _USERS else self.hash(entry.user),
            "flags": list(entry.flags),
            "sent": list(self._sent(entry, parameters)),
            "set": list(self._cookies(line.partition(";")[0] for line in entry.set_cookies)),
        }

    def body(self, body: bytes) -> bytes:
        """A body with a hash for each known secret in it, in plain or in the spelling of URLs."""
        for secret in _SECRETS:
            for spelling in {secret, quote(secret, safe="")}:
                body = body.replace(spelling.encode(), f"#{self.hash(secret)}".encode())
        return body

    def value(self, name: str, value: str) -> str:
        """The value of a parameter, with a hash for what is secret in it."""
        if name.lower() in _PARAMETERS:
            return f"#{self.hash(value)}"
        return self.body(value.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def path(self, path: str) -> str:
        """A path, with a hash for each part that is no plain word or holds a known secret."""
        return "/".join(
            part if _PLAIN.fullmatch(part) and not _holds_secret(part) else f"#{self.hash(part)}"
            for part in path.split("/")
        )

    def _name(self, name: str) -> str:
        fits = len(name) <= _LONGEST_NAME and name.isprintable() and not _holds_secret(name)
        return name if fits else f"#{self.hash(name)}"

    def _sent(self, entry: Entry, parameters: Iterable[tuple[str, str]]) -> Iterator[Chip]:
        raw = entry.headers.split(b"\n") if entry.headers else []
        for header, value in zip(raw[::2], raw[1::2]):
            text = value.decode("utf-8", "replace")
            if header.lower() == b"cookie":
                yield from self._cookies(text.split(";"))
            elif header.lower() in _HEADERS:
                # Without the scheme: the same token has the same hash wherever it is.
                secret = text.partition(" ")[2] or text
                yield {"name": header.decode("latin-1"), "hash": self.hash(secret)}
        for name, text in (*parameters, *entry.form):
            if name.lower() in _PARAMETERS:
                yield {"name": name, "hash": self.hash(text)}

    def _cookies(self, pairs: Iterable[str]) -> Iterator[Chip]:
        for pair in pairs:
            name, equals, value = pair.strip().partition("=")
            if equals:
                yield {"name": self._name(name), "hash": self.hash(value)}


def _holds_secret(text: str) -> bool:
    plain = unquote(text)
    return any(secret in one for secret in _SECRETS for one in (text, plain))
