"""The sessions of PhotoShelter: how they are opened, found, rotated and ended.

A session is found by its cookie or by its token, depending on the mode of its login. It acts for
its user, or for one organization of the user at a time (the guide, "Organization authentication").
That of an access token of OAuth2 is not in the table: it is made for each request. One of a login
ends by logout, by idleness, because of a newer session over `max-sessions`, or because a test
ends it. Ended sessions are not kept: a cookie or token of one is recognized by its seal.
"""

from __future__ import annotations

from .accounts import PhotoShelterUser
from .clock import Clock
from .knobs import Knobs
from .oauth_families import Access
from .photoshelter_cookies import CookieMint, TokenMint

COOKIE = "cookie"
TOKEN = "token"
OAUTH = "oauth"

EXPIRED = "expired"
STALE = "stale-cookie"
UNKNOWN = "refused"


class Session:
    """One login of one user, or what stands for an access token while a request is served."""

    __slots__ = (
        "id", "user", "mode", "token", "cookie", "cookie_number", "cookie_second",
        "organization", "opened", "last_used", "access",
    )  # fmt: skip

    def __init__(self, number: int, user: PhotoShelterUser, mode: str, now: float) -> None:
        self.id = number
        self.user = user
        self.mode = mode
        self.token = ""
        self.cookie = ""
        self.cookie_number = 0
        self.cookie_second = 0
        self.organization: str | None = None
        self.opened = now
        self.last_used = now
        self.access: Access | None = None

    def act_for(self, organization: str | None) -> None:
        """Enters an organization, or leaves it."""
        self.organization = organization
        if self.access is not None:
            self.access.organization = self.access.family.organization = organization


class SessionTable:
    """All live sessions, by number, token and user."""

    def __init__(self, knobs: Knobs, clock: Clock) -> None:
        self._knobs = knobs
        self._clock = clock
        self._cookies = CookieMint()
        self._tokens = TokenMint()
        self._by_id: dict[int, Session] = {}
        self._by_token: dict[str, Session] = {}
        self._by_user: dict[str, dict[int, Session]] = {}
        self.opened = 0
        self.expired = 0

    def open(self, user: PhotoShelterUser, mode: str) -> Session:
        self.opened += 1
        session = Session(self.opened, user, mode, self._clock.now())
        self._by_id[session.id] = session
        own = self._by_user.setdefault(user.email, {})
        own[session.id] = session
        if mode == TOKEN:
            self.renew_token(session)
        else:
            self._set_cookie(session)
        limit = self._knobs.max_sessions
        while limit and len(own) > limit:
            self._expire(next(iter(own.values())))
        return session

    def close(self, session: Session) -> None:
        if self._by_id.pop(session.id, None) is None:
            return
        self._by_token.pop(session.token, None)
        own = self._by_user[session.user.email]
        del own[session.id]
        if not own:
            del self._by_user[session.user.email]

    def expire(self, user: str = "") -> int:
        """Ends all live sessions, or those of one user. Returns how many there were."""
        self._drop_idle()
        own = self._by_user.get(user, {}) if user else self._by_id
        ended = list(own.values())
        for session in ended:
            self._expire(session)
        return len(ended)

    def expire_one(self, session: Session) -> None:
        self._expire(session)

    def renew_token(self, session: Session) -> None:
        self._by_token.pop(session.token, None)
        session.token = self._tokens.mint(self._knobs.token_characters)
        self._by_token[session.token] = session

    def find_by_token(self, token: str) -> Session | str:
        """The live session of a token, or the word for why it is refused."""
        session = self._by_token.get(token)
        if session is None:
            return EXPIRED if self._tokens.made(token) else UNKNOWN
        return self._awake(session)

    def find_by_cookie(self, value: str) -> Session | str:
        """The live session of a cookie, or the word for why it is refused."""
        known = self._cookies.read(value)
        if known is None:
            return UNKNOWN
        number, cookie_number = known
        session = self._by_id.get(number)
        if session is None:
            return EXPIRED
        knobs = self._knobs
        age = session.cookie_number - cookie_number
        if age > knobs.old_cookie_grace and knobs.old_cookie == "refuse":
            return STALE
        return self._awake(session)

    def rotate(self, session: Session) -> str:
        """The cookie that the response to a request of this session sets."""
        if (
            self._knobs.cookie_rotation == "per-second"
            and int(session.last_used) == session.cookie_second
        ):
            return session.cookie
        self._set_cookie(session)
        return session.cookie

    def live(self) -> list[tuple[str, str | None]]:
        """The user and the organization of every live session."""
        self._drop_idle()
        return [(one.user.email, one.organization) for one in self._by_id.values()]

    def all_live(self) -> list[Session]:
        """The live sessions, oldest first."""
        self._drop_idle()
        return list(self._by_id.values())

    def expire_number(self, number: int) -> int:
        """Ends one session by its number. Returns how many there were: 0 or 1."""
        session = self._by_id.get(number)
        if session is not None:
            self._expire(session)
        return int(session is not None)

    def _awake(self, session: Session) -> Session | str:
        now = self._clock.now()
        if self._idle_too_long(session, now):
            self._expire(session)
            return EXPIRED
        session.last_used = now
        return session

    def _idle_too_long(self, session: Session, now: float) -> bool:
        limit = self._knobs.idle_limit
        if limit == 0 or now - session.last_used <= limit:
            return False
        return session.mode == COOKIE or self._knobs.token_expires == "idle"

    def _drop_idle(self) -> None:
        now = self._clock.now()
        for session in list(self._by_id.values()):
            if self._idle_too_long(session, now):
                self._expire(session)

    def _expire(self, session: Session) -> None:
        self.close(session)
        self.expired += 1

    def _set_cookie(self, session: Session) -> None:
        session.cookie_number += 1
        session.cookie_second = int(session.last_used)
        session.cookie = self._cookies.mint(session.id, session.cookie_number)
