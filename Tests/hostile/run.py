"""`make hostile`: plays every row and prints the table; or

    run.py [--client NAME]... [--short] [--table NAME]... [WORD]...

A WORD is a part of a row's name; a row must contain all of them. Without --client every row meets
Python and one of the other clients in turn. The columns are: fault, stage, system, protocol,
client, end, seconds, logins meanwhile + afterwards, memory. All rows are played, whatever fails.
The exit status is 1 if a row failed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE.parent), str(HERE.parents[1] / "bindings" / "python")]

from arena import Bout, everything, fight, sample  # noqa: E402
from clients import NAMES  # noqa: E402
from faults import TABLES, rows  # noqa: E402
from play import Outcome  # noqa: E402


def line(outcome: Outcome) -> str:
    row, said = outcome.row, outcome.said
    ok = "FAILED" if outcome.wrong else "ok"
    return (
        f"{row.name:<32} {row.place.stage:<13} {row.place.system:<13} {row.place.protocol:<6} {outcome.client:<7}"
        f" {said.end:<20} {said.seconds:>5.2f} s {outcome.during:>2}+{outcome.after} {outcome.grown:>6.1f} MiB  {ok}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--client", action="append", choices=NAMES, default=[])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--table", action="append", choices=TABLES, default=[])
    parser.add_argument("word", nargs="*")
    given = parser.parse_args()
    chosen = [row for row in rows(*given.table) if all(word in str(row) for word in given.word)]
    bouts = [
        Bout(row, client)
        for client in given.client
        for row in chosen
        if client != "shell" or row.for_shell
    ]
    if not bouts:
        bouts = sample(chosen) if given.short else everything(chosen)
    failed = 0
    for outcome in fight(bouts):
        complaints = (
            f"    {complaint.encode('unicode_escape').decode('ascii')}"
            for complaint in outcome.wrong
        )
        print(line(outcome), *complaints, sep="\n", flush=True)
        failed += bool(outcome.wrong)
    print(f"{len(bouts) - failed} passed, {failed} failed")
    return 1 if failed or not bouts else 0


if __name__ == "__main__":
    sys.exit(main())
