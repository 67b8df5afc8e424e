"""Ctrl-C while the main thread is in a request: it takes effect at the next callback, not at the
request's end.

Python handles a signal when the next bytecode runs. In a request, that is the first bytecode of a
callback, where no code can catch the exception and ctypes drops it. So during a request the signal
is noted, and the exception is raised in the middle of the callback. No signal handler is changed
but Python's own for SIGINT, and that one only during the call.
"""

from __future__ import annotations

import os
import threading

# Not `signal`, whose functions look for an enum's member of each number and handler: for every
# request, that costs more than the request.
from _signal import (  # type: ignore[import-not-found]
    SIGINT,
    default_int_handler,
    getsignal,
    signal,
)
from threading import get_ident
from typing import Any, Callable


class _MainThread:
    """What the main thread does. Only this thread handles signals, and only it reads and writes the
    flags.
    """

    ident = threading.main_thread().ident
    in_c = False  #: it is in a call, and not in a callback of it, so that Ctrl-C is noted
    noted = False  #: Ctrl-C was noted


main_thread = _MainThread()


def is_main_thread() -> bool:
    """Whether this is the thread that handles signals."""
    return get_ident() == main_thread.ident


def interruptible(function: Callable[..., Any], *arguments: Any) -> None:
    """Calls `function` of C. It raises KeyboardInterrupt if Ctrl-C was noted and no callback has
    raised it.
    """
    if not is_main_thread():
        function(*arguments)
        return
    # If not, it is the application's, or this call is made in a callback of another.
    is_default = getsignal(SIGINT) is default_int_handler
    try:
        main_thread.in_c = True
        if is_default:
            main_thread.noted = False
            signal(SIGINT, _note)
        function(*arguments)
    finally:
        if is_default and getsignal(SIGINT) is _note:
            signal(SIGINT, default_int_handler)
        main_thread.in_c = False
        _raise_noted()


def in_callback(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """Calls `function` of the application. Ctrl-C interrupts it, as it does anywhere."""
    if not is_main_thread():
        return function(*arguments)
    was_in_c = main_thread.in_c
    try:
        main_thread.in_c = False
        _raise_noted()
        return function(*arguments)
    finally:
        main_thread.in_c = was_in_c


def _note(number: int, frame: Any) -> None:
    main_thread.noted = True
    if not main_thread.in_c:
        _raise_noted()


def _raise_noted() -> None:
    if main_thread.noted:
        main_thread.noted = False
        raise KeyboardInterrupt


def _after_fork() -> None:
    main_thread.ident = get_ident()


os.register_at_fork(after_in_child=_after_fork)
