"""A `dam_loop`: any number of requests at once on one thread, driven by whoever waits for its
descriptor.

Everything submitted is a `Transfer`, which keeps what C points to until the library says that it is
over. Exceptions of a transfer's own callbacks are its own; those of credentials callbacks go to the
requests that the login was for. What becomes of a request is the library's decision.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import ctypes
import select
import weakref
from typing import Any, Union

from . import _abi
from ._check import failure, guarded, keep_for_call, take_kept
from ._errors import NotFound, Status
from ._handle import SessionHandle
from ._interrupt import interruptible
from ._library import library
from ._response import Response

#: How a transfer ends: with a response, or with None where none was asked for.
Over = Union["asyncio.Future[Any]", "concurrent.futures.Future[Any]"]


class Transfer:
    """One request under way, or over."""

    def __init__(self, what: str, over: Over) -> None:
        self.what = what  #: names it in messages
        self.id = 0
        self.over: Any = over
        self.error: BaseException | None = None
        self.kept: Any = None  #: what C points to
        self.handle: SessionHandle | None = None

    def keep(self, error: BaseException) -> None:
        """Takes the exception of one of its callbacks; the first one is the cause."""
        if self.error is None:
            self.error = error


class Loop:
    """Owns a `dam_loop`. One thread at a time."""

    def __init__(self) -> None:
        self._library = library()
        self._loop = _abi.loop_p()
        self._library.dam_loop_new(ctypes.byref(self._loop), _abi.dam_error())
        self._transfers: dict[int, Transfer] = {}
        # Sessions of transfers under way. They outlive the loop, which saves what came of a
        # response when it is freed.
        self._handles: dict[int, SessionHandle] = {}
        # Runs once: by `free`, or by the garbage collector, since a loop that nobody drives any
        # more would hold its sessions for good. Not at interpreter exit: see SessionHandle.
        self._free = weakref.finalize(
            self, _free, self._library.dam_loop_free, self._loop, self._handles
        )
        self._free.atexit = False
        self._done = _abi.dam_done_callback(guarded(self._end))
        self._raised: BaseException | None = None
        self.descriptor: int = self._library.dam_loop_fd(self._loop)

    def submit(
        self,
        transfer: Transfer,
        handle: SessionHandle,
        function: str,
        *what: Any,
        outputs: tuple[Any, ...] = (),
    ) -> None:
        """Takes something in: `function` of the library with `what` is to be done. Its session
        lives until it is over.

        outputs: what it fills in beside its ID.
        """
        number = ctypes.c_uint64()
        session = handle.__enter__()
        try:
            call = getattr(self._library, function)
            call(self._loop, session, *what, self._done, None, *outputs, number, _abi.dam_error())
        except BaseException:
            handle.__exit__(None, None, None)
            raise
        transfer.id, transfer.kept, transfer.handle = number.value, (what, outputs), handle
        self._transfers[transfer.id] = transfer
        self._handles[transfer.id] = handle

    def cancel(self, transfer: Transfer) -> None:
        """Ends a request early; one that is over is left alone."""
        self._poke(self._library.dam_loop_cancel, transfer)

    def resume(self, transfer: Transfer) -> None:
        """Has a paused callback asked again."""
        self._poke(self._library.dam_loop_resume, transfer)

    def dispatch(self) -> None:
        """Does what there is to do, without waiting."""
        try:
            with interruptible():
                self._library.dam_loop_dispatch(self._loop, _abi.dam_error())
        finally:
            self._raised = None

    def run(self) -> None:
        """Waits until there is something to do, and does it. For a thread that has nothing else
        to do.
        """
        watch = select.poll()
        watch.register(self.descriptor, select.POLLIN)
        watch.poll()
        self.dispatch()

    def free(self) -> None:
        """Frees the loop and everything under way; whoever waits is not told."""
        loop, self._loop = self._loop, _abi.loop_p()
        if loop:
            self._free()
            for transfer in list(self._transfers.values()):
                self._release(transfer)

    def _poke(self, function: Any, transfer: Transfer) -> None:
        if transfer.id in self._transfers and self._loop:
            with contextlib.suppress(NotFound):  # it ended meanwhile; its end is on its way
                function(self._loop, transfer.id, _abi.dam_error())

    def _end(self, _: Any, number: int, status: int, response: Any, error: Any) -> None:
        """The `dam_done_callback`."""
        raised = take_kept()  # a credentials or a log callback's, from earlier in this dispatch
        if raised is not None:
            self._raised = raised
        transfer = self._transfers[number]
        self._release(transfer)
        try:
            if transfer.over.done():
                return  # nobody waits any more
            if transfer.error is not None:
                transfer.over.set_exception(transfer.error)
            elif status == Status.OK:
                transfer.over.set_result(self._read(response, transfer.what) if response else None)
            elif status == Status.CALLBACK and self._raised is not None:
                transfer.over.set_exception(self._raised)
                raised = None
            else:
                transfer.over.set_exception(failure(status, error.contents))
        finally:
            if response:
                self._library.dam_response_free(response)
            if raised is not None:
                # It belongs to whoever drives the loop, and is raised by dispatch.
                keep_for_call(raised)

    def _read(self, response: Any, what: str) -> Response:
        view = _abi.dam_response_view()
        self._library.dam_response_get(response, view, _abi.dam_error())
        return Response(view, what)

    def _release(self, transfer: Transfer) -> None:
        del self._transfers[transfer.id]
        transfer.kept = None
        self._handles.pop(transfer.id, None)
        if transfer.handle is not None:
            transfer.handle.__exit__(None, None, None)


def _free(free: Any, loop: Any, handles: dict[int, SessionHandle]) -> None:
    free(loop)


class AsyncLoop(Loop):
    """A loop under asyncio, whose running event loop watches it: no thread is needed. To be
    closed in it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asyncio = asyncio.get_running_loop()
        self.asyncio.add_reader(self.descriptor, self.dispatch)

    async def close(self) -> None:
        """Ends every request, waits for their ends, and frees the loop."""
        if not self._loop:
            return
        for transfer in list(self._transfers.values()):
            self.cancel(transfer)
        if self._transfers:
            await asyncio.wait([transfer.over for transfer in self._transfers.values()])
        if self._loop:
            self.asyncio.remove_reader(self.descriptor)
            self.free()  # also those whose waiter was cancelled before they ended
