"""Whatever a server does, each request ends in time with a documented status, and the session lives
on. This is the short form, most faults once; `make hostile` plays all of them everywhere.

A row contains what it proves; the messages of play.py say what was not so. A table that leaves
something out is a failure.
"""

from __future__ import annotations

import pytest
from arena import Bout, fight, sample
from faults import TABLES, rows
from play import Outcome
from stages import STAGES

BOUTS = [pytest.param(bout, id=str(bout)) for bout in sample(rows())]

SYSTEMS = {"cookie", "token", "token-in-url", "device-token", "login-token", "query"}


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest) -> dict[str, Outcome]:
    """Those that are asked for, played at once."""
    asked = [
        item.callspec.params["bout"] for item in request.session.items if hasattr(item, "callspec")
    ]
    return {str(Bout(outcome.row, outcome.client)): outcome for outcome in fight(asked)}


@pytest.mark.parametrize("bout", BOUTS)
def test_a_fault_ends_well(outcomes: dict[str, Outcome], bout: Bout) -> None:
    assert outcomes[str(bout)].wrong == []


def test_the_tables_leave_nothing_out() -> None:
    every = rows()
    assert (
        len({fault.name for table in TABLES.values() for fault in table}) >= 400
        and len(every) >= 1500
    )
    assert {row.place.stage for row in every} == set(STAGES)
    assert {row.place.system for row in every} == SYSTEMS
    assert {row.place.protocol for row in every} == {"http", "https", "h2", "proxy"}
    assert {bout.client for bout in sample(rows())} == {"python", "loop", "C", "shell"}
