"""PhotoShelter as an OAuth server: who is known there, its rules, its errors, its access tokens.

The errors name the exceptions of a library in PHP, league/oauth2-server. Where no client shows how
this server behaves, it behaves as that library does: a renewal ends the refresh token and the
access token that came before, and a spent refresh token is refused without further ado. An access
token has the shape of a JSON Web Token, because a client of the vendor's reads its `exp`; nobody
has signed it.
"""

from __future__ import annotations

import json
import re
import secrets
from base64 import urlsafe_b64encode

from . import oauth_responses as standard
from . import photoshelter_v4_responses as responses
from .accounts import PHOTOSHELTER_APPLICATION, PHOTOSHELTER_USERS, Application
from .clock import Clock
from .exchange import FORM, Exchange, Headers, Response
from .knobs import Knobs
from .oauth_families import Family
from .oauth_site import Vendor
from .oauth_tokens import Numbers, TokenTable
from .photoshelter_records import new_id
from .photoshelter_sessions import EXPIRED, OAUTH, UNKNOWN, Session

PREFIX = "/psapi/v4.0/"
AUTHORIZE = PREFIX + "oauth/authorize"
TOKEN = PREFIX + "oauth/token"
REVOKE = PREFIX + "oauth/revoke"

VENDOR = Vendor(
    title="PhotoShelter",
    authorize=AUTHORIZE,
    token=TOKEN,
    revoke=REVOKE,
    applications={PHOTOSHELTER_APPLICATION.id: PHOTOSHELTER_APPLICATION},
    users=tuple(PHOTOSHELTER_USERS),
    usual_user="ada@example.com",
    parameters=("api_key",),
    # The vendor's own tester sends multipart.
    forms=(FORM, "multipart/form-data"),
    sources={
        "ask": "public record, OAuth: the vendor's own clients; that a challenge is known is assumed",
        "answer": "assumption: as FotoWare's; the page is made up",
        "token": "public record, OAuth: the vendor's own clients",
        "revoke": "assumption: as RFC 7009; is there under oauth-revocation=present only",
    },
)

#: The messages of that library, by the words of RFC 6749.
_SAID = {
    "invalid_client": "Client authentication failed",
    "invalid_grant": "The provided authorization grant or refresh token is invalid",
    "invalid_request": "The request is missing a parameter or is otherwise malformed",
    "unauthorized_client": "The client may not use this grant type",
    "unsupported_grant_type": "The authorization grant type is not supported",
}
_SHAPE = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)


class PhotoShelterOAuth:
    """The server: what `oauth_site` wants of it, and the sessions of its access tokens."""

    vendor = VENDOR

    def __init__(self, knobs: Knobs, clock: Clock, numbers: Numbers) -> None:
        self._knobs = knobs
        self._clock = clock
        self._numbers = numbers
        self.reset({})

    def reset(self, counters: dict[str, int]) -> None:
        """`counters` are those of the system."""
        self.counters = counters
        self.tokens = TokenTable(self, self._clock, self._numbers, _token)

    # The rules of `oauth_tokens`.

    @property
    def access_life(self) -> int:
        return self._knobs.access_life_photoshelter

    @property
    def refresh_tokens(self) -> str:
        return self._knobs.refresh_tokens_photoshelter

    @property
    def renewal_ends_access(self) -> str:
        return self._knobs.renewal_ends_access_photoshelter

    @property
    def expires_in(self) -> str:
        return self._knobs.expires_in_photoshelter

    def authorization(self, exchange: Exchange) -> str:
        return exchange.header("Authorization")

    def challenge(self, application: Application) -> str:
        return self._knobs.pkce

    def objection(self, exchange: Exchange) -> Response | None:
        return None

    def error(
        self,
        exchange: Exchange,
        status: int,
        code: str,
        text: str,
        headers: Headers | None = None,
    ) -> Response:
        how = self._knobs.oauth_errors
        if how == "rfc":
            return standard.error(exchange, status, code, text, headers)
        if exchange.verdict == "ok":
            exchange.verdict = code
        shown = 400 if how == "400-list" else status
        response = responses.listed(shown, "OAuthServerException", f"{_SAID[code]}: {text}")
        response.headers += headers or []
        return response

    def refresh_refused(self, exchange: Exchange, why: str) -> Response:
        exchange.verdict = why
        return self.error(exchange, 400, "invalid_grant", "the refresh token is not valid")

    def session(self, value: str) -> Session | str | None:
        """The session of an access token, or the word for why it is refused, or None: it is no such
        token.
        """
        access = self.tokens.find_access(value)
        if access is None:
            ended = EXPIRED if self.tokens.has_ended(value) else UNKNOWN
            return ended if is_access_token(value) else None
        access.used = True
        family = access.family
        session = Session(family.number, PHOTOSHELTER_USERS[family.user], OAUTH, family.issued)
        session.token, session.access = value, access
        session.last_used = self._clock.now()
        kept = self._knobs.organization_after_renewal == "kept"
        session.organization = access.organization or (family.organization if kept else None)
        return session


def is_access_token(value: str) -> bool:
    return _SHAPE.fullmatch(value) is not None


def _token(family: Family, now: float, expires: float) -> str:
    claims = {
        "aud": family.application.id,
        "jti": secrets.token_hex(40),
        "iat": int(now),
        "nbf": int(now),
        "exp": int(expires),
        "sub": new_id("U", family.user),
        "scopes": [],
    }
    parts = [json.dumps(part).encode("utf-8") for part in ({"typ": "JWT", "alg": "RS256"}, claims)]
    encoded = [urlsafe_b64encode(part) for part in (*parts, secrets.token_bytes(256))]
    return ".".join(part.rstrip(b"=").decode("ascii") for part in encoded)
