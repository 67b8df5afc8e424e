"""Processes that share one session, each with many requests at once: several of crowd.c, on one
store.

All get the same order at the same time. Outcomes are counted for all processes together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from programs import Talk, compiled, variables

WIDTH = 6
#: Two processes with threads, one with an event loop.
DRIVERS = ("threads", "loop", "threads")


class Crowd:
    """A context manager. Outcomes are HTTP statuses and names of errors."""

    def __init__(
        self, folder: Path, options: dict[str, Any], drivers: Sequence[str] = DRIVERS
    ) -> None:
        self.size = len(drivers) * WIDTH
        self._stack = ExitStack()
        program, environment = compiled(folder, "crowd.c"), variables(options)
        with ExitStack() as stack:
            self._talks = [
                stack.enter_context(Talk([program, one, str(WIDTH)], environment))
                for one in drivers
            ]
            assert [talk.hear() for talk in self._talks] == ["ready"] * len(drivers)
            self._stack = stack.pop_all()

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def ask(self, path: str, rounds: int = 1) -> Counter[str]:
        """Everybody asks for `path`, `rounds` times: `size` times `rounds` requests."""
        for talk in self._talks:
            talk.say(f"{rounds} {path}")
        found: Counter[str] = Counter()
        for talk in self._talks:
            found.update(
                {
                    name: int(count)
                    for name, _, count in (part.partition("=") for part in talk.hear().split())
                }
            )
        return found
