"""Owns one `dam_session`. The last call that uses it frees it after `close`.

The header forbids to free a session during a call, but Python programs close things from other
threads, from callbacks and at garbage collection. A call therefore borrows the handle, `close` only
lets no further call in, and the last call to leave a closed handle frees it. `close` never waits,
so it cannot deadlock. A forked child gets new locks, since those that it inherits may be held by
threads that it does not have.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any

from ._library import library


class SessionHandle:
    """A context manager around every call: `with handle as session: ...`. Any number of threads may
    use it.
    """

    def __init__(self, session: Any, callbacks: list[Any]) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._calls = 0
        self._open = True
        _handles.add(self)
        # It runs once: by the last call, by close(), or by the garbage collector, whichever comes
        # first. It does not run at interpreter exit, when callbacks into Python are not safe any
        # more and the system frees everything anyway.
        self._free = weakref.finalize(self, _free, library().dam_session_free, session, callbacks)
        self._free.atexit = False

    def __enter__(self) -> Any:
        with self._lock:
            if not self._open:
                raise ValueError("this session is closed")
            self._calls += 1
        return self._session

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._calls -= 1
            last = not self._open and self._calls == 0
        if last:
            self._free()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return not self._open

    def close(self) -> None:
        """Lets no further call in. Calls under way go on to their end. A second `close` does
        nothing.
        """
        with self._lock:
            self._open = False
            idle = self._calls == 0
        if idle:
            self._free()


def _free(free: Any, session: Any, callbacks: list[Any]) -> None:
    # `callbacks` is an argument so that they live until here: the library may still log.
    free(session)


_handles: weakref.WeakSet[SessionHandle] = weakref.WeakSet()


def _renew_locks() -> None:
    for handle in list(_handles):
        handle._lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_locks)
