"""Remembered names: options that `damsession.open("NAME")` and the shell wrapper find again. A
password is never among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _abi
from ._check import guarded
from ._config import Config
from ._errors import option_error
from ._frames import keeps_no_arguments
from ._library import library
from ._options import option_name, options, words
from ._text import encoded, wiped

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._keywords import StoredOptions


def names() -> list[str]:
    """The remembered names, in alphabetical order. StoreError: they cannot be read."""
    found: list[str] = []
    callback = _abi.dam_name_callback(guarded(lambda _, name: found.append(name.decode())))
    library().dam_name_list(callback, None, _abi.dam_error())
    return found


@keeps_no_arguments
def save(name: str, **options: Unpack[StoredOptions]) -> None:
    """Remembers exactly these options under `name`, in place of those remembered before.

    OptionError: an option is unknown, has a bad value, or is never remembered (a password).
    ArgumentError: the name is bad. StoreError: the options cannot be written.
    """
    with Config() as config:
        _set_all(config, {**options})
        config.save(name)


@keeps_no_arguments
def update(name: str, **options: Unpack[StoredOptions]) -> None:
    """Changes these of the options remembered under `name`, and leaves the others as they are; None
    forgets one. An API key stays, too, where `url` is another one now: it is meant for that.

    NotFound: there is no such name; `save` makes one. OptionError, ArgumentError, StoreError: as
    `save`.
    """
    given: dict[str, Any] = {**options}
    with Config() as config:
        _set_all(config, given)
        config.load(name)  # NotFound: C would make the name
    for keyword, value in given.items():
        _change(encoded(name, "the name"), keyword, words(keyword, value))


def _change(name: bytes, keyword: str, text: str | None) -> None:
    option, error = option_name(keyword).encode(), _abi.dam_error()
    if text is None:
        library().dam_name_set(name, option, None, error)
        return
    with wiped(encoded(text, keyword)) as buffer:  # any value may be a secret
        library().dam_name_set(name, option, buffer, error)


def _set_all(config: Config, options: dict[str, Any]) -> None:
    for keyword, value in options.items():
        config.set(keyword, value)
        if value is not None and option_name(keyword) in _never_remembered():
            raise option_error(f'"{keyword}" is never remembered; give it to open() instead')


def _never_remembered() -> set[str]:
    return {option.name for option in options() if not option.remembered}


def forget_name(name: str) -> None:
    """Forgets the options remembered under `name`; sessions stay. NotFound: there are none."""
    library().dam_name_remove(encoded(name, "the name"), _abi.dam_error())
