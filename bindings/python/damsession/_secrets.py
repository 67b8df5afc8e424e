"""Knows the secrets of a session again, without keeping them.

The words of a server go into error texts, and a server may repeat what it was sent. The library
does not give its secrets away, so those that went through Python are recognized by their hash. It
is Python's own, which has a key of this process; it must not leave the process.
"""

from __future__ import annotations

import os
from typing import Any


class Secrets:
    """The hashes of the secrets of one session. A copy and a pickle of it are empty."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        #: By the option's name; "" for the answer to a prompt.
        self._known: dict[str, tuple[int, int]] = {}

    def add(self, option: str, value: str) -> None:
        """Remembers the value of an option, which counts if the option is a secret one."""
        self._known[option] = len(value), hash(value)

    def shows_in(self, text: str) -> bool:
        """Whether `text` holds one of the secrets, in plain or in the spelling of URLs."""
        from urllib.parse import unquote_plus  # here, as it is needed for errors only

        plain = unquote_plus(text)
        texts = {text, plain}
        return any(value in one for value in _outside() for one in texts) or any(
            hash(one[at : at + size]) == found
            for size, found in self._hashes()
            for one in texts
            for at in range(len(one) - size + 1)
        )

    def _hashes(self) -> set[tuple[int, int]]:
        from ._options import options

        secret = {option.name for option in options() if option.secret} | {""}
        return {found for option, found in self._known.items() if option in secret}

    def __reduce__(self) -> Any:
        return Secrets, ()


def _outside() -> set[str]:
    """The secrets that the library reads by itself, from the environment and from the files that it
    names.
    """
    from ._options import options

    found = set()
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    for option in options():
        if option.secret:
            found.add(os.environ.get(option.variable, ""))
            if folder:
                found.add(_line(os.path.join(folder, option.name)))
    return found - {""}


def _line(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(16_384).rstrip("\r\n")
    except OSError:  # there is none
        return ""
