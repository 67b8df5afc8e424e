"""Instructions of a request, counted by callgrind: repeatable where times are not.

A program runs twice, with a short order and with a long one; what the long one costs more, its
requests cost. Start, login and first connection are in both and cancel out. What the kernel does is
not counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Executor, Future

from programs import Client, Place
from server import BenchServer

CALLGRIND = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]


def total(client: Client, server: BenchServer, *orders: int) -> int:
    """Of a whole run."""
    with Place(client, server) as place:
        said = place.run([*CALLGRIND, *place.command], *orders)
    found = re.search(r"Collected : (\d+)", said)
    if found is None:
        raise RuntimeError(f"callgrind says no count: {said}")
    return int(found[1])


class Count:
    """A count that is under way; its runs share the workers with others."""

    def __init__(
        self,
        client: Client,
        server: BenchServer,
        workers: Executor,
        orders: Sequence[int],
    ) -> None:
        """`orders`: a short and a long one; none: of a whole run."""
        self._requests = orders[1] - orders[0] if orders else 1
        self._runs: list[Future[int]] = [
            workers.submit(total, client, server, *order)
            for order in ([(order,) for order in orders] or [()])
        ]

    def result(self) -> int:
        """Instructions of a request."""
        *short, last = (run.result() for run in self._runs)
        return round((last - sum(short)) / self._requests)
