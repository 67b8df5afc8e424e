"""Ends requests early, from another thread."""

from __future__ import annotations

import ctypes

from . import _abi
from ._library import library


class Canceller:
    """Give it to requests; `cancel` ends them, and every later one that is given it, with
    `Cancelled`. Any thread.
    """

    def __init__(self) -> None:
        self._library = library()
        self._pointer = _abi.canceller_p()
        self._library.dam_canceller_new(ctypes.byref(self._pointer), _abi.dam_error())

    def __del__(self) -> None:
        if hasattr(self, "_pointer"):
            self._library.dam_canceller_free(self._pointer)

    def cancel(self) -> None:
        """Ends the requests within a quarter of a second. For good: a new try needs a new
        canceller.
        """
        self._library.dam_canceller_cancel(self._pointer, _abi.dam_error())
