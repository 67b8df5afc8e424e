"""A `dam_loop`: any number of requests at once on one thread, which waits for the loop's
descriptor.

Everything submitted is a `Transfer`, which keeps alive what C points to until the library says that
it is over. An exception of a transfer's own callback belongs to that transfer; one of a credentials
callback belongs to the requests that the login was for. The library decides what becomes of a
request.
"""

from __future__ import annotations

import contextlib
import ctypes
import select
import weakref
from typing import TYPE_CHECKING, Any, Union

from . import _abi
from ._check import failure, guarded, keep_for_call, take_kept
from ._errors import NotFound, Status
from ._handle import SessionHandle
from ._interrupt import interruptible
from ._library import library
from ._response import Response
from ._site import Asked

if TYPE_CHECKING:
    import asyncio
    import concurrent.futures

#: The result of a transfer: a response, or None for a transfer that has none.
Over = Union["asyncio.Future[Any]", "concurrent.futures.Future[Any]"]


class Transfer:
    """A request that is under way, or over."""

    __slots__ = ("asked", "error", "handle", "id", "kept", "over")

    asked: Asked  #: the request; not set for what has no response

    def __init__(self, over: Over) -> None:
        self.id = 0
        self.over: Any = over
        self.error: BaseException | None = None
        self.kept: Any = None  #: what C points to, kept alive
        self.handle: SessionHandle | None = None

    def keep(self, error: BaseException) -> None:
        """Takes the exception of one of its callbacks; the first one is the cause."""
        if self.error is None:
            self.error = error


class Loop:
    """Owns a `dam_loop`. One thread at a time may use it."""

    def __init__(self) -> None:
        self._library = library()
        self._loop = _abi.loop_p()
        self._library.dam_loop_new(ctypes.byref(self._loop), _abi.dam_error())
        self._transfers: dict[int, Transfer] = {}
        # The sessions of transfers under way. They must outlive the loop: when it is freed, it
        # saves the cookies of responses whose head has arrived.
        self._handles: dict[int, SessionHandle] = {}
        # It runs once: by `free`, or by the garbage collector, since a loop that is not dispatched
        # any more would hold its sessions for ever. For interpreter exit see SessionHandle.
        self._free = weakref.finalize(
            self, _free, self._library.dam_loop_free, self._loop, self._handles
        )
        self._free.atexit = False
        self._done = _abi.dam_done_callback(guarded(self._end))
        # What every call fills in anew.
        self._number, self._error = ctypes.c_uint64(), _abi.dam_error()
        self._view = _abi.dam_response_view()
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
        """Submits a transfer: `function` of the library does `what`. Its session lives until it is
        over.

        outputs: the further arguments that the function fills in beside the ID.
        """
        call = getattr(self._library, function)
        session = handle.__enter__()
        try:
            call(self._loop, session, *what, self._done, None, *outputs, self._number, self._error)
        except BaseException:
            handle.__exit__()
            raise
        transfer.id, transfer.kept, transfer.handle = self._number.value, (what, outputs), handle
        self._transfers[transfer.id] = transfer
        self._handles[transfer.id] = handle

    def cancel(self, transfer: Transfer) -> None:
        """Ends a request early. A request that is over is left alone."""
        self._poke(self._library.dam_loop_cancel, transfer)

    def resume(self, transfer: Transfer) -> None:
        """Makes the library call a paused callback again."""
        self._poke(self._library.dam_loop_resume, transfer)

    def dispatch(self) -> None:
        """Does the work that is ready, without waiting."""
        try:
            interruptible(self._library.dam_loop_dispatch, self._loop, _abi.dam_error())
        finally:
            self._raised = None

    def run(self) -> None:
        """Waits until there is work, and does it. This is for a thread that has nothing else to
        do.
        """
        watch = select.poll()
        watch.register(self.descriptor, select.POLLIN)
        watch.poll()
        self.dispatch()

    def free(self) -> None:
        """Frees the loop and everything under way. Those who wait are not told."""
        loop, self._loop = self._loop, _abi.loop_p()
        if loop:
            self._free()
            for transfer in list(self._transfers.values()):
                self._release(transfer)

    def _poke(self, function: Any, transfer: Transfer) -> None:
        if transfer.id in self._transfers and self._loop:
            with contextlib.suppress(NotFound):  # it ended meanwhile, and its end is reported soon
                function(self._loop, transfer.id, _abi.dam_error())

    def _end(self, _: Any, number: int, status: int, response: Any, error: Any) -> None:
        """The `dam_done_callback`."""
        raised = take_kept()  # of a credentials or log callback earlier in this dispatch
        if raised is not None:
            self._raised = raised
        transfer = self._transfers[number]
        self._release(transfer)
        try:
            if transfer.over.done():
                return  # no task waits for it any more
            if transfer.error is not None:
                transfer.over.set_exception(transfer.error)
            elif not status:
                transfer.over.set_result(self._read(response, transfer) if response else None)
            elif status == Status.CALLBACK and self._raised is not None:
                transfer.over.set_exception(self._raised)
                raised = None
            else:
                transfer.over.set_exception(failure(status, error.contents))
        finally:
            if response:
                self._library.dam_response_free(response)
            if raised is not None:
                # dispatch raises it to the code that drives the loop.
                keep_for_call(raised)

    def _read(self, response: Any, transfer: Transfer) -> Response:
        self._library.dam_response_get(response, self._view, self._error)
        return Response(self._view, transfer.asked)

    def _release(self, transfer: Transfer) -> None:
        del self._transfers[transfer.id]
        transfer.kept = None
        self._handles.pop(transfer.id, None)
        if transfer.handle is not None:
            transfer.handle.__exit__()


def _free(free: Any, loop: Any, handles: dict[int, SessionHandle]) -> None:
    free(loop)
