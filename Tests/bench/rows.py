"""The rows of the table: what is compared with what, and what is wanted."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from programs import WRAPPER, Client

TOKEN = {"authentication": "token", "store": "memory"}
COOKIE = {"authentication": "cookie", "rotation": "serialize", "store": "memory"}
STORED = {**COOKIE, "store": "folder"}


@dataclass(frozen=True)
class Peer:
    """What ours is compared with, and the most that is wanted as ratios to it."""

    name: str
    client: Client
    instructions: float | None = None
    wall: float | None = None


@dataclass(frozen=True)
class Row:
    """One line of the table for each of `peers`; budgets are about the first of all."""

    name: str
    title: str
    ours: Client
    peers: Sequence[Peer]
    #: What bench-check holds ours against: libcurl alone, which costs the same with every run.
    #: None: it does not count this row.
    base: Client | None = None
    #: callgrind's two orders; none: it counts a whole run of the program.
    orders: tuple[int, int] | None = (20, 120)
    #: How much ours may rise. Where many are in flight, their number of wakes is the machine's.
    limit: float = 0.03


def libcurl(cookies: str, scheme: str, instructions: float, wall: float) -> list[Peer]:
    kinds = {
        "same": "libcurl, same options",
        "kept": "libcurl, same options, handle kept",
        "bare": "libcurl, bare",
    }
    budgets = {"same": (instructions, wall)}
    return [
        Peer(name, Client("peer_request", [how, cookies], scheme), *budgets.get(how, ()))
        for how, name in kinds.items()
    ]


def python(options: dict[str, str], instructions: float, wall: float) -> list[Peer]:
    return [
        Peer("pycurl", Client("peer_pycurl.py", ["kept"], options=options), instructions, wall),
        Peer("pycurl, same options", Client("peer_pycurl.py", ["same"], options=options)),
        Peer("requests", Client("peer_requests.py", options=options), wall=0.07),
        Peer("httpx", Client("peer_httpx.py", options=options)),
    ]


def alone(cookies: str, scheme: str = "http") -> Client:
    return Client("peer_request", ["same", cookies], scheme)


_GET = (WRAPPER, "get", "bench", "{BENCH_PATH}")
_CURL = (
    shutil.which("curl") or "curl",
    *("-sS", "-b", "{BENCH_JAR}", "-c", "{BENCH_JAR}", "-H", "X-PS-Api-Key: {BENCH_API_KEY}"),
    "{BENCH_URL}",
)
_LOGIN = (WRAPPER, "login", "bench")
_HTTPIE = (
    *("{BENCH_BIN}/http", "--ignore-stdin", "--body", "--session", "bench", "GET", "{BENCH_URL}"),
    "X-PS-Api-Key:{BENCH_API_KEY}",
)

ROWS = [
    Row(
        "token",
        "C, token",
        Client("ours_request", options=TOKEN),
        libcurl("token", "http", 1.25, 1.10),
        alone("token"),
    ),
    Row(
        "cookie",
        "C, rotated cookie",
        Client("ours_request", options=COOKIE),
        libcurl("cookie", "http", 1.5, 1.25),
        alone("cookie"),
    ),
    Row(
        "file",
        "C, rotated cookie, stored",
        Client("ours_request", options=STORED),
        libcurl("jar", "http", 1.5, 1.0),
        alone("jar"),
    ),
    Row(
        "https",
        "C, token, HTTPS",
        Client("ours_request", scheme="https", options=TOKEN),
        libcurl("token", "https", 1.25, 1.10),
        alone("token", "https"),
    ),
    Row(
        "loop",
        "C, 64 in flight (dam_loop)",
        Client("ours_loop", options=TOKEN),
        [
            Peer("libcurl's multi, same options", Client("peer_loop", ["same"]), 1.5, 1.3),
            Peer("libcurl's multi, same options, handles kept", Client("peer_loop", ["kept"])),
        ],
        Client("peer_loop", ["same"]),
        orders=(128, 384),
        limit=0.10,
    ),
    Row(
        "open",
        "C, open a stored session and end",
        Client("ours_open", options=STORED, before=(("{BENCH_PROGRAMS}/ours_request",),)),
        [Peer("libcurl, one handle", Client("peer_open"), 1.2, 1.2)],
        Client("peer_open"),
        orders=None,
    ),
    Row(
        "command",
        "damsession get, stored session",
        Client(_GET[0], _GET[1:], options=STORED, before=(_LOGIN,)),
        [
            Peer("curl -b -c", Client(_CURL[0], _CURL[1:], before=(_CURL,)), 1.0, 1.0),
            Peer("HTTPie", Client(_HTTPIE[0], _HTTPIE[1:], before=(_HTTPIE,))),
        ],
        Client(_CURL[0], _CURL[1:], before=(_CURL,)),
        orders=None,
    ),
    Row(
        "python-token",
        "Python, token",
        Client("ours_request.py", options=TOKEN),
        python(TOKEN, 1.5, 1.5),
        alone("token"),
        orders=(10, 50),
    ),
    Row(
        "python-cookie",
        "Python, rotated cookie",
        Client("ours_request.py", options=COOKIE),
        python(COOKIE, 2.0, 2.0),
        alone("cookie"),
        orders=(10, 50),
    ),
    Row(
        "aopen",
        "Python, 64 in flight (aopen)",
        Client("ours_async.py", options=TOKEN),
        [Peer("aiohttp", Client("peer_aiohttp.py", options=TOKEN), 0.7, 0.7)],
        orders=(128, 384),
    ),
]
