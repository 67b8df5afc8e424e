"""Wall times, side by side: the clients of a row take turns, so that whatever else the machine does
meets all of them.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from programs import BUILD, Client, Place
from row import Row
from server import BenchServer


class Runner:
    """A client at work, which takes orders. A context manager, which ends it."""

    def __init__(self, client: Client, server: BenchServer, is_spawned: bool = False) -> None:
        """`is_spawned`: a request is a whole run of the program."""
        with ExitStack() as stack:
            place = stack.enter_context(Place(client, server))
            spawn = [str(BUILD / "bin" / "spawn")] if is_spawned else []
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *spawn, *place.command],
                env=place.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.callback(self._end)
            #: Kibibytes that were resident at most.
            self.peak = 0
            #: What it said before the first order; 0: nothing.
            self.said = int(self._hear().removeprefix("ready").strip() or 0)
            self._stack = stack.pop_all()

    def _end(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line == "":
            raise RuntimeError(f"{self._process.args!r} ended with {self._process.wait()}")
        return line

    def _resident(self) -> int:
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        return int(status.partition("VmHWM:")[2].split()[0])

    def say(self, count: int) -> None:
        """Orders so many requests."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()

    def hear(self) -> float:
        """When the order is done: the microseconds of a request, as a mean."""
        mean, *of_run = self._hear().split()
        self.peak = max(self.peak, int(*of_run) or self._resident())
        return float(mean)

    def order(self, count: int) -> float:
        self.say(count)
        return self.hear()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()


@dataclass(frozen=True)
class Spread:
    """A median, and the quartiles beside it."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        low, _, high = quantiles(values, n=4, method="inclusive")
        return cls(low, median(values), high)


@dataclass(frozen=True)
class Measured:
    """Of ours and each peer, in this order."""

    #: Of one request.
    microseconds: list[Spread]
    #: Of ours to each (to itself: 1), taken turn by turn.
    ratios: list[Spread]
    peaks: list[int]
    said: list[int]


def measure(row: Row, server: BenchServer) -> Measured:
    clients = [row.ours, *(peer.client for peer in row.peers)]
    with ExitStack() as stack:
        runners = [
            stack.enter_context(Runner(client, server, row.is_spawned)) for client in clients
        ]
        counts = [_calibrated(runner, row) for runner in runners]
        times: list[list[float]] = [[] for _ in runners]
        for turn in range(row.turns.count):
            for at in range(len(runners)):
                # Nobody is always the one after the slowest.
                at = (at + turn) % len(runners)
                times[at].append(runners[at].order(counts[at]))
    ratios = [[ours / its for ours, its in zip(times[0], each)] for each in times]
    return Measured(
        [Spread.of(each) for each in times],
        [Spread.of(each) for each in ratios],
        [runner.peak for runner in runners],
        [runner.said for runner in runners],
    )


def _calibrated(runner: Runner, row: Row) -> int:
    """How large its orders are to be."""
    if row.turns.seconds == 0:
        return row.step
    first = runner.order(row.step)
    # What the first order is slower by says nothing of the others.
    mean = min(first, runner.order(row.step))
    return max(1, round(row.turns.seconds * 1e6 / mean / row.step)) * row.step
