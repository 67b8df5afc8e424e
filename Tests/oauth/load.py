"""Many processes with many threads on one session whose access tokens end every few seconds.

How often it was renewed, the server says by its records and the library by its counters. How many
tokens have ended, somebody says who watches the store. All three must agree. And by the server's
clock no renewal may have come before its time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import records
from crew import Crew
from issuer import LIFE, Issuer
from judge import whole

PROCESSES, THREADS, ROUNDS = 8, 8, 10


class Watch:
    """Counts the access tokens in a store whose end had come when the next one was there. Meanwhile
    in a thread of its own; a context manager.
    """

    def __init__(self, folder: Path) -> None:
        self.expiries = 0
        self._folder = folder
        self._last: tuple[int, float] | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Watch:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self._look()

    def _look(self) -> None:
        record = newest(self._folder)
        generation, ends = int(record["generation"]), float(record["secret"]["expires_at"])
        if self._last is not None and generation == self._last[0] + 1:
            self.expiries += time.time() >= self._last[1]
        self._last = generation, ends


def newest(folder: Path) -> dict[str, Any]:
    """The record of the session in a store, which somebody may just be saving."""
    return records.unpacked(whole(records.session(folder)))[0]


class Tally(NamedTuple):
    """What came of it."""

    answered: int
    failed: list[str]
    #: By the library, added up over all processes: renewals, those in doubt, and consents.
    renewals: tuple[int, int, int]
    #: By the server: renewals, and seconds from before the consent to the last of them.
    granted: int
    elapsed: float
    #: By the store: access tokens that have ended.
    expiries: int
    #: By the server: refresh tokens that it refused, and those of the consent that it would take.
    refused: int
    alive: int

    @property
    def wrong(self) -> list[str]:
        renewals, in_doubt, consents = self.renewals
        rules = {
            "requests failed": not self.failed and self.answered > 0,
            "renewals are not expiries": renewals == self.granted == self.expiries > 0,
            # The library counts in whole seconds, from before it asks; some servers do so, too.
            "renewals came too early": self.elapsed >= LIFE * self.granted - 2,
            "renewals were in doubt": in_doubt == 0,
            "more than one consent": consents == 1,
            "refresh tokens were refused": self.refused == 0,
            "not one refresh token is alive": self.alive == 1,
        }
        return [what for what, is_kept in rules.items() if not is_kept]

    def __str__(self) -> str:
        renewals, in_doubt, consents = self.renewals
        return (
            f"{self.answered} requests answered, {len(self.failed)} failed;"
            f" {renewals} renewals by the library, {self.granted} by the server,"
            f" {self.expiries} expiries in {self.elapsed:.0f} s; {in_doubt} in doubt,"
            f" {self.refused} refused, {consents} consent, {self.alive} refresh token alive"
        )


def load(issuer: Issuer, folder: Path, goes_on: Callable[[int], bool]) -> Tally:
    """Goes on for as long as `goes_on` says, which gets the number of renewals so far."""
    begin, refused = len(issuer.issues()), issuer.refusals()
    answered, failed = 0, []
    with Crew(PROCESSES, issuer.options(store=folder)) as crew:
        first = crew.workers[0]
        (url,) = first.do("begin_consent")["values"]
        address = issuer.consent(url)
        began = time.time()
        assert not first.do("finish_consent", address)["errors"]
        with Watch(folder) as watch:
            while goes_on(len(issuer.issues()) - begin - 1):
                outcome = crew.do("get", issuer.path, threads=THREADS, rounds=ROUNDS)
                statuses = [value["status"] for value in outcome.values]
                answered += statuses.count(200)
                failed += [f"{name}: {text}" for name, text in outcome.errors]
                failed += [f"HTTP {status}" for status in statuses if status != 200]
        counters = ("renewals", "renewals_in_doubt", "consents")
        renewals, in_doubt, consents = (crew.total(counter) for counter in counters)
    issues = issuer.issues()[begin:]
    return Tally(
        answered=answered,
        failed=failed,
        renewals=(renewals, in_doubt, consents),
        granted=len(issues) - 1,
        elapsed=issues[-1] - began,
        expiries=watch.expiries,
        refused=issuer.refusals() - refused,
        alive=issuer.alive(str(newest(folder)["secret"]["refresh_token"])),
    )
