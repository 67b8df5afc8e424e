"""What every Python program of the bench shares: orders, as bench.h has them for C."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Awaitable, Callable

URL, PATH = os.environ["BENCH_URL"], os.environ["BENCH_PATH"]
HAS_TOKEN = os.environ["DAMSESSION_AUTHENTICATION"] == "token"
HEADERS = {"X-PS-Api-Key": os.environ["BENCH_API_KEY"]}
if HAS_TOKEN:
    HEADERS["X-PS-Auth-Token"] = os.environ["BENCH_TOKEN"]


def check(status: int, body: bytes) -> None:
    """Ends the program if that is not what was asked for."""
    if status != 200 or not body:
        sys.exit(f"{status}: {body!r}")


def obey(work: Callable[[int], object]) -> None:
    """Takes orders until there are no more; `work` does so many requests."""
    print("ready", flush=True)
    for line in sys.stdin:
        count = int(line)
        began = time.perf_counter_ns()
        work(count)
        print(f"{(time.perf_counter_ns() - began) / 1000 / count:.3f}", flush=True)


async def obey_async(work: Callable[[int], Awaitable[object]]) -> None:
    """The same on an event loop, which stands still between orders."""
    print("ready", flush=True)
    for line in sys.stdin:
        count = int(line)
        began = time.perf_counter_ns()
        await work(count)
        print(f"{(time.perf_counter_ns() - began) / 1000 / count:.3f}", flush=True)
