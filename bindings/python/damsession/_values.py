"""Plain values about sessions and stores: organizations, tokens, state, statistics."""

from __future__ import annotations

import datetime
import enum
from typing import Any, NamedTuple

from . import _abi


class Word(enum.IntEnum):
    """A number of the C header that prints as a word: `server`."""

    def __str__(self) -> str:
        return self.name.lower().replace("_", " ")

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


class LogoutResult(Word):
    """How a session ended."""

    NONE = 0  #: there was no session
    SERVER = 1  #: the server closed it, and it is forgotten here
    LOCAL = 2  #: forgotten here only: FotoWeb has no logout; an administrator can revoke the device token
    UNCONFIRMED = 3  #: forgotten here; the server could not be told or did not agree


class Organization(NamedTuple):
    """An organization of the user."""

    id: str  #: opaque; a value of the option `organization`
    name: str  #: "" if the server gave none
    member: bool | None  #: whether the server says that the user is a member; None: it did not say
    selected: bool  #: this session acts for it

    @classmethod
    def _read(cls, given: Any) -> Organization:
        member = None if given.member < 0 else bool(given.member)
        return cls(given.id.decode(), given.name.decode(), member, bool(given.selected))


class DeviceToken(NamedTuple):
    """A device token that this store obtained for the session's user. The list does not contain the
    token itself.
    """

    fingerprint: str  #: a short hash
    obtained_at: datetime.datetime  #: UTC
    dead_at: (
        datetime.datetime | None
    )  #: when the server proved it invalid (UTC); None: it still counts, as far as known
    in_use: bool  #: this session uses it

    @classmethod
    def _read(cls, given: Any) -> DeviceToken:
        obtained = datetime.datetime.fromtimestamp(given.obtained_at, datetime.timezone.utc)
        return cls(given.fingerprint.decode(), obtained, _moment(given.dead_at), bool(given.in_use))


class StoredSession(NamedTuple):
    """A session in the store, of any identity."""

    key: str  #: the key of the record, for `damsession.remove_session`
    system: str  #: the option of this name; so are the next three
    url: str
    user: str
    organization: str  #: "" for none
    generation: int  #: the number of the session secret
    used_at: datetime.datetime | None  #: when the server last accepted it (UTC); None: never
    logged_in: bool  #: whether there is a secret; if not, the session was logged out or forgotten

    @classmethod
    def _read(cls, given: Any) -> StoredSession:
        texts = (given.key, given.system, given.url, given.user, given.organization)
        key, system, url, user, organization = (text.decode() for text in texts)
        return cls(
            key,
            system,
            url,
            user,
            organization,
            given.generation,
            _moment(given.used_at),
            bool(given.logged_in),
        )


class DeviceConsent(NamedTuple):
    """What a person is told who consents in a browser elsewhere."""

    url: str  #: the page that they open
    code: str  #: what they type there


class State(NamedTuple):
    """The state of a session as known here, without asking the server."""

    logged_in: (
        bool  #: whether there is a session secret; the server may have ended the session meanwhile
    )
    stored: bool  #: whether it is stored where it outlives the process
    refused: bool  #: whether the last login was refused; those credentials are not tried again
    generation: int  #: the number of the session secret; it only grows; 0: there never was one
    issued_at: datetime.datetime | None  #: when the secret was issued (UTC); None: never
    used_at: datetime.datetime | None  #: when the server last accepted it (UTC); None: never
    idle_limit: int  #: seconds of inactivity after which the server ends it; 0: unknown or never
    tokens_obtained: int  #: device tokens that this store obtained for the user and that are not known to be dead
    fingerprint: (
        str  #: a short hash that tells secrets apart and reveals nothing; "": there is no secret
    )
    organization: str  #: the organization that the session acts for; "" for none
    origin: str  #: the server, for example "https://www.photoshelter.com"
    store: str  #: where the record is stored; "memory" for nowhere
    renewable: bool  #: whether there is a refresh token, which renews the session without a person
    expires_at: (
        datetime.datetime | None  #: when the secret ends by itself (UTC); None: unknown or never
    )

    @classmethod
    def _read(cls, given: Any) -> State:
        return cls(
            logged_in=bool(given.flags & _abi.DAM_STATE_LOGGED_IN),
            stored=bool(given.flags & _abi.DAM_STATE_STORED),
            refused=bool(given.flags & _abi.DAM_STATE_REFUSED),
            generation=given.generation,
            issued_at=_moment(given.issued_at),
            used_at=_moment(given.used_at),
            idle_limit=given.idle_limit,
            tokens_obtained=given.tokens_obtained,
            fingerprint=given.fingerprint.decode(),
            organization=given.organization.decode(),
            origin=given.origin.decode(),
            store=given.store.decode(),
            renewable=bool(given.flags & _abi.DAM_STATE_RENEWABLE),
            expires_at=_moment(given.expires_at),
        )


class Statistics(NamedTuple):
    """Counters since the session's identity was first opened in this process."""

    requests: int  #: requests of the application, without replays
    exchanges: int  #: HTTP exchanges of every kind: requests, replays, logins, logouts
    logins: int  #: logins that were sent
    logins_refused: int  #: of these, those that were refused
    organization_logins: int  #: organization steps that were sent
    replays: int  #: requests that were sent again with a newer secret
    adopted_from_siblings: int  #: newer secrets that another process had stored
    waits: int  #: times a call had to wait for a sibling thread or process
    wait_us: int  #: how long these waits took in all
    cookies_adopted: int  #: rotated cookies that were adopted
    cookies_late: (
        int  #: cookies that were dropped because a request sent later had brought a newer one
    )
    saves: int  #: records written
    save_failures: int  #: records that could not be written; the session went on in memory
    records_damaged: int  #: damaged records set aside
    keepalives: int  #: small requests sent only to keep or to prove a session
    renewals: int  #: renewals by a refresh token that succeeded
    renewals_in_doubt: int  #: refresh tokens sent once more, as the first answer was lost
    consents: int  #: consents taken up

    @classmethod
    def _read(cls, given: Any) -> Statistics:
        return cls(*(getattr(given, name) for name in cls._fields))


def _moment(seconds: int) -> datetime.datetime | None:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc) if seconds else None
