"""damsession for programs that use requests: `requests.get(url, auth=DamAuth(session), allow_redirects=False)`.

The session logs in when it must, rotated cookies are adopted, and a request whose session had ended is sent again.
Redirects are the session's, too: they are followed here, without secrets where those must not go; give requests
`allow_redirects=False`, so that it follows none of its own. What requests is left with holds no secret: they are taken
out of the prepared request when its answer is here. Cookies of a `requests.Session` are not sent.

Needs the extra: `pip install damsession[requests]`.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Iterator

import requests.auth
import requests.models

from ._authorize import MOST_OF_A_BODY, Authorization, ToSend, replay_impossible
from ._session import Session

__all__ = ["DamAuth"]


class DamAuth(requests.auth.AuthBase):
    """Authenticates requests with a session, which must outlive it. Any number of threads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, request: requests.models.PreparedRequest) -> requests.models.PreparedRequest:
        """Called by requests before it sends. DamError: there is no session to be had."""
        # requests tells nobody that it failed to send. But a thread sends one request at a time: the last one is over,
        # and its authorization, which an exception may still hold, must not keep the session from this one.
        before = _under_way.exchanges.pop(self._session, None)
        exchange_before = None if before is None else before()
        if exchange_before is not None:
            exchange_before.end()
        exchange = _Exchange(self._session, request)
        _under_way.exchanges[self._session] = weakref.ref(exchange)
        hooks: Any = request
        hooks.register_hook("response", exchange.answered)
        return request


class _Exchange:
    """One request, from its authorization to the answer that is delivered."""

    def __init__(self, session: Session, request: requests.models.PreparedRequest) -> None:
        self._given = request.method, request.url, request.headers.copy()
        self._body: Any = getattr(request, "body")  # whatever the program gave: the stubs do not know all of it
        self._begin = self._body.tell() if hasattr(self._body, "seek") and hasattr(self._body, "tell") else None
        method, url, headers = self._given
        self._authorization = Authorization(session, method or "GET", url or "", headers.items(), bool(request.body))
        self._over = False
        self._put(request, self._authorization.read())

    def answered(self, answer: requests.models.Response, **options: Any) -> requests.models.Response:
        """The response hook. Called again for redirects that requests follows by itself: those are not ours."""
        if self._over:
            return answer
        self._over = True  # but for the way back, below
        sent = answer.request
        try:
            while self._is_to_be_replayed(answer):
                answer.content  # the connection is free again when it is read
                answer.close()
                again = sent.copy()
                self._put(again, self._authorization.read())
                adapter = answer.connection
                following = adapter.send(again, **options)
                following.history = [*answer.history, answer]
                following.request = again
                self._redact(answer.request)
                answer = following
        finally:
            self._authorization.free()
            self._redact(answer.request)
            self._redact(sent)
        return answer

    def end(self) -> None:
        """Gives up what was not answered; else nothing."""
        self._authorization.free()

    def _is_to_be_replayed(self, answer: requests.models.Response) -> bool:
        head, whole = _peek(answer)
        lines = getattr(answer.raw.headers, "iteritems", answer.raw.headers.items)()
        return self._authorization.observe(answer.status_code, lines, head, whole)

    def _put(self, request: requests.models.PreparedRequest, given: ToSend) -> None:
        request.method, request.url = given.method, given.url
        request.headers.clear()
        request.headers.update(given.headers)
        request.body = self._body if given.has_body else None
        if given.has_body and self._over:
            self._rewind()

    def _rewind(self) -> None:
        if isinstance(self._body, (str, bytes)):
            return
        if self._begin is None:
            raise replay_impossible()
        self._body.seek(self._begin, os.SEEK_SET)

    def _redact(self, request: requests.models.PreparedRequest) -> None:
        request.url = self._given[1]
        request.headers = self._given[2].copy()


class _UnderWay(threading.local):
    """The last exchange of each session on this thread, if anybody still holds it."""

    def __init__(self) -> None:
        self.exchanges: weakref.WeakKeyDictionary[Session, weakref.ref[_Exchange]] = weakref.WeakKeyDictionary()


_under_way = _UnderWay()


class _Peeked:
    """An answer's raw stream whose beginning was read already; in all else the stream itself."""

    def __init__(self, head: bytes, raw: Any) -> None:
        self._head, self._raw = head, raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, size: int = MOST_OF_A_BODY, decode_content: Any = None) -> Iterator[bytes]:
        head, self._head = self._head, b""
        yield from (head[at : at + size] for at in range(0, len(head), size))
        yield from self._raw.stream(size, decode_content=decode_content)

    def read(self, size: Any = None, *arguments: Any, **options: Any) -> bytes:
        head = self._head if size is None else self._head[:size]
        self._head = self._head[len(head) :]
        if size is not None and head:
            return head
        rest: bytes = self._raw.read(size, *arguments, **options)
        return head + rest


def _peek(answer: requests.models.Response) -> tuple[bytes, bool]:
    """The beginning of the body, decoded, and whether that is all. It stays to be read."""
    head, piece = b"", b"-"
    while piece and len(head) < MOST_OF_A_BODY:
        piece = answer.raw.read(MOST_OF_A_BODY - len(head), decode_content=True)
        head += piece
    answer.raw = _Peeked(head, answer.raw)
    return head, not piece
