"""`/_sandbox/`: a page that shows the servers at work, and what it is told of.

The page is one file, with its style and its script in it. It opens `/_sandbox/events`, a stream of
server-sent events: `start` (what can be chosen, and the last requests), `requests`, and `state`
(sessions, tokens, locked users, knobs, faults). It shows no secret. Its buttons are the
control interface, like any other program.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

from aiohttp import web

from . import faults
from .accounts import FOTOWEB_USERS, PHOTOSHELTER_USERS
from .disguise import Disguise
from .doorkeeper import HEADERS
from .exchange import STAGES
from .knob_kinds import Whole
from .knobs import TABLE, current
from .world import World

_PAGE = Path(__file__).with_name("window.html")

_SHOWN = 200  # requests, sessions and tokens that a page is told of at once
_NEWEST = 5  # access tokens of a family that it is told of
# Seconds: between two looks at what changes by time alone, and between two events at most.
_GLANCE, _BREATH = 5.0, 0.05


class Window:
    """The page of all ports, and its streams."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._disguise = Disguise()

    async def page(self, request: web.BaseRequest) -> web.StreamResponse:
        text = _PAGE.read_text(encoding="utf-8")
        headers = {**HEADERS, "Content-Security-Policy": _policy(text)}
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)

    async def events(self, request: web.BaseRequest) -> web.StreamResponse:
        """Tells one page of everything until it goes away."""
        response = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
        with contextlib.suppress(ConnectionError):
            await response.prepare(request)
            if request.method != "HEAD":
                await self._tell(response)
        return response

    async def _tell(self, response: web.StreamResponse) -> None:
        journal, bell = self._world.journal, self._world.bell
        told, era, before = 0, -1, ""
        while True:
            change = bell.watch()
            try:
                if era != journal.era:
                    era, told = journal.era, max(journal.written - _SHOWN, 0)
                    await _send(response, "start", self._start())
                if told < journal.written:
                    told = max(told, journal.written - _SHOWN)
                    rows = [self._disguise.request(entry) for entry in journal.entries(told)]
                    told = journal.written
                    await _send(response, "requests", rows)
                state = self._state()
                now = json.dumps(state)
                if now != before:
                    before = now
                    await _send(response, "state", state)
                else:
                    await response.write(b": still here\n\n")
                await asyncio.wait([change], timeout=_GLANCE)
            finally:
                bell.drop(change)
            await asyncio.sleep(_BREATH)

    def _start(self) -> dict[str, Any]:
        knobs = []
        for knob in TABLE.values():
            row: dict[str, Any] = {"name": knob.name, "system": knob.system, "help": knob.help}
            row["default"] = knob.default
            if isinstance(knob.allowed, Whole):
                row |= {
                    "minimum": knob.allowed.minimum,
                    "maximum": knob.allowed.maximum,
                    "unit": knob.allowed.unit,
                }
            else:
                row["choices"] = knob.allowed
            knobs.append(row)
        return {
            "knobs": knobs,
            "faults": [
                {"name": kind.name, "help": kind.help, "arguments": dict(kind.arguments)}
                for kind in faults.TABLE.values()
            ],
            "stages": STAGES,
            "systems": faults.SYSTEMS,
            "users": {"photoshelter": list(PHOTOSHELTER_USERS), "fotoweb": list(FOTOWEB_USERS)},
        }

    def _state(self) -> dict[str, Any]:
        world, shown = self._world, self._disguise.hash
        sessions, tokens = world.photoshelter.sessions.all_live(), world.fotoweb.devices.all_live()
        families = [
            (one.number, system, one)
            for system, table in world.oauth_tokens().items()
            for one in table.all_live()
        ]
        families.sort(key=lambda row: row[0])
        return {
            "live": {
                "sessions": len(sessions),
                "tokens": len(tokens),
                "families": len(families),
            },
            "sessions": [
                {
                    "session": one.id,
                    "user": one.user.email,
                    "mode": one.mode,
                    "organization": one.organization or "",
                    "opened": one.opened,
                    "used": one.last_used,
                    "hash": shown(one.token or one.cookie),
                }
                for one in sessions[-_SHOWN:]
            ],
            "tokens": [
                {
                    "token": one.number,
                    "user": one.user,
                    "issued": one.issued,
                    "hash": shown(one.token),
                }
                for one in tokens[-_SHOWN:]
            ],
            "families": [
                {
                    "family": number,
                    "system": system,
                    "user": one.user or one.application.id,
                    "kind": one.application.kind,
                    "renewals": one.renewals,
                    "access": [shown(access.value) for access in one.access[-_NEWEST:]],
                    "refresh": shown(one.refresh.value if one.refresh is not None else ""),
                }
                for number, system, one in families[-_SHOWN:]
            ],
            "locked": {
                system.name: system.lockout.locked_users()
                for system in (world.photoshelter, world.fotoweb)
            },
            "knobs": current(world.knobs),
            # Without their arguments, in which a test may have put anything.
            "faults": [
                {
                    **{name: fault[name] for name in ("fault", "left", "system", "stage")},
                    "match": self._disguise.path(fault["match"]),
                }
                for fault in world.faults.described()
            ],
        }


async def _send(response: web.StreamResponse, name: str, data: Any) -> None:
    await response.write(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())


def _policy(page: str) -> str:
    """Allows the page's own style and script, by their hashes, and requests to its own origin."""
    hashes = {
        element: b64encode(hashlib.sha256(found[1].encode("utf-8")).digest()).decode("ascii")
        for element in ("style", "script")
        if (found := re.search(rf"<{element}>(.*?)</{element}>", page, re.S)) is not None
    }
    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        f" connect-src 'self'; img-src data:; style-src 'sha256-{hashes['style']}';"
        f" script-src 'sha256-{hashes['script']}'"
    )
