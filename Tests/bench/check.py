"""`make bench-check`: counts the instructions of the C, Python and start-up rows, and compares them
with those that instructions.txt holds. More than a row's limit above, mostly 3 %, is a failure.

Most of what is counted is libcurl's own, and another libcurl would fail or hide a rise. So each row
is held against a peer, libcurl alone with the same options, counted in the same run: where it costs
more or less than it did, that is allowed to ours, too. With other versions than those that the file
names, ours may differ by 10 %: they cost ours and the peer not quite the same. What is too high is
counted once more: a process that is kept waiting wakes more often.

    check.py            compares
    check.py --write    writes the file anew, on purpose
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from callgrind import Count
from machine import versions
from programs import BUILD, HERE, compile_all
from row import Row
from rows import ROWS
from server import BenchServer

FILE = HERE / "instructions.txt"
#: What two counts of the same thing differ by at most, mostly.
NOISE = 0.03
OTHER_VERSIONS = 0.10

HEADER = """\
# Instructions of one request (open, command: of one run), by callgrind: row, ours, libcurl alone with the same options.
# Written by `make bench-record`, compared by `make bench-check`; see check.py.
# With {versions}
"""


class Counted(NamedTuple):
    ours: int
    peer: int


def count(rows: Iterable[Row]) -> dict[str, Counted]:
    with (
        tempfile.TemporaryDirectory(dir=BUILD) as folder,
        BenchServer(Path(folder), Path(folder)) as server,
        # The short and the long run at once; more would only wait for each other.
        ThreadPoolExecutor(2) as workers,
    ):
        counts = {
            row.name: [
                Count(client, server, workers, row.orders) for client in (row.ours, row.base)
            ]
            for row in rows
            if row.base is not None and row.orders is not None
        }
        return {name: Counted(*(count.result() for count in both)) for name, both in counts.items()}


def written(counted: dict[str, Counted]) -> str:
    lines = [f"{name:<14} {it.ours:>9} {it.peer:>9}\n" for name, it in sorted(counted.items())]
    return HEADER.format(versions=versions()) + "".join(lines)


def read(text: str) -> dict[str, Counted]:
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {name: Counted(int(ours), int(peer)) for name, ours, peer in lines}


def risen(now: Counted, was: Counted) -> float:
    """By what part of what ours would have cost then, with the libcurl of now."""
    change = now.peer - was.peer
    base = was.ours + (change if abs(change) > NOISE * was.peer else 0)
    return now.ours / base - 1


def said(name: str, now: Counted, was: Counted, limit: float) -> str:
    """The line about a row."""
    change = risen(now, was)
    words = f"{name}: {now.ours:,} instructions, {now.ours / now.peer:.2f} times libcurl alone"
    if change > limit:
        return (
            f"FAIL {words}: {change:+.1%} to the {was.ours:,} on record, and {limit:.0%} is the"
            f" most. If it is to be so, `make bench-record` writes {FILE.name} anew"
        )
    if change < -limit:
        return f"ok   {words}: {change:+.1%}. `make bench-record` keeps the gain"
    return f"ok   {words}: {change:+.1%}"


def compare() -> int:
    text = FILE.read_text("utf-8")
    known = read(text)
    rows = {row.name: row for row in ROWS if row.base is not None}
    if known.keys() != rows.keys():
        print(f"FAIL {FILE.name} has other rows than {' '.join(rows)}: `make bench-record`")
        print("0 passed, 1 failed")
        return 1
    is_same = f"# With {versions()}\n" in text
    if not is_same:
        print(f"{FILE.name} was written with other versions than these: {versions()}")
    limits = {
        name: row.limit if is_same else max(row.limit, OTHER_VERSIONS) for name, row in rows.items()
    }
    counted = count(rows.values())
    high = [name for name in rows if risen(counted[name], known[name]) > limits[name]]
    if high:
        again = count(rows[name] for name in high)
        counted |= {name: min(counted[name], again[name]) for name in high}
    lines = [said(name, counted[name], known[name], limits[name]) for name in rows]
    failed = sum(line.startswith("FAIL") for line in lines)
    print(*lines, sep="\n")
    print(f"{len(lines) - failed} passed, {failed} failed")
    return 1 if failed else 0


def main() -> int:
    compile_all()
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(written(count(ROWS)), "utf-8")
        print(FILE.read_text("utf-8"), end="")
        return 0
    return compare()


if __name__ == "__main__":
    sys.exit(main())
