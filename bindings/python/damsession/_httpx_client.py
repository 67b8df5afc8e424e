"""Keeps the session's secrets out of what an `httpx.Client` does by itself: out of its cookie jar,
and out of the redirects that it follows.

httpx lets an `Auth` see a response only after both. The client is therefore found up the stack, and
gets a response hook. It takes the cookies out of the jar again, and hides a redirect until the
`Auth` has the response: the library follows it, and leaves out the secrets where they must not go.
"""

from __future__ import annotations

import contextlib
import inspect
import weakref
from typing import Any

import httpx

#: The extension of a response that holds its headers while a redirect is hidden.
_HEADERS = "damsession.headers"


class Headers(httpx.Headers):
    """The headers of a request that is under way with secrets. Its `repr` hides all values."""

    def __init__(self, headers: httpx.Headers, client_follows: bool) -> None:
        super().__init__(headers)
        #: Whether the client would follow a redirect by itself.
        self.client_follows = client_follows

    def __repr__(self) -> str:
        return f"Headers({list(self)})"


def client_above() -> bool:
    """Hooks into the client that is about to send, and returns whether it follows redirects by
    itself.
    """
    frame = inspect.currentframe()
    while frame is not None:
        client = frame.f_locals.get("self")
        if isinstance(client, (httpx.Client, httpx.AsyncClient)):
            _hook_into(client)
            return bool(frame.f_locals.get("follow_redirects", True))
        frame = frame.f_back
    return True


def restored(response: httpx.Response) -> httpx.Response:
    """The response as it arrived, with its Location."""
    response.headers = response.extensions.pop(_HEADERS, response.headers)
    return response


class _Hook:
    """The response hook of one client. It comes first, as a hook of the program may raise."""

    def __init__(self, client: httpx.Client | httpx.AsyncClient) -> None:
        self._client = weakref.ref(client)  # the client holds this object

    def __call__(self, response: httpx.Response) -> None:
        headers, client = response.request.headers, self._client()
        if client is None or not isinstance(headers, Headers):
            return  # it was not sent with a session
        arrived = httpx.Cookies()
        arrived.extract_cookies(response)
        for cookie in arrived.jar:
            with contextlib.suppress(KeyError):  # another thread may have done it
                client.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
        if headers.client_follows and response.has_redirect_location:
            response.extensions[_HEADERS] = response.headers
            response.headers = response.headers.copy()
            del response.headers["location"]


class _AsyncHook(_Hook):
    async def __call__(self, response: httpx.Response) -> None:  # type: ignore[override]
        super().__call__(response)


def _hook_into(client: httpx.Client | httpx.AsyncClient) -> None:
    hooks: list[Any] = client.event_hooks["response"]
    if not any(isinstance(hook, _Hook) for hook in hooks):
        hooks.insert(0, (_Hook if isinstance(client, httpx.Client) else _AsyncHook)(client))
