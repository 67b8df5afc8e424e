"""`damsession.aopen`: a session for asyncio. One thread makes any number of requests at once.

`AsyncSession.sync_session` is the `Session` below it, with what has no awaitable form. Credentials
callbacks run in the event loop and should return soon.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING, Any, NoReturn

from . import _abi
from ._async_loop import AsyncLoop
from ._frames import keeps_no_arguments
from ._incoming import Incoming
from ._loop import Transfer
from ._open import open as open_session
from ._outgoing import Outgoing
from ._request import (
    DOWNLOAD_KEYWORDS,
    REQUEST_KEYWORDS,
    STREAM_KEYWORDS,
    AsyncRequestOptions,
    AsyncStreamOptions,
    ResponseOptions,
    build,
    download_target,
)
from ._response import Response
from ._session import Session, stays_here
from ._site import Asked
from ._stream import BaseStream
from ._text import encoded, lent_text, text_of
from ._unknown import check_keywords
from ._values import DeviceConsent, LogoutResult, State, Statistics

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._keywords import OpenOptions


@keeps_no_arguments
def aopen(name: str | None = None, **options: Unpack[OpenOptions]) -> AsyncSession:
    """Opens a session for asyncio, with the arguments of `damsession.open`. It uses no network and
    need not be awaited.

        async with damsession.aopen("desk") as session:
            response = await session.get("mem/user/session")
    """
    return AsyncSession(open_session(name, **options))


class AsyncSession:
    """A session in the event loop that runs at its first request. It is made by `damsession.aopen`.

    Close it with `async with` or `await aclose()`, which end the requests under way. When a task
    that waits for a response is cancelled, the transfer is cancelled too.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._loop: AsyncLoop | None = None

    async def __aenter__(self) -> AsyncSession:
        self._session.__enter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<Async{repr(self._session)[1:]}"

    def __reduce_ex__(self, _: Any) -> NoReturn:
        raise stays_here()

    async def aclose(self) -> None:
        """Ends the requests under way, with `Cancelled`, and closes the session. The stored session
        is kept.
        """
        self._session.close()  # lets no further request in
        if self._loop is not None:
            await self._loop.close()

    @property
    def sync_session(self) -> Session:
        """The `Session` below this one: the same user, login and store, with calls that return when
        they are done. It has what cannot be awaited here, and the adapters (`DamAuth`) take it.

        These send nothing, and can be called as they are: `bind_image`, `resolve_image`, `stale`,
        `device_tokens`.

        These may wait for the server or for another process, and the event loop with them: call
        them in a thread, `await asyncio.to_thread(session.sync_session.headers)`. They are `token`,
        `headers`, `organizations`, `forget`, `begin_device_consent`, `poll_consent`,
        `export_consent`, `import_consent`.
        """
        return self._session

    if not TYPE_CHECKING:  # a type checker would take any name for one that is here

        def __getattr__(self, name: str) -> Any:
            from ._missing import ASYNC_SESSION, absent

            return absent(self, name, ASYNC_SESSION)

    @property
    def closed(self) -> bool:
        """Whether the session was closed."""
        return self._session.closed

    @property
    def state(self) -> State:
        """`Session.state`. It reads what is stored, and asks no server."""
        return self._session.state

    @property
    def statistics(self) -> Statistics:
        """`Session.statistics`."""
        return self._session.statistics

    async def request(
        self, method: str, path: str, **options: Unpack[AsyncRequestOptions]
    ) -> Response:
        """`Session.request`, awaited. Its callbacks run in the event loop and should return soon.
        `data` may also be an asynchronous iterable of bytes. An iterable that is its own iterator,
        such as an asynchronous generator, cannot be sent again after a new login: ReplayImpossible.
        """
        check_keywords("AsyncSession.request", options, REQUEST_KEYWORDS)
        transfer = self._transfer()
        self._submit(transfer, "dam_loop_request", self._build(transfer, method, path, options))
        response: Response = await self._ended(transfer)
        return response

    async def get(self, path: str, **options: Unpack[AsyncRequestOptions]) -> Response:
        """`request("GET", ...)`."""
        check_keywords("AsyncSession.get", options, REQUEST_KEYWORDS)
        return await self.request("GET", path, **options)

    async def head(self, path: str, **options: Unpack[AsyncRequestOptions]) -> Response:
        """`request("HEAD", ...)`."""
        check_keywords("AsyncSession.head", options, REQUEST_KEYWORDS)
        return await self.request("HEAD", path, **options)

    async def post(self, path: str, **options: Unpack[AsyncRequestOptions]) -> Response:
        """`request("POST", ...)`."""
        check_keywords("AsyncSession.post", options, REQUEST_KEYWORDS)
        return await self.request("POST", path, **options)

    async def put(self, path: str, **options: Unpack[AsyncRequestOptions]) -> Response:
        """`request("PUT", ...)`."""
        check_keywords("AsyncSession.put", options, REQUEST_KEYWORDS)
        return await self.request("PUT", path, **options)

    async def patch(self, path: str, **options: Unpack[AsyncRequestOptions]) -> Response:
        """`request("PATCH", ...)`."""
        check_keywords("AsyncSession.patch", options, REQUEST_KEYWORDS)
        return await self.request("PATCH", path, **options)

    async def delete(self, path: str, **options: Unpack[AsyncRequestOptions]) -> Response:
        """`request("DELETE", ...)`."""
        check_keywords("AsyncSession.delete", options, REQUEST_KEYWORDS)
        return await self.request("DELETE", path, **options)

    def stream(self, method: str, path: str, **options: Unpack[AsyncStreamOptions]) -> AsyncStream:
        """A response whose body is read piece by piece, as fast as the program takes it: `async
        with s.stream("GET", path) as response:`.

        This call sends nothing yet. What `request` raises is raised by `async with`. If the body
        breaks off, the exception is raised where the next piece is read. The option `timeout` runs
        on while nothing is read.
        """
        check_keywords("AsyncSession.stream", options, STREAM_KEYWORDS)
        return AsyncStream(self, method, path, options)

    async def download(
        self,
        path: str,
        file: str | os.PathLike[str],
        *,
        resume: bool = False,
        keep: bool = False,
        **options: Unpack[ResponseOptions],
    ) -> Response:
        """`Session.download`, awaited. The file is written in the event loop, which waits for the
        disk.
        """
        check_keywords("AsyncSession.download", options, DOWNLOAD_KEYWORDS)
        transfer = self._transfer()
        request = build("GET", path, keep=transfer.keep, **options)
        transfer.asked = Asked(self._session._site, "GET", request.path)
        self._submit(transfer, "dam_loop_download", request, *download_target(file, resume, keep))
        response: Response = await self._ended(transfer)
        return response

    async def login(self, again: bool = False) -> None:
        """`Session.login`, awaited."""
        await self._run(
            "dam_loop_login", _abi.DAM_LOGIN_AGAIN if again else _abi.DAM_LOGIN_IF_NEEDED
        )

    async def keepalive(self) -> None:
        """`Session.keepalive`, awaited."""
        await self._run("dam_loop_keepalive")

    async def logout(self) -> LogoutResult:
        """`Session.logout`, awaited."""
        result = ctypes.c_int32()
        await self._run("dam_loop_logout", outputs=(result,))
        return LogoutResult(result.value)

    async def begin_consent(self) -> str:
        """`Session.begin_consent`, awaited."""
        with lent_text() as url:
            await self._run("dam_loop_consent_begin", outputs=(ctypes.byref(url),))
            return text_of(url)

    async def finish_consent(self, redirected_url: str) -> None:
        """`Session.finish_consent`, awaited."""
        await self._run("dam_loop_consent_finish", encoded(redirected_url, "redirected_url"))

    async def begin_device_consent(self) -> DeviceConsent:
        """`Session.begin_device_consent`, awaited."""
        with lent_text() as url, lent_text() as code:
            outputs = (ctypes.byref(url), ctypes.byref(code))
            await self._run("dam_loop_consent_begin_device", outputs=outputs)
            return DeviceConsent(text_of(url), text_of(code))

    async def poll_consent(self) -> None:
        """`Session.poll_consent`, awaited."""
        await self._run("dam_loop_consent_poll")

    async def _run(self, function: str, *what: Any, outputs: tuple[Any, ...] = ()) -> None:
        transfer = self._transfer()
        self._submit(transfer, function, *what, outputs=outputs)
        await self._ended(transfer)

    def _transfer(self) -> Transfer:
        if self._loop is None:
            self._loop = AsyncLoop()
        if self._loop.asyncio is not asyncio.get_running_loop():
            raise RuntimeError("an AsyncSession belongs to one event loop; open another one here")
        return Transfer(self._loop.asyncio.create_future())

    def _submit(
        self, transfer: Transfer, function: str, *what: Any, outputs: tuple[Any, ...] = ()
    ) -> None:
        assert self._loop is not None
        self._loop.submit(transfer, self._session._handle, function, *what, outputs=outputs)

    def _build(self, transfer: Transfer, method: str, path: str, options: Any) -> _abi.dam_request:
        """The request. The pieces of a body that is an asynchronous iterable are read in a task."""
        data = options.get("data")
        if data is not None and isinstance(data, AsyncIterable):
            assert self._loop is not None
            options = {**options, "data": Outgoing(data, transfer, self._loop)}
        request = build(method, path, keep=transfer.keep, **options)
        transfer.asked = Asked(self._session._site, method, request.path)
        return request

    async def _ended(self, transfer: Transfer) -> Any:
        try:
            return await transfer.over
        except asyncio.CancelledError:
            self._cancel(transfer)
            raise

    def _cancel(self, transfer: Transfer) -> None:
        assert self._loop is not None
        self._loop.cancel(transfer)

    def _resume(self, transfer: Transfer) -> None:
        assert self._loop is not None
        self._loop.resume(transfer)


