"""Writes the typed keywords of `damsession.open` from the library's option table.

    .build/venv/bin/python Tests/types/keywords.py --write

Without `--write` the module is printed. Tests/python/test_keywords.py says when that is due.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "python"))
os.environ.setdefault("DAMSESSION_LIBRARY", str(ROOT / ".build/lib/libdamsession.so.1"))

import damsession  # noqa: E402

MODULE = Path(damsession.__file__).with_name("_keywords.py")

_HEAD = '''\
"""The keywords of `damsession.open` and their types, one for each option of the library.

Printed by Tests/types/keywords.py from the library's option table; do not edit. Programs that wrap
`open` use it as `**options: Unpack[damsession.OpenOptions]`. It is for type checkers: nothing loads
it at run time, unless a program asks for its classes.
"""

from __future__ import annotations

import logging
import os
from typing import Literal, TypedDict, Union

from ._callbacks import Credentials
from ._store import Store

Text = Union[str, None]
#: A whole number, also as text.
Number = Union[int, str, None]
#: A time, which is rounded up to whole seconds; as text, a whole number.
Seconds = Union[float, str, None]
#: 401, or more of them as text: "401,403".
Statuses = Union[int, str, None]
Path = Union[str, "os.PathLike[str]", None]
#: Also "yes" and "no".
Boolean = Union[bool, str, None]


class Options(TypedDict, total=False):
    """The options, but for `store`. None counts as not given."""

'''

_TAIL = '''

class StoredOptions(Options, total=False):
    """All options: the keywords of `damsession.save`."""

    store: Path


class OpenOptions(Options, total=False):
    """The keywords of `damsession.open` and `damsession.aopen`."""

    store: Path | Store
    credentials: Credentials | None
    log: logging.Logger | bool | None
    environment: bool
'''

_COMMENT = "    #: "
_TYPES = {
    "text": "Text", "url": "Text", "secret": "Text", "words": "Text", "path": "Path", "seconds": "Seconds",
    "count": "Number", "bytes": "Number", "statuses": "Statuses", "boolean": "Boolean",
}  # fmt: skip


def module() -> str:
    """The whole text."""
    rows = (
        row for option in damsession.options() if option.name != "store" for row in _row(option)
    )
    return _HEAD + "\n".join(rows) + "\n" + _TAIL


def _row(option: damsession.Option) -> list[str]:
    help = wrap(
        option.help,
        100,
        initial_indent=_COMMENT,
        subsequent_indent=_COMMENT,
        break_on_hyphens=False,
    )
    return [*help, f"    {option.keyword}: {_type(option)}"]


def _type(option: damsession.Option) -> str:
    if option.kind != "choice":
        return _TYPES[option.kind]
    # A word that is a whole number may be one.
    words = [f'"{word}"' for word in option.choices]
    numbers = [word for word in option.choices if word.isdecimal()]
    text = f"Literal[{', '.join([*words, *numbers])}] | None"
    if len(f"    {option.keyword}: {text}") <= 100:
        return text
    # As the formatter sets it out.
    if len(text) <= 92:
        return f"(\n        {text}\n    )"
    lines = "".join(f"            {word},\n" for word in [*words, *numbers])
    return f"(\n        Literal[\n{lines}        ]\n        | None\n    )"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        MODULE.write_text(module(), encoding="utf-8")
    else:
        print(module(), end="")
