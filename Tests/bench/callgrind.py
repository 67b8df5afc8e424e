"""Instructions of a request, counted by callgrind: repeatable where times are not.

A program runs twice, with a short order and with a long one; what the long one costs more, its
requests cost. Start, login and first connection are in both and cancel out. What the kernel does is
not counted.
"""

from __future__ import annotations

import re
from concurrent.futures import Executor, Future

from programs import Client, Place, run
from server import BenchServer

SHORT, LONG = 20, 120


def total(client: Client, server: BenchServer, *orders: int) -> int:
    """Of a whole run."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *client.command]
    with Place(client, server) as place:
        said = run(command, place, orders)
    found = re.search(r"Collected : (\d+)", said)
    if found is None:
        raise RuntimeError(f"callgrind says no count: {said}")
    return int(found[1])


class Count:
    """A count that is under way; the runs share the workers with those of others."""

    def __init__(self, client: Client, server: BenchServer, workers: Executor) -> None:
        self._runs: list[Future[int]] = [
            workers.submit(total, client, server, order) for order in (SHORT, LONG)
        ]

    def result(self) -> float:
        """Instructions of a request."""
        short, long = (run.result() for run in self._runs)
        return (long - short) / (LONG - SHORT)
