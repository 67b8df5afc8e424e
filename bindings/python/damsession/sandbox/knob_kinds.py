"""What a knob is: a name, what it allows, how a value is read, what it rests on.

A source is a place in a vendor's guide, the public record of what was seen of
the real services and their clients, or an assumption, and begins with which. The
table itself stands in `knobs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Union


class KnobError(ValueError):
    """An unknown knob or a value it does not allow; the text says which are."""


@dataclass(frozen=True)
class Whole:
    """Allowed values of a numeric knob: whole numbers within bounds."""

    unit: str
    minimum: int = 0
    # Times stay within what a calendar can show.
    maximum: int = 1_000_000_000

    def __str__(self) -> str:
        return f"a whole number from {self.minimum} to {self.maximum} ({self.unit})"


Allowed = Union[tuple[str, ...], Whole]


def choice(system: str, allowed: tuple[str, ...], default: str, text: str, source: str) -> Any:
    """A field of the table whose value is one of a few words."""
    return field(
        default=default,
        metadata={"system": system, "allowed": allowed, "help": text, "source": source},
    )


def whole(system: str, allowed: Whole, default: int, text: str, source: str) -> Any:
    """A field of the table whose value is a number."""
    return field(
        default=default,
        metadata={"system": system, "allowed": allowed, "help": text, "source": source},
    )


@dataclass(frozen=True)
class Knob:
    """One row of the table."""

    name: str
    attribute: str
    system: str
    default: str | int
    allowed: Allowed
    help: str
    source: str

    @property
    def allowed_text(self) -> str:
        if isinstance(self.allowed, Whole):
            return str(self.allowed)
        return "|".join(self.allowed)

    def parsed(self, value: object) -> str | int:
        """The value in the knob's own type, or `KnobError`."""
        if isinstance(self.allowed, Whole):
            number = _whole_number(value)
            if number is not None and self.allowed.minimum <= number <= self.allowed.maximum:
                return number
        elif isinstance(value, str) and value in self.allowed:
            return value
        raise KnobError(f"{self.name}: {value!r} is not allowed; allowed: {self.allowed_text}")


def _whole_number(value: object) -> int | None:
    # bool is an int to Python, but a knob set to `true` is a mistake.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    return None
