"""The option table: the vocabulary of `damsession.open`, of remembered names, of the environment
and of the shell wrapper.

The rows are those of the library, and no rule about an option is repeated here. A keyword is the
option's name with `_` for `-`, a value is turned into text, and the library checks both.
"""

from __future__ import annotations

import functools
import math
import os
from typing import NamedTuple, Union

from . import _abi
from ._errors import option_error
from ._library import library
from ._unknown import hint, no_timeout

#: The types that the value of an option may have. None counts as not given.
OptionValue = Union[str, int, float, bool, "os.PathLike[str]", None]


class Option(NamedTuple):
    """One row of the table."""

    name: str  #: "connect-timeout": as remembered, and as the wrapper's `--connect-timeout`
    kind: str  #: what it takes: "text", "choice", "url", "seconds", "count", "bytes", "boolean", "path", "secret", ...
    default: str  #: "" where there is none
    choices: tuple[str, ...]  #: the words of a "choice"
    help: str  #: one line
    secret: bool  #: never shown
    remembered: bool  #: `damsession.save` keeps it
    system: str  #: the one system that has it; "": all have

    @property
    def keyword(self) -> str:
        """The keyword of `damsession.open`: "connect_timeout"."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable: "DAMSESSION_CONNECT_TIMEOUT"."""
        return "DAMSESSION_" + self.keyword.upper()


@functools.cache
def options() -> tuple[Option, ...]:
    """All options, in the library's order."""
    return tuple(_row(index) for index in range(library().dam_option_count()))


def _row(index: int) -> Option:
    row = _abi.dam_option()
    library().dam_option_get(index, row, _abi.dam_error())
    return Option(
        name=row.name.decode(),
        kind=row.kind.decode(),
        default=row.default_value.decode(),
        choices=tuple(filter(None, row.choices.decode().split("|"))),
        help=row.help.decode(),
        secret=bool(row.secret),
        remembered=bool(row.remembered),
        system=row.system.decode(),
    )


def option_name(keyword: str) -> str:
    """The option's name for a Python keyword."""
    return keyword.replace("_", "-")


def check_keyword(keyword: str, beside: tuple[str, ...]) -> None:
    """OptionError: there is no such keyword. `beside` are those that are no options."""
    known = _kinds()
    if keyword not in known:
        raise option_error(f'there is no option "{keyword}"{hint(keyword, (*known, *beside))}')


@functools.cache
def _kinds() -> dict[str, str]:
    """What each keyword takes."""
    return {option.keyword: option.kind for option in options()}


def words(keyword: str, value: OptionValue) -> str | None:
    """A value as the text that the library takes; None for None. The library counts whole seconds,
    so a time with a fraction is rounded up. TypeError: no option has such a value.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and 0 <= value < math.inf and _kinds()[keyword] == "seconds":
        return str(math.ceil(value))
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, os.PathLike):
        return os.fsdecode(value)
    if keyword == "timeout":
        raise no_timeout(value)
    raise TypeError(
        f"{keyword} must be a str, a number, a bool or a path, not {type(value).__name__}"
    )
