"""README.md of the sandbox: every endpoint and knob, and its source.

It is printed from the tables that the servers use, so that it cannot disagree with them.
"""

from __future__ import annotations

from collections.abc import Iterable

from .control import Control
from .knobs import TABLE, Knobs
from .listener import PUBLIC
from .world import World

_HEAD = """\
# What the sandbox rests on

Printed by `python3 -m damsession.sandbox --print-tables` from the tables that the servers use.

Each source begins with what it is:
- guide: the vendor's authentication guide, and the section;
- public record: published documentation, recorded traffic or public clients, and the subject;
- assumption: nothing is published; it is what most clients expect, or what the tests need.

The guides are "User Authentication and Session Management" (PhotoShelter API v3) and "User authentication with the
Archive Agent API" (FotoWeb).
"""


def readme() -> str:
    """The whole text."""
    world = World(Knobs(), 1)
    endpoints = _table(
        "system | methods | path | what it is | source",
        (
            (title, row.methods, f"`{row.path}`", row.help, row.source)
            for title, rows in (
                (world.photoshelter.title, world.photoshelter.documented()),
                (world.fotoweb.title, world.fotoweb.documented()),
                ("Both", [PUBLIC, *Control(world).documented()]),
            )
            for row in rows
        ),
    )
    knobs = _table(
        "system | knob | values | default | what it decides | source",
        (
            (row.system, f"`{row.name}`", row.allowed_text.replace("|", ", "), f"`{row.default}`",
             row.help, row.source)
            for row in TABLE.values()
        ),
    )  # fmt: skip
    return f"{_HEAD}\n## Endpoints\n\n{endpoints}\n\n## Knobs\n\n{knobs}"


def _table(heading: str, rows: Iterable[tuple[str, ...]]) -> str:
    line = "|" + "---|" * len(heading.split(" | "))
    return "\n".join([f"| {heading} |", line, *(f"| {' | '.join(row)} |" for row in rows)])
