"""Owns one `dam_session`. The last call that uses it frees it after `close`.

The header forbids to free a session during a call, but Python programs close things from other
threads, from callbacks and at garbage collection. A call therefore borrows the handle, `close` only
lets no further call in, and the last call to leave a closed handle frees it. `close` never waits,
so it cannot deadlock.

There is no lock, which a forked child might inherit locked. A call enters the list of calls before
it looks whether the handle is open, and `close` looks at the list after it has closed the handle:
so one of them sees the other.
"""

from __future__ import annotations

import weakref
from typing import Any

from ._library import library


class SessionHandle:
    """A context manager around every call: `with handle as session: ...`. Any number of threads may
    use it.
    """

    def __init__(self, session: Any, callbacks: list[Any]) -> None:
        self._session = session
        self._calls: list[None] = []  # to append and to pop are atomic, and to count is not
        self._open = True
        # It runs once: by the last call, by close(), or by the garbage collector, whichever comes
        # first. It does not run at interpreter exit, when callbacks into Python are not safe any
        # more and the system frees everything anyway.
        self._free = weakref.finalize(self, _free, library().dam_session_free, session, callbacks)
        self._free.atexit = False

    def __enter__(self) -> Any:
        self._calls.append(None)
        if not self._open:
            self.__exit__()
            raise ValueError("this session is closed")
        return self._session

    def __exit__(self, *_: object) -> None:
        self._calls.pop()
        if not self._open:
            self._free_if_unused()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return not self._open

    def close(self) -> None:
        """Lets no further call in. Calls under way go on to their end. A second `close` does
        nothing.
        """
        self._open = False
        self._free_if_unused()

    def _free_if_unused(self) -> None:
        if not self._calls:
            self._free()


def _free(free: Any, session: Any, callbacks: list[Any]) -> None:
    # `callbacks` is an argument so that they live until here: the library may still log.
    free(session)
