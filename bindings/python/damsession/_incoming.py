"""The body of a response that a program reads piece by piece. The transfer pauses when too many
bytes wait.

The streams of blocking programs and of asyncio share this module, which depends on neither.
"""

from __future__ import annotations

import ctypes
from collections import deque
from typing import Any, Callable

from . import _abi
from ._check import guarded
from ._loop import Transfer
from ._response import Response

_MOST_AHEAD = 1 << 18  # the bytes that may wait; with more the transfer pauses


class Incoming:
    """The pieces of one response that have arrived and were not read yet."""

    def __init__(
        self, transfer: Transfer, request: _abi.dam_request, news: Callable[[], Any]
    ) -> None:
        """Sets itself as the sink of `request`. `news` is called when something has arrived;
        `transfer` says when it is over.
        """
        self.transfer = transfer
        self._news = news
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._paused = False
        self._head: Response | None = None
        request.write = _abi.dam_write_callback(guarded(self._write, keep=transfer.keep))
        request.flags |= _abi.DAM_REQUEST_GATHER
        request.head = _abi.dam_head_callback(guarded(self._begin, keep=transfer.keep))

    @property
    def response(self) -> Response | None:
        """The response without its streamed body; None before its head is here. It stays when the
        body breaks off later.
        """
        over = self.transfer.over
        if not over.done() or over.cancelled() or over.exception() is not None:
            return self._head
        response: Response = over.result()
        return response

    @property
    def ready(self) -> bool:
        """Whether the head is here, and the body too if it is not streamed."""
        return self.transfer.over.done() or (self._head is not None and self._head.ok)

    @property
    def empty(self) -> bool:
        """Whether no piece waits."""
        return not self._chunks

    def pop(self) -> bytes:
        """The next piece. There must be one."""
        chunk = self._chunks.popleft()
        self._size -= len(chunk)
        return chunk

    def wants_more(self) -> bool:
        """Whether a paused transfer should resume now. This is true once for each pause."""
        if not self._paused or self._size:
            return False
        self._paused = False
        return True

    def drop(self) -> None:
        """Discards the pieces that wait, because nothing will be read any more."""
        self._chunks.clear()
        self._size = 0

    def _begin(self, _: Any, view: Any) -> None:
        self._head = Response(view.contents, self.transfer.asked)
        self._news()

    def _write(self, _: Any, data: int, size: int) -> int:
        if self._size and self._size + size > _MOST_AHEAD:
            self._paused = True
            return _abi.DAM_WRITE_PAUSE
        self._chunks.append(ctypes.string_at(data, size))
        self._size += size
        self._news()
        return 0
