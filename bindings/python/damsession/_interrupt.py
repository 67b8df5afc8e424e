"""Ctrl-C while the main thread is in a request: it takes effect at the next callback, not at the
request's end.

Python handles a signal when the next bytecode runs. In a request, that is the first bytecode of a
callback, where no code can catch the exception and ctypes drops it. So during a request the signal
is noted, and the exception is raised in the middle of the callback. No signal handler is changed
but Python's own for SIGINT, and that one only during the call.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class _Here(threading.local):
    """The state of this thread: whether Ctrl-C was noted, and how many callbacks deep it is."""

    noted = False
    depth = 0


_here = _Here()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Surrounds a call into C. It raises KeyboardInterrupt if Ctrl-C was noted and no callback has
    raised it.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _raise_noted()


@contextlib.contextmanager
def inside_callback() -> Iterator[None]:
    """Surrounds the own work of a callback, which Ctrl-C interrupts as it does anywhere."""
    _here.depth += 1
    try:
        _raise_noted()
        yield
    finally:
        _here.depth -= 1


def _note(number: int, frame: Any) -> None:
    _here.noted = True
    if _here.depth:
        _raise_noted()


def _raise_noted() -> None:
    if _here.noted:
        _here.noted = False
        raise KeyboardInterrupt
