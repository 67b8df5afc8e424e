"""damsession keeps a program logged in to a photo archive: PhotoShelter, FotoWeb
Archive Agent or FotoWare.

    import damsession

    with damsession.open(
        system="photoshelter",
        url="https://www.photoshelter.com",
        user="ada@example.com",
        api_key="...",
        credentials=lambda prompt: getpass.getpass(prompt.user),
    ) as session:
        print(session.get("mem/user/session").json())

This package is a binding of a C library. The library is loaded at its first use, not by the import;
so is asyncio, which takes longer than the rest.
"""

from __future__ import annotations

import os as _os
import sys as _sys
from typing import TYPE_CHECKING, Any

from ._abi import HEADER_VERSION as __version__
from ._callbacks import Credentials, Prompt, PromptKind
from ._cancel import Canceller
from ._errors import (
    ApiKeyRefused,
    ArgumentError,
    AuthenticationError,
    CallbackStopped,
    Cancelled,
    ConnectError,
    ConsentNeeded,
    CredentialsNeeded,
    CredentialsRefused,
    DamError,
    HandleStale,
    Insecure,
    InternalError,
    LicenseMissing,
    Locked,
    NetworkError,
    NotFound,
    NotSupported,
    OptionError,
    OrganizationRefused,
    ProtocolError,
    RecordNewer,
    ReplayImpossible,
    SecondFactorRequired,
    SecretWarning,
    ServerFault,
    SessionInvalid,
    Status,
    StoreError,
    Throttled,
    Timeout,
    TLSError,
    TokenLimitReached,
    TooLarge,
    TransferError,
)
from ._library import LibraryNotFound, version
from ._names import forget_name, names, save, update
from ._open import open
from ._options import Option, OptionValue, options
from ._request import (
    AsyncRequestOptions,
    AsyncStreamOptions,
    RequestOptions,
    ResponseOptions,
    StreamOptions,
)
from ._response import Headers, HTTPStatusError, Response
from ._session import Session
from ._store import UNCHANGED, Store
from ._stored import remove_session, sessions
from ._stream import Stream
from ._values import (
    DeviceConsent,
    DeviceToken,
    LogoutResult,
    Organization,
    State,
    Statistics,
    StoredSession,
)

# The sandbox is a distribution of its own, and may be in another folder than this one: in a virtual
# environment that sees the system's packages. pkgutil.extend_path does it too, but takes longer.
__path__ += [
    place
    for place in (_os.path.join(entry, "damsession") for entry in _sys.path)
    if place not in __path__ and _os.path.isdir(_os.path.join(place, "sandbox"))
]

if TYPE_CHECKING:
    from ._async import AsyncSession, AsyncStream, aopen
    from ._keywords import OpenOptions

__all__ = [
    "__version__",
    "ApiKeyRefused",
    "ArgumentError",
    "AuthenticationError",
    "AsyncRequestOptions",
    "AsyncSession",
    "AsyncStream",
    "AsyncStreamOptions",
    "CallbackStopped",
    "Cancelled",
    "Canceller",
    "ConnectError",
    "ConsentNeeded",
    "Credentials",
    "CredentialsNeeded",
    "CredentialsRefused",
    "DamError",
    "DeviceConsent",
    "DeviceToken",
    "HTTPStatusError",
    "HandleStale",
    "Headers",
    "Insecure",
    "InternalError",
    "LibraryNotFound",
    "LicenseMissing",
    "Locked",
    "LogoutResult",
    "NotFound",
    "NetworkError",
    "NotSupported",
    "Option",
    "OpenOptions",
    "OptionError",
    "OptionValue",
    "Organization",
    "OrganizationRefused",
    "Prompt",
    "PromptKind",
    "ProtocolError",
    "RecordNewer",
    "ReplayImpossible",
    "RequestOptions",
    "Response",
    "ResponseOptions",
    "SecondFactorRequired",
    "SecretWarning",
    "ServerFault",
    "Session",
    "SessionInvalid",
    "State",
    "Statistics",
    "Status",
    "Store",
    "StoreError",
    "StoredSession",
    "Stream",
    "StreamOptions",
    "TLSError",
    "Throttled",
    "Timeout",
    "TokenLimitReached",
    "TooLarge",
    "TransferError",
    "UNCHANGED",
    "aopen",
    "forget_name",
    "names",
    "open",
    "options",
    "remove_session",
    "save",
    "sessions",
    "update",
    "version",
]

for _value in list(globals().values()):
    if isinstance(_value, type) and issubclass(_value, (DamError, LibraryNotFound, SecretWarning)):
        _value.__module__ = __name__  # so that tracebacks show the names that programs import


#: What few programs need, by its module.
_LATER = {
    "AsyncSession": "_async",
    "AsyncStream": "_async",
    "OpenOptions": "_keywords",
    "aopen": "_async",
}


if not TYPE_CHECKING:  # a type checker would take any name for one that is here

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f".{_LATER[name]}", __name__), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
