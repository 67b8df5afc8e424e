"""damsession for programs that use httpx: `httpx.Client(auth=DamAuth(session))`, and
`httpx.AsyncClient` likewise.

The session logs in when it must, rotated cookies are adopted, and a request whose session had ended
is sent again. Redirects are followed here, without secrets where those must not go, whatever
httpx's `follow_redirects` is. Cookies of the client are not sent, and its jar gets none of the
session.

A response that may say that the session is over is read whole before it is judged, one of
`client.stream` too. Such a response is one that is no success, or whose type is JSON, HTML, XML,
plain text or missing. A success of any other type (such as a picture) is judged by its head and
left to the program, so that it streams whatever its size.

Neither the requests and responses that httpx keeps nor its exceptions contain a secret. httpx logs
whole URLs at INFO. With `authentication` query or token-in-url, whose secret is in the URL, it logs
the URL that the program asked for. At DEBUG, httpcore and hpack log headers, secrets included.

Under asyncio or trio the session's own work (logins, waiting for other threads and processes) runs
in a thread of anyio, which httpx depends on; `damsession.aopen` needs none.

httpx trusts the CAs that it knows, not the option `ca_file`: give the client
`verify=ssl.create_default_context(cafile=...)`.

This module needs the extra: `pip install damsession[httpx]`.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx

from ._authorize import Authorization, blocking_session, replay_impossible
from ._errors import DamError
from ._httpx_client import Headers, client_above, restored
from ._scrub import scrub
from ._session import Session

__all__ = ["DamAuth"]


class DamAuth(httpx.Auth):
    """Authenticates requests with a session, which must outlive it. Any number of threads and tasks
    may use it.
    """

    def __init__(self, session: Session) -> None:
        self._session = blocking_session(session)

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Called by `httpx.Client`. DamError: there can be no session, or what the response means
        for it.
        """
        exchange = _Exchange(self._session, request)
        try:
            exchange.authorization.begin()
            again = True
            while again:
                response = restored((yield exchange.to_send()))
                try:
                    body = response.read() if _may_hold_verdict(response) else None
                except BaseException as error:
                    if _is_worth_a_look(response, error):
                        exchange.observe(response, None)
                    raise
                again = exchange.observe(response, body)
        except GeneratorExit as left:
            exchange.why_left = left.__context__
            exchange.observe_refused()
            raise
        finally:
            exchange.end()

    def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Called by `httpx.AsyncClient`. It raises what `sync_auth_flow` raises."""
        exchange = _Exchange(self._session, request)
        return _AsyncFlow(self._async_flow(exchange), exchange)

    async def _async_flow(
        self, exchange: _Exchange
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        try:
            await _in_thread(exchange.authorization.begin)
            again = True
            while again:
                response = restored((yield exchange.to_send()))
                try:
                    body = await response.aread() if _may_hold_verdict(response) else None
                except BaseException as error:
                    if _is_worth_a_look(response, error):
                        await _in_thread(exchange.observe, response, None, shield=True)
                    raise
                again = await _in_thread(exchange.observe, response, body)
        except GeneratorExit:
            if exchange.refused is not None:
                await _in_thread(exchange.observe_refused, shield=True)
            raise
        finally:
            exchange.end()


class _Exchange:
    """One request of the program, and the requests that are sent for it."""

    def __init__(self, session: Session, request: httpx.Request) -> None:
        self._request = request
        #: What the program sees of its headers. Its cookies are not sent.
        self._shown = request.headers.copy()
        self._shown.pop("cookie", None)
        self._follows = client_above()
        self._before = sys.exc_info()[1]
        #: The exception with which httpx closed the flow early.
        self.why_left: BaseException | None = None
        self._sent: list[httpx.Request] = []
        self._derived: list[httpx.Request] = []  # the requests that httpx derived from them
        self._added: set[str] = set()  # names of headers that the program did not set
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        headers = [
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
        ]
        self.authorization = Authorization(
            session, request.method, str(request.url), headers, has_body
        )

    def to_send(self) -> httpx.Request:
        """A new request each time, so that the request of the program never contains a secret."""
        given, request = self.authorization.read(), self._request
        if self._sent and given.has_body and not _is_whole(request):
            del given  # it is secret, and a traceback shows the local variables of a frame
            raise replay_impossible()
        self._added.update(name for name, _ in given.headers if name not in self._shown)
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in given.headers
        ]
        sent = httpx.Request(
            given.method, given.url, headers=headers, extensions=request.extensions
        )
        sent.url = _URL(given.url, given.shown)
        sent.headers = Headers(sent.headers, self._follows)
        if given.has_body:
            sent.stream = request.stream
        self._sent.append(sent)
        return sent

    def observe(self, response: httpx.Response, body: bytes | None) -> bool:
        """True: discard this response, and send `to_send` instead. This may block. body: the whole
        body, or None if it was not read whole.
        """
        self._derived += [response.request] + (
            [] if response.next_request is None else [response.next_request]
        )
        return self.authorization.observe(
            response.status_code, response.headers.raw, body or b"", body is not None
        )

    @property
    def refused(self) -> httpx.Response | None:
        """The response at which a response hook of the program raised. It has arrived, so its
        cookie counts.
        """
        response = getattr(self.why_left, "response", None)
        return (
            response
            if isinstance(response, httpx.Response) and response.request in self._sent
            else None
        )

    def observe_refused(self) -> None:
        """Adopts the cookie. The program gets the exception of its hook."""
        response = self.refused
        if response is not None:
            with contextlib.suppress(DamError):
                self.observe(restored(response), None)

    def end(self) -> None:
        """Releases the session, and removes secrets from all that the program gets: requests,
        responses, exceptions.
        """
        self.authorization.free()
        for sent in self._sent:
            sent.url, sent.headers = httpx.URL(str(sent.url)), self._shown.copy()
        for derived in self._derived:
            for name in self._added | {"cookie"}:
                derived.headers.pop(name, None)
        for error in (self.why_left, sys.exc_info()[1]):
            scrub(error, self._before, self.authorization.in_url)


class _AsyncFlow(AsyncGenerator[httpx.Request, httpx.Response]):
    """An asynchronous generator that knows the exception with which it is closed. Python tells it
    to plain generators, but not to asynchronous ones.
    """

    def __init__(
        self, flow: AsyncGenerator[httpx.Request, httpx.Response], exchange: _Exchange
    ) -> None:
        self._flow, self._exchange = flow, exchange

    async def asend(self, response: Any) -> httpx.Request:
        return await self._flow.asend(response)

    async def athrow(self, *error: Any) -> httpx.Request:
        return await self._flow.athrow(*error)

    async def aclose(self) -> None:
        self._exchange.why_left = sys.exc_info()[1]
        await self._flow.aclose()


class _URL(httpx.URL):
    """A URL whose text has no secrets, because httpx and tools that instrument it log the text."""

    def __init__(self, url: str, shown: str) -> None:
        super().__init__(url)
        self._shown = shown

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"URL({self._shown!r})"


def _is_whole(request: httpx.Request) -> bool:
    """Whether the body is in memory, or is a form that rewinds its files by itself."""
    return isinstance(
        request.stream, httpx.ByteStream
    ) or "multipart/form-data" in request.headers.get("content-type", "")


def _may_hold_verdict(response: httpx.Response) -> bool:
    """Whether the body must be read, because it may be a login page or an error with the status of
    a success.
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return (
        not response.is_success
        or kind in ("", "text/plain")
        or any(one in kind for one in ("json", "html", "xml"))
    )


def _is_worth_a_look(response: httpx.Response, error: BaseException) -> bool:
    """Whether to judge a response by its head. After a cancellation or an interrupt only a success
    is judged: a refusal would start a login, for which no one waits.
    """
    return isinstance(error, Exception) or response.is_success


async def _in_thread(function: Any, *arguments: Any, shield: bool = False) -> Any:
    import anyio  # imported here, because programs without asyncio do not need it
    import anyio.to_thread

    with anyio.CancelScope(shield=shield):
        return await anyio.to_thread.run_sync(functools.partial(function, *arguments))
