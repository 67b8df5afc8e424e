"""Idle connections: they are used again if nothing has come over them. If something has, they are
not, because it would be taken for the response to the next request.

The tests count connections, with four kinds of server, which differ in their TLS: a further request
must not cost a further connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from acceptor import Acceptor
from apache import Apache
from apache_conf import Members
from certificates import Certificates
from conftest import Site
from processes import held_ports
from relay import Relay
from ways import Blocking, InLoop

import damsession

PAGE = "mem/user/session"
TIMES = 10
PATIENCE = 5
MANY = 4  # libcurl keeps no more when nothing is under way
UNASKED = (
    b"HTTP/1.1 200 OK\r\nSet-Cookie: SSphotoshelter_com_mem=evil\r\nContent-Length: 4\r\n\r\nevil"
)


class Talker(Acceptor):
    """A server on sockets, with TLS or without, that lets everybody in and can say more than it
    was asked.
    """

    def __init__(self, certificates: Certificates, is_plain: bool = False) -> None:
        super().__init__()
        self._tls = None if is_plain else ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self._tls is not None:
            self._tls.load_cert_chain(f"{certificates.good}.pem")
        self._spoken = threading.Semaphore(0)
        self.is_talkative = False  #: says more than it is asked, after each response
        self.at_once = threading.Barrier(1)  #: so many requests are answered together
        self.url = f"{'http' if is_plain else 'https'}://localhost:{self.port}"

    def has_spoken(self, times: int = 1) -> None:
        """Returns when it has sent its unasked response `times` times. Over loopback, the client
        has it then.
        """
        for _ in range(times):
            assert self._spoken.acquire(timeout=PATIENCE)

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError, threading.BrokenBarrierError):  # the client has gone
            with (
                plain
                if self._tls is None
                else self._tls.wrap_socket(plain, server_side=True) as connection
            ):
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as stream:
            while line := stream.readline():
                fields = [field.lower().split(b":") for field in iter(stream.readline, b"\r\n")]
                stream.read(
                    sum(int(value) for name, value, *_ in fields if name == b"content-length")
                )
                path = line.split()[1].decode()
                is_login, is_talkative = "authenticate" in path, self.is_talkative
                if not is_login:
                    self.at_once.wait(PATIENCE)
                body = json.dumps({"status": "ok", "data": {"token": "t", "org": [], "path": path}})
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
                cookie = "Set-Cookie: SSphotoshelter_com_mem=good; path=/\r\n"
                connection.sendall(f"{head}{cookie}\r\n{body}".encode())
                if is_talkative and not is_login:
                    connection.sendall(UNASKED)
                    self._spoken.release()


@pytest.fixture(params=["nginx", "Apache", "Python", "sandbox"])
def place(
    request: pytest.FixtureRequest, site: Site, certificates: Certificates
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The port of a server, and the options of a session at it."""
    usual = {"system": "photoshelter", "user": "solo@example.com", "password": "solo-password"}
    usual |= {"api_key": site.sandbox.api_key, "ca_file": site.ca_file}
    if request.param == "nginx":
        yield site.ports.main, usual
    elif request.param == "sandbox":
        yield (
            urlsplit(site.sandbox.photoshelter).port or 0,
            {**usual, "ca_file": site.sandbox.ca_file},
        )
    elif request.param == "Python":
        with Talker(certificates) as talker:
            yield talker.port, usual
    else:
        with held_ports(1) as (port,), Apache(certificates, Members(port)) as apache:
            yield port, apache.options(port)


@pytest.mark.parametrize("way", [Blocking, InLoop])
@pytest.mark.parametrize("http", ["1.1", "2"])
def test_one_connection_is_enough(
    place: tuple[int, dict[str, Any]], way: type[Any], http: str
) -> None:
    port, options = place
    with Relay(port) as relay:
        session = way({**options, "url": f"https://localhost:{relay.port}", "http": http})
        assert [session.get(PAGE) for _ in range(2)] == ["200"] * 2
        before = relay.count
        assert [session.get(PAGE) for _ in range(TIMES)] == ["200"] * TIMES
        session.close()
        assert relay.count == before


def said(response: damsession.Response) -> str:
    return str(json.loads(response.content)["data"]["path"]).rpartition("/")[2]


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "TLS"])
def test_a_response_that_nobody_asked_for_is_nobodys(site: Site, is_plain: bool) -> None:
    with Talker(site.certificates, is_plain) as server:
        session = site.session(
            url=server.url, allow_loopback_http=is_plain, authentication="cookie"
        )
        server.is_talkative = True
        for number in range(TIMES):
            assert said(session.get(f"page{number}")) == f"page{number}"
            server.has_spoken()
        assert session.post("form", data={"a": "b"}).ok  # what cannot be sent twice neither


@pytest.mark.parametrize("is_plain", [True, False], ids=["plain", "TLS"])
def test_a_loop_looks_at_every_connection(site: Site, is_plain: bool) -> None:
    with Talker(site.certificates, is_plain) as server:
        session = site.session(
            url=server.url,
            allow_loopback_http=is_plain,
            authentication="token",
            idle_timeout=PATIENCE,
        )

        async def several(loop: damsession.AsyncSession, count: int) -> None:
            server.at_once = threading.Barrier(count)
            names = [f"page{number}" for number in range(count)]
            assert [said(one) for one in await asyncio.gather(*map(loop.get, names))] == names

        async def main() -> None:
            loop = damsession.AsyncSession(session)
            await several(loop, 1)
            await several(loop, MANY)
            before, server.is_talkative = server.count, True
            await several(loop, MANY)
            assert server.count == before
            server.has_spoken(MANY)
            server.is_talkative = False
            await several(loop, MANY)
            assert server.count == before + MANY
            await several(loop, MANY)
            assert server.count == before + MANY
            assert loop._loop is not None
            await loop._loop.close()

        asyncio.run(main())
