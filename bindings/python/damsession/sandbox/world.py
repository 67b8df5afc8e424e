"""The state that the servers share: knobs, clock, log, faults, all systems.

It is one object, so that a reset forgets all of it at once, and so that the control interface is
the same on all ports.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from .bell import Bell
from .clock import Clock
from .faults import FaultQueue
from .fotoware import FotoWare
from .fotoweb import FotoWeb
from .journal import Journal
from .knobs import Knobs, change, current
from .oauth_tokens import Numbers, TokenTable
from .photoshelter import PhotoShelter


class World:
    """The state of the sandbox. It lives as long as the process."""

    def __init__(self, knobs: Knobs, journal_limit: int) -> None:
        self._at_start = replace(knobs)
        self.knobs = knobs
        self.clock = Clock(knobs)
        self.journal = Journal(journal_limit)
        self.bell = Bell()
        self.faults = FaultQueue()
        self._families = Numbers()
        self.photoshelter = PhotoShelter(knobs, self.clock, self._families)
        self.fotoweb = FotoWeb(knobs, self.clock)
        self.fotoware = FotoWare(knobs, self.clock, self._families)
        self._under_way: set[asyncio.Task[Any] | None] = set()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Surrounds the handling of a request, because a request from before a reset must not act
        after it.
        """
        task = asyncio.current_task()
        self._under_way.add(task)
        try:
            yield
        finally:
            self._under_way.discard(task)

    def reset(self) -> None:
        """Sets everything as it was at the start: no sessions, tokens, locks, faults, log,
        counters, requests.
        """
        for task in self._under_way:
            if task is not None:
                task.cancel()
        change(self.knobs, current(self._at_start))
        self.journal.clear()
        self.faults.clear()
        self._families.restart()
        self.photoshelter.reset()
        self.fotoweb.reset()
        self.fotoware.reset()

    def oauth_tokens(self) -> dict[str, TokenTable]:
        """The tokens of OAuth2 by system."""
        return {"photoshelter": self.photoshelter.oauth.tokens, "fotoware": self.fotoware.tokens}

    def unlock(self, user: str = "") -> int:
        return self.photoshelter.lockout.unlock(user) + self.fotoweb.lockout.unlock(user)

    def state(self) -> dict[str, Any]:
        return {
            "photoshelter": self.photoshelter.state(),
            "fotoweb": self.fotoweb.state(),
            "fotoware": self.fotoware.state(),
            "knobs": current(self.knobs),
            "faults": self.faults.described(),
            "log": self.journal.described(),
        }
