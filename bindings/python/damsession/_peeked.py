"""The body of a response of requests whose beginning was read already. The program reads all of it,
as if it had not been.

Every reader gets decoded bytes (of gzip and the like), because the beginning was decoded, and the
rest of a compressed stream cannot be decoded without it. If a body broke off, its reader gets what
arrived, and then the error.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any


class Peeked(io.RawIOBase):
    """Takes the place of the urllib3 response `raw`, and passes on everything but reading."""

    def __init__(self, raw: Any, most: int) -> None:
        """Reads the first `most` bytes, or the whole body if it is shorter."""
        self._raw = raw
        #: Where a `requests.Session` looks for cookies. Those are the business of the session.
        self._original_response = None
        # One iterator serves the whole body, because urllib3 cannot change its way of reading in
        # the middle of a chunk.
        self._pieces = raw.stream(most, decode_content=True)
        self._ahead: bytes = b""
        self._at = 0
        self._broken: BaseException | None = None
        #: Whether the beginning is the whole body.
        self.is_whole = False
        with contextlib.suppress(Exception):  # kept, and raised after the bytes that came before it
            while len(self._ahead) < most and not self.is_whole:
                piece = self._next()
                self._ahead += piece
                self.is_whole = not piece
        #: The bytes that were read beforehand.
        self.beginning = self._ahead

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def _take(self, size: int) -> bytes:
        """At most `size` bytes of what is there, else the next bytes; b"" at the end."""
        if self._at == len(self._ahead):
            self._ahead, self._at, self.beginning = self._next(), 0, b""
        piece = self._ahead[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def _next(self) -> bytes:
        if self._broken is not None:
            raise self._broken
        try:
            return next(self._pieces, b"")
        except Exception as error:
            self._broken = error
            raise

    def stream(self, amt: int | None = 65536, decode_content: Any = None) -> Iterator[bytes]:
        while piece := self._take(amt or 65536):
            yield piece

    def read(self, amt: int | None = None, *arguments: Any, **options: Any) -> bytes:
        if amt is None or amt < 0:
            return b"".join(self.stream())
        return self._take(amt)

    def readinto(self, buffer: Any) -> int:
        piece = self._take(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(self._raw.tell())

    def close(self) -> None:
        self._raw.close()
        super().close()
