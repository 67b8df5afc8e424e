"""The rows of small requests, and of everything but the four processes (sharing.py)."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from programs import WRAPPER, Client
from row import COOKIE, STORED, TOKEN, Peer, Row, Turns
from stream_rows import STREAMS


def libcurl(cookies: str, scheme: str, instructions: float, wall: float) -> list[Peer]:
    def client(how: str) -> Client:
        return Client("peer_request", [how, cookies], scheme)

    return [
        Peer("libcurl, same options", client("same"), instructions, wall),
        Peer("libcurl, same options, handle kept", client("kept")),
        Peer("libcurl, bare", client("bare")),
    ]


def python(options: Mapping[str, str], instructions: float, wall: float) -> list[Peer]:
    return [
        Peer(
            "pycurl", Client("peer_pycurl.py", ["kept"], options=options), instructions, wall=wall
        ),
        Peer("pycurl, same options", Client("peer_pycurl.py", ["same"], options=options)),
        Peer(
            "requests",
            Client("peer_requests.py", options=options),
            wall=0.07,
            is_counted=False,
        ),
        Peer("httpx", Client("peer_httpx.py", options=options), is_counted=False),
    ]


def alone(cookies: str, scheme: str = "http") -> Client:
    return Client("peer_request", ["same", cookies], scheme)


def row(name: str, title: str, options: Mapping[str, str], peers: list[Peer], scheme: str) -> Row:
    """Of C."""
    return Row(
        name,
        title,
        Client("ours_request", scheme=scheme, options=options),
        peers,
        peers[0].client,
    )


def sessions(count: int) -> Row:
    def client(count: int) -> Client:
        return Client("ours_sessions", [str(count)], options=TOKEN)

    return Row(
        f"sessions-{count}",
        f"C, one of {count:,} open sessions",
        client(count),
        [Peer("one of two", client(1), wall=1.05)],
        orders=None,
    )


def records(count: int) -> Row:
    fill = (
        ("{BENCH_PROGRAMS}/ours_request",),
        ("{BENCH_PYTHON}", "{BENCH_HERE}/fill.py", str(count)),
    )
    return Row(
        f"records-{count}",
        f"C, one of {count:,} stored sessions",
        Client("ours_request", options=STORED, before=fill),
        [Peer("the only one", Client("ours_request", options=STORED), wall=1.05)],
        orders=None,
    )


_LOGIN = (WRAPPER, "login", "bench")
GET = Client(WRAPPER, ["get", "bench", "{BENCH_PATH}"], options=STORED, before=[_LOGIN])

_CURL = (
    shutil.which("curl") or "curl",
    *("-sS", "-b", "{BENCH_JAR}", "-c", "{BENCH_JAR}", "-H", "X-PS-Api-Key: {BENCH_API_KEY}"),
    "{BENCH_URL}",
)
CURL = Client(_CURL[0], _CURL[1:], before=[_CURL])

_HTTPIE = (
    *("{BENCH_BIN}/http", "--ignore-stdin", "--body", "--session", "bench", "GET", "{BENCH_URL}"),
    "X-PS-Api-Key:{BENCH_API_KEY}",
)
HTTPIE = Client(_HTTPIE[0], _HTTPIE[1:], before=[_HTTPIE])

LOOP = Client("peer_loop", ["same"])

ROWS = [
    row("token", "C, token", TOKEN, libcurl("token", "http", 1.25, 1.10), "http"),
    row("cookie", "C, rotated cookie", COOKIE, libcurl("cookie", "http", 1.5, 1.25), "http"),
    row("file", "C, rotated cookie, stored", STORED, libcurl("jar", "http", 1.5, 1.0), "http"),
    row("https", "C, token, HTTPS", TOKEN, libcurl("token", "https", 1.25, 1.10), "https"),
    Row(
        "loop",
        "C, 64 in flight (dam_loop)",
        Client("ours_loop", options=TOKEN),
        [
            Peer("libcurl's multi, same options", LOOP, 1.5, 1.3),
            Peer("libcurl's multi, same options, handles kept", Client("peer_loop", ["kept"])),
        ],
        LOOP,
        orders=(128, 384),
        limit=0.10,
        step=64,
    ),
    Row(
        "open",
        "C, open a stored session and end",
        Client("ours_open", options=STORED, before=[("{BENCH_PROGRAMS}/ours_request",)]),
        [Peer("libcurl, one handle", Client("peer_open"), 1.2, 1.2)],
        Client("peer_open"),
        orders=(),
        is_spawned=True,
    ),
    Row(
        "command",
        "damsession get, stored session",
        GET,
        [Peer("curl -b -c", CURL, 1.0, 1.0), Peer("HTTPie", HTTPIE, is_counted=False)],
        CURL,
        orders=(),
        turns=Turns(11, 0.15),
        is_spawned=True,
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
        step=64,
    ),
    *(sessions(count) for count in (10_000, 100_000)),
    *(records(count) for count in (10_000, 100_000)),
    *STREAMS,
]
