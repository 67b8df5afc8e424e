"""How a call into C ends in Python: with a value, or with exactly one exception.

Two things can have gone wrong: the library returned a status, or a callback of the application's
raised while the call was under way. An exception cannot cross C, so it is kept here, per thread
(callbacks run on the calling thread), and raised when the call is back. It wins over the status,
which is only its consequence.
"""

from __future__ import annotations

import threading
from typing import Any, Callable

from ._errors import BY_STATUS, DamError, Status
from ._interrupt import inside_callback


class _Kept(threading.local):
    """The exception of a callback, on its way from the callback to the call that it interrupted."""

    error: BaseException | None = None


_kept = _Kept()


#: Takes the exception of a callback, for whoever is to raise it.
Keep = Callable[[BaseException], None]


def keep_for_call(error: BaseException) -> None:
    """Keeps an exception for the call that is under way on this thread."""
    if _kept.error is None:  # the first one is the cause
        _kept.error = error


def take_kept() -> BaseException | None:
    """Takes away the exception kept so far, before a callback runs that would be blamed for it."""
    error, _kept.error = _kept.error, None
    return error


def guarded(
    function: Callable[..., int | None], stop: int = Status.CALLBACK, keep: Keep = keep_for_call
) -> Callable[..., int]:
    """Makes a callback that never raises into C: it asks the library to stop, with `stop`, and
    keeps the exception.
    """

    def run(*arguments: Any) -> int:
        try:
            with inside_callback():
                return function(*arguments) or Status.OK
        except BaseException as error:
            # KeyboardInterrupt and SystemExit are for the caller as well.
            keep(error)
            return stop

    return run


def surface(result: Any = None, function: Any = None, arguments: Any = None) -> Any:
    """The `errcheck` of functions that cannot fail themselves but may run a callback."""
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
    if result != Status.OK:
        error = failure(result, arguments[-1])
        # There may be secrets among them, and a traceback shows the locals of its frames.
        del arguments
        raise error


def failure(status: int, error: Any) -> DamError:
    """The exception for a status and its filled `dam_error`."""
    return BY_STATUS.get(status, DamError)(
        status,
        error.http_status or None,
        None if error.retry_after < 0 else error.retry_after,
        error.message.decode("utf-8", "replace"),
    )
