"""PhotoShelter's version 4: finds out who the client is, and which endpoint serves the request.

Its reference is not public. This is written from what the vendor's own clients and others send and
read; where they show nothing, a knob or an assumption stands (see the sources in README.md). OAuth2
belongs to this version, and its access tokens work in version 3 as well. The page for consent and
the token endpoint are `oauth_consent` and `oauth_endpoints`, the others are in
`photoshelter_v4_login` and `photoshelter_v4_reads`.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from . import photoshelter_inputs as inputs
from . import photoshelter_v4_responses as responses
from .accounts import API_KEY
from .endpoints import Endpoint, Endpoints
from .exchange import BodyTooLarge, Exchange, MalformedBody, Response
from .oauth_consent import ConsentEndpoints
from .oauth_endpoints import TokenEndpoints
from .photoshelter_members import is_member
from .photoshelter_oauth import AUTHORIZE, PREFIX, REVOKE, TOKEN, is_access_token
from .photoshelter_proofs import CONFLICT
from .photoshelter_sessions import Session
from .photoshelter_site import Site
from .photoshelter_v4_login import LoginEndpoints
from .photoshelter_v4_reads import ReadEndpoints

# The page for a person has no stage: it is no request of the program that is tested.
_STAGES = {
    AUTHORIZE: (),
    TOKEN: ("login",),
    REVOKE: ("logout",),
    PREFIX + "authenticate": ("login",),
    PREFIX + "organization/authenticate": ("organization",),
    PREFIX + "user/session": ("keepalive",),
}

_SECRETS = (
    "password", "auth_token", "token", "api_key",
    "access_token", "refresh_token", "client_secret", "code_verifier",
)  # fmt: skip


class VersionFour:
    """The part of the system that serves the paths below `/psapi/v4.0/`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        oauth, login, reads = site.oauth, LoginEndpoints(site), ReadEndpoints()
        self._oauth = Endpoints(
            (*ConsentEndpoints(oauth).endpoints(), *TokenEndpoints(oauth).endpoints())
        )
        self._open = Endpoints((*login.open(), *reads.open()))
        self._member = Endpoints((*login.member(), *reads.member()))

    def documented(self) -> Iterator[Endpoint[Any]]:
        """All endpoints, with their whole paths."""
        yield from self._oauth.rows
        for table in (self._open, self._member):
            for row in table.rows:
                yield replace(row, path=PREFIX + row.path)

    def stages(self, exchange: Exchange) -> tuple[str, ...]:
        return _STAGES.get(exchange.path, ("request",))

    async def answer(self, exchange: Exchange) -> Response:
        self._flag_exposed_secrets(exchange)
        if not exchange.secure:
            exchange.verdict = "https-required"
            return responses.error(400, "HTTPSRequiredPermErr")
        try:
            await inputs.read_body(exchange, False)
            return await self._serve(exchange)
        except (MalformedBody, BodyTooLarge):
            return responses.bad_request(exchange, "the body cannot be read")

    async def _serve(self, exchange: Exchange) -> Response:
        site, knobs = self._site, self._site.knobs
        key = inputs.api_key(exchange)
        if not key or (key != API_KEY and knobs.api_keys == "sandbox"):
            site.counters["api_key_refused"] += 1
            exchange.verdict = "api-key"
            return responses.error(int(knobs.bad_api_key[:3]), "ApiKeyInvalidErr")
        if exchange.path == REVOKE and knobs.oauth_revocation == "absent":
            return responses.not_found(exchange)
        step = self._oauth.find(exchange.method, exchange.path)
        if isinstance(step, str):
            return responses.method_not_allowed(exchange, step)
        if step is not None:
            return step[0](exchange)
        name = exchange.path[len(PREFIX) :]
        found, member = self._open.find(exchange.method, name), False
        if found is None:
            found, member = self._member.find(exchange.method, name), True
        if found is None:
            return responses.not_found(exchange)
        session = self._session(exchange, member)
        if isinstance(session, Response):
            return session
        if isinstance(found, str):
            return responses.method_not_allowed(exchange, found)
        handler, exchange.parts = found
        response = await handler(exchange, session)
        if session is not None:
            response.headers.append(("X-Sandbox-User", quote(session.user.email, safe="@")))
        return response

    def _session(self, exchange: Exchange, member: bool) -> Session | Response | None:
        """The session of the request; None where there is none and none is needed."""
        site, knobs = self._site, self._site.knobs
        found = site.proofs.by_version_4(exchange)
        if member:
            found = site.proofs.after_storm(found)
        if isinstance(found, Session):
            exchange.user = found.user.email
            return self._acting_for(exchange, found)
        if not member:
            return None
        site.counters["refused"] += 1
        exchange.verdict = found or "no-session"
        if found == CONFLICT:
            return responses.ended_access(401)
        token = site.proofs.token_of_version_4(exchange)
        return responses.session_refused(knobs.expired_v4, not token or is_access_token(token))

    def _acting_for(self, exchange: Exchange, session: Session) -> Session | Response:
        """The session. A GET may name an organization in its query, for itself alone."""
        named = exchange.query.get("org_id", "")
        if not named or exchange.method not in ("GET", "HEAD"):
            return session
        if not is_member(self._site.knobs, session.user, named):
            return responses.organization_refused(exchange, self._site.counters)
        session = copy(session)
        session.organization = named
        return session

    def _flag_exposed_secrets(self, exchange: Exchange) -> None:
        for name in _SECRETS:
            # The key is in the URL of the page: the vendor's own clients put it there.
            if name in exchange.query and (name, exchange.path) != ("api_key", AUTHORIZE):
                exchange.flag(f"{name.replace('_', '-')}-in-url")
        sent = (exchange.header("Authorization"), exchange.header("X-PS-Auth-Token"))
        if not exchange.secure and any(
            (*sent, *(exchange.parameter(name) for name in _SECRETS if name != "api_key"))
        ):
            exchange.flag("secret-without-https")
