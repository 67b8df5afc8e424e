"""`damsession.aopen`: a session for asyncio. One thread, any number of requests at once, none of them blocking it.

Sends requests only. What a `Session` does besides is there under `AsyncSession.blocking`: the same session, whose calls
wait. Credentials callbacks run in the event loop and should not take long.
"""

from __future__ import annotations

import asyncio
import ctypes
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Any, AsyncIterator, Optional

from . import _abi
from ._check import guarded
from ._loop import Loop, Transfer
from ._open import open as open_session
from ._request import RequestOptions, StreamOptions, build
from ._response import Response
from ._session import Session

if TYPE_CHECKING:
    from typing_extensions import Unpack

_MOST_AHEAD = 1 << 18  # bytes that a stream takes before somebody has asked for them


def aopen(name: Optional[str] = None, **options: Any) -> AsyncSession:
    """Opens a session for asyncio, with the arguments of `damsession.open`. Reads no network; nothing is awaited.

    async with damsession.aopen("desk") as session:
        answer = await session.get("mem/user/session")
    """
    return AsyncSession(open_session(name, **options))


class AsyncSession:
    """A session in the event loop that runs at its first request. Made by `damsession.aopen`.

    To be closed with `async with` or `await aclose()`, which ends what is under way. Cancelling a task that waits for an
    answer cancels the transfer.
    """

    def __init__(self, session: Session) -> None:
        #: The same session, for what sends no request (`state`, `bind_image`) and for what may block (`logout`).
        self.blocking = session
        self._loop: Optional[Loop] = None

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<Async{repr(self.blocking)[1:]}"

    async def aclose(self) -> None:
        """Ends the requests under way, with `Cancelled`, and closes the session; what is stored stays stored."""
        self.blocking.close()  # lets no further request in
        if self._loop is not None:
            await self._loop.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self.blocking.closed

    async def request(self, method: str, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`Session.request`, awaited. Its callbacks run in the event loop and should not take long."""
        transfer = self._transfer(method, path)
        self._submit(transfer, build(method, path, keep=transfer.keep, **options))
        return await self._ended(transfer)

    async def get(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("GET", ...)`."""
        return await self.request("GET", path, **options)

    async def head(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("HEAD", ...)`."""
        return await self.request("HEAD", path, **options)

    async def post(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("POST", ...)`."""
        return await self.request("POST", path, **options)

    async def put(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("PUT", ...)`."""
        return await self.request("PUT", path, **options)

    async def patch(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("PATCH", ...)`."""
        return await self.request("PATCH", path, **options)

    async def delete(self, path: str, **options: Unpack[RequestOptions]) -> Response:
        """`request("DELETE", ...)`."""
        return await self.request("DELETE", path, **options)

    def stream(self, method: str, path: str, **options: Unpack[StreamOptions]) -> Stream:
        """An answer whose body is taken as fast as it is asked for: `async with s.stream("GET", path) as chunks:`."""
        return Stream(self, method, path, options)

    def _transfer(self, method: str, path: str) -> Transfer:
        if self._loop is None:
            self._loop = Loop()
        if self._loop.asyncio is not asyncio.get_running_loop():
            raise RuntimeError("an AsyncSession belongs to one event loop; open another one here")
        return Transfer(f"{method} {path.partition('?')[0]}", self._loop.asyncio)

    def _submit(self, transfer: Transfer, request: _abi.dam_request) -> None:
        assert self._loop is not None
        self._loop.submit(self.blocking._handle, request, transfer)

    async def _ended(self, transfer: Transfer) -> Response:
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


class Stream:
    """The body of a 2xx answer, in chunks. Entered when the first bytes or the verdict are here; left, it is over.

    C hands headers out with the end of an answer, so `response` is None until then. An answer other than 2xx has no
    chunks: it is in `response` at once, body and all.
    """

    def __init__(self, session: AsyncSession, method: str, path: str, options: StreamOptions) -> None:
        self._session, self._method, self._path, self._options = session, method, path, options
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._paused = False
        self._news = asyncio.Event()

    async def __aenter__(self) -> Stream:
        self._transfer = self._session._transfer(self._method, self._path)
        request = build(self._method, self._path, keep=self._transfer.keep, **self._options)
        request.write = _abi.dam_write_callback(guarded(self._write, keep=self._transfer.keep))
        self._transfer.over.add_done_callback(lambda _: self._news.set())
        self._session._submit(self._transfer, request)
        try:
            await self._news.wait()
        except asyncio.CancelledError:
            await self.__aexit__()
            raise
        if self._transfer.over.done() and not self._chunks:
            self._transfer.over.result()  # raises what went wrong
        return self

    async def __aexit__(self, *error: object) -> None:
        self._chunks.clear()
        if not self._transfer.over.done():
            self._session._cancel(self._transfer)
            await asyncio.wait([self._transfer.over])
        if not self._transfer.over.cancelled():
            self._transfer.over.exception()  # looked at, so that nobody complains that nobody did

    @property
    def response(self) -> Optional[Response]:
        """The answer without its body, once it is whole; None before."""
        return self._transfer.over.result() if self._transfer.over.done() else None

    def raise_for_status(self) -> Stream:
        """As `Response.raise_for_status`; before the end it is known to be 2xx."""
        if self.response is not None:
            self.response.raise_for_status()
        return self

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        while not self._chunks:
            if self._transfer.over.done():
                self._transfer.over.result()
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        chunk = self._chunks.popleft()
        self._size -= len(chunk)
        if self._paused and self._size == 0:
            self._paused = False
            self._session._resume(self._transfer)
        return chunk

    def _write(self, _: Any, data: int, size: int) -> int:
        """The `dam_write_callback`; runs in the event loop."""
        if self._size and self._size + size > _MOST_AHEAD:
            self._paused = True
            return _abi.DAM_WRITE_PAUSE
        self._chunks.append(ctypes.string_at(data, size))
        self._size += size
        self._news.set()
        return 0
