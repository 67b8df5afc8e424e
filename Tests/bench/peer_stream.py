"""Large bodies, by pycurl, with the buffer that the curl command uses; a request is one of them.

peer_stream.py down|up URL FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

import pycurl
from orders import HEADERS, obey

how, url, file = sys.argv[1], sys.argv[2], Path(sys.argv[3])
size = file.stat().st_size
curl = pycurl.Curl()
curl.setopt(curl.URL, url)
curl.setopt(curl.BUFFERSIZE, 102_400)
curl.setopt(curl.HTTPHEADER, [*(f"{name}: {value}" for name, value in HEADERS.items()), "Expect:"])


class Count:
    """Takes a body and lets it go."""

    def __init__(self) -> None:
        self.size = 0

    def take(self, piece: bytes) -> None:
        self.size += len(piece)


def down() -> int:
    count = Count()
    curl.setopt(curl.WRITEFUNCTION, count.take)
    curl.perform()
    return count.size


def up() -> int:
    curl.setopt(curl.UPLOAD, 1)
    curl.setopt(curl.INFILESIZE_LARGE, size)
    with file.open("rb") as source:
        curl.setopt(curl.READDATA, source)
        curl.perform()
    return size


transfer = {"down": down, "up": up}[how]


def work(count: int) -> None:
    for _ in range(count):
        if transfer() != size or curl.getinfo(curl.RESPONSE_CODE) // 100 != 2:
            sys.exit("not all of it came")


obey(work)
