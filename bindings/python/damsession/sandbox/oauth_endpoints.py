"""The token endpoint of an OAuth server and the endpoint that ends tokens: RFC 6749, 7009, 7636."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from hmac import compare_digest
from typing import Callable

from .accounts import NATIVE, SCRIPT, WEB, Application
from .endpoints import Endpoint
from .exchange import Exchange, Response
from .oauth_clients import authenticated
from .oauth_families import Code, Family
from .oauth_responses import token
from .oauth_site import IGNORED, Site
from .oauth_tokens import REFUSED

Handler = Callable[[Exchange], Response]

_GRANTS = {
    "authorization_code": (NATIVE, WEB),
    "refresh_token": (NATIVE, WEB),
    "client_credentials": (SCRIPT,),
}


class TokenEndpoints:
    """Those two, for a site whose tokens and counters they use."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def endpoints(self) -> tuple[Endpoint[Handler], ...]:
        vendor = self._site.vendor
        scripts = any(one.kind == SCRIPT for one in vendor.applications.values())
        grants = (
            "a code, a refresh token, or a script's own credentials"
            if scripts
            else "a code or a refresh token"
        )
        return (
            Endpoint("POST", vendor.token, self._token,
                     f"tokens for {grants}; a form", vendor.sources["token"]),
            Endpoint("POST", vendor.revoke, self._revoke,
                     "ends an access token, or a refresh token and all that came from the same consent",
                     vendor.sources["revoke"]),
        )  # fmt: skip

    def _token(self, exchange: Exchange) -> Response:
        response = self._granted(exchange)
        refused = response.status >= 400
        renewal = exchange.field("grant_type") == "refresh_token"
        if refused:
            self._site.counters["renewals_refused" if renewal else "logins_refused"] += 1
        return response

    def _granted(self, exchange: Exchange) -> Response:
        site = self._site
        objection = site.objection(exchange)
        if objection is not None:
            return objection
        application = self._application(exchange)
        if isinstance(application, Response):
            return application
        grant = exchange.field("grant_type")
        kinds = _GRANTS.get(grant)
        if kinds is None:
            code = "unsupported_grant_type" if grant else "invalid_request"
            known = ", ".join(_GRANTS)
            return site.error(exchange, 400, code, f"grant_type: one of {known} is needed")
        if application.kind not in kinds:
            text = f"a {application.kind} application may not use {grant}"
            return site.error(exchange, 400, "unauthorized_client", text)
        if grant == "authorization_code":
            return self._by_code(exchange, application)
        if grant == "refresh_token":
            return self._by_refresh_token(exchange, application)
        site.counters["client_logins"] += 1
        return self._opened(site.tokens.open(application, "", False))

    def _by_code(self, exchange: Exchange, application: Application) -> Response:
        site, tokens = self._site, self._site.tokens
        if not exchange.field("code"):
            return site.error(exchange, 400, "invalid_request", "code: missing")
        code = tokens.find_code(exchange.field("code"))
        if code is None or code.application is not application:
            return self._not_granted(exchange, "code: not known")
        exchange.user = code.user
        if code.family is not None:
            # Somebody else may have had it (RFC 6749, section 4.1.2).
            tokens.end_family(code.family)
            return self._not_granted(exchange, "code: used before")
        if not tokens.is_fresh(code):
            return self._not_granted(exchange, "code: too old")
        if exchange.field("redirect_uri") != code.redirect_uri:
            return self._not_granted(
                exchange, "redirect_uri: another one than the code was sent to"
            )
        checked = site.challenge(application) != IGNORED
        if checked and not _proves(exchange.field("code_verifier"), code):
            return self._not_granted(exchange, "code_verifier: does not fit the code_challenge")
        code.family = tokens.open(application, code.user, True)
        site.counters["logins_ok"] += 1
        return self._opened(code.family)

    def _by_refresh_token(self, exchange: Exchange, application: Application) -> Response:
        site, tokens = self._site, self._site.tokens
        value = exchange.field("refresh_token")
        if not value:
            return site.error(exchange, 400, "invalid_request", "refresh_token: missing")
        refresh = tokens.find_refresh(value)
        if refresh is None or refresh.family.application is not application:
            return site.refresh_refused(exchange, REFUSED)
        exchange.user = refresh.family.user
        why = tokens.refusal(refresh)
        if why:
            return site.refresh_refused(exchange, why)
        told = tokens.renew(refresh)
        site.counters["renewals"] += 1
        return self._told(refresh.family, told)

    def _opened(self, family: Family) -> Response:
        refresh = family.refresh.value if family.refresh is not None else None
        return self._told(family, refresh)

    def _told(self, family: Family, refresh: str | None) -> Response:
        site, access = self._site, family.access[-1].value
        return token(access, site.tokens.life, site.expires_in, refresh)

    def _revoke(self, exchange: Exchange) -> Response:
        """A token that does not exist is ended already: 200."""
        application = self._application(exchange)
        if isinstance(application, Response):
            return application
        tokens, value = self._site.tokens, exchange.field("token")
        if not value:
            return self._site.error(exchange, 400, "invalid_request", "token: missing")
        refresh, access = tokens.find_refresh(value), tokens.find_access(value)
        found = refresh or access
        if found is None or not found.family.live:
            return Response(200, b"")
        if found.family.application is not application:
            return self._not_granted(exchange, "token: it is another application's")
        exchange.user = found.family.user or application.id
        if refresh is not None:
            tokens.end_family(refresh.family)
        elif access is not None:
            tokens.end_access(access)
        self._site.counters["revocations"] += 1
        return Response(200, b"")

    def _application(self, exchange: Exchange) -> Application | Response:
        site = self._site
        if exchange.media_type not in site.vendor.forms:
            needed = " or ".join(site.vendor.forms)
            return site.error(exchange, 400, "invalid_request", f"{needed} is needed")
        names = [name for name, _ in exchange.form]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            text = f"more than once: {', '.join(twice)}"
            return site.error(exchange, 400, "invalid_request", text)
        return authenticated(exchange, site)

    def _not_granted(self, exchange: Exchange, text: str) -> Response:
        return self._site.error(exchange, 400, "invalid_grant", text)


def _proves(verifier: str, code: Code) -> bool:
    """Whether the verifier is the one of the challenge. Without a challenge there must be none."""
    if not code.challenge:
        return not verifier
    digest = hashlib.sha256(verifier.encode("utf-8")).digest()
    made = urlsafe_b64encode(digest).rstrip(b"=")
    return compare_digest(made, code.challenge.encode("utf-8"))
