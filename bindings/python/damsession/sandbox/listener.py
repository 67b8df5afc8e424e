"""The way from a request to its response: latency, faults, throttling, the system, the log.

All systems take the same steps, in the order in which a front-end server would. A request that a
fault or the throttle responds to does not reach the system: it changes no session and rotates no
cookie.
"""

from __future__ import annotations

import asyncio
import json
from itertools import chain

from aiohttp import web

from . import control, faults
from .endpoints import ANY, Endpoint
from .exchange import JSON, TEXT, BodyTooLarge, Exchange, MalformedBody, Response, not_found
from .faults import Fault
from .fotoware import FotoWare
from .fotoweb import FotoWeb
from .journal import Entry
from .photoshelter import PhotoShelter
from .transmit import send
from .world import World

_CDN = "/cdn/"
#: The endpoint that every port has beside those of its system.
PUBLIC = Endpoint(
    ANY,
    _CDN + "...",
    None,
    "a public file: shows the headers of the request",
    "assumption: for tests",
)


class Listener:
    """Handles the requests of one system at one port."""

    def __init__(
        self, world: World, system: PhotoShelter | FotoWeb | FotoWare, secure: bool, host: str
    ) -> None:
        """`host` is the name in the servers' URLs."""
        self._world = world
        self._system = system
        self._secure = secure
        self._control = control.Control(world, host)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.raw_path.startswith(control.PREFIX):
            return await self._control.answer(request)
        world = self._world
        knobs = world.knobs
        exchange = Exchange(request, self._system.name, self._secure)
        with world.under_way():
            exchange.arrival = world.journal.arrive()
            self._system.counters["requests"] += 1
            response = await self._answer(exchange)
            if knobs.latency:
                await asyncio.sleep(knobs.latency / 1000)
            self._record(exchange, response)
            world.bell.ring()
        return await send(request, response, world.clock.now() if knobs.clock_skew else None)

    async def _answer(self, exchange: Exchange) -> Response:
        fault = None
        if self._world.faults:
            stages = self._system.stages(exchange)
            fault = self._world.faults.take(self._system.name, exchange.path, stages)
        try:
            await exchange.read_form()
            if fault is not None:
                return await self._with_fault(exchange, fault)
            return await self._undisturbed(exchange)
        except BodyTooLarge:
            exchange.verdict = "too-large"
            return Response(413, b"Too large\n", TEXT)
        except MalformedBody:
            exchange.verdict = "malformed"
            return Response(400, b"Malformed request\n", TEXT)
        except (ConnectionError, web.RequestPayloadError):
            exchange.verdict = "aborted"
            return Response(0, delivery="reset")

    async def _with_fault(self, exchange: Exchange, fault: Fault) -> Response:
        self._system.counters["faults"] += 1
        kind = fault.kind
        if kind.before is not None:
            response = kind.before(fault.arguments)
        else:
            if kind.name == faults.DELAY:
                await asyncio.sleep(fault.arguments["seconds"])
            if kind.name == faults.EXPIRE:
                self._system.end_session(exchange)
            response = await self._undisturbed(exchange)
        if kind.after is not None:
            kind.after(fault.arguments, response)
        exchange.flag(f"fault:{kind.name}")
        if kind.before is not None:
            exchange.verdict = f"fault:{kind.name}"
        return response

    async def _undisturbed(self, exchange: Exchange) -> Response:
        system = self._system
        if exchange.path.startswith(_CDN):
            return _public_file(exchange)
        if not system.serves(exchange):
            return not_found(exchange)
        seconds = self._world.knobs.throttle
        if seconds and not system.is_login(exchange):
            exchange.verdict = "throttled"
            system.counters["throttled"] += 1
            response = system.throttled(exchange)
            response.headers.append(("Retry-After", str(seconds)))
            return response
        return await system.answer(exchange)

    def _record(self, exchange: Exchange, response: Response) -> None:
        request = exchange.request
        entry = Entry()
        entry.arrival = exchange.arrival
        entry.time = self._world.clock.now()
        entry.system = exchange.system
        entry.secure = exchange.secure
        entry.method = exchange.method
        entry.target = exchange.target
        entry.headers = b"\n".join(chain.from_iterable(request.raw_headers))
        entry.form = exchange.form
        entry.status = 0 if response.delivery in ("reset", "garbage") else response.status
        entry.verdict = exchange.verdict
        entry.user = exchange.user
        entry.flags = exchange.flags
        entry.set_cookies = [
            value for name, value in response.headers if name.lower() == "set-cookie"
        ]
        entry.peer_port = exchange.peer_port
        self._world.journal.write(entry)


def _public_file(exchange: Exchange) -> Response:
    """A public file that shows the headers of the request. No secret belongs in those."""
    seen = [
        [name.decode("latin-1"), value.decode("latin-1")]
        for name, value in exchange.request.raw_headers
    ]
    body = json.dumps({"file": exchange.path, "headers": seen}).encode("utf-8")
    return Response(200, body, JSON)
