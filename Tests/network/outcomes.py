"""Repeats every way in which a request may end, in a process of its own, and counts what is left
behind.

    outcomes.py NAME blocking|loop FILE

It opens a session from the environment and prints JSON: what the process held before, after each
round of repetitions, and at the end. In the first round several requests run at once; then one
after the other, so that the number of connections does not disturb the count. A row that needs a
special server says so to its caller.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import itertools
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import damsession

ROUNDS, REPEATED = 6, 40
PICTURE = "mem/image/I1/download?size=200000"


class Stop(Exception):
    """What a callback of the application raises."""


class Outcome(NamedTuple):
    """A request, how it may end (each of these ways is to be seen), and what makes it do so."""

    ends: set[str]
    path: str = "mem/user/session"
    method: str = "GET"
    more: Callable[[], dict[str, Any]] = dict
    options: dict[str, Any] = {}
    fault: dict[str, Any] = {}
    knobs: dict[str, Any] = {}
    at_once: int = 8  # expiries must not meet a request twice
    loops: bool = True
    opens: Callable[[], dict[str, Any]] = dict


def stop(*_: Any) -> None:
    raise Stop


def half() -> Iterator[bytes]:
    yield b"x"
    raise Stop


def cancelled() -> dict[str, Any]:
    canceller = damsession.Canceller()
    return {"canceller": canceller, "progress": lambda *_: canceller.cancel()}


def guesses() -> dict[str, Any]:
    numbers = itertools.count()
    return {"credentials": lambda _: f"wrong {next(numbers)}"}


OUTCOMES = {
    "success": Outcome({"200"}),
    "success-with-cookies": Outcome({"200"}, options={"authentication": "cookie"}),
    "large-success": Outcome({"200"}, PICTURE),
    "not-found": Outcome({"404"}, "mem/nothing"),
    "server-error": Outcome({"ServerFault"}, "mem/gallery/G1", fault={"name": "status", "status": 500}),
    "connect-refused": Outcome({"ConnectError"}, options={"url": "https://localhost:{closed}"}),
    "tls-refused": Outcome({"TLSError"}, options={"url": "{expired_certificate}"}),
    "timeout": Outcome({"Timeout"}, "mem/slow?seconds=1", more=lambda: {"timeout": 0.02}),
    "cancelled": Outcome({"Cancelled"}, "mem/slow?seconds=9", more=cancelled),
    "progress-stops": Outcome({"Stop"}, "mem/slow?seconds=9", more=lambda: {"progress": stop}),
    "callback-stops": Outcome({"Stop"}, PICTURE, more=lambda: {"stream_to": stop}),
    "body-stops": Outcome({"Stop"}, "mem/gallery/G1", "POST", more=lambda: {"data": half()}),
    "too-large": Outcome({"TooLarge"}, PICTURE, options={"response_limit": 1000}),
    "redirect-refused": Outcome({"Insecure"}, "mem/redirect?to=http%3A%2F%2Flocalhost%3A1%2F"),
    "redirects-without-end": Outcome(
        {"ProtocolError"}, "mem/redirect?to=%3Fto%3D%252Fcdn%26code%3D302", options={"redirects": 1}
    ),
    "truncated": Outcome({"TransferError"}, "mem/gallery/G1", fault={"name": "truncate"}),
    "reset": Outcome({"TransferError"}, "mem/gallery/G1", fault={"name": "reset"}),
    "garbage": Outcome({"ProtocolError"}, "mem/gallery/G1", fault={"name": "garbage"}),
    "login-refused": Outcome(
        {"CredentialsRefused"}, opens=guesses, options={"password": ""}, knobs={"lockout_after": 10**9}
    ),
    "replay": Outcome({"200"}, knobs={"storm": 2}, at_once=1),
    "replay-with-cookies": Outcome({"200"}, knobs={"storm": 2}, at_once=1, options={"authentication": "cookie"}),
    "replay-impossible": Outcome(
        {"200", "ReplayImpossible"}, "mem/gallery/G1", "POST",
        more=lambda: {"data": iter([b"x"])}, knobs={"storm": 2}, at_once=1,
    ),
    "upload": Outcome({"200"}, "mem/image/upload", "POST", more=lambda: {"files": {"file": __file__}}),
    "download": Outcome({"200"}, PICTURE, "download", at_once=1, loops=False),
    "download-interrupted": Outcome(
        {"TransferError"}, PICTURE, "download", fault={"name": "truncate"}, at_once=1, loops=False
    ),
}  # fmt: skip


class Mallinfo2(ctypes.Structure):
    """`struct mallinfo2` of glibc."""

    _fields_ = [(f"f{number}", ctypes.c_size_t) for number in range(10)]


def held() -> dict[str, Any]:
    """Descriptors, threads, and bytes that malloc has given out."""
    gc.collect()
    count = ctypes.CDLL(None).mallinfo2
    count.restype = Mallinfo2
    info = count()
    # The listing's own is closed by now.
    places = [f"/proc/self/fd/{one}" for one in os.listdir("/proc/self/fd")]
    return {
        "descriptors": sorted(
            f"{place} {os.readlink(place)}" for place in places if os.path.lexists(place)
        ),
        "threads": len(os.listdir("/proc/self/task")),
        "bytes": info.f4 + info.f7,
    }


def ended(error: Exception) -> str:
    return type(error).__name__


def blocking(outcome: Outcome, file: str, told: dict[str, Any]) -> Counter[str]:
    def one(_: int) -> str:
        try:
            if outcome.method == "download":
                return str(session.download(outcome.path, file, resume=True).status)
            return str(session.request(outcome.method, outcome.path, **outcome.more()).status)
        except (damsession.DamError, Stop) as error:
            return ended(error)

    with damsession.open(**outcome.opens()) as session:
        with ThreadPoolExecutor(outcome.at_once) as pool:
            found = Counter(pool.map(one, range(REPEATED)))
        told["rounds"].append(held())
        while len(told["rounds"]) < ROUNDS:
            found.update(map(one, range(REPEATED)))
            told["rounds"].append(held())
        told["replays"] = session.statistics.replays
        session.forget()
    return found


def in_loop(outcome: Outcome, file: str, told: dict[str, Any]) -> Counter[str]:
    async def main() -> Counter[str]:
        async def one() -> str:
            try:
                return str(
                    (await session.request(outcome.method, outcome.path, **outcome.more())).status
                )
            except (damsession.DamError, Stop) as error:
                return ended(error)

        async with damsession.aopen(**outcome.opens()) as session:
            found: Counter[str] = Counter()
            for at_once in [outcome.at_once, *[1] * (ROUNDS - 1)]:
                for _ in range(REPEATED // at_once):
                    found.update(await asyncio.gather(*(one() for _ in range(at_once))))
                told["rounds"].append(held())
            told["replays"] = session.sync_session.statistics.replays
            session.sync_session.forget()
            return found

    return asyncio.run(main())


def main() -> None:
    _, name, mode, file = sys.argv
    told: dict[str, Any] = {"before": held(), "rounds": []}
    told["ends"] = {"blocking": blocking, "loop": in_loop}[mode](OUTCOMES[name], file, told)
    deadline = time.monotonic() + 10
    while len(os.listdir("/proc/self/task")) > 1 and time.monotonic() < deadline:
        time.sleep(0.001)  # Python's threads are over a little before the system's
    told["end"] = held()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
