"""Keeps arguments that may be secrets out of tracebacks, which show the local variables of their
frames. Error trackers send those.
"""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Callable, TypeVar

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    Given = ParamSpec("Given")
Result = TypeVar("Result")


def keeps_no_arguments(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """An exception of `function` does not keep its arguments in the frames of this package."""

    @functools.wraps(function)
    def call(*arguments: Given.args, **options: Given.kwargs) -> Result:
        try:
            return function(*arguments, **options)
        except BaseException as error:
            del arguments, options
            _clear(error)
            raise

    return call


def _clear(error: BaseException) -> None:
    """Clears the finished frames of this package. Those of a program's callbacks stay."""
    entry = error.__traceback__
    while entry is not None:
        if str(entry.tb_frame.f_globals.get("__name__")).startswith(f"{__package__}."):
            with contextlib.suppress(RuntimeError):  # it is running
                entry.tb_frame.clear()
        entry = entry.tb_next
