"""Four processes that share one rotating session, beside one: how many requests come through, and
how long one waits. nginx's log is looked through afterwards: every cookie that was sent must be the
one that the response before had brought.
"""

from __future__ import annotations

from array import array
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from programs import BUILD, Client
from rounds import Runner, Spread
from row import STORED
from server import BenchServer

NAME, TITLE = "processes", "C, four processes on one rotating session"
PROCESSES, REQUESTS, TURNS = 4, 1200, 9
#: Wanted: a request takes at most so many times as long; milliseconds of the slowest hundredth.
WALL, P99 = 1 / 0.9, 2.0


@dataclass(frozen=True)
class Shared:
    """Microseconds of a request by four and by one, the ratio, and how long a request of the four
    took, in milliseconds.
    """

    ours: Spread
    theirs: Spread
    ratio: Spread
    p99: float
    longest: float


def measure(server: BenchServer) -> Shared:
    server.chain_log.write_text("", "ascii")
    took = array("d")
    times: tuple[list[float], list[float]] = ([], [])
    with TemporaryDirectory(dir=BUILD) as folder, ExitStack() as stack:
        files = [Path(folder) / str(at) for at in range(PROCESSES)]
        client = Client("ours_shared", options={**STORED, "store": f"{folder}/store"})
        runners = [
            stack.enter_context(Runner(replace(client, words=[str(file)]), server))
            for file in files
        ]
        for _ in range(TURNS):
            for runner in runners:
                runner.say(REQUESTS // PROCESSES)
            # All ran at the same time: the longest is as long as it took.
            times[0].append(max(runner.hear() for runner in runners) / PROCESSES)
            for file in files:
                took.frombytes(file.read_bytes())
            times[1].append(runners[0].order(REQUESTS))
    _follow(server.chain_log)
    return Shared(
        Spread.of(times[0]),
        Spread.of(times[1]),
        Spread.of([four / one for four, one in zip(*times)]),
        quantiles(took, n=100)[98] / 1000,
        max(took) / 1000,
    )


def _follow(log: Path) -> None:
    """RuntimeError: a cookie was sent that a later one had replaced."""
    lines = [line.split() for line in log.read_text("ascii").splitlines()]
    for (_, given), (sent, _) in zip(lines, lines[1:]):
        if sent != given:
            raise RuntimeError(f"{sent} was sent, though {given} had been given after it")
