"""The long proof of the renewal: `make renewals`, or

    renewals.py [MINUTES]

At each of the two servers, which were not written for this project: 8 processes x 8 threads on one
session for so many minutes. Ends with 1 if a promise
was broken.
"""

from __future__ import annotations

import argparse
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


def prove(issuer: Issuer, scratch: Path, minutes: float) -> int:
    """How many promises were broken."""
    end = time.monotonic() + minutes * 60
    tally = load(issuer, scratch / "load", lambda _: time.monotonic() < end)
    kept = "BROKEN" if tally.wrong else "ok    "
    print(kept, f"{issuer.name:<9} {PROCESSES} x {THREADS}:", tally, *tally.wrong, flush=True)
    for text in tally.failed[:3]:
        print(text)
    return bool(tally.wrong)


def main() -> int:
    flags = argparse.ArgumentParser(description="Renews sessions at OAuth2 servers of others.")
    flags.add_argument("minutes", nargs="?", type=float, default=2.0)
    chosen = flags.parse_args()
    broken = 0
    for started in (servers.glewlwyd, servers.synapse):
        with started() as issuer, tempfile.TemporaryDirectory() as scratch:
            broken += prove(issuer, Path(scratch), chosen.minutes)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
