"""Logging in to PhotoShelter, choosing an organization, logging out.

The order of the Set-Cookie lines is that of recorded responses. A careless cookie jar fails on it:
at login a deletion comes before the live cookie, and at logout the old value comes after the
deletion.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Callable

from . import photoshelter_responses as responses
from .accounts import PhotoShelterUser
from .endpoints import Endpoint
from .exchange import Exchange, Response
from .photoshelter_cookies import SESSION_COOKIE
from .photoshelter_members import SECOND_FACTOR, checked, is_member, listed
from .photoshelter_sessions import COOKIE, TOKEN, Session
from .photoshelter_site import Site

# The second argument is the session; it may be None where the path needs no session.
Handler = Callable[[Exchange, Any], Awaitable[Response]]

_METHODS = {"any": ("GET", "POST"), "get": ("GET",), "post": ("POST",)}


def identity(session: Session) -> dict[str, Any]:
    """The user and the organization that a session acts for. Every member response shows them, so
    that a mix-up is seen.
    """
    return {"user": session.user.email, "organization": session.organization}


def owner_of(session: Session | None) -> str:
    """The owner of the records that a session works on."""
    if session is None:
        return "nobody"
    return session.organization or session.user.email


class LoginEndpoints:
    """The endpoints that open, change and close sessions."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def endpoints(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint("GET, POST", "mem/authenticate", self._authenticate,
                     "log in; form, multipart or JSON: email, password, mode",
                     "guide, initial authentication; the bodies: public record, requests"),
            Endpoint("GET, POST", "mem/authenticate/logout", self._logout,
                     "log out", "guide, logging out; cookies: public record, logout"),
            Endpoint("GET, POST", "mem/organization/logout", self._leave_organization,
                     "leave the organization, and act as the user again",
                     "public record, organization step: seen in versions 2 and 4"),
            Endpoint("GET, POST", "mem/organization/{id}/authenticate", self._enter_organization,
                     "act for an organization", "guide, organization authentication"),
        )  # fmt: skip

    async def _authenticate(self, exchange: Exchange, session: None) -> Response:
        by_query = self._site.knobs.login_by_query == "on"
        if exchange.method != "POST" and not by_query:
            return responses.method_not_allowed(exchange, "POST")
        given = exchange.parameter if by_query else exchange.field
        mode = exchange.parameter("mode") or COOKIE
        if mode not in (COOKIE, TOKEN):
            return responses.bad_request(exchange, "mode must be cookie or token")
        user = checked(self._site, exchange, given("email"), given("password"))
        if not isinstance(user, str):
            return self._welcome(exchange, user, mode)
        if user == SECOND_FACTOR and self._site.knobs.two_factor == "field":
            return responses.ok(exchange, {"two_factor": "t"})
        # The cookie is deleted after a failed login, as recorded, even if its session lives on.
        response = responses.error(exchange, 400, user)
        self._site.delete_cookie(exchange, response)
        self._site.add_companion(exchange, response)
        return response

    def _welcome(self, exchange: Exchange, user: PhotoShelterUser, mode: str) -> Response:
        site = self._site
        site.counters["logins_ok"] += 1
        session = site.sessions.open(user, mode)
        data = listed(site.knobs, user)
        if mode == TOKEN:
            return self._with_token(exchange, data, session.token)
        response = responses.ok(exchange, data)
        site.delete_cookie(exchange, response)
        site.add_cookie(exchange, response, SESSION_COOKIE, session.cookie)
        site.add_companion(exchange, response)
        return response

    def _with_token(self, exchange: Exchange, data: dict[str, Any], token: str) -> Response:
        if self._site.knobs.token_path == "token":
            return responses.ok(exchange, data, token=token)
        return responses.ok(exchange, {"token": token, **data})

    async def _enter_organization(self, exchange: Exchange, session: Session) -> Response:
        site = self._site
        wrong = _wrong_method(exchange, site.knobs.organization_method)
        if wrong is not None:
            return wrong
        (wanted,) = exchange.parts
        if not is_member(site.knobs, session.user, wanted):
            site.counters["organization_refused"] += 1
            exchange.verdict = "organization-refused"
            return responses.error(exchange, 400, "OrganizationPermErr")
        site.counters["organization_logins"] += 1
        session.act_for(wanted)
        data = {"Session": identity(session)}
        if session.mode == TOKEN and site.knobs.organization_token == "new":
            site.sessions.renew_token(session)
            return self._with_token(exchange, data, session.token)
        return responses.ok(exchange, data)

    async def _leave_organization(self, exchange: Exchange, session: Session) -> Response:
        self._site.counters["organization_logouts"] += 1
        session.act_for(None)
        return responses.ok(exchange, {"Session": identity(session)})

    async def _logout(self, exchange: Exchange, session: Session) -> Response:
        site = self._site
        wrong = _wrong_method(exchange, site.knobs.logout_method)
        if wrong is not None:
            return wrong
        site.counters["logouts"] += 1
        site.proofs.close(session)
        response = responses.ok(exchange, None)
        if session.mode == COOKIE:
            # As recorded: after the deletion comes the cookie that the request sent. A cookie jar
            # that obeys both keeps the cookie of a session that has ended.
            site.delete_cookie(exchange, response)
            sent = exchange.cookie(SESSION_COOKIE) or ""
            site.add_cookie(exchange, response, SESSION_COOKIE, sent)
            site.add_companion(exchange, response)
        return response


def _wrong_method(exchange: Exchange, setting: str) -> Response | None:
    allowed = _METHODS[setting]
    if exchange.method in allowed:
        return None
    return responses.method_not_allowed(exchange, ", ".join(allowed))
