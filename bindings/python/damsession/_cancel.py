"""Ends requests early, from another thread."""

from __future__ import annotations

import ctypes

from . import _abi
from ._library import library


class Canceller:
    """Ends the requests that it is given to. `cancel` ends them, and every later one, with
    `Cancelled`. Any thread may call it.
    """

    def __init__(self) -> None:
        self._library = library()
        self._pointer = _abi.canceller_p()
        self._library.dam_canceller_new(ctypes.byref(self._pointer), _abi.dam_error())

    def __del__(self) -> None:
        if hasattr(self, "_pointer"):
            self._library.dam_canceller_free(self._pointer)

    def cancel(self) -> None:
        """Ends the requests within a quarter of a second. It cannot be undone: a new try needs a
        new canceller.
        """
        self._library.dam_canceller_cancel(self._pointer, _abi.dam_error())
