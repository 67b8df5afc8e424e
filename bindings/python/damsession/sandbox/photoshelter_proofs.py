"""Which session a request to PhotoShelter proves: by a cookie, by the token of a login, or by an
access token of OAuth2, each of which works where its version of the API takes it. And how such a
session ends.
"""

from __future__ import annotations

from typing import Optional, Union

from . import photoshelter_inputs as inputs
from .exchange import Exchange
from .knobs import Knobs
from .photoshelter_cookies import SESSION_COOKIE
from .photoshelter_oauth import PhotoShelterOAuth
from .photoshelter_sessions import EXPIRED, Session, SessionTable

#: The live session; or the word for why it is refused; or None: there is none.
Found = Optional[Union[Session, str]]

CONFLICT = "token-conflict"


class Proofs:
    """The sessions of logins and those of OAuth2 together."""

    def __init__(self, knobs: Knobs, sessions: SessionTable, oauth: PhotoShelterOAuth) -> None:
        self._knobs = knobs
        self._sessions = sessions
        self._oauth = oauth
        self._storm = 0

    def by_version_3(self, exchange: Exchange) -> Found:
        token = inputs.token(exchange)
        if token:
            return self._by_token(token)
        cookie = exchange.cookie(SESSION_COOKIE)
        return self._sessions.find_by_cookie(cookie) if cookie else None

    def by_version_4(self, exchange: Exchange) -> Found:
        token = self.token_of_version_4(exchange)
        if token == CONFLICT:
            return CONFLICT
        return self._by_token(token) if token else None

    def token_of_version_4(self, exchange: Exchange) -> str:
        """The token, or "", or CONFLICT where two headers bring different ones."""
        bearer, own = inputs.bearer(exchange), exchange.header("X-PS-Auth-Token")
        wanted = self._knobs.token_headers_v4
        if bearer and own and bearer != own:
            return CONFLICT
        if wanted == "both":
            return bearer if own else ""
        if wanted == "bearer":
            return bearer
        return own if wanted == "own" else bearer or own

    def _by_token(self, token: str) -> Session | str:
        found = self._oauth.session(token)
        return self._sessions.find_by_token(token) if found is None else found

    def after_storm(self, found: Found) -> Found:
        """The same, but the knob `storm` may end the session."""
        if self._knobs.storm and isinstance(found, Session):
            self._storm += 1
            if self._storm >= self._knobs.storm:
                self._storm = 0
                self.expire(found)
                return EXPIRED
        return found

    def close(self, session: Session) -> None:
        """Ends a session because its user wants it."""
        if session.access is None:
            self._sessions.close(session)
        else:
            self._oauth.tokens.end_access(session.access)

    def expire(self, session: Session) -> None:
        """Ends a session as if its time were over."""
        if session.access is None:
            self._sessions.expire_one(session)
        else:
            self._oauth.tokens.end_access(session.access)
