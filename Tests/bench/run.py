"""`make bench`: every row, first its times, then its instructions; a table of them as text and as
JSON, and a picture, in .build/bench.

    run.py [ROW...]      some rows, such as "token" or "python-*". A picture is only made of all.

Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from fnmatch import fnmatch
from pathlib import Path

import machine
import sharing
import table
from picture import draw
from programs import BUILD, compile_all
from results import Line, add_instructions, shared, timed
from rows import ROWS
from server import BenchServer

#: Where 5 GiB fit and no disk is waited for.
MEMORY = Path("/dev/shm")
NAMES = [*(row.name for row in ROWS), sharing.NAME]


def say(words: str) -> None:
    print(f"{time.monotonic() - BEGAN:5.0f} s  {words}", file=sys.stderr, flush=True)


def measured(wanted: list[str]) -> list[Line]:
    rows = [row for row in ROWS if row.name in wanted]
    lines: list[Line] = []
    processors = os.sched_getaffinity(0)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=BUILD))
        large = stack.enter_context(
            tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else BUILD)
        )
        for spread in (False, True):
            these = [row for row in rows if row.is_spread == spread]
            has_processes = spread and sharing.NAME in wanted
            if not these and not has_processes:
                continue
            # What is started from here on, the server too, runs where this process may.
            os.sched_setaffinity(0, processors if spread else {max(processors)})
            with BenchServer(Path(folder), Path(large)) as server:
                if has_processes:
                    lines += shared(server)
                    say(sharing.NAME)
                if spread and these:
                    server.make_files()
                for row in these:
                    lines += timed(row, server)
                    say(row.name)
        os.sched_setaffinity(0, processors)
        with BenchServer(Path(folder), Path(large)) as server:
            add_instructions(lines, rows, server, lambda name: say(f"{name}, instructions"))
    return lines


def main(words: list[str]) -> int:
    wanted = [name for name in NAMES if not words or any(fnmatch(name, word) for word in words)]
    if unknown := [word for word in words if not any(fnmatch(name, word) for name in NAMES)]:
        sys.exit(f"there is no row {', '.join(unknown)}; there are: {' '.join(NAMES)}")
    compile_all()
    lines = measured(wanted)
    about = machine.about()
    said = table.text(lines, about)
    (BUILD / "bench.txt").write_text(said, "utf-8")
    (BUILD / "bench.json").write_text(table.as_json(lines, about), "utf-8")
    print(said, end="")
    if wanted == NAMES:
        draw(lines, about, BUILD / "bench.svg")
    return 0


BEGAN = time.monotonic()

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
