"""The long proof of the renewal: `make renewals`, or

    renewals.py [MINUTES] [--seed N]

At each of the two servers, which were not written for this project: 8 processes x 8 threads on one
session for so many minutes, then every case of the table, with many kills. Ends with 1 if a promise
was broken.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[1:1] = [str(ROOT / "Tests"), str(ROOT / "bindings" / "python")]

import servers  # noqa: E402 - it says where the others are
from issuer import Issuer  # noqa: E402
from load import PROCESSES, THREADS, load  # noqa: E402
from table import play  # noqa: E402

KILLS_A_MINUTE = 60


def prove(issuer: Issuer, scratch: Path, minutes: float, seed: int) -> int:
    """How many promises were broken."""
    end = time.monotonic() + minutes * 60
    tally = load(issuer, scratch / "load", lambda _: time.monotonic() < end)
    kept = "BROKEN" if tally.wrong else "ok    "
    print(kept, f"{issuer.name:<9} {PROCESSES} x {THREADS}:", tally, *tally.wrong, flush=True)
    for text in tally.failed[:3]:
        print(text)
    rows = play(issuer, scratch, seed, round(KILLS_A_MINUTE * minutes))
    print(*rows, sep="\n", flush=True)
    return bool(tally.wrong) + sum(bool(row.wrong) for row in rows)


def main() -> int:
    flags = argparse.ArgumentParser(description="Renews sessions at OAuth2 servers of others.")
    flags.add_argument("minutes", nargs="?", type=float, default=2.0)
    flags.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    chosen = flags.parse_args()
    print(f"seed {chosen.seed}, {chosen.minutes:g} minutes", flush=True)
    broken = 0
    for started in (servers.glewlwyd, servers.synapse):
        with started() as issuer, tempfile.TemporaryDirectory() as scratch:
            broken += prove(issuer, Path(scratch), chosen.minutes, chosen.seed)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
