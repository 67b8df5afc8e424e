"""damsession for programs that use requests: `requests.get(url, auth=DamAuth(session),
allow_redirects=False)`.

The session logs in when it must, rotated cookies are adopted, and a request whose session had ended
is sent again. Redirects are followed here, without secrets where those must not go; give requests
`allow_redirects=False`, so that it follows none by itself: what it follows has no secret. Neither
the requests and responses that requests keeps nor its exceptions contain a secret: secrets are
removed from the prepared request when its response is here, or when it is clear that none will
come. Cookies of a `requests.Session` are not sent, and it gets none of the session. Do not mount a
`Retry`: it discards responses, and their cookies would be lost.

With `authentication` query or token-in-url, urllib3 logs the secret at DEBUG, in the URL; a
`SecretWarning` says so once.

requests trusts the CAs that it knows, not the option `ca_file`: give it that one as `verify=`.

This module needs the extra: `pip install damsession[requests]`.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import os
import sys
import threading
import warnings
import weakref
from collections.abc import Iterator
from typing import Any, cast

import requests.adapters
import requests.auth
import requests.models
import requests.sessions

from ._authorize import MOST_OF_A_BODY, Authorization, blocking_session, replay_impossible
from ._errors import SecretWarning
from ._peeked import Peeked
from ._scrub import scrub
from ._session import Session

__all__ = ["DamAuth"]


class DamAuth(requests.auth.AuthBase):
    """Authenticates requests with a session, which must outlive it. Any number of threads may use
    it.
    """

    def __init__(self, session: Session) -> None:
        self._session = blocking_session(session)

    def __call__(self, request: requests.models.PreparedRequest) -> requests.models.PreparedRequest:
        """Called by requests before it sends. DamError: there can be no session."""
        _watch_sender()
        # The end of the previous request may not have been reported. It is over, since a thread
        # sends one at a time.
        before = _under_way.exchanges.pop(self._session, None)
        exchange_before = None if before is None else before()
        if exchange_before is not None:
            exchange_before.end()
        exchange = _Exchange(self._session, request)
        _under_way.exchanges[self._session] = weakref.ref(exchange)
        hooks: Any = request
        hooks.register_hook("response", exchange.answered)
        setattr(request, _EXCHANGE, exchange)
        return request


class _Exchange:
    """One request, from its authorization to the response that the program gets."""

    def __init__(self, session: Session, request: requests.models.PreparedRequest) -> None:
        self._headers = request.headers.copy()
        self._headers.pop("Cookie", None)  # it is not sent
        # Any: the type stubs do not cover all that requests accepts.
        self._body = cast(Any, request.body)
        self._begin = (
            self._body.tell()
            if hasattr(self._body, "seek") and hasattr(self._body, "tell")
            else None
        )
        self._authorization = Authorization(
            session,
            request.method or "GET",
            request.url or "",
            _pairs(self._headers),
            bool(request.body),
        )
        self._over = False
        self._shown = request.url
        try:
            self._authorization.begin()
            self._put(request)
            if self._authorization.in_url and logging.getLogger(
                "urllib3.connectionpool"
            ).isEnabledFor(logging.DEBUG):
                warnings.warn(
                    "urllib3 logs URLs at DEBUG, and this session's hold its secret",
                    SecretWarning,
                    stacklevel=1,
                )
        except BaseException:
            self.end()
            self._redact_request(request)
            raise

    def answered(
        self, response: requests.models.Response, **options: Any
    ) -> requests.models.Response:
        """The response hook. It is also called for redirects that requests follows by itself, which
        are not ours.
        """
        if self._over:
            return response
        self._over = True  # except while it sends again, below
        sent, before = response.request, sys.exc_info()[1]
        try:
            while self._is_to_be_replayed(response):
                with contextlib.suppress(Exception):  # it is discarded, broken or not
                    _ = response.content  # the connection is free again when it is read
                response.close()
                self._redact(response)
                again = sent.copy()
                self._put(again)
                try:
                    following = response.connection.send(again, **options)
                except BaseException as error:
                    self.failed(again, error, before)
                    raise
                following.history = [*response.history, response]
                following.request = again
                response = following
        except BaseException:
            response.close()
            raise
        finally:
            self._authorization.free()
            self._redact(response)
        return response

    def failed(
        self, request: requests.models.PreparedRequest, error: BaseException, before: Any
    ) -> None:
        """There is no response; `error` says why. Removes our secrets from it."""
        self.end()
        self._redact_request(request)
        scrub(error, before, self._authorization.in_url)

    def end(self) -> None:
        """Frees the authorization if there was no response."""
        self._over = True
        self._authorization.free()

    def _is_to_be_replayed(self, response: requests.models.Response) -> bool:
        # urllib3's headers, in the order received; a mocked response may have plain ones.
        lines = getattr(response.raw.headers, "iteritems", response.raw.headers.items)()
        head = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in lines
        ]
        if hasattr(response.raw, "_request_url"):
            response.raw._request_url = self._shown  # what urllib3 remembers
        try:
            response.raw = peeked = Peeked(response.raw, MOST_OF_A_BODY)
        except BaseException:
            # After Ctrl-C while the body was read there is no login any more, but the cookie of a
            # success is kept.
            if 200 <= response.status_code < 300:
                self._authorization.observe(response.status_code, head, b"", False)
            raise
        return self._authorization.observe(
            response.status_code, head, peeked.beginning, peeked.is_whole
        )

    def _put(self, request: requests.models.PreparedRequest) -> None:
        given = self._authorization.read()
        if self._over and given.has_body and not self._rewind():
            del given  # it is secret, and a traceback shows the local variables of a frame
            raise replay_impossible()
        self._shown = given.shown
        request.method, request.url = given.method, given.url
        request.headers.clear()
        request.headers.update(given.headers)
        request.body = self._body if given.has_body else None

    def _rewind(self) -> bool:
        if isinstance(self._body, (str, bytes)):
            return True
        if self._begin is not None:
            self._body.seek(self._begin, os.SEEK_SET)
        return self._begin is not None

    def _redact(self, response: requests.models.Response) -> None:
        self._redact_request(response.request)
        response.url = self._shown or ""

    def _redact_request(self, request: requests.models.PreparedRequest) -> None:
        request.url = self._shown
        request.headers = self._headers.copy()


class _UnderWay(threading.local):
    """The last exchange of each session on this thread, as long as it is referenced."""

    def __init__(self) -> None:
        self.exchanges: weakref.WeakKeyDictionary[Session, weakref.ref[_Exchange]] = (
            weakref.WeakKeyDictionary()
        )


_under_way = _UnderWay()

#: The attribute of a prepared request that holds its exchange. A copy of the request has none.
_EXCHANGE = "_damsession"


class _Watched:
    """The `send` of an adapter, which tells the exchange of a request that the request failed:
    requests has no hook for that.
    """

    def __init__(self, send: Any) -> None:
        # A weak reference, since the adapter holds this object.
        self._send: Any = weakref.WeakMethod(send) if inspect.ismethod(send) else lambda: send

    def __call__(
        self, request: requests.models.PreparedRequest, *arguments: Any, **options: Any
    ) -> Any:
        exchange, before = getattr(request, _EXCHANGE, None), sys.exc_info()[1]
        try:
            return self._send()(request, *arguments, **options)
        except BaseException as error:
            if exchange is not None:
                exchange.failed(request, error, before)
            raise


def _watch_sender() -> None:
    """Watches the adapters of the `requests.Session` that prepares a request. The session is not
    among our arguments, so it is searched up the stack. With `Request.prepare` there is none.
    """
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__") != requests.sessions.__name__:
        frame = frame.f_back
    http = None if frame is None else frame.f_locals.get("self")
    for adapter in getattr(http, "adapters", {}).values():
        if not isinstance(adapter.send, _Watched):
            adapter.send = _Watched(adapter.send)


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    """The headers as texts. requests takes bytes too."""
    for name, value in headers.items():
        yield _text(name), _text(value)


def _text(given: Any) -> str:
    return given.decode("latin-1") if isinstance(given, bytes) else str(given)
