"""How a call into C ends in Python: with a value, or with exactly one exception.

There are two kinds of error: the library returned a status, or a callback of the application raised
an exception during the call. An exception cannot pass through C. It is kept here, one for each
thread (callbacks run on the calling thread), and raised when the call returns. It takes precedence
over the status, which is only its consequence.
"""

from __future__ import annotations

import threading
from typing import Any, Callable

from ._errors import BY_STATUS, DamError, Status, advised, in_keywords
from ._interrupt import in_callback


class _Kept(threading.local):
    """The exception of a callback, on its way from the callback to the call that it interrupted."""

    error: BaseException | None = None


_kept = _Kept()


#: Takes the exception of a callback, to be raised later.
Keep = Callable[[BaseException], None]


def keep_for_call(error: BaseException) -> None:
    """Keeps an exception for the call that is under way on this thread."""
    if _kept.error is None:  # the first one is the cause
        _kept.error = error


def take_kept() -> BaseException | None:
    """Removes and returns the exception kept so far. It is called before a callback, so that the
    callback is not blamed for it.
    """
    error = _kept.error
    if error is not None:
        _kept.error = None
    return error


def guarded(
    function: Callable[..., int | None], stop: int = Status.CALLBACK, keep: Keep = keep_for_call
) -> Callable[..., int]:
    """Makes a callback that never raises into C: it returns `stop`, which asks the library to stop,
    and keeps the exception.
    """

    def run(*arguments: Any) -> int:
        try:
            return in_callback(function, arguments) or 0
        except BaseException as error:
            # KeyboardInterrupt and SystemExit must reach the caller too.
            keep(error)
            return stop

    return run


def surface(result: Any = None, function: Any = None, arguments: Any = None) -> Any:
    """The `errcheck` of functions that cannot fail themselves but may call a callback."""
    error, _kept.error = _kept.error, None
    try:
        if error is not None:
            raise error
    finally:
        del error  # breaks the cycle of the traceback, its frame and this variable
    return result


def check(result: int, function: Any, arguments: tuple[Any, ...]) -> None:
    """The `errcheck` of every function that returns a `dam_status`; its last argument is the
    `dam_error`.
    """
    if _kept.error is not None:
        surface()
    if result:
        error = failure(result, arguments[-1])
        # The arguments may contain secrets, and a traceback shows the local variables of its
        # frames.
        del arguments
        raise error


def failure(status: int, error: Any) -> DamError:
    """The exception for a status and its filled `dam_error`."""
    return advised(
        BY_STATUS.get(status, DamError)(
            status,
            error.http_status or None,
            None if error.retry_after < 0 else error.retry_after,
            in_keywords(error.message.decode("utf-8", "replace")),
        )
    )
