"""PhotoShelter: finds out who the client is, and which endpoint of version 3 serves the request.
Version 4 and OAuth2 begin in `photoshelter_v4`.

This is written from the vendor's guide "User Authentication and Session Management" and the public
record. Every request needs the API key. Within a cookie session every response sets a new session
cookie ("Session management"), errors included (recorded). Member endpoints are served over HTTPS
only. The endpoints are in `photoshelter_login`, `_reads`, `_media`, `_assets`, `_writes` and
`_content`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from . import photoshelter_inputs as inputs
from . import photoshelter_responses as responses
from . import photoshelter_v4_responses as v4
from .accounts import API_KEY
from .clock import Clock
from .endpoints import Endpoint, Endpoints
from .exchange import BodyTooLarge, Exchange, MalformedBody, Response
from .knobs import Knobs
from .lockout import Lockout
from .oauth_tokens import Numbers
from .photoshelter_assets import AssetEndpoints
from .photoshelter_content import ContentEndpoints
from .photoshelter_cookies import COMPANION_COOKIE, SESSION_COOKIE, companion
from .photoshelter_knobs import PHOTOSHELTER
from .photoshelter_login import Handler, LoginEndpoints
from .photoshelter_media import MediaEndpoints
from .photoshelter_oauth import AUTHORIZE, PREFIX, TOKEN, PhotoShelterOAuth, is_access_token
from .photoshelter_proofs import Proofs
from .photoshelter_reads import ReadEndpoints
from .photoshelter_sessions import COOKIE, STALE, Session, SessionTable
from .photoshelter_v4 import VersionFour
from .photoshelter_writes import WriteEndpoints

PREFIXES = ("/psapi/v3/", "/psapi/v3.0/")

_LOGIN = "mem/authenticate"

_STAGES = {
    _LOGIN: "login",
    "mem/user/session": "keepalive",
    "mem/authenticate/logout": "logout",
}

COUNTERS = (
    "requests", "logins_ok", "logins_refused", "second_factor_wanted", "lockouts",
    "organization_logins", "organization_refused", "organization_logouts", "logouts",
    "api_key_refused", "refused", "stale_cookie_refusals", "writes", "consents", "denials",
    "renewals", "renewals_refused", "revocations", "throttled", "faults",
)  # fmt: skip


class PhotoShelter:
    """The system. There is one for the whole life of the process."""

    name = "photoshelter"
    title = PHOTOSHELTER

    def __init__(self, knobs: Knobs, clock: Clock, numbers: Numbers) -> None:
        self.knobs = knobs
        self.clock = clock
        self.oauth = PhotoShelterOAuth(knobs, clock, numbers)
        parts = (
            LoginEndpoints(self),
            WriteEndpoints(self),
            ReadEndpoints(self),
            MediaEndpoints(),
            AssetEndpoints(),
            ContentEndpoints(self),
        )
        self._endpoints = Endpoints(row for part in parts for row in part.endpoints())
        self._v4 = VersionFour(self)
        self.reset()

    def reset(self) -> None:
        self.counters: dict[str, int] = dict.fromkeys(COUNTERS, 0)
        self.sessions = SessionTable(self.knobs, self.clock)
        self.oauth.reset(self.counters)
        self.proofs = Proofs(self.knobs, self.sessions, self.oauth)
        self.lockout = Lockout(self.knobs, self.clock)
        self.failed_logins: dict[str, int] = {}

    def state(self) -> dict[str, Any]:
        live: dict[str, int] = {}
        for user, _ in self.sessions.live():
            live[user] = live.get(user, 0) + 1
        return {
            **self.counters,
            "sessions_live": sum(live.values()),
            "sessions_live_by_user": live,
            "sessions_created": self.sessions.opened,
            "expiries": self.sessions.expired,
            "failed_logins_by_user": dict(self.failed_logins),
            **self.oauth.tokens.state(),
        }

    def documented(self) -> Iterator[Endpoint[Handler]]:
        """All endpoints, with their whole paths."""
        for row in self._endpoints.rows:
            yield replace(row, path=PREFIXES[0] + row.path)
        yield from self._v4.documented()

    def is_login(self, exchange: Exchange) -> bool:
        """Whether the request is a login. A login is never throttled."""
        if exchange.path in (AUTHORIZE, TOKEN):
            return True
        return exchange.path.startswith("/psapi/") and exchange.path.endswith("/authenticate")

    def stages(self, exchange: Exchange) -> tuple[str, ...]:
        """The stages (`STAGES`) of the request."""
        if exchange.path.startswith(PREFIX):
            return self._v4.stages(exchange)
        name = _endpoint(exchange.path) or ""
        if name.startswith("mem/organization/") and name.endswith("/authenticate"):
            return ("organization",)
        return (_STAGES.get(name, "request"),)

    def end_session(self, exchange: Exchange) -> None:
        """Ends the session of the request as if it had expired, or the refresh token that it would
        renew.
        """
        tokens = self.oauth.tokens
        refresh = tokens.find_refresh(exchange.field("refresh_token"))
        if refresh is not None:
            tokens.end_family(refresh.family)
        proofs, is_v4 = self.proofs, exchange.path.startswith(PREFIX)
        found = proofs.by_version_4(exchange) if is_v4 else proofs.by_version_3(exchange)
        if isinstance(found, Session):
            proofs.expire(found)

    def serves(self, exchange: Exchange) -> bool:
        return exchange.path.startswith("/psapi/")

    def throttled(self, exchange: Exchange) -> Response:
        if exchange.path.startswith(PREFIX):
            return v4.error(429, "ThrottledErr")
        return responses.error(exchange, 429, "ThrottledErr")

    async def answer(self, exchange: Exchange) -> Response:
        if exchange.path.startswith(PREFIX):
            return await self._v4.answer(exchange)
        name = _endpoint(exchange.path)
        if name is None:
            return responses.not_found(exchange)
        exchange.usage = lambda: self._endpoints.help(name)
        self._flag_exposed_secrets(exchange)
        member = _needs_session(name)
        if (member or name == _LOGIN) and not exchange.secure:
            exchange.verdict = "https-required"
            return responses.error(exchange, 400, "HTTPSRequiredPermErr")
        # A login is not refused because of the session whose cookie it happens to carry.
        known = exchange.secure and name != _LOGIN
        found = self.proofs.by_version_3(exchange) if known else None
        if member:
            found = self.proofs.after_storm(found)
        # The cookie is made before the request is handled: of two requests, the one that was sent
        # later then gets the newer cookie even if its response comes first.
        cookie = ""
        if isinstance(found, Session) and found.mode == COOKIE:
            cookie = self.sessions.rotate(found)
        response = await self._understood(exchange, name, found)
        if cookie and not _sets_cookies(response):
            self.add_cookie(exchange, response, SESSION_COOKIE, cookie)
        if not name.startswith("mem/") and exchange.cookie(COMPANION_COOKIE) is None:
            self.add_companion(exchange, response)
        return response

    async def _understood(
        self, exchange: Exchange, name: str, found: Session | str | None
    ) -> Response:
        try:
            return await self._serve(exchange, name, found)
        except (MalformedBody, BodyTooLarge):
            return responses.bad_request(exchange, "the body cannot be read")

    async def _serve(self, exchange: Exchange, name: str, found: Session | str | None) -> Response:
        if not inputs.api_key(exchange):
            # The key may be a field of the body, which would else be read later or not at all.
            await inputs.read_body(exchange, name == _LOGIN)
        key = inputs.api_key(exchange)
        if not key or (key != API_KEY and self.knobs.api_keys == "sandbox"):
            return self._api_key_refused(exchange)
        endpoint = self._endpoints.find(exchange.method, name)
        if endpoint is None:
            return responses.not_found(exchange)
        session = found if isinstance(found, Session) else None
        if session is None and _needs_session(name):
            return self._session_refused(exchange, found if isinstance(found, str) else None)
        if session is not None:
            exchange.user = session.user.email
        if isinstance(endpoint, str):
            return responses.method_not_allowed(exchange, endpoint)
        await inputs.read_body(exchange, name == _LOGIN)
        handler, exchange.parts = endpoint
        return await handler(exchange, session)

    def _api_key_refused(self, exchange: Exchange) -> Response:
        self.counters["api_key_refused"] += 1
        exchange.verdict = "api-key"
        return responses.error(exchange, int(self.knobs.bad_api_key[:3]), "ApiKeyInvalidErr")

    def _session_refused(self, exchange: Exchange, why: str | None) -> Response:
        self.counters["refused"] += 1
        knobs = self.knobs
        if why is None:
            exchange.verdict = "no-session"
            same = knobs.missing_session == "same"
            variant = knobs.expired if same else knobs.missing_session
            return responses.session_refused(exchange, variant)
        if why == STALE:
            self.counters["stale_cookie_refusals"] += 1
        exchange.verdict = why
        if is_access_token(inputs.token(exchange)) and knobs.expired_access_v3 == "401-v4":
            return v4.ended_access(401)
        response = responses.session_refused(exchange, knobs.expired)
        if knobs.refused_cookie == "deleted":
            self.delete_cookie(exchange, response)
        return response

    def add_cookie(self, exchange: Exchange, response: Response, name: str, value: str) -> None:
        response.headers.append(
            ("Set-Cookie", f"{name}={value}; path=/{self._domain(exchange, name)}")
        )

    def add_companion(self, exchange: Exchange, response: Response) -> None:
        self.add_cookie(exchange, response, COMPANION_COOKIE, companion())

    def delete_cookie(self, exchange: Exchange, response: Response) -> None:
        # The hyphens and the comma in the date are as in recorded responses.
        domain = self._domain(exchange, SESSION_COOKIE)
        line = f"{SESSION_COOKIE}=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/{domain}"
        response.headers.append(("Set-Cookie", line))

    def _domain(self, exchange: Exchange, name: str) -> str:
        if self.knobs.cookie_domain == "none":
            return ""
        host = exchange.header("Host").rpartition(":")[0] or exchange.header("Host")
        dot = "." if name == SESSION_COOKIE and not _is_address(host) else ""
        return f"; domain={dot}{host}"

    def _flag_exposed_secrets(self, exchange: Exchange) -> None:
        query = exchange.query
        if query:
            for name in ("password", "auth_token", "api_key"):
                if name in query:
                    exchange.flag(f"{name.replace('_', '-')}-in-url")
        if not exchange.secure and (
            inputs.token(exchange)
            or exchange.cookie(SESSION_COOKIE)
            or exchange.parameter("password")
        ):
            exchange.flag("secret-without-https")


def _needs_session(name: str) -> bool:
    if name.startswith("mem/"):
        return name != _LOGIN
    return name == "idle" or name.startswith("workspace/")


def _sets_cookies(response: Response) -> bool:
    return any(name == "Set-Cookie" for name, _ in response.headers)


def _endpoint(path: str) -> str | None:
    for prefix in PREFIXES:
        if path.startswith(prefix):
            return path[len(prefix) :]
    return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
