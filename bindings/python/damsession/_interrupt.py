"""Ctrl-C while the main thread is inside a request: seen at the next callback instead of at its
end.

Python hears of a signal when the next bytecode runs. That would be the very first of a callback,
where nothing can catch what it raises, and ctypes drops it. So during a request the signal is noted
there, and raised from the callback's middle. Leaves every handler alone but Python's own for
SIGINT, and that one only while the call lasts.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class _Here(threading.local):
    """This thread's: whether Ctrl-C was noted, and how many callbacks deep it is."""

    noted = False
    depth = 0


_here = _Here()


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Around a call into C. KeyboardInterrupt, if that was noted and no callback has raised it."""
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
    """Around a callback's own work, which Ctrl-C interrupts as it would anywhere."""
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
