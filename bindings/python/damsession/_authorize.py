"""A request that another HTTP client sends: the library authorizes it first, and then sees its
response.

`damsession.requests` and `damsession.httpx` share this module. It knows which headers the client
sets by itself. The library decides what authenticates a request, what must not go to another
server, and what is sent again. Header texts are Latin-1 here, one character for one byte, so that
no byte is lost.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from . import _abi
from ._errors import DamError, Status, found_here
from ._library import library
from ._request import build
from ._session import Session

#: How many bytes of a body the library looks at (see dam_observation).
MOST_OF_A_BODY = 65536

# Headers that the client makes from the body and the connection, which the library does not take
# from the application. Cookies are those of the session.
_FRAMING = frozenset(
    ("content-length", "content-type", "transfer-encoding", "content-encoding", "expect")
)
_CLIENTS = _FRAMING | {"host", "connection", "cookie"}

# Some clients accept what a header must not contain: names that are none, and NUL, CR and LF in a
# value, which are replaced by spaces (RFC 9110, section 5.5).
_BLANKS = bytes.maketrans(b"\0\r\n", b"   ")
_NO_NAME = re.compile(rb"[\0\r\n:]")


class ToSend(NamedTuple):
    """The request to send. All of it is secret but `shown`."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    has_body: bool
    shown: str  #: the URL without secrets

    def __repr__(self) -> str:
        return f"<ToSend {self.method} {self.shown}>"


class Authorization:
    """Owns a `dam_authorization`. One thread at a time may use it, but any thread may call `free`,
    such as that of a task that is cancelled while another thread works for it. A call that is under
    way ends first.
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
        self._session = session  # kept here, because it must not be freed before the authorization
        self._method, self._url, self._body = method, url, body
        self._headers = list(headers)
        self._held: list[Any] = []  # the `dam_authorization`; empty while a call uses it
        self._is_over = False
        self._first: str | None = None  # the URL of the first request
        #: Whether the URL contains secrets.
        self.in_url = False

    def __del__(self) -> None:
        if hasattr(self, "in_url"):
            self.free()

    def begin(self) -> None:
        """Makes sure that there is a session, which may block. DamError: there can be none."""
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
        """Frees the authorization. If no response was observed, the request counts as
        unanswered.
        """
        self._is_over = True
        with contextlib.suppress(IndexError):
            # It is freed already, or `_keep` frees it when the call that uses it returns.
            self._library.dam_authorization_free(self._held.pop())

    def read(self) -> ToSend:
        """The request to send now."""
        view = _abi.dam_authorization_view()
        self._library.dam_authorization_get(self._held[0], view, _abi.dam_error())
        method, url = view.method.decode(), view.url.decode()
        # A redirect that turns POST into GET drops the body.
        has_body = self._body and method == self._method
        # The application's values went to the library as UTF-8. Each is found again by those bytes,
        # as it was given. What the library added is read as Latin-1.
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
        """Whether the program must discard the response and send what `read` returns then. If not,
        the exchange is over. This may block.

        headers: as they arrived. whole: `body` is the whole body, not only what has arrived or what
        the library looks at.
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
        # This puts it back first and reads `_is_over` afterwards; `free` sets `_is_over` first and
        # takes it out afterwards. So the thread that comes second frees it.
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


def blocking_session(session: object) -> Session:
    """What `DamAuth` was given. TypeError: it is no session."""
    if isinstance(session, Session):
        return session
    hint = "; give it session.sync_session" if hasattr(session, "sync_session") else ""
    raise TypeError(
        f"DamAuth takes a session of damsession.open, not a {type(session).__name__}{hint}"
    )


def replay_impossible() -> DamError:
    """The error for a body that the client cannot send again."""
    return found_here(
        Status.REPLAY_IMPOSSIBLE,
        "the session had ended, and the body cannot be given again; repeat it",
    )
