"""FotoWeb, as clients of the Archive Agent see it.

This is written from the vendor's guide and the public record. `fotoweb_login` finds out who the
client is; `archive` has the commands of the Archive Agent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable
from urllib.parse import quote

from .archive import AGENT, ArchiveAgent, Visitor
from .clock import Clock
from .endpoints import Endpoint, Endpoints
from .exchange import TEXT, Exchange, Response, not_found
from .fotoweb_devices import Device, DeviceTable
from .fotoweb_knobs import FOTOWEB
from .fotoweb_login import DEVICE_COOKIE, LOGIN, LOGOUT, Logins, outage
from .fotoweb_rest import REST, RestEndpoints
from .knobs import Knobs
from .lockout import Lockout

COUNTERS = (
    "requests", "logins_ok", "logins_refused", "logouts", "lockouts", "limit_refusals",
    "query_authentications", "login_tokens_ignored", "refused", "guest_answers",
    "throttled", "faults",
)  # fmt: skip


class FotoWeb:
    """The system. There is one for the whole life of the process."""

    name = "fotoweb"
    title = FOTOWEB

    def __init__(self, knobs: Knobs, clock: Clock) -> None:
        self.knobs = knobs
        self.clock = clock
        self._logins = Logins(self)
        self._agent = ArchiveAgent(knobs, clock)
        self._open: Endpoints[Callable[[Exchange], Response]] = Endpoints(
            (
                Endpoint("POST", LOGIN, self._logins.login,
                         "log in; form: u, p", "guide, method 2; names: public record, method 2"),
                Endpoint("GET, POST", LOGOUT, self._logins.logout,
                         "delete the cookie; the device token stays valid",
                         "public record, clients: one of the vendor's, for version 7"),
            )
        )  # fmt: skip
        rest = RestEndpoints(knobs, self._agent)
        self._visited = Endpoints((*self._agent.endpoints(), *rest.endpoints()))
        self.reset()

    def reset(self) -> None:
        self.counters: dict[str, int] = dict.fromkeys(COUNTERS, 0)
        self.devices = DeviceTable(self.knobs, self.clock)
        self.lockout = Lockout(self.knobs, self.clock)
        self.failed_logins: dict[str, int] = {}
        self._agent.reset()
        self._storm = 0

    def state(self) -> dict[str, Any]:
        live = self.devices.live_by_user()
        return {
            **self.counters,
            "tokens_live": sum(live.values()),
            "tokens_live_by_user": live,
            "tokens_created": self.devices.created,
            "tokens_revoked": self.devices.revoked,
            "failed_logins_by_user": dict(self.failed_logins),
        }

    def documented(self) -> Iterator[Endpoint[Any]]:
        """All endpoints, with their whole paths."""
        yield from self._open.rows
        yield from self._visited.rows

    def is_login(self, exchange: Exchange) -> bool:
        """Whether the request is a login. A login is never throttled."""
        return exchange.path == LOGIN

    def stages(self, exchange: Exchange) -> tuple[str, ...]:
        """The stages (`STAGES`) of the request. A request with credentials in its query can be two
        at once.
        """
        if exchange.path == LOGIN or "lt" in exchange.query:
            return ("login",)
        if exchange.path == LOGOUT:
            return ("logout",)
        if exchange.path != AGENT + "/Information":
            return ("request",)
        return ("keepalive", "login") if "p" in exchange.query else ("keepalive",)

    def end_session(self, exchange: Exchange) -> None:
        """Revokes the device token of the request."""
        device = self.devices.find(exchange.cookie(DEVICE_COOKIE) or "")
        if device is not None and device.live:
            self.devices.revoke_one(device)

    def pass_storm(self, device: Device) -> None:
        """Revokes the device token if the knob `storm` says that this request finds it revoked.

        A new one is spared once: clients do not replace a token that has never worked.
        """
        if device.live and self.knobs.storm:
            self._storm += 1
            if self._storm >= self.knobs.storm and device.tried:
                self._storm = 0
                self.devices.revoke_one(device)
        device.tried = True

    def serves(self, exchange: Exchange) -> bool:
        return exchange.path.startswith("/fotoweb/")

    def throttled(self, exchange: Exchange) -> Response:
        return Response(429, b"Too many requests\n", TEXT)

    async def answer(self, exchange: Exchange) -> Response:
        path = _tidy(exchange.path)
        opened = self._open.find(exchange.method, path)
        if isinstance(opened, str):
            return _method_not_allowed(exchange, opened)
        if opened is not None:
            handler, exchange.parts = opened
            return handler(exchange)
        if f"{path}/".startswith((AGENT + "/", REST + "/")):
            return self._visit(exchange, path)
        return not_found(exchange)

    def _visit(self, exchange: Exchange, path: str) -> Response:
        """Finds out who the client is, runs the command, and adds the cookies."""
        found = self._visited.find(exchange.method, path)
        if isinstance(found, str):
            return _method_not_allowed(exchange, found)
        if self.knobs.agent_method == "get" and exchange.method == "POST":
            return _method_not_allowed(exchange, "GET")
        visit = self._logins.visitor(exchange)
        if isinstance(visit, Response):
            return visit
        visitor, device = visit
        if self.knobs.archive != "ok":
            exchange.verdict = "archive-down"
            response = outage(self.knobs.archive)
        elif found is None:
            response = _from(visitor, not_found(exchange))
        else:
            handler, exchange.parts = found
            response = _from(visitor, handler(exchange, visitor))
        if device is not None:
            self._logins.add_cookies(response, device)
        return response


def _tidy(path: str) -> str:
    """The path without slashes at its end and without double slashes, which some clients send."""
    return "/" + "/".join(part for part in path.split("/") if part)


def _from(visitor: Visitor, response: Response) -> Response:
    response.headers.append(("X-Sandbox-User", quote(visitor.name, safe="")))
    return response


def _method_not_allowed(exchange: Exchange, allowed: str) -> Response:
    exchange.verdict = "method"
    return Response(405, b"Method not allowed\n", TEXT, [("Allow", allowed)])
