"""`/_sandbox/`: how a test looks inside and turns the knobs.

Never authenticated, never journaled, never subject to knobs or faults, and the
same on every listener. It tells every secret it has seen to whoever asks; the
servers listen on loopback only. Bad input answers 422 with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Callable

from aiohttp import web

from . import knobs as knob_table
from .faults import FaultError
from .knob_kinds import KnobError
from .world import World

PREFIX = "/_sandbox/"


class BadInput(ValueError):
    """What a caller sent does not fit; the text goes back as the reason."""


class Control:
    """The endpoints under `/_sandbox/`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._reads: dict[str, Callable[[Mapping[str, str]], Any]] = {
            "state": lambda query: self._world.state(),
            "log": self._log,
            "knobs": lambda query: knob_table.current(self._world.knobs),
            "faults": lambda query: self._world.faults.described(),
        }
        self._writes: dict[str, Callable[[dict[str, Any]], Any]] = {
            "knobs": self._set_knobs,
            "expire": self._expire,
            "revoke": self._revoke,
            "faults": self._add_fault,
            "unlock": lambda body: {"unlocked": self._world.unlock()},
            "reset": self._reset,
        }

    async def answer(self, request: web.BaseRequest) -> web.Response:
        name = request.path[len(PREFIX) :]
        if name not in self._reads and name not in self._writes:
            known = sorted({*self._reads, *self._writes})
            return _json(404, {"error": f"no such endpoint; known: {', '.join(known)}"})
        status, result = await self._result(request, name)
        return _json(status, result)

    async def _result(self, request: web.BaseRequest, name: str) -> tuple[int, Any]:
        try:
            if request.method == "GET" and name in self._reads:
                return 200, self._reads[name](request.query)
            if request.method == "POST" and name in self._writes:
                return 200, self._writes[name](await _object(request))
        except (BadInput, KnobError, FaultError) as error:
            return 422, {"error": str(error)}
        return 405, {"error": f"{request.method} is not for {name}"}

    def _log(self, query: Mapping[str, str]) -> Any:
        since = query.get("since", "0")
        if not (since.isascii() and since.isdigit()):
            raise BadInput("since: a sequence number is needed")
        return self._world.journal.since(int(since))

    def _set_knobs(self, body: dict[str, Any]) -> Any:
        knob_table.change(self._world.knobs, body)
        return knob_table.current(self._world.knobs)

    def _expire(self, body: dict[str, Any]) -> Any:
        return {"expired": self._world.photoshelter.sessions.expire(_user(body))}

    def _revoke(self, body: dict[str, Any]) -> Any:
        return {"revoked": self._world.fotoweb.devices.revoke(_user(body))}

    def _add_fault(self, body: dict[str, Any]) -> Any:
        return self._world.faults.add(body).described()

    def _reset(self, body: dict[str, Any]) -> Any:
        self._world.reset()
        return {}


def _user(body: dict[str, Any]) -> str:
    unknown = set(body) - {"user"}
    if unknown:
        raise BadInput(f"{', '.join(sorted(unknown))}: not known here; allowed: user")
    user = body.get("user") or ""
    if not isinstance(user, str):
        raise BadInput("user: a name is needed")
    return user


async def _object(request: web.BaseRequest) -> dict[str, Any]:
    raw = await request.read()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise BadInput(f"not JSON: {error}") from None
    if not isinstance(body, dict):
        raise BadInput("a JSON object is needed")
    return body


def _json(status: int, document: Any) -> web.Response:
    body = json.dumps(document, ensure_ascii=False).encode("utf-8")
    return web.Response(status=status, body=body, headers={"Content-Type": "application/json"})
