"""Servers whose rest of a file belongs to something else: they ignore If-Range, count wrongly, or
send several parts.

The file is one version, whole, or there is no file. There is neither TLS nor a sandbox: the server
is a few lines here, so that it can be wrong on purpose.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import damsession

SIZE = 200_000
OLD, NEW = b"o" * SIZE, b"n" * SIZE
HALF = SIZE // 2

#: Headers of a 206 to "bytes=100000-", and what the download comes to: the new version whole, or an
#: error.
RESTS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "another ETag": (
        [("ETag", '"new"'), ("Content-Range", f"bytes {HALF}-{SIZE - 1}/{SIZE}")],
        "new",
    ),
    "a weak ETag": (
        [("ETag", 'W/"old"'), ("Content-Range", f"bytes {HALF}-{SIZE - 1}/{SIZE}")],
        "new",
    ),
    "no ETag": ([("Content-Range", f"bytes {HALF}-{SIZE - 1}/{SIZE}")], "new"),
    "another size": (
        [("ETag", '"old"'), ("Content-Range", f"bytes {HALF}-{SIZE - 1}/{SIZE + 1}")],
        "new",
    ),
    "beyond the end": (
        [("ETag", '"old"'), ("Content-Range", f"bytes {HALF}-{SIZE}/{SIZE}")],
        "ProtocolError",
    ),
    "another beginning": (
        [("ETag", '"old"'), ("Content-Range", f"bytes 1-{SIZE - 1}/{SIZE}")],
        "ProtocolError",
    ),
    "several parts": (
        [
            ("ETag", '"old"'),
            ("Content-Type", "multipart/byteranges; boundary=x"),
            ("Content-Range", f"bytes {HALF}-{SIZE - 1}/{SIZE}"),
        ],
        "ProtocolError",
    ),
    "a length without end": (
        [
            ("ETag", '"old"'),
            ("Content-Range", f"bytes {HALF}-{SIZE - 1}/*"),
            ("Content-Length", str(2**63 - 1)),
        ],
        "ProtocolError",
    ),
}


class Wrong(BaseHTTPRequestHandler):
    """Breaks off in the middle of the old version, and has the new one from then on."""

    protocol_version = "HTTP/1.1"
    rest: list[tuple[str, str]] = []
    asked: list[str] = []

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        if "Information" in self.path:
            self.say(200, [("Content-Type", "text/xml")], b"<Information/>")
        elif not self.asked:
            self.asked.append(asked)
            self.say(200, [("ETag", '"old"'), ("Content-Length", str(SIZE))], OLD[:HALF])
            self.close_connection = True
        else:
            self.asked.append(asked)
            self.say(*((206, self.rest, NEW[HALF:]) if asked else (200, [("ETag", '"new"')], NEW)))

    def say(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if "Content-Length" not in dict(headers):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if len(body) < int(dict(headers).get("Content-Length", "0")):
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[type[Wrong]]:
    handler = type("Handler", (Wrong,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        handler.url = f"http://127.0.0.1:{listening.server_address[1]}"  # type: ignore[attr-defined]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield handler
        listening.shutdown()
        thread.join()


def options(server: Any) -> dict[str, Any]:
    return {
        "system": "fotoweb",
        "authentication": "query",
        "url": server.url,
        "allow_loopback_http": True,
        "user": "ada",
        "password": "ada-password",
        "store": "memory",
        "environment": False,
    }


def blocking(server: Any, file: Path) -> None:
    with damsession.open(**options(server)) as session:
        session.download("/thing", file, resume=True)


def in_a_loop(server: Any, file: Path) -> None:
    async def fetch() -> None:
        async with damsession.aopen(**options(server)) as session:
            await session.download("/thing", file, resume=True)

    asyncio.run(fetch())


@pytest.mark.parametrize("fetch", [blocking, in_a_loop])
@pytest.mark.parametrize("case", RESTS)
def test_two_versions_are_never_one_file(
    server: Any, tmp_path: Path, case: str, fetch: Callable[[Any, Path], None]
) -> None:
    file = tmp_path / "thing"
    server.rest, outcome = RESTS[case]
    with pytest.raises(damsession.TransferError):
        fetch(server, file)
    assert (tmp_path / "thing.part").read_bytes() == OLD[:HALF]
    if outcome == "new":
        fetch(server, file)
        assert file.read_bytes() == NEW
        assert server.asked == ["", f"bytes={HALF}-", ""]
    else:
        with pytest.raises(getattr(damsession, outcome)):
            fetch(server, file)
        assert not file.exists() and (tmp_path / "thing.part").read_bytes() == OLD[:HALF]
