"""What a knob is: a name, the allowed values, how a value is read, and a source.

A source says why the knob has these values. It begins with what it is: the vendor's guide (and the
place in it), the public record (what was seen of the real services and their clients), or an
assumption. The table of knobs is in `knobs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Union


class KnobError(ValueError):
    """A knob is unknown or does not allow a value. The text says which are allowed."""


@dataclass(frozen=True)
class Whole:
    """The allowed values of a numeric knob: whole numbers within bounds."""

    unit: str
    minimum: int = 0
    # The bounds keep times within the range of a calendar.
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
        """The value in the knob's own type. KnobError: it is not allowed."""
        if isinstance(self.allowed, Whole):
            number = _whole_number(value)
            if number is not None and self.allowed.minimum <= number <= self.allowed.maximum:
                return number
        elif isinstance(value, str) and value in self.allowed:
            return value
        raise KnobError(f"{self.name}: {value!r} is not allowed; allowed: {self.allowed_text}")


def _whole_number(value: object) -> int | None:
    # In Python a bool is an int, but a number that is given as `true` is a mistake.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    return None
