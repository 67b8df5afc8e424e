"""The faults, as tables by subject, and the rows made from them: one for each place at which a
fault is tried.

Two rows with the same name at the same place are an error. So is an exception for a place at which
its fault is not tried.
"""

from __future__ import annotations

from typing import Any

from stages import STAGES
from steps import Fault, Place, Row

from faults import (
    bodies,
    cookies,
    envelopes,
    frames,
    heads,
    pages,
    redirects,
    times,
    transfers,
    ways,
)

TABLES = {
    "heads": heads.FAULTS,
    "bodies": bodies.FAULTS,
    "cookies": cookies.FAULTS,
    "envelopes": envelopes.FAULTS,
    "pages": pages.FAULTS,
    "times": times.FAULTS,
    "redirects": redirects.FAULTS,
    "transfers": transfers.FAULTS,
    "frames": frames.FAULTS,
    "ways": ways.FAULTS,
}

#: Before there is a session, the fault itself may cost a login; afterwards none is to be had for
#: nothing.
_MAKES_A_SESSION = ("connect", "way", "preface", "login", "organization", "first")


def _row(fault: Fault, where: str) -> Row:
    place = Place(*where.split("/"))
    values: dict[str, Any] = {"ends": fault.ends, **fault.more, **fault.but.get(where, {})}
    ends = frozenset(values.pop("ends").split("|"))
    then = frozenset(values.pop("then", "200").split("|"))
    makes_a_session = place.stage in _MAKES_A_SESSION
    # Where credentials travel with every request, a login and a question after a suspicion are the
    # same.
    during = values.pop(
        "during",
        1 if makes_a_session else values.get("repeat", 1) if place.system == "query" else 0,
    )
    # A response that is taken brings what it sets, and where it was a login's, the session.
    is_taken = all(end.isdigit() for end in ends)
    adopts = values.pop("adopts", is_taken)
    after = values.pop("after", 0 if is_taken and makes_a_session else STAGES[place.stage].logins)
    return Row(
        fault.name,
        place,
        values.pop("steps", fault.steps),
        ends,
        during,
        after,
        then,
        adopts,
        **values,
    )


def rows(*tables: str) -> list[Row]:
    """Those of some tables; of all, if none is named."""
    faults = [fault for name in tables or TABLES for fault in TABLES[name]]
    made = [_row(fault, where) for fault in faults for where in fault.where.split()]
    names = [str(row) for row in made]
    doubled = sorted({name for name in names if names.count(name) > 1})
    strays = [fault.name for fault in faults if set(fault.but) - set(fault.where.split())]
    assert not doubled and not strays, f"twice: {doubled}; for no place of their fault: {strays}"
    return made
