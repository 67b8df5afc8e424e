"""Made-up file content: as many bytes as wanted, the same every time.

A file is one pseudo-random block, repeated. The block's length is prime, so
that a reader who resumes at a wrong offset finds wrong bytes even where both
offsets are round numbers. A head may take the place of its first bytes, so that
it is a picture; what follows the end of one means nothing to who decodes it.
Nothing is stored; any slice of any size is made when it is sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

BLOCK = 65_521
REPEATS = 4


class Slice:
    """Bytes `start` to `start + length` of the content called `name`."""

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
            # The pattern is whole blocks, so whatever follows starts a block.
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
