"""The rows of large bodies: each way and in each language, at two sizes, so that memory which grows
with them shows.
"""

from __future__ import annotations

import shutil

from programs import WRAPPER, Client
from row import STORED, TOKEN, Peer, Row, Turns
from server import SIZES

_CURL = shutil.which("curl") or "curl"
_KEY = ("-H", "X-PS-Api-Key: {BENCH_API_KEY}")


def rows(name: str, size: int, turns: Turns) -> list[Row]:
    """`name`: of the size."""
    file, url = f"{{BENCH_FILES}}/{name}", f"{{BENCH_API}}/files/{name}"
    sink = "{BENCH_API}/sink/" + name
    text = f"{name[:-1]} {name[-1]}iB"

    def row(kind: str, title: str, ours: Client, peer: str, its: Client, wanted: float) -> Row:
        return Row(
            f"{kind}-{name}",
            f"{title}, {text}",
            ours,
            [Peer(peer, its, wall=wanted)],
            orders=None,
            turns=turns,
            is_spawned="/" in ours.program,
            is_spread=True,
        )

    def c(way: str, path: str) -> Client:
        return Client("ours_stream", [way, path, str(size)], options=TOKEN)

    def command(*words: str) -> Client:
        login = (WRAPPER, "login", "bench")
        return Client(WRAPPER, words, options=STORED, before=[login])

    def python(how: str, path: str) -> Client:
        return Client("ours_stream.py", [how, path, file], options=TOKEN)

    pycurl_down = Client("peer_stream.py", ["down", url, file], options=TOKEN)
    pycurl_up = Client("peer_stream.py", ["up", sink, file], options=TOKEN)
    libcurl_down = Client("peer_stream", ["down", url, str(size)])
    libcurl_up = Client("peer_stream", ["up", sink, str(size)])
    curl_down = Client(_CURL, ["-sS", *_KEY, url])
    curl_up = Client(_CURL, ["-sS", *_KEY, "-T", file, sink])
    get = command("get", "bench", f"files/{name}")
    put = command("put", "bench", f"sink/{name}", "--data", f"@{file}")
    return [
        row("down", "C, down", c("down", f"files/{name}"), "libcurl", libcurl_down, 1.0),
        row("up", "C, up", c("up", f"sink/{name}"), "libcurl", libcurl_up, 1.0),
        row("command-down", "damsession get", get, "curl", curl_down, 1.0),
        row("command-up", "damsession put", put, "curl -T", curl_up, 1.0),
        row(
            "python-down",
            "Python, stream_to",
            python("stream_to", f"files/{name}"),
            "pycurl",
            pycurl_down,
            1.0,
        ),
        row(
            "python-pieces",
            "Python, stream",
            python("stream", f"files/{name}"),
            "pycurl",
            pycurl_down,
            1.2,
        ),
        row("python-up", "Python, up", python("up", f"sink/{name}"), "pycurl", pycurl_up, 1.0),
    ]


STREAMS = [
    *rows("256M", SIZES["256M"], Turns(7, 0)),
    *rows("2G", SIZES["2G"], Turns(3, 0)),
]
