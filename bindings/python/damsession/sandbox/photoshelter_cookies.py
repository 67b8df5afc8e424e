"""The session cookie of PhotoShelter, made and recognized.

Shaped like the recorded ones: 523 to 541 characters, percent-encoded base64,
`%3A`, percent-encoded base64 of 32 bytes. The first part hides the session and
the cookie's number within it, the second seals the first part's exact text: a
client that decodes and re-encodes, shortens or quotes the value is refused.
Reading a cookie needs no memory of the cookies sent.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from urllib.parse import unquote

SESSION_COOKIE = "SSphotoshelter_com_mem"
COMPANION_COOKIE = "acs"

_HEAD_BYTES = 18
_HEAD_CHARACTERS = 24
_TAILS = 64
_TAIL_LENGTH = 452
_SEPARATOR = "%3A"
# By what characters a token may hold; the URL-safe ones have none of either otherwise.
_TOKEN_SEPARATORS = {"url-safe": ".", "any": "+/"}


def _encoded(raw: bytes) -> str:
    text = b64encode(raw).decode("ascii")
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def _tail() -> str:
    text = _encoded(secrets.token_bytes(_TAIL_LENGTH * 3 // 4))[:_TAIL_LENGTH]
    # A cut must not leave half of a percent escape behind.
    return text[: text.rindex("%")] if "%" in text[-2:] else text


class CookieMint:
    """Makes cookie values for numbered sessions and reads them back."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._mask = int.from_bytes(secrets.token_bytes(_HEAD_BYTES), "big")
        self._tails = [_tail() for _ in range(_TAILS)]

    def mint(self, session: int, number: int) -> str:
        hidden = (session << 64 | number) ^ self._mask
        head = _encoded(hidden.to_bytes(_HEAD_BYTES, "big"))
        text = head + self._tails[number % _TAILS]
        return text + _SEPARATOR + self._seal(text)

    def read(self, value: str) -> tuple[int, int] | None:
        """Session and number of a cookie made here, or None for any other text."""
        text, separator, seal = value.rpartition(_SEPARATOR)
        if not separator or not text.isascii() or seal != self._seal(text):
            return None
        # The longest the head can be is every character escaped.
        head = unquote(text[: _HEAD_CHARACTERS * 3])[:_HEAD_CHARACTERS]
        hidden = int.from_bytes(b64decode(head), "big") ^ self._mask
        return hidden >> 64, hidden & (1 << 64) - 1

    def _seal(self, text: str) -> str:
        return _encoded(hmac.digest(self._key, text.encode("ascii"), "sha256"))


def companion() -> str:
    """A value for the `acs` cookie: 24 characters that nobody checks."""
    return secrets.token_urlsafe(18)


class TokenMint:
    """Makes authentication tokens, and tells a dead one from an invented one.

    Where they may hold anything, each holds `+` and `/`: one put into a URL
    without encoding never works then, where a random one would only fail now
    and then.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def mint(self, characters: str) -> str:
        body = secrets.token_urlsafe(24)
        return f"{body}{_TOKEN_SEPARATORS[characters]}{self._seal(body)}"

    def made(self, token: str) -> bool:
        for separator in _TOKEN_SEPARATORS.values():
            body, found, seal = token.partition(separator)
            if found and body.isascii() and seal == self._seal(body):
                return True
        return False

    def _seal(self, body: str) -> str:
        return hmac.digest(self._key, body.encode("ascii"), "sha256").hex()[:24]
