"""damsession for programs that use httpx: `httpx.Client(auth=DamAuth(session))`, and `httpx.AsyncClient` likewise.

The session logs in when it must, rotated cookies are adopted, and a request whose session had ended is sent again.
Redirects are followed here, without secrets where those must not go: leave httpx's `follow_redirects` off, as it is by
default. Cookies of the client are not sent.

An answer that may say that the session is over is read whole before it is judged, one of `client.stream`, too: every
one that is no success, and what is JSON, HTML, XML, plain text or of no type. A success of any other type (a picture,
say) is judged by its head and left to the program, so that it streams whatever its size.

Under asyncio or trio the session's own work (logins, waiting for siblings) is done in a thread of anyio's, which httpx
brings along; `damsession.aopen` needs none.

Needs the extra: `pip install damsession[httpx]`.
"""

from __future__ import annotations

import functools
from typing import Any, AsyncGenerator, Generator, Optional

import httpx

from ._authorize import Authorization, ToSend, replay_impossible
from ._session import Session

__all__ = ["DamAuth"]


class DamAuth(httpx.Auth):
    """Authenticates requests with a session, which must outlive it. Any number of threads and tasks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Called by `httpx.Client`. DamError: there is no session to be had, or what the answer says of it."""
        authorization = self._authorize(request)
        try:
            again: Optional[bool] = None
            while again is not False:
                answer = yield _put(request, authorization.read(), bool(again))
                if _may_hold_verdict(answer):
                    answer.read()
                again = _observe(authorization, answer)
        finally:
            authorization.free()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Called by `httpx.AsyncClient`. Raises what `sync_auth_flow` does."""
        authorization: Authorization = await _in_thread(self._authorize, request)
        try:
            again: Optional[bool] = None
            while again is not False:
                answer = yield _put(request, authorization.read(), bool(again))
                if _may_hold_verdict(answer):
                    await answer.aread()
                again = await _in_thread(_observe, authorization, answer)
        finally:
            authorization.free()

    def _authorize(self, request: httpx.Request) -> Authorization:
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        headers = request.headers.multi_items()
        return Authorization(self._session, request.method, str(request.url), headers, has_body)


def _put(request: httpx.Request, given: ToSend, again: bool) -> httpx.Request:
    """A request of its own for each time, so that the program's never holds a secret."""
    if again and given.has_body and not _is_whole(request):
        raise replay_impossible()
    sent = httpx.Request(given.method, given.url, headers=given.headers, extensions=request.extensions)
    if given.has_body:
        sent.stream = request.stream
    return sent


def _is_whole(request: httpx.Request) -> bool:
    """Whether the body is in memory, or a form that rewinds its files by itself."""
    return isinstance(request.stream, httpx.ByteStream) or "multipart/form-data" in request.headers.get(
        "content-type", ""
    )


def _may_hold_verdict(answer: httpx.Response) -> bool:
    """Whether the body must be read, because it may be a login page or an error under the guise of a success."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return not answer.is_success or kind in ("", "text/plain") or any(one in kind for one in ("json", "html", "xml"))


def _observe(authorization: Authorization, answer: httpx.Response) -> bool:
    was_read = _may_hold_verdict(answer)
    beginning = answer.content if was_read else b""
    return authorization.observe(answer.status_code, answer.headers.multi_items(), beginning, was_read)


async def _in_thread(function: Any, *arguments: Any) -> Any:
    import anyio.to_thread  # only here: httpx has it, and programs without asyncio never load it

    return await anyio.to_thread.run_sync(functools.partial(function, *arguments))
