"""The session cookies and tokens of PhotoShelter: how they are made and recognized.

A cookie has the shape of the recorded ones: 523 to 541 characters, percent-encoded base64, `%3A`,
percent-encoded base64 of 32 bytes. The first part hides the session and the cookie's number within
it. The second part seals the exact text of the first: a value that a client has decoded and encoded
again, shortened or quoted is refused. "The cookie is of a proprietary format and should be sent as
is", says the vendor's page "Connecting to the PhotoShelter API". No list of the issued cookies is
kept.
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
# Between the two parts of a token, by the knob `token-characters`. The parts contain none of them.
_TOKEN_SEPARATORS = {"url-safe": ".", "any": "+/"}


def _encoded(raw: bytes) -> str:
    text = b64encode(raw).decode("ascii")
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


def _tail() -> str:
    text = _encoded(secrets.token_bytes(_TAIL_LENGTH * 3 // 4))[:_TAIL_LENGTH]
    # The cut must not leave half of a percent escape.
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
        """The session and the number of a cookie that was made here; None for any other text."""
        text, separator, seal = value.rpartition(_SEPARATOR)
        if not separator or not text.isascii() or seal != self._seal(text):
            return None
        # The head is longest where every character is escaped.
        head = unquote(text[: _HEAD_CHARACTERS * 3])[:_HEAD_CHARACTERS]
        hidden = int.from_bytes(b64decode(head), "big") ^ self._mask
        return hidden >> 64, hidden & (1 << 64) - 1

    def _seal(self, text: str) -> str:
        return _encoded(hmac.digest(self._key, text.encode("ascii"), "sha256"))


def companion() -> str:
    """A value for the cookie `acs`: 24 characters, which no server code checks."""
    return secrets.token_urlsafe(18)


class TokenMint:
    """Makes authentication tokens, and tells an expired one from an invented one.

    Under `token-characters=any` each token contains `+` and `/`: a token that a client puts into a
    URL without encoding then never works. With random characters it would fail now and then only.
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
