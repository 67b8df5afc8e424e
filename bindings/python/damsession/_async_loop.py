"""A `dam_loop` that an event loop of asyncio drives. It is apart from `Loop`, because most programs
need no asyncio, and its import takes longer than all of this package.
"""

from __future__ import annotations

import asyncio

from ._loop import Loop


class AsyncLoop(Loop):
    """A loop under asyncio. The running event loop watches its descriptor, so that no thread is
    needed. It must be closed in that event loop.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asyncio = asyncio.get_running_loop()
        self.asyncio.add_reader(self.descriptor, self.dispatch)

    async def close(self) -> None:
        """Ends every request, waits for their ends, and frees the loop."""
        if not self._loop:
            return
        for transfer in list(self._transfers.values()):
            self.cancel(transfer)
        if self._transfers:
            await asyncio.wait([transfer.over for transfer in self._transfers.values()])
        if self._loop:
            self.asyncio.remove_reader(self.descriptor)
            self.free()  # also those whose waiter was cancelled before they ended
