"""Who may use `/_sandbox/`: every program on this machine, and of browsers only the sandbox's own
page.

A page of any web site that is open in a browser on this machine can send requests to loopback. It
could end sessions (CSRF), or give its own host name the address of loopback and read all secrets
(DNS rebinding). So the host name must be one of loopback or that of `--host`, and a browser, which
says where a request comes from, must say: from this origin, or typed in by the user.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

_LOOPBACK = ("localhost", "127.0.0.1", "::1")

#: For every response below `/_sandbox/`: nothing of it is kept, embedded or guessed at.
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def objection(request: web.BaseRequest, host: str) -> tuple[int, str] | None:
    """The status and the reason why this request is refused; None: it may pass. `host` is the name
    in the servers' URLs.
    """
    wanted = request.headers.get("Host", "")
    name = _name(f"//{wanted}")
    if name not in (*_LOOPBACK, host.lower()):
        return 421, f"the host {name!r} is not this sandbox; use localhost"
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{wanted}":
        return 403, "a page of another origin may not use the sandbox"
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return 403, "a page of another site may not use the sandbox"
    return None


def _name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
