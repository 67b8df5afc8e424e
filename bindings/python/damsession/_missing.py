"""What is said of an attribute that there is not, where requests, httpx or aiohttp have one: what
to write in its place.

It is loaded at the first such attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._unknown import ELSEWHERE

_PIECES = "iterate over it: `for piece in response`"
_AWAITED = "iterate over it: `async for piece in response`"
_CLOSED = "nothing in a response needs to be closed; a stream ends with its `with`"
_NOT_KEPT = "redirects are followed and not kept: `url` is where they led, and with"
_HISTORY = f"{_NOT_KEPT} damsession.open(redirects=0) each is a response of its own"
_COOKIES = "the session keeps its own; those of others are in headers.get_all('Set-Cookie')"
_UNKNOWN = "the library does not say which it was"

RESPONSE: Mapping[str, str] = {
    **dict.fromkeys(("aiter_bytes", "aiter_raw"), _PIECES),
    "aiter_lines": "it is `iter_lines()`",
    "aiter_text": "it is `text`, or `iter_lines()`",
    "apparent_encoding": "`encoding` is what Content-Type says; to guess, give `content` to a library"
    " such as charset-normalizer",
    "aread": "it is here already, as `content`; a stream has `read()`",
    "body": "it is `content`",
    "charset_encoding": "it is `encoding`",
    "close": _CLOSED,
    "aclose": _CLOSED,
    "content_type": "it is headers.get('Content-Type')",
    "cookies": _COOKIES,
    "data": "it is `content`",
    "elapsed": "time the call itself, with time.perf_counter(); a login may be in it",
    "has_redirect_location": "it is `is_redirect`",
    "history": _HISTORY,
    "http_version": _UNKNOWN,
    "is_closed": _CLOSED,
    "is_client_error": "it is 400 <= status < 500",
    "is_error": "it is status >= 400; `ok` is 2xx",
    "is_permanent_redirect": "it is status in (301, 308)",
    "is_server_error": "a 5xx is not returned, but raised: damsession.ServerFault",
    "is_success": "it is `ok`",
    "iter_bytes": _PIECES,
    "iter_chunks": _PIECES,
    "iter_raw": _PIECES,
    "iter_text": "it is `text`, or `iter_lines()`",
    "next": "it is links.get('next'); redirects are followed",
    "next_request": _HISTORY,
    "num_bytes_downloaded": "it is len(content); a request takes progress=",
    "raw": "a body in pieces is session.stream('GET', path)",
    "read": "it is here already, as `content`",
    "reason_phrase": "it is `reason`",
    "release": _CLOSED,
    "request": "it is not kept; `url` is what it asked for",
    "version": _UNKNOWN,
}

_READ = "the body is streamed: read() gives the rest of it"
STREAM: Mapping[str, str] = {
    **RESPONSE,
    "aread": _READ,
    "body": _READ,
    "data": _READ,
    "iter_lines": f"{_READ}, and read().decode().splitlines() its lines",
    "iter_text": f"{_READ}, and read().decode() its text",
    "num_bytes_downloaded": "add up the pieces, or give progress=",
    "raw": _PIECES,
}
ASYNC_STREAM: Mapping[str, str] = {
    **{name: _AWAITED if told == _PIECES else told for name, told in STREAM.items()},
    "iter_content": _AWAITED,
}

SESSION: Mapping[str, str] = {
    **ELSEWHERE,
    "mount": "there are no adapters: give damsession.open what they would be for",
    "options": "it is request('OPTIONS', path); damsession.options() lists those of open",
    "params": "give params= to each request",
    "trust_env": "give damsession.open(environment=False), and proxy='none'",
}
_SYNC = "it is session.sync_session.{}"
ASYNC_SESSION: Mapping[str, str] = {
    **SESSION,
    "close": "it is `await session.aclose()`",
    **{
        name: _SYNC.format(name)
        for name in (
            "begin_device_consent", "bind_image", "device_tokens", "export_consent", "forget",
            "headers", "import_consent", "organizations", "poll_consent", "resolve_image", "stale",
            "token",
        )
    },
}  # fmt: skip


def absent(owner: Any, name: str, told: Mapping[str, str]) -> Any:
    """Raises AttributeError, as if there were nothing to tell where there is nothing."""
    if name in told:
        kind = type(owner).__name__
        raise AttributeError(f"{kind!r} object has no attribute {name!r}; {told[name]}")
    # A property that raised AttributeError ends here, too: it raises its own again.
    return object.__getattribute__(owner, name)
