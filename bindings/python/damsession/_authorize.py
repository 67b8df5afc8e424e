"""A request that another HTTP client sends: authorized by the library first, its answer observed afterwards.

Shared by `damsession.requests` and `damsession.httpx`. Knows which headers are the client's own business; what
authenticates, what must not go to another server and what is to be sent again is the library's.
"""

from __future__ import annotations

import ctypes
from typing import Iterable, NamedTuple

from . import _abi
from ._errors import ReplayImpossible, Status
from ._library import library
from ._request import build
from ._session import Session

#: How much of a body may carry a verdict.
MOST_OF_A_BODY = 65536

# What the client makes from the body and the connection; the library refuses to be told. Cookies are the session's.
_FRAMING = frozenset(("content-length", "content-type", "transfer-encoding", "content-encoding", "expect"))
_CLIENTS = _FRAMING | {"host", "connection", "cookie"}


class ToSend(NamedTuple):
    """What to send. Secret."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    has_body: bool


class Authorization:
    """Owns a `dam_authorization`. One thread at a time."""

    def __init__(self, session: Session, method: str, url: str, headers: Iterable[tuple[str, str]], body: bool) -> None:
        given = list(headers)
        self._library = library()
        self._framing = [(name, value) for name, value in given if name.lower() in _FRAMING]
        self._method = method
        self._body = body
        self._authorization = _abi.authorization_p()
        self._session = session  # which must not be freed before
        own = [(name, value) for name, value in given if name.lower() not in _CLIENTS]
        kind = next((value for name, value in given if name.lower() == "content-type"), None) if body else None
        request = build(method, url, headers=own, data=b"-" if body else None, content_type=kind)
        with session._handle as handle:
            self._library.dam_session_authorize(
                handle, request, ctypes.byref(self._authorization), _abi.dam_error()
            )

    def __del__(self) -> None:
        if hasattr(self, "_session"):
            self.free()

    def free(self) -> None:
        """Ends it; one that was not observed counts as not answered."""
        authorization, self._authorization = self._authorization, _abi.authorization_p()
        if authorization:
            self._library.dam_authorization_free(authorization)

    def read(self) -> ToSend:
        """What to send now."""
        view = _abi.dam_authorization_view()
        self._library.dam_authorization_read(self._authorization, view, _abi.dam_error())
        method = view.method.decode()
        has_body = self._body and method == self._method  # a redirect that turns POST into GET drops the body
        headers = [
            (name, value.strip())
            for name, colon, value in (line.partition(":") for line in view.headers.decode().split("\r\n"))
            if colon and (has_body or name.lower() not in _FRAMING)
        ]
        named = {name.lower() for name, _ in headers}
        if has_body or method == self._method:
            headers += [(name, value) for name, value in self._framing if name.lower() not in named]
        return ToSend(method, view.url.decode(), headers, has_body)

    def observe(self, status: int, headers: Iterable[tuple[str, str]], body: bytes, whole: bool) -> bool:
        """Whether the answer is to be thrown away, and what `read` says then to be sent instead. Else it is over."""
        answer, result = _abi.dam_observation(), ctypes.c_int32()
        answer.http_status = status
        answer.headers = "\r\n".join(f"{name}: {value}" for name, value in headers).encode("utf-8", "replace")
        answer.body, answer.body_size = body[:MOST_OF_A_BODY], min(len(body), MOST_OF_A_BODY)
        answer.is_whole = int(whole and len(body) <= MOST_OF_A_BODY)
        try:
            with self._session._handle:
                self._library.dam_authorization_observe(self._authorization, answer, result, _abi.dam_error())
        except BaseException:
            self.free()
            raise
        if result.value == _abi.DAM_OBSERVE_REPLAY:
            return True
        self.free()
        return False


def replay_impossible() -> ReplayImpossible:
    """For a body that the client cannot send again."""
    return ReplayImpossible(
        Status.REPLAY_IMPOSSIBLE, None, None, "the session had ended, and the body cannot be given again; repeat it"
    )
