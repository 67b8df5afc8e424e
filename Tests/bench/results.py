"""What was measured, row by row: first times, then instructions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import sharing
from callgrind import Count
from programs import Client
from rounds import Measured, Spread, measure
from row import Row
from server import BenchServer


@dataclass
class Line:
    """Ours beside one peer; times in microseconds of a request. What was not measured is None."""

    row: str
    title: str
    peer: str
    ours: Spread
    theirs: Spread
    #: Of ours to the peer's, taken turn by turn.
    ratio: Spread
    wanted: float | None = None
    our_instructions: int | None = None
    their_instructions: int | None = None
    wanted_instructions: float | None = None
    #: Kibibytes resident at most.
    our_peak: int | None = None
    their_peak: int | None = None
    note: str = ""
    #: What the note says is more than is wanted.
    is_note_missed: bool = False

    @property
    def instructions(self) -> float | None:
        """Of ours to the peer's."""
        if self.our_instructions is None or self.their_instructions is None:
            return None
        return self.our_instructions / self.their_instructions

    @property
    def is_missed(self) -> bool:
        """Whether a budget is."""
        pairs = ((self.ratio.middle, self.wanted), (self.instructions, self.wanted_instructions))
        return self.is_note_missed or any(
            value is not None and most is not None and value > most * 1.005 for value, most in pairs
        )


def timed(row: Row, server: BenchServer) -> list[Line]:
    found: Measured = measure(row, server)
    note = f"{found.said[0]} bytes a session" if found.said[0] else ""
    return [
        Line(
            row.name,
            row.title,
            peer.name,
            found.microseconds[0],
            found.microseconds[at],
            found.ratios[at],
            peer.wall,
            wanted_instructions=peer.instructions,
            our_peak=found.peaks[0],
            their_peak=found.peaks[at],
            note=note,
        )
        for at, peer in enumerate(row.peers, 1)
    ]


def shared(server: BenchServer) -> list[Line]:
    found = sharing.measure(server)
    return [
        Line(
            sharing.NAME,
            sharing.TITLE,
            "one process",
            found.ours,
            found.theirs,
            found.ratio,
            sharing.WALL,
            note=f"a request waits {found.p99:.1f} ms (99 of 100; wanted {sharing.P99:.0f}), "
            f"{found.longest:.0f} ms at most",
            is_note_missed=found.p99 > sharing.P99,
        )
    ]


def add_instructions(
    lines: list[Line], rows: Iterable[Row], server: BenchServer, heard: Callable[[str], None]
) -> None:
    """Counts, two at a time, what the rows have counts of."""
    with ThreadPoolExecutor(2) as workers:

        def count(row: Row, client: Client) -> Count:
            return Count(client, server, workers, row.orders or ())

        counts = {
            row.name: (
                count(row, row.ours),
                {peer.name: count(row, peer.client) for peer in row.peers if peer.is_counted},
            )
            for row in rows
            if row.orders is not None
        }
        for name, (ours, theirs) in counts.items():
            for line in lines:
                if line.row == name and line.peer in theirs:
                    line.our_instructions = ours.result()
                    line.their_instructions = theirs[line.peer].result()
            heard(name)
