"""Made-up file content: any number of bytes, the same every time.

A file is one pseudo-random block, repeated. The length of the block is prime: a client that resumes
at a wrong offset gets wrong bytes, even where both offsets are round numbers. `head` can replace
the first bytes, so that the file is a picture; a decoder ignores what follows the end of the
picture. Nothing is stored: a slice is made when it is sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

BLOCK = 65_521
REPEATS = 4


class Slice:
    """Bytes `start` to `start + length` of the content that is called `name`."""

    __slots__ = ("name", "start", "length", "head")

    def __init__(self, name: str, start: int, length: int, head: bytes = b"") -> None:
        self.name = name
        self.start = start
        self.length = length
        self.head = head

    def chunks(self) -> Iterator[memoryview]:
        pattern = _pattern(self.name)
        first = self.head[self.start : self.start + self.length]
        if first:
            yield memoryview(first)
        offset = (self.start + len(first)) % BLOCK
        left = self.length - len(first)
        while left > 0:
            take = min(left, len(pattern) - offset)
            yield pattern[offset : offset + take]
            left -= take
            # The pattern is a number of whole blocks, so that what follows it starts a block.
            offset = 0

    def read(self) -> bytes:
        return b"".join(self.chunks())


def etag(name: str, size: int) -> str:
    digest = hashlib.sha256(f"{name}/{size}".encode()).hexdigest()
    return f'"{digest[:24]}"'


@lru_cache(maxsize=16)
def _pattern(name: str) -> memoryview:
    block = hashlib.shake_256(name.encode("utf-8")).digest(BLOCK)
    return memoryview(block * REPEATS)
