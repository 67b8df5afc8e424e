"""A request that another HTTP client sends: authorized by the library first, its response observed
afterwards.

Shared by `damsession.requests` and `damsession.httpx`. Knows which headers are the client's own
business; what authenticates, what must not go to another server and what is to be sent again is the
library's. Header texts are Latin-1 here, one character a byte, so that no byte is lost on its way.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from . import _abi
from ._errors import ReplayImpossible, Status
from ._library import library
from ._request import build
from ._session import Session

#: How many bytes of a body the library looks at (see dam_observation).
MOST_OF_A_BODY = 65536

# What the client makes from the body and the connection: the library takes none of it from the
# caller. Cookies are the session's.
_FRAMING = frozenset(
    ("content-length", "content-type", "transfer-encoding", "content-encoding", "expect")
)
_CLIENTS = _FRAMING | {"host", "connection", "cookie"}

# What some clients let through although it may not be in a header: NUL, CR and LF inside of a
# value, which count as blanks (RFC 9110, 5.5), and names that are not one.
_BLANKS = bytes.maketrans(b"\0\r\n", b"   ")
_NO_NAME = re.compile(rb"[\0\r\n:]")


class ToSend(NamedTuple):
    """What to send. Secret, but for `shown`."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    has_body: bool
    shown: str  #: the URL as anybody may see it

    def __repr__(self) -> str:
        return f"<ToSend {self.method} {self.shown}>"


class Authorization:
    """Owns a `dam_authorization`. One thread at a time, but `free` may come from any: from a task
    that is cancelled while a thread works for it, say. What is under way ends first.
    """

    def __init__(
        self,
        session: Session,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: bool,
    ) -> None:
        self._library = library()
        self._session = session  # kept alive: it must not be freed before the authorization
        self._method, self._url, self._body = method, url, body
        self._headers = list(headers)
        self._held: list[Any] = []  # the `dam_authorization`; empty while a call works with it
        self._is_over = False
        self._first: str | None = None  # where the request went at first
        #: Whether the URL carries secrets.
        self.in_url = False

    def __del__(self) -> None:
        if hasattr(self, "in_url"):
            self.free()

    def begin(self) -> None:
        """Makes sure that there is a session. Blocks. DamError: there is none to be had."""
        own = [(name, value) for name, value in self._headers if name.lower() not in _CLIENTS]
        kind = next(
            (value for name, value in self._headers if name.lower() == "content-type"), None
        )
        data, kind = (b"-", kind) if self._body else (None, None)
        request, made = (
            build(self._method, self._url, headers=own, data=data, content_type=kind),
            _abi.authorization_p(),
        )
        try:
            with self._session._handle as handle:
                self._library.dam_session_authorize(
                    handle, request, ctypes.byref(made), _abi.dam_error()
                )
        except BaseException:
            self._is_over = True
            raise
        finally:
            if made:  # also when a callback has raised
                self._keep(made)

    def free(self) -> None:
        """Ends it; one that was not observed counts as not answered."""
        self._is_over = True
        with contextlib.suppress(IndexError):
            # It is freed already, or by `_keep` when the call that has it returns.
            self._library.dam_authorization_free(self._held.pop())

    def read(self) -> ToSend:
        """What to send now."""
        view = _abi.dam_authorization_view()
        self._library.dam_authorization_get(self._held[0], view, _abi.dam_error())
        method, url = view.method.decode(), view.url.decode()
        # A redirect that turns POST into GET drops the body.
        has_body = self._body and method == self._method
        # The caller's values went to the library as UTF-8: under its bytes each is found as it was
        # given. What the library adds is kept as Latin-1.
        own = {
            (name, value.encode().decode("latin-1").strip(" \t")): value
            for name, value in self._headers
        }
        texts = [
            text.decode("latin-1") for text in _abi.header_texts(view.headers, view.header_count)
        ]
        headers = [
            (name, own.get((name, value.strip(" \t")), value.strip(" \t")))
            for name, value in zip(texts[::2], texts[1::2])
            if has_body or name.lower() not in _FRAMING
        ]
        named = {name.lower() for name, _ in headers}
        if has_body or method == self._method:
            headers += [
                (name, value)
                for name, value in self._headers
                if name.lower() in _FRAMING and name.lower() not in named
            ]
        return ToSend(method, url, headers, has_body, self._shown(url))

    def observe(
        self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes, whole: bool
    ) -> bool:
        """Whether the response is to be thrown away, and what `read` says then to be sent instead.
        Else it is over. Blocks.

        headers: as they came. whole: `body` is all of it, and not only what came or what may be
        looked at.
        """
        observation, result = _abi.dam_observation(), ctypes.c_int32()
        observation.http_status = status
        pairs = [
            (name, value.translate(_BLANKS))
            for name, value in headers
            if name and not _NO_NAME.search(name)
        ]
        observation.headers, observation.header_count = _abi.header_list(pairs), len(pairs)
        observation.body, observation.body_size = (
            body[:MOST_OF_A_BODY],
            min(len(body), MOST_OF_A_BODY),
        )
        observation.is_whole = int(whole and len(body) <= MOST_OF_A_BODY)
        held = self._held.pop()
        try:
            with self._session._handle:
                self._library.dam_authorization_observe(held, observation, result, _abi.dam_error())
        except BaseException:
            # They may hold secrets, and a traceback shows the locals of a frame.
            del observation, headers, pairs, body
            self._is_over = True
            raise
        finally:
            self._keep(held)
        if result.value == _abi.DAM_OBSERVE_REPLAY:
            return True
        self.free()
        return False

    def _keep(self, authorization: Any) -> None:
        # Puts it back first and reads `_is_over` afterwards; `free` sets `_is_over` first and
        # takes it out afterwards. So whichever thread comes second frees it.
        self._held.append(authorization)
        if self._is_over:
            self.free()

    def _shown(self, url: str) -> str:
        place, _, query = url.partition("?")
        if self._first is None:
            self._first = place
            self.in_url = len(query) > len(self._url.partition("#")[0].partition("?")[2])
        if place == self._first:
            return self._url
        return place if self.in_url else url


def replay_impossible() -> ReplayImpossible:
    """For a body that the client cannot send again."""
    return ReplayImpossible(
        Status.REPLAY_IMPOSSIBLE,
        None,
        None,
        "the session had ended, and the body cannot be given again; repeat it",
    )
