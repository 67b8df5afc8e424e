"""Tells the windows that something has changed: a request came, or a test set a knob."""

from __future__ import annotations

import asyncio


class Bell:
    """Rings for everybody who waits at that moment. It costs nothing while nobody does."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        for one in self._waiting:
            if not one.done():
                one.set_result(None)
        self._waiting.clear()

    def watch(self) -> asyncio.Future[None]:
        """Is done at the next ring. It is made before one looks, so that no change is missed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        return future

    def drop(self, future: asyncio.Future[None]) -> None:
        self._waiting.discard(future)
        future.cancel()
