"""`make bench-check`: counts the instructions of the C, Python and start-up rows, and compares them
with those that instructions.txt holds. More than a row's limit above, mostly 3 %, is a failure.

Most of what is counted is libcurl's own, and another libcurl would fail or hide a rise. So each row
is held against a peer, libcurl alone with the same options, counted in the same run: what the peer
costs more or less than it did is allowed to ours, too. With other versions than those that the file
names, ours may differ by 10 %: they cost ours and the peer not quite the same.

    check.py            compares
    check.py --write    writes the file anew, on purpose
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from callgrind import Count
from machine import versions
from programs import BUILD, HERE, compile_all
from rows import ROWS
from server import BenchServer

FILE = HERE / "instructions.txt"
OTHERS_LIMIT = 0.10

HEADER = """\
# Instructions of one request (start-up: of one run), by callgrind: row, ours, libcurl alone with the same options.
# Written by `make bench-record`, compared by `make bench-check`; see check.py.
# With {versions}
"""


class Counted(NamedTuple):
    ours: int
    peer: int


def count() -> dict[str, Counted]:
    compile_all()
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
            for row in ROWS
            if row.base is not None and row.orders is not None
        }
        return {name: Counted(*(count.result() for count in both)) for name, both in counts.items()}


def written(counted: dict[str, Counted]) -> str:
    lines = [f"{name:<14} {it.ours:>9} {it.peer:>9}\n" for name, it in sorted(counted.items())]
    return HEADER.format(versions=versions()) + "".join(lines)


def read(text: str) -> dict[str, Counted]:
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return {name: Counted(int(ours), int(peer)) for name, ours, peer in lines}


def judged(name: str, now: Counted, was: Counted | None, limit: float) -> tuple[bool, str]:
    """Whether it is within the limit, and the line that says so."""
    how = f"{name}: {now.ours:,} instructions, {now.ours / now.peer:.2f} times libcurl alone"
    if was is None:
        return False, f"{how}; {FILE.name} has no such row: `make bench-record` writes it"
    # What was counted then, as if by the libcurl of today.
    base = was.ours + now.peer - was.peer
    change = now.ours / base - 1
    if change > limit:
        return False, (
            f"{how}; it was {base:,}: {change:+.1%}, and {limit:.0%} is the most."
            f" If it is to be so: `make bench-record` writes {FILE.name} anew"
        )
    if change < -limit:
        return True, f"{how}; it was {base:,}: {change:+.1%}. `make bench-record` keeps the gain"
    return True, f"{how}; {change:+.1%}"


def main() -> int:
    counted = count()
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(written(counted), "utf-8")
        print(FILE.read_text("utf-8"), end="")
        return 0
    text = FILE.read_text("utf-8")
    known = read(text)
    is_same = f"# With {versions()}\n" in text
    if not is_same:
        print(f"{FILE.name} was written with other versions than these: {versions()}")
    failed = 0
    limits = {row.name: row.limit if is_same else max(row.limit, OTHERS_LIMIT) for row in ROWS}
    for name, now in counted.items():
        fits, line = judged(name, now, known.get(name), limits[name])
        failed += not fits
        print("ok  " if fits else "FAIL", line)
    for name in known.keys() - counted.keys():
        failed += 1
        print(f"FAIL {FILE.name} has a row {name}, which is none: `make bench-record`")
    print(f"{len(counted) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
