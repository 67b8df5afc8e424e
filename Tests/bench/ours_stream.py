"""Large bodies, by damsession; a request is one of them.

ours_stream.py stream_to|stream|up PATH FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

from orders import obey

import damsession

session = damsession.open()
how, path, file = sys.argv[1], sys.argv[2], Path(sys.argv[3])
size = file.stat().st_size


class Count:
    """Takes a body and lets it go."""

    def __init__(self) -> None:
        self.size = 0

    def take(self, piece: bytes) -> None:
        self.size += len(piece)


def stream_to() -> int:
    count = Count()
    session.get(path, stream_to=count.take).raise_for_status()
    return count.size


def stream() -> int:
    with session.stream("GET", path) as response:
        return sum(len(piece) for piece in response.raise_for_status())


def up() -> int:
    session.put(path, data=file).raise_for_status()
    return size


transfer = {"stream_to": stream_to, "stream": stream, "up": up}[how]


def work(count: int) -> None:
    for _ in range(count):
        if transfer() != size:
            sys.exit("not all of it came")


obey(work)
