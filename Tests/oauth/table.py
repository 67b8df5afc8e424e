"""Plays the cases (cases.py) in several lanes at a time, since each waits until an access token has
ended, and makes a table of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from cases import CASES, Case, End
from issuer import Issuer
from lane import Lane

LANES = 8


class Row(NamedTuple):
    """One case at one server."""

    issuer: Issuer
    case: Case
    ends: list[End]

    @property
    def wrong(self) -> list[str]:
        """What is not as it has to be."""
        expected = self.case.survives[self.issuer.forgives]
        found = set()
        for end in self.ends:
            if end.survived and end.consent:
                found.add("a consent was needed although the refresh token had survived")
            if not end.survived and not end.consent:
                found.add("a refresh token that was no good has renewed the session")
            if expected is not None and end.survived != expected:
                found.add(f"the refresh token has {'' if end.survived else 'not '}survived")
        return sorted(found)

    def __str__(self) -> str:
        survived = sum(end.survived for end in self.ends)
        consents = sum(end.consent for end in self.ends)
        kept = "BROKEN" if self.wrong else "ok    "
        said = f"{len(self.ends):>4} times, {survived:>4} survived, {consents:>4} consents"
        return " ".join([kept, f"{self.issuer.name:<9} {self.case.name:<32} {said}", *self.wrong])


def play(issuer: Issuer, folder: Path, seed: int, rounds: int) -> list[Row]:
    """Every case; those with an instant that is chosen at random so many times. The seed replays
    the choices, not the schedule of the operating system.
    """
    chance = random.Random(seed)
    jobs = [case for case in CASES for _ in range(rounds if case.is_random else 1)]
    chance.shuffle(jobs)
    shares = [
        (issuer, folder / f"{issuer.name}-{number}", jobs[number::LANES], chance.randrange(1 << 30))
        for number in range(LANES)
    ]
    with ThreadPoolExecutor(LANES) as pool:
        played = [end for ends in pool.map(lambda share: _lane(*share), shares) for end in ends]
    return [Row(issuer, case, [end for one, end in played if one is case]) for case in CASES]


def _lane(issuer: Issuer, folder: Path, jobs: Iterable[Case], seed: int) -> list[tuple[Case, End]]:
    chance = random.Random(seed)
    played = []
    with Lane(issuer, folder) as lane:
        lane.start()
        lane.consent()
        for case in jobs:
            lane.wait_for_expiry()
            end = case.play(lane, chance)
            if end.consent:
                lane.consent()
            played.append((case, end))
    return played
