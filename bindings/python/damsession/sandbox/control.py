"""`/_sandbox/`: the control interface, by which a test reads the state and sets knobs.

It needs no authentication, is not logged, ignores knobs and faults, and is the same on every port.
It shows every secret that the servers have received to every client; the servers listen on loopback
only. Bad input gets a 422 with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Callable

from aiohttp import web

from . import knobs as knob_table
from .endpoints import Endpoint, Endpoints
from .faults import FaultError
from .knob_kinds import KnobError
from .world import World

PREFIX = "/_sandbox/"


class BadInput(ValueError):
    """The input of a request is wrong. The text is sent back as the reason."""


_SOURCE = "assumption: for tests"


class Control:
    """The endpoints under `/_sandbox/`. A handler of GET is given the query, a handler of POST the
    JSON object of the body.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._endpoints: Endpoints[Callable[[Any], Any]] = Endpoints(
            Endpoint(method, path, handler, text, _SOURCE)
            for method, path, handler, text in (
                ("GET", "state", lambda query: world.state(), "counters, knobs, faults"),
                (
                    "GET",
                    "log",
                    self._log,
                    "the requests so far; since=N: those after sequence number N",
                ),
                ("GET", "knobs", lambda query: knob_table.current(world.knobs), "all knobs"),
                ("POST", "knobs", self._set_knobs, "sets knobs; the response shows all of them"),
                ("GET", "faults", lambda query: world.faults.described(), "the queued faults"),
                ("POST", "faults", self._add_fault, "queues a fault"),
                (
                    "POST",
                    "expire",
                    self._expire,
                    "ends all PhotoShelter sessions, or those of `user`",
                ),
                ("POST", "revoke", self._revoke, "revokes all device tokens, or those of `user`"),
                (
                    "POST",
                    "unlock",
                    lambda body: {"unlocked": world.unlock()},
                    "unlocks all users",
                ),
                (
                    "POST",
                    "reset",
                    self._reset,
                    "forgets everything, and restores the knobs given at the start",
                ),
            )
        )

    def documented(self) -> Iterator[Endpoint[Any]]:
        """All endpoints, with their whole paths."""
        for row in self._endpoints.rows:
            yield replace(row, path=PREFIX + row.path)

    async def answer(self, request: web.BaseRequest) -> web.Response:
        name = request.path[len(PREFIX) :]
        found = self._endpoints.find(request.method, name)
        if found is None:
            known = sorted({row.path for row in self._endpoints.rows})
            return _json(404, {"error": f"no such endpoint; known: {', '.join(known)}"})
        if isinstance(found, str):
            return _json(405, {"error": f"{request.method} is not for {name}; allowed: {found}"})
        try:
            given = await _object(request) if request.method == "POST" else request.query
            return _json(200, found[0](given))
        except (BadInput, KnobError, FaultError) as error:
            return _json(422, {"error": str(error)})

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
