"""A body that is an asynchronous iterable. A task reads its next piece, and the transfer pauses
until it is here.

One piece is read at a time, and only when all of the last one was taken.
"""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Any, Callable

from ._errors import wrong_piece
from ._loop import Transfer

if TYPE_CHECKING:
    import asyncio

    from ._async_loop import AsyncLoop


class Outgoing:
    """Gives the pieces of `data` to the `dam_read_callback` of `transfer`."""

    def __init__(self, data: AsyncIterable[bytes], transfer: Transfer, loop: AsyncLoop) -> None:
        self._data, self._transfer, self._loop = data, transfer, loop
        self._pieces = data.__aiter__()
        self._piece: bytes | None = None
        self._task: asyncio.Task[None] | None = None
        transfer.over.add_done_callback(lambda _: self._stop())
        #: Whether it can begin anew. An iterable that is its own iterator cannot.
        self.begin: Callable[[], Any] | None = None if self._pieces is data else self._begin

    def take(self) -> bytes | None:
        """The next piece; b"" at the end; None: it is not here yet."""
        piece, self._piece = self._piece, None
        if piece is None and (self._task is None or self._task.done()):
            self._task = self._loop.asyncio.create_task(self._ask())
        return piece

    async def _ask(self) -> None:
        from asyncio import current_task  # imported here, because blocking programs need none

        try:
            piece = await self._next()
        except BaseException as error:
            if self._task is not current_task():
                raise  # cancelled by `_stop`: the piece is not needed any more
            self._transfer.keep(error)
            self._loop.cancel(self._transfer)
        else:
            if self._task is current_task():
                self._piece = piece
                self._loop.resume(self._transfer)

    async def _next(self) -> bytes:
        async for piece in self._pieces:
            if not isinstance(piece, (bytes, bytearray, memoryview)):
                raise wrong_piece(piece)
            if len(piece):  # an empty piece is not the end
                return bytes(piece)
        return b""

    def _begin(self) -> None:
        self._stop()
        self._piece, self._pieces = None, self._data.__aiter__()

    def _stop(self) -> None:
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