class AsyncStream(BaseStream):
    """The body of a 2xx response, in pieces. `async with` waits for the response's head; leaving it
    ends the transfer.

        async with session.stream("GET", "mem/image/I1/download") as response:
            async for piece in response.raise_for_status():
                ...

    A response other than 2xx has no pieces: its body is in `content`, `text` and `json()`.
    """

    def __init__(
        self, session: AsyncSession, method: str, path: str, options: AsyncStreamOptions
    ) -> None:
        self._session, self._method, self._path, self._options = session, method, path, options
        self._news = asyncio.Event()

    async def __aenter__(self) -> AsyncStream:
        transfer = self._session._transfer()
        request = self._session._build(transfer, self._method, self._path, self._options)
        self._incoming = incoming = Incoming(transfer, request, self._news.set)
        transfer.over.add_done_callback(lambda _: self._news.set())
        self._session._submit(transfer, "dam_loop_request", request)
        try:
            while not incoming.ready:
                await self._wait()
        except asyncio.CancelledError:
            await self.__aexit__()
            raise
        if transfer.over.done() and incoming.empty:
            transfer.over.result()  # raises what went wrong
        self._is_open = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_open = False
        if self._incoming is None:
            return
        self._incoming.drop()
        over = self._incoming.transfer.over
        if not over.done():
            self._session._cancel(self._incoming.transfer)
            await asyncio.wait([over])
        if not over.cancelled():
            over.exception()  # else asyncio logs that it was never retrieved

    async def _wait(self) -> None:
        self._news.clear()
        await self._news.wait()

    def raise_for_status(self) -> AsyncStream:
        """As `Response.raise_for_status`."""
        self._arrived.raise_for_status()
        return self

    def stream(self) -> AsyncStream:
        """Returns itself, for programs that name what they iterate over."""
        return self

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        incoming = self._arriving
        while incoming.empty:
            if incoming.transfer.over.done():
                incoming.transfer.over.result()
                raise StopAsyncIteration
            await self._wait()
        piece = incoming.pop()
        if incoming.wants_more():
            self._session._resume(incoming.transfer)
        return piece

    async def read(self) -> bytes:
        """The rest of the body, in memory. It raises the transfer's error if the body broke off."""
        return b"".join([piece async for piece in self])

    if not TYPE_CHECKING:  # a type checker would take any name for one that is here

        def __getattr__(self, name: str) -> Any:
            from ._missing import ASYNC_STREAM, absent

            return absent(self, name, ASYNC_STREAM)
