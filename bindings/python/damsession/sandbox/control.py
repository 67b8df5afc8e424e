"""`/_sandbox/`: the control interface, by which a test reads the state and sets knobs.

It needs no authentication, is not logged, ignores knobs and faults, and is the same on every port.
It shows every secret that the servers have received to every program on this machine; the servers
listen on loopback only, and `doorkeeper` keeps out the pages of other sites. Bad input gets a 422
with the reason. For people there is the page of `window`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Callable

from aiohttp import web

from . import knobs as knob_table
from .accounts import FOTOWEB_USERS, PHOTOSHELTER_USERS
from .doorkeeper import HEADERS, objection
from .endpoints import Endpoint, Endpoints
from .faults import SYSTEMS, FaultError
from .knob_kinds import KnobError
from .window import Window
from .world import World

PREFIX = "/_sandbox/"
_FOR_BROWSERS = ("", "events")
#: The systems whose tokens come from consents.
_CONSENTING = ("photoshelter", "fotoware")


class BadInput(ValueError):
    """The input of a request is wrong. The text is sent back as the reason."""


_SOURCE = "assumption: for tests"


class Control:
    """The endpoints under `/_sandbox/`. A handler of GET is given the query, a handler of POST the
    JSON object of the body, and those of `window` the request.
    """

    def __init__(self, world: World, host: str = "localhost") -> None:
        """`host` is the name in the servers' URLs."""
        self._world = world
        self._host = host
        self._window = Window(world)
        self._endpoints: Endpoints[Callable[[Any], Any]] = Endpoints(
            Endpoint(method, path, handler, text, _SOURCE)
            for method, path, handler, text in (
                ("GET", "", self._window.page, "the page that shows all this to people"),
                ("GET", "events", self._window.events, "what the page is told of, without secrets"),
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
                ("DELETE", "faults", self._clear_faults, "forgets the queued faults"),
                (
                    "POST",
                    "expire",
                    self._expire,
                    "ends all PhotoShelter sessions and OAuth2 access tokens, or those of `user` or `system`;"
                    " or number `session`; or those of number `family` (a consent); a number may be all",
                ),
                (
                    "POST",
                    "revoke",
                    self._revoke,
                    "revokes all FotoWeb device tokens and OAuth2 families (all tokens of a consent), or those"
                    " of `user` or `system`; or number `token` or `family`, which may be all",
                ),
                ("POST", "lock", self._lock, "locks `user` out, as many refused logins do"),
                ("POST", "unlock", self._unlock, "unlocks all users, or `user`"),
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

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        refused = objection(request, self._host)
        if refused is not None:
            return _json(refused[0], {"error": refused[1]})
        name = request.path[len(PREFIX) :]
        found = self._endpoints.find(request.method, name)
        if found is None:
            known = sorted({row.path for row in self._endpoints.rows})
            return _json(404, {"error": f"no such endpoint; known: {', '.join(known)}"})
        if isinstance(found, str):
            return _json(405, {"error": f"{request.method} is not for {name}; allowed: {found}"})
        if name in _FOR_BROWSERS:
            answer: web.StreamResponse = await found[0](request)
            return answer
        try:
            given = await _object(request) if request.method == "POST" else request.query
            done = found[0](given)
            self._world.bell.ring()
            return _json(200, done)
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
        whose = _Whose(body, {"session": ("photoshelter",), "family": _CONSENTING})
        sessions, number = self._world.photoshelter.sessions, whose.number
        ended = 0
        if whose.has("session", "photoshelter"):
            ended += sessions.expire_number(number) if number else sessions.expire(whose.user)
        for system, tokens in self._world.oauth_tokens().items():
            if whose.has("family", system):
                ended += tokens.expire(whose.user, number)
        return {"expired": ended}

    def _revoke(self, body: dict[str, Any]) -> Any:
        whose = _Whose(body, {"token": ("fotoweb",), "family": _CONSENTING})
        devices, number = self._world.fotoweb.devices, whose.number
        ended = 0
        if whose.has("token", "fotoweb"):
            ended += devices.revoke_number(number) if number else devices.revoke(whose.user)
        for system, tokens in self._world.oauth_tokens().items():
            if whose.has("family", system):
                ended += tokens.revoke(whose.user, number)
        return {"revoked": ended}

    def _lock(self, body: dict[str, Any]) -> Any:
        user = _Whose(body).user
        world, locked = self._world, []
        for system, users in (
            (world.photoshelter, PHOTOSHELTER_USERS),
            (world.fotoweb, FOTOWEB_USERS),
        ):
            if user in users:
                system.lockout.lock(user)
                locked.append(system.name)
        if not locked:
            known = ", ".join([*PHOTOSHELTER_USERS, *FOTOWEB_USERS])
            raise BadInput(f"user: a user is needed; users: {known}")
        return {"locked": locked}

    def _unlock(self, body: dict[str, Any]) -> Any:
        return {"unlocked": self._world.unlock(_Whose(body).user)}

    def _add_fault(self, body: dict[str, Any]) -> Any:
        return self._world.faults.add(body).described()

    def _clear_faults(self, query: Any) -> Any:
        self._world.faults.clear()
        return []

    def _reset(self, body: dict[str, Any]) -> Any:
        self._world.reset()
        return {}


class _Whose:
    """Whose sessions or tokens a request is about: everybody's, or those of `user`, of `system`, or
    of one number, or all of one kind. `numbered` are the kinds, and the systems that have it.
    """

    def __init__(
        self, body: dict[str, Any], numbered: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        names = numbered or {}
        allowed = ["user", *(["system"] if names else []), *names]
        unknown = set(body) - set(allowed)
        if unknown:
            raise BadInput(
                f"{', '.join(sorted(unknown))}: not known here; allowed: {', '.join(allowed)}"
            )
        self.user, self.number = body.get("user") or "", 0
        self._kind = ""
        self._system = body.get("system") or ""
        if not isinstance(self.user, str):
            raise BadInput("user: a name is needed")
        systems = [one for one in SYSTEMS if any(one in some for some in names.values())]
        if self._system and self._system not in systems:
            raise BadInput(f"system: one of {', '.join(systems)}")
        numbers = {name: body[name] for name in names if body.get(name) is not None}
        for name, number in numbers.items():
            if number != "all" and (
                isinstance(number, bool) or not isinstance(number, int) or number < 1
            ):
                raise BadInput(f'{name}: a number from 1 is needed, or "all"')
            if self.user or self._system or len(numbers) > 1:
                raise BadInput(
                    f"{name}: neither user nor system nor another number may be beside it"
                )
            self._kind, self.number = name, 0 if number == "all" else number

    def has(self, kind: str, system: str) -> bool:
        return self._kind in ("", kind) and self._system in ("", system)


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
    headers = {**HEADERS, "Content-Type": "application/json"}
    return web.Response(status=status, body=body, headers=headers)
