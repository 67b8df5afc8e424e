"""The exceptions: one class for each status of the C header, grouped by what a program can do about
them.

The status, the numbers and the message come from the library. A status that this version does not
know is a plain `DamError` with its number.
"""

from __future__ import annotations

import enum
import re
from typing import Final, TypeVar


class Status(enum.IntEnum):
    """How a call ended: the `dam_status` numbers. From 20: the network; from 40: the server; from
    60: the store.
    """

    OK = 0
    ARGUMENT = 1
    OPTION = 2
    NOT_FOUND = 3
    NOT_SUPPORTED = 4
    CALLBACK = 5
    INTERNAL = 6
    CONNECT = 20
    TLS = 21
    TIMEOUT = 22
    TRANSFER = 23
    PROTOCOL = 24
    TOO_LARGE = 25
    INSECURE = 26
    CANCELLED = 27
    CREDENTIALS_NEEDED = 40
    CREDENTIALS_REFUSED = 41
    SECOND_FACTOR = 42
    ORGANIZATION_REFUSED = 43
    API_KEY_REFUSED = 44
    TOKEN_LIMIT = 45
    SESSION_INVALID = 46
    THROTTLED = 47
    SERVER = 48
    HANDLE_STALE = 49
    REPLAY_IMPOSSIBLE = 50
    CONSENT = 51
    LICENSE = 52
    STORE = 60
    LOCKED = 61
    RECORD_NEWER = 62


class DamError(Exception):
    """The base of all errors that damsession reports. Its text is one sentence without secrets,
    query strings and bodies.
    """

    def __init__(
        self, status: int, http_status: int | None, retry_after: int | None, message: str
    ) -> None:
        """`http_status` and `retry_after` (seconds) are None where the server gave none."""
        # All four arguments, so that the exception can be pickled. Not by `super`: OSError, a base
        # of some, would take them for an errno and names of files.
        Exception.__init__(self, status, http_status, retry_after, message)
        self.status: Final = status
        self.http_status: Final = http_status
        self.retry_after: Final = retry_after
        self.message: Final = message

    def __str__(self) -> str:
        return self.message

    @property
    def advice(self) -> str:
        """What to do about it, in general: one sentence, or "" where there is nothing to do."""
        from ._library import library  # which needs this module

        return in_keywords(str(library().dam_status_advice(self.status), "utf-8"))


def in_keywords(text: str) -> str:
    """A sentence of the library with options and arguments as Python spells them: `ca_file`."""
    text = text.replace('"again" (DAM_LOGIN_AGAIN, --again)', "again=True")
    text = text.replace("dam_consent_begin", "begin_consent")
    return re.sub(r'"[a-z]+(?:-[a-z]+)+"', lambda name: name[0].replace("-", "_"), text)


# ---- The call itself -----------------------------------------------------------------------------


class ArgumentError(DamError, ValueError):
    """A malformed path, method or header, or text that C cannot take (a NUL, half a surrogate
    pair).
    """


class OptionError(DamError, ValueError):
    """An unknown option (the text names the nearest one), a bad value, or options that
    contradict each other.
    """


class NotFound(DamError, LookupError):
    """No options are remembered under this name, no session is stored under this key, or a call
    is over already.
    """


class NotSupported(DamError):
    """This system or this authentication has no such thing."""


class CallbackStopped(DamError):
    """A callback asked to stop. This is rare: an exception of a callback is raised itself."""


class InternalError(DamError):
    """A state of the library that should not exist; please report it."""


# ---- The network ---------------------------------------------------------------------------------


class NetworkError(DamError):
    """The server was not reached, or not safely, or its response did not arrive whole.

    Where no connection came about or it broke, the exception is a ConnectionError too; where the
    time ran out, a TimeoutError. The others are no OSError: trying again changes nothing.
    """


class ConnectError(NetworkError, ConnectionError):
    """The server could not be reached; nothing was sent."""


class TLSError(NetworkError, ConnectionError):
    """The certificate or the handshake was refused; nothing was sent."""


class Timeout(NetworkError, TimeoutError):
    """`timeout` or `connect_timeout` ran out."""


class TransferError(NetworkError, ConnectionError):
    """The connection broke before the response was whole."""


class ProtocolError(NetworkError):
    """The response is not what the API's guide describes."""


class TooLarge(NetworkError):
    """The response is larger than the option `response_limit`."""


class Insecure(NetworkError):
    """The request would send a secret over plain HTTP or to another origin, so it was not sent."""


class Cancelled(NetworkError):
    """The program ended the request early, with a `Canceller` or from a progress callback."""


