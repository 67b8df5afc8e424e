"""HTTP/2 with a server that does not keep to it: whose headers count, and what is sent only once
however the server refuses it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from conftest import Site
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from http2 import HTTP2, Request

import damsession

JSON = ("content-type", "application/json")
LOGIN = b'{"status":"ok","data":{"token":"t","org":[]}}'
EVIL = ("set-cookie", "SSphotoshelter_com_mem=evil; path=/")


class Server:
    """Lets everybody in, as both systems do; `odd` answers what is not a login, `login` a login
    where it is set.
    """

    def __init__(self, site: Site) -> None:
        self.site, self.cookies, self.logins = site, list[str](), 0
        self.odd: Callable[[Request], None] = lambda request: request.answer(200)
        self.login: Callable[[Request], None] | None = None
        self.dead: list[H2Connection] = []  #: whatever comes over these
        self.http = HTTP2(site.certificates.good, self._answer)

    def _answer(self, request: Request) -> None:
        if request.connection in self.dead:
            return
        if "authenticate" in request.path or "lt=" in request.path:
            self.logins += 1
            if self.login is not None:
                self.login(request)
            elif "lt=" in request.path:
                request.answer(200, ("set-cookie", "FWSession=device; path=/"), body=b"<a/>")
            else:
                request.answer(
                    200, JSON, ("set-cookie", "SSphotoshelter_com_mem=good; path=/"), body=LOGIN
                )
        elif request.path.endswith("/odd"):
            self.odd(request)
        else:
            self.cookies.append(request.cookie)
            request.answer(200)

    def photoshelter(self) -> damsession.Session:
        return self.site.session(url=self.http.url)

    def fotoweb(self) -> damsession.Session:
        options = {
            "authentication": "login-token",
            "encryption_secret": "site-secret",
            "password": None,
        }
        return self.site.fotoweb(url=self.http.url, **options)


@pytest.fixture
def server(site: Site) -> Iterator[Server]:
    made = Server(site)
    with made.http:
        yield made


def trailers(request: Request) -> None:
    request.connection.send_headers(request.stream, [(":status", "200"), ("x-early", "1")])
    request.connection.send_data(request.stream, b"ok")
    request.connection.send_headers(request.stream, [("x-late", "1"), EVIL], end_stream=True)


def trailers_without_a_body(request: Request) -> None:
    request.connection.send_headers(request.stream, [(":status", "200"), ("x-early", "1")])
    request.connection.send_headers(request.stream, [("x-late", "1"), EVIL], end_stream=True)


def early_hints(request: Request) -> None:
    request.connection.send_headers(request.stream, [(":status", "103"), ("x-late", "1"), EVIL])
    request.answer(200, ("x-early", "1"))


@pytest.mark.parametrize("odd", [trailers, trailers_without_a_body, early_hints])
def test_only_the_final_head_counts(server: Server, odd: Callable[[Request], None]) -> None:
    server.odd, session = odd, server.photoshelter()
    response = session.get("odd")
    assert (response.status, response.headers["x-early"]) == (
        200,
        "1",
    ) and "x-late" not in response.headers
    assert session.get("plain").ok and server.cookies == ["SSphotoshelter_com_mem=good"]


@pytest.mark.parametrize("status", ["099", "600", "999"])
def test_a_status_that_is_none_is_no_response(server: Server, status: str) -> None:
    server.odd = lambda request: request.answer(int(status) if status[0] != "0" else 99, EVIL)
    session = server.photoshelter()
    with pytest.raises((damsession.ProtocolError, damsession.TransferError)):
        session.get("odd")
    assert session.get("plain").ok and server.cookies == ["SSphotoshelter_com_mem=good"]


@pytest.mark.parametrize("error", [ErrorCodes.REFUSED_STREAM, ErrorCodes.HTTP_1_1_REQUIRED])
def test_a_login_that_is_refused_by_a_frame_is_sent_once(server: Server, error: ErrorCodes) -> None:
    """libcurl sends such a request again, five times at the most: a server that has taken a
    token would take them all.
    """
    server.login = lambda request: request.refuse(error)
    with pytest.raises(damsession.TransferError):
        server.fotoweb().login()
    assert server.logins == 1


def test_another_request_that_is_refused_by_a_frame_is_sent_again(server: Server) -> None:
    asked: list[str] = []

    def refuse_once(request: Request) -> None:
        asked.append(request.path)
        request.refuse(ErrorCodes.REFUSED_STREAM) if len(asked) == 1 else request.answer(200)

    server.odd = refuse_once
    # A server that is about to restart does that.
    assert server.photoshelter().get("odd").ok and len(asked) == 2


def test_a_login_has_a_connection_of_its_own(server: Server) -> None:
    session = server.fotoweb()
    assert session.get("plain").ok and session.get("plain").ok and len(server.http.resumed) == 1
    session.forget()
    assert session.get("plain").ok and server.logins == 2 and len(server.http.resumed) == 2


def test_a_new_connection_goes_on_with_the_tls_session_of_an_old_one(server: Server) -> None:
    """Also where no handle of libcurl outlives its transfer and could keep it."""
    session = server.photoshelter()
    for _ in range(2):
        assert session.get("plain").ok
        session.forget()  # the next login has a connection of its own
    assert server.http.resumed == [False, True]


class Ends:
    """How requests end that are begun at once in an event loop, with a session whose transfers
    may stand still a second.
    """

    def __init__(self, server: Server) -> None:
        options = {"url": server.http.url, "authentication": "token", "idle_timeout": 1}
        self.session = damsession.AsyncSession(server.site.session(**options))

    async def __call__(self, *paths: str) -> list[str]:
        responses = await asyncio.gather(
            *(self.session.get(path) for path in paths), return_exceptions=True
        )
        return [
            type(one).__name__ if isinstance(one, BaseException) else str(one.status)
            for one in responses
        ]

    async def cancelled(self, path: str, is_asked: Callable[[], bool]) -> None:
        """Gives up a request that the server has."""
        asked = asyncio.ensure_future(self.session.get(path))
        while not is_asked():
            await asyncio.sleep(0.01)
        asked.cancel()
        await asyncio.wait([asked])

    async def close(self) -> None:
        assert self.session._loop is not None
        await self.session._loop.close()


def test_a_loop_leaves_a_connection_whose_other_side_has_vanished(server: Server) -> None:
    server.odd = lambda request: server.dead.append(request.connection)

    async def main() -> None:
        ends = Ends(server)
        assert await ends("plain") == ["200"]
        assert await ends("odd") == ["Timeout"]
        assert await ends("plain") + await ends("plain", "plain") == ["200"] * 3
        await ends.cancelled("odd", lambda: len(server.dead) == 2)
        assert await ends("plain") + await ends("plain", "plain") == ["200"] * 3
        await ends.close()

    asyncio.run(main())
    assert len(server.http.resumed) == 3  # one connection, and one more for each that vanished


def test_whoever_shares_a_connection_is_not_harmed_by_the_time_out_of_another(
    server: Server,
) -> None:
    server.odd = lambda request: None

    async def main() -> list[str]:
        ends = Ends(server)
        assert await ends("plain") == ["200"]
        unanswered = asyncio.ensure_future(ends("odd"))

        async def longer() -> AsyncIterator[bytes]:
            while not unanswered.done():
                yield b"x"
                await asyncio.sleep(0.01)
            # Over another connection, while this one is still in use.
            assert await ends("plain") == ["200"]

        sent = await ends.session.post("upload", data=longer(), content_type="text/plain")
        found = [*await unanswered, str(sent.status)]
        await ends.close()
        return found

    assert asyncio.run(main()) == ["Timeout", "200"] and len(server.http.resumed) == 2
