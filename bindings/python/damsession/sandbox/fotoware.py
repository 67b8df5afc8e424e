"""FotoWare, as applications see the API of FotoWeb 8 and later: OAuth2.

This is written from the vendor's pages on authorizing applications and the RFCs that they follow.
`oauth_consent` asks a person, `oauth_endpoints` gives tokens, `fotoware_content` is what the tokens
are for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from . import fotoware_content as content
from . import fotoware_responses as responses
from .accounts import NATIVE, Application
from .clock import Clock
from .endpoints import Endpoint, Endpoints
from .exchange import Exchange, Headers, Response
from .fotoware_knobs import FOTOWARE
from .fotoware_vendor import AUTHORIZE, REVOKE, TOKEN, VENDOR
from .knobs import Knobs
from .oauth_consent import ConsentEndpoints
from .oauth_endpoints import TokenEndpoints
from .oauth_families import Access, opaque
from .oauth_site import CHECKED, NEEDED
from .oauth_tokens import Numbers, TokenTable

#: Parameters that belong into a form, not into a URL.
_SECRETS = ("access_token", "refresh_token", "client_secret", "code_verifier")

# The page for a person has no stage: it is no request of the program that is tested.
_STAGES = {AUTHORIZE: (), TOKEN: ("login",), REVOKE: ("logout",), content.ME: ("keepalive",)}

COUNTERS = (
    "requests", "consents", "denials", "logins_ok", "logins_refused", "client_logins", "renewals",
    "renewals_refused", "revocations", "refused", "throttled", "faults",
)  # fmt: skip


class FotoWare:
    """The system. There is one for the whole life of the process."""

    name = "fotoware"
    title = FOTOWARE
    vendor = VENDOR

    def __init__(self, knobs: Knobs, clock: Clock, numbers: Numbers) -> None:
        self.knobs = knobs
        self.clock = clock
        self._numbers = numbers
        self._open = Endpoints(
            (*ConsentEndpoints(self).endpoints(), *TokenEndpoints(self).endpoints())
        )
        self._content = Endpoints(content.endpoints())
        self.reset()

    def reset(self) -> None:
        self.counters: dict[str, int] = dict.fromkeys(COUNTERS, 0)
        self.tokens = TokenTable(self.knobs, self.clock, self._numbers, opaque)
        self._storm = 0

    def state(self) -> dict[str, Any]:
        return {**self.counters, **self.tokens.state()}

    def documented(self) -> Iterator[Endpoint[Any]]:
        """All endpoints, with their whole paths."""
        yield from self._open.rows
        yield from self._content.rows

    def is_login(self, exchange: Exchange) -> bool:
        """Whether the request is a part of a login. A login is never throttled."""
        return exchange.path in (AUTHORIZE, TOKEN)

    def stages(self, exchange: Exchange) -> tuple[str, ...]:
        """The stages (`STAGES`) of the request."""
        return _STAGES.get(exchange.path, ("request",))

    def end_session(self, exchange: Exchange) -> None:
        """Ends the access token of the request, or the refresh token that it would renew."""
        refresh = self.tokens.find_refresh(exchange.field("refresh_token"))
        if refresh is not None:
            self.tokens.end_family(refresh.family)
        access = self.tokens.find_access(self._bearer(exchange))
        if access is not None:
            self.tokens.end_access(access)

    @property
    def expires_in(self) -> str:
        return self.knobs.expires_in

    def authorization(self, exchange: Exchange) -> str:
        kept = self.knobs.authorization_header == "kept"
        return exchange.header("Authorization") if kept else ""

    def challenge(self, application: Application) -> str:
        return NEEDED if application.kind == NATIVE else CHECKED

    def objection(self, exchange: Exchange) -> Response | None:
        return responses.no_license(exchange) if self.knobs.license == "missing" else None

    def error(
        self,
        exchange: Exchange,
        status: int,
        code: str,
        text: str,
        headers: Headers | None = None,
    ) -> Response:
        return responses.error(exchange, status, code, text, headers)

    def refresh_refused(self, exchange: Exchange, why: str) -> Response:
        return responses.refresh_refused(exchange, self.knobs, why)

    def _pass_storm(self, access: Access) -> None:
        """Ends the access token if the knob `storm` says that this request finds it ended."""
        if self.knobs.storm:
            self._storm += 1
            if self._storm >= self.knobs.storm:
                self._storm = 0
                self.tokens.end_access(access)

    def serves(self, exchange: Exchange) -> bool:
        return exchange.path.startswith("/fotoweb/")

    def throttled(self, exchange: Exchange) -> Response:
        return responses.error(exchange, 429, "too_many_requests", "Wait, and try again")

    async def answer(self, exchange: Exchange) -> Response:
        self._flag_exposed_secrets(exchange)
        if not exchange.secure:
            exchange.verdict = "https-required"
            return responses.error(exchange, 400, "invalid_request", "HTTPS is needed")
        opened = self._open.find(exchange.method, exchange.path)
        if isinstance(opened, str):
            return responses.method_not_allowed(exchange, opened)
        if opened is not None:
            return opened[0](exchange)
        return await self._serve(exchange)

    async def _serve(self, exchange: Exchange) -> Response:
        if self.knobs.license == "missing":
            return responses.no_license(exchange)
        access = self._access(exchange)
        if isinstance(access, Response):
            self.counters["refused"] += 1
            return access
        access.used = True
        family = access.family
        exchange.user = family.user or family.application.id
        found = self._content.find(exchange.method, exchange.path)
        if isinstance(found, str):
            response = responses.method_not_allowed(exchange, found)
        elif found is None:
            response = responses.not_found(exchange)
        else:
            handler, exchange.parts = found
            response = await handler(exchange, family)
        response.headers.append(("X-Sandbox-User", quote(exchange.user, safe="")))
        return response

    def _access(self, exchange: Exchange) -> Access | Response:
        """The access token of the request, in one of the two places that the vendor allows."""
        value = self._bearer(exchange)
        if not value:
            return responses.bearer_refused(exchange, "no-token", "An access token is needed")
        access = self.tokens.find_access(value)
        if access is not None:
            self._pass_storm(access)
            access = self.tokens.find_access(value)
        if access is None:
            verdict = "expired" if self.tokens.has_ended(value) else "refused"
            return responses.bearer_refused(exchange, verdict, "The access token does not work")
        return access

    def _bearer(self, exchange: Exchange) -> str:
        scheme, _, value = self.authorization(exchange).partition(" ")
        sent = value.strip() if scheme.lower() == "bearer" else ""
        return sent or exchange.query.get("access_token", "")

    def _flag_exposed_secrets(self, exchange: Exchange) -> None:
        for name in _SECRETS:
            if name in exchange.query:
                exchange.flag(f"{name.replace('_', '-')}-in-url")
        if not exchange.secure and (
            exchange.header("Authorization") or any(exchange.parameter(name) for name in _SECRETS)
        ):
            exchange.flag("secret-without-https")
