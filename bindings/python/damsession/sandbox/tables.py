"""README.md of the sandbox: how to look at it, every endpoint and knob, and its source.

It is printed from the tables that the servers use, so that it cannot disagree with them.
"""

from __future__ import annotations

from collections.abc import Iterable

from .control import Control
from .knobs import ALL, TABLE, Knobs
from .listener import PUBLIC
from .world import World

_HEAD = """\
# The sandbox

## A window on it

![The window: sessions, tokens, users and requests](../../../../Tests/window/window.png)

The ready line's `window` is the URL of a page (`/_sandbox/` on every port) that shows the servers at work: live
sessions, tokens and consents, each request as it comes, and every knob, fault and button of the control interface. It
is one file, loads nothing else, shows a short hash in place of each secret, and works with a keyboard and a screen
reader.

The control interface has no password: every program on this machine may use it, and it shows every secret that the
servers have received. So use made-up secrets. Pages of other origins in a browser are kept out: the `Host` must be
loopback or that of `--host` (else 421, against DNS rebinding), and `Origin` and `Sec-Fetch-Site`, where a browser sends
them, must say "the same origin" (else 403, against requests forged by other sites); no page may embed it.

## In a shell

```sh
eval "$(python3 -m damsession.sandbox --env photoshelter --until-pid $$)"
damsession get - mem/gallery/query
```

`--env` prints `export` lines for a user of one system, with a store of their own, and then serves in the background, as
ssh-agent does: until the process of `--until-pid` ends, or `kill "$DAMSESSION_SANDBOX_PID"`. `fotoware` and
`photoshelter-oauth` are for an application that a person lets in with a browser (in a test, `Sandbox.consent(url)`
does). `DAMSESSION_SANDBOX` is the window's URL.

## What it rests on

Printed by `python3 -m damsession.sandbox --print-tables` from the tables that the servers use.

Each source begins with what it is:
- guide: the vendor's authentication guide, and the section;
- public record: published documentation, recorded traffic or public clients, and the subject;
- assumption: nothing is published; it is what most clients expect, or what the tests need.

The guides are "User Authentication and Session Management" (PhotoShelter API v3) and "User authentication with the
Archive Agent API" (FotoWeb). PhotoShelter's reference of version 4 is not public: "public record, clients" are then the
vendor's own plug-in and tester, and programs of others.
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
                (world.fotoware.title, world.fotoware.documented()),
                (ALL, [PUBLIC, *Control(world).documented()]),
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
    return f"{_HEAD}\n### Endpoints\n\n{endpoints}\n\n### Knobs\n\n{knobs}"


def _table(heading: str, rows: Iterable[tuple[str, ...]]) -> str:
    line = "|" + "---|" * len(heading.split(" | "))
    return "\n".join([f"| {heading} |", line, *(f"| {' | '.join(row)} |" for row in rows)])
