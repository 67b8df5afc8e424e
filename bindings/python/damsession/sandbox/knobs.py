"""All knobs: every behaviour that can be chosen, in one table.

The public record leaves much open, such as the response to an expired session, or whether a
superseded cookie still works. Each open question is a knob. The fields of `Knobs` are the table;
the command line, `/_sandbox/knobs`, `--help` and README.md are made from it, so that they cannot
disagree. A name or value that is not in the table is refused with a list of those that are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from typing import Any

from .fotoware_knobs import FotoWareKnobs
from .fotoweb_knobs import FotoWebKnobs
from .knob_kinds import Knob, KnobError, Whole, whole
from .photoshelter_knobs import PhotoShelterKnobs
from .photoshelter_v4_knobs import PhotoShelterV4Knobs

ALL = "All"


@dataclass
class Knobs(FotoWareKnobs, FotoWebKnobs, PhotoShelterV4Knobs, PhotoShelterKnobs):
    """The current values. An attribute is the knob's name with underscores."""

    lockout_after: int = whole(
        ALL,
        Whole("refused logins", 1),
        10,
        "how many refused logins with a password in a row lock a user out",
        "public record, lock-out: FotoWeb locks after 10; assumed of PhotoShelter",
    )
    lockout_seconds: int = whole(
        ALL,
        Whole("seconds", 1),
        3600,
        "how long a locked user stays locked",
        "public record, lock-out: FotoWeb locks for one hour; assumed of PhotoShelter",
    )
    throttle: int = whole(
        ALL,
        Whole("seconds, 0 = off"),
        0,
        "if not 0, every request but a login gets a 429 with this Retry-After",
        "assumption: no limit on the rate of requests is published",
    )
    clock_skew: int = whole(
        ALL,
        Whole("seconds", -1_000_000_000),
        0,
        "seconds added to the server's clock and to the Date header",
        "assumption: clocks differ",
    )
    storm: int = whole(
        ALL,
        Whole("requests, 0 = off"),
        0,
        "at every n-th member request its session, device token (not a new one) or access token"
        " has ended",
        "assumption: sessions end at any time, and often",
    )
    latency: int = whole(
        ALL,
        Whole("milliseconds"),
        0,
        "time added before every response",
        "assumption: networks are slow",
    )


def _rows() -> Iterator[Knob]:
    for one in fields(Knobs):
        default: Any = one.default
        yield Knob(
            name=one.name.replace("_", "-"),
            attribute=one.name,
            system=one.metadata["system"],
            default=default,
            allowed=one.metadata["allowed"],
            help=one.metadata["help"],
            source=one.metadata["source"],
        )


TABLE: dict[str, Knob] = {row.name: row for row in _rows()}


def change(knobs: Knobs, wanted: Mapping[str, object]) -> None:
    """Sets several knobs, or none if one of them is unknown or its value not allowed."""
    checked: dict[str, str | int] = {}
    for name, value in wanted.items():
        row = TABLE.get(name)
        if row is None:
            near = get_close_matches(name, TABLE, 1)
            hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(TABLE)}"
            raise KnobError(f'there is no knob "{name}"; {hint}')
        checked[row.attribute] = row.parsed(value)
    for attribute, setting in checked.items():
        setattr(knobs, attribute, setting)


def current(knobs: Knobs) -> dict[str, str | int]:
    """The values by the names of the knobs."""
    return {name.replace("_", "-"): value for name, value in asdict(knobs).items()}
