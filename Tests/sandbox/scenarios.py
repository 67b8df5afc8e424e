"""A register of the scenario for each value of each knob, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from damsession.sandbox.knob_kinds import Whole
from damsession.sandbox.knobs import TABLE

Scenario = Callable[..., None]


class Scenarios:
    """Collects scenarios; each is run once for every value that it names."""

    def __init__(self, *systems: str) -> None:
        self._systems = systems
        self._known: dict[tuple[str, str], Scenario] = {}

    def reach(self, knob: str, *values: object) -> Callable[[Scenario], Scenario]:
        def register(scenario: Scenario) -> Scenario:
            for value in values or TABLE[knob].allowed:  # type: ignore[union-attr]
                self._known[knob, str(value)] = scenario
            return scenario

        return register

    @property
    def cases(self) -> list[Any]:
        return [(knob, value, scenario) for (knob, value), scenario in self._known.items()]

    @property
    def names(self) -> list[str]:
        return [f"{knob}={value}" for knob, value in self._known]

    def missing(self) -> list[str]:
        """Values in the knob table that no scenario reaches."""
        wanted = []
        for row in TABLE.values():
            if row.system not in self._systems:
                continue
            if isinstance(row.allowed, Whole):
                reached = any(knob == row.name for knob, _ in self._known)
                wanted += [] if reached else [row.name]
            else:
                wanted += [
                    f"{row.name}={value}"
                    for value in row.allowed
                    if (row.name, value) not in self._known
                ]
        return wanted