# ---- What the server says ------------------------------------------------------------------------


class AuthenticationError(DamError):
    """The server does not let this identity in, now or by an earlier response. Trying again changes
    nothing.
    """


class CredentialsNeeded(AuthenticationError):
    """A login is needed, and there are no credentials."""


class CredentialsRefused(AuthenticationError):
    """The server refused the credentials, now or earlier. They are not tried again, except with
    `login(again=True)`.
    """


class SecondFactorRequired(AuthenticationError):
    """The account wants a second factor, which no password stands for.

    With `authentication="oauth"` a person gives it once, in a browser.
    """


class OrganizationRefused(AuthenticationError):
    """The user may not act for this organization."""


class ApiKeyRefused(AuthenticationError):
    """The API key is missing or refused."""


class TokenLimitReached(AuthenticationError):
    """The user has too many device tokens; an administrator must revoke some."""


class SessionInvalid(AuthenticationError):
    """The session was refused again right after a new login."""


class Throttled(DamError):
    """The server got too many requests. `retry_after` is the seconds to wait, if the server said
    so.
    """


class ServerFault(DamError):
    """The server failed (HTTP 5xx), sent a page that is no login page, or refused a login without a
    reason.
    """


class HandleStale(DamError):
    """The image handle belongs to a device token that is no longer in use."""


class ReplayImpossible(DamError):
    """The session had ended, and the body cannot be read again. Repeat the request with a new
    body.
    """


class ConsentNeeded(AuthenticationError):
    """A person must consent (again): `Session.begin_consent`."""


class LicenseMissing(DamError):
    """The site has no licence for the use of its API. Its administrator can get one."""


class SecretWarning(UserWarning):
    """Something outside damsession, such as a log, is about to show a secret."""


# ---- The store -----------------------------------------------------------------------------------


class StoreError(DamError):
    """The store cannot be read or written where it must be."""


class Locked(StoreError):
    """Another process held this session longer than the option `lock_timeout`, or another download
    is writing the file.
    """


class RecordNewer(StoreError):
    """A newer damsession wrote the stored session, which is left as it is."""


BY_STATUS: Final[dict[int, type[DamError]]] = {
    Status.ARGUMENT: ArgumentError,
    Status.OPTION: OptionError,
    Status.NOT_FOUND: NotFound,
    Status.NOT_SUPPORTED: NotSupported,
    Status.CALLBACK: CallbackStopped,
    Status.INTERNAL: InternalError,
    Status.CONNECT: ConnectError,
    Status.TLS: TLSError,
    Status.TIMEOUT: Timeout,
    Status.TRANSFER: TransferError,
    Status.PROTOCOL: ProtocolError,
    Status.TOO_LARGE: TooLarge,
    Status.INSECURE: Insecure,
    Status.CANCELLED: Cancelled,
    Status.CREDENTIALS_NEEDED: CredentialsNeeded,
    Status.CREDENTIALS_REFUSED: CredentialsRefused,
    Status.SECOND_FACTOR: SecondFactorRequired,
    Status.ORGANIZATION_REFUSED: OrganizationRefused,
    Status.API_KEY_REFUSED: ApiKeyRefused,
    Status.TOKEN_LIMIT: TokenLimitReached,
    Status.SESSION_INVALID: SessionInvalid,
    Status.THROTTLED: Throttled,
    Status.SERVER: ServerFault,
    Status.HANDLE_STALE: HandleStale,
    Status.REPLAY_IMPOSSIBLE: ReplayImpossible,
    Status.CONSENT: ConsentNeeded,
    Status.LICENSE: LicenseMissing,
    Status.STORE: StoreError,
    Status.LOCKED: Locked,
    Status.RECORD_NEWER: RecordNewer,
}


def wrong_piece(piece: object) -> TypeError:
    """The error for a piece of a body that is not bytes."""
    return TypeError(
        f"a body is made of bytes, not {type(piece).__name__}; open files in binary mode"
    )


Error = TypeVar("Error", bound=DamError)


def advised(error: Error) -> Error:
    """The error, whose traceback says at its end what to do (Python 3.11 and later)."""
    if hasattr(error, "add_note") and error.advice:
        error.add_note(error.advice)
    return error


def found_here(status: Status, message: str) -> DamError:
    """The error for what Python found, without a call into C."""
    return advised(BY_STATUS[status](status, None, None, message))


def argument_error(message: str) -> DamError:
    """An `ArgumentError` for what Python found."""
    return found_here(Status.ARGUMENT, message)


def option_error(message: str) -> DamError:
    """An `OptionError` for what Python found."""
    return found_here(Status.OPTION, message)
