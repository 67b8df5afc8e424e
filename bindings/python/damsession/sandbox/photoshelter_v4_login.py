"""Logging in to PhotoShelter's version 4 with a password, the organization step, the session."""

from __future__ import annotations

from typing import Any

from . import photoshelter_v4_responses as responses
from .endpoints import Endpoint
from .exchange import Exchange, Response
from .photoshelter_login import Handler
from .photoshelter_members import SECOND_FACTOR, checked, is_member, listed
from .photoshelter_records import new_id
from .photoshelter_sessions import TOKEN, Session
from .photoshelter_site import Site

_TWO_CLIENTS = "public record, clients: two log in so; the rest is assumed"
_PLUGIN = "public record, clients: the vendor's own; the response is assumed"


class LoginEndpoints:
    """The endpoints that open sessions and change them. None is known that closes them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def open(self) -> tuple[Endpoint[Handler], ...]:
        """Those that need no session."""
        return (
            Endpoint("POST", "authenticate", self._authenticate,
                     "log in; form: email, password, mode=token, org_id", _TWO_CLIENTS),
        )  # fmt: skip

    def member(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint("POST", "organization/authenticate", self._enter,
                     "act for an organization; JSON: org_id", _PLUGIN),
            Endpoint("POST", "organization/logout", self._leave,
                     "leave the organization, and act as the user again", _PLUGIN),
            Endpoint("GET", "user/session", self._session,
                     "the session: its user, organization and times",
                     "public record, clients: the vendor's own, which reads data.id"),
        )  # fmt: skip

    async def _authenticate(self, exchange: Exchange, session: Session | None) -> Response:
        site, knobs = self._site, self._site.knobs
        if exchange.field("mode") != TOKEN:
            return responses.bad_request(exchange, "mode: token is needed")
        user = checked(site, exchange, exchange.field("email"), exchange.field("password"))
        if isinstance(user, str):
            if user == SECOND_FACTOR and knobs.two_factor == "field":
                return self._placed({"two_factor": True})
            return responses.error(int(knobs.login_refused_v4[:3]), user)
        organization = exchange.field("org_id")
        if organization and not is_member(knobs, user, organization):
            return responses.organization_refused(exchange, site.counters)
        site.counters["logins_ok"] += 1
        made = site.sessions.open(user, TOKEN)
        if organization:
            site.counters["organization_logins"] += 1
            made.act_for(organization)
        return self._placed({"token": made.token, **listed(knobs, user), "two_factor": False})

    async def _enter(self, exchange: Exchange, session: Session) -> Response:
        site, knobs = self._site, self._site.knobs
        wanted = exchange.field("org_id")
        if not wanted:
            return responses.bad_request(exchange, "org_id is needed, in the body")
        if not is_member(knobs, session.user, wanted):
            return responses.organization_refused(exchange, site.counters)
        site.counters["organization_logins"] += 1
        session.act_for(wanted)
        if session.mode == TOKEN and knobs.organization_token == "new":
            site.sessions.renew_token(session)
            return self._placed({"token": session.token})
        return responses.ok(_described(session))

    async def _leave(self, exchange: Exchange, session: Session) -> Response:
        self._site.counters["organization_logouts"] += 1
        session.act_for(None)
        return responses.ok(_described(session))

    async def _session(self, exchange: Exchange, session: Session) -> Response:
        return responses.ok(_described(session))

    def _placed(self, found: dict[str, Any]) -> Response:
        """A token and what belongs to it, in the place that the knob wants."""
        place = self._site.knobs.token_path_v4
        if place == "token":
            return responses.document(found)
        return responses.ok(found if place == "data.token" else {"attributes": found})


def _described(session: Session) -> dict[str, Any]:
    attributes = {
        "user": session.user.email,
        "organization": session.organization,
        "mode": session.mode,
        "opened": int(session.opened),
        "last_used": int(session.last_used),
    }
    return responses.resource("session", new_id("U", session.user.email), attributes)
