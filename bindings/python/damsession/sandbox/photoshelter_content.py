"""Endpoints of PhotoShelter for the session, for the bytes of images, and for tests alone."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from . import photoshelter_responses as responses
from .download import serve
from .echo import HELP, Echo
from .endpoints import ANY, Endpoint
from .exchange import HTML, Exchange, Response
from .photoshelter_login import Handler, identity
from .photoshelter_records import new_id
from .photoshelter_sessions import COOKIE, TOKEN, Session
from .photoshelter_site import Site

_LONGEST_WAIT = 60.0
_REDIRECTS = ("301", "302", "303", "307", "308")


class ContentEndpoints:
    """The endpoints that show no records and change nothing."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._shown = Echo()

    def endpoints(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint(ANY, "echo", self._echo, HELP, "assumption: for tests"),
            Endpoint(ANY, "mem/user/session", self._session,
                     "the session: its user, organization and times", "public record, requests: from clients"),
            Endpoint("GET, POST", "[mem/]idle", self._idle,
                     "keeps the session alive; needs one",
                     "public record, idle time: as in version 1"),
            Endpoint(ANY, "mem/image/I{id}/download", self._download,
                     "the bytes of an image", "assumption: as known clients use it"),
            Endpoint(ANY, "mem/slow", self._slow,
                     "a response after `seconds`", "assumption: for tests"),
            Endpoint(ANY, "mem/redirect", self._redirect,
                     "a redirect to the URL in `to`", "assumption: for tests"),
        )  # fmt: skip

    async def _echo(self, exchange: Exchange, session: Session | None) -> Response:
        return responses.ok(exchange, await self._shown.of(exchange))

    async def _session(self, exchange: Exchange, session: Session) -> Response:
        knobs = self._site.knobs
        limited = session.mode == COOKIE or (
            session.mode == TOKEN and knobs.token_expires == "idle"
        )
        details = {
            **identity(session),
            "mode": session.mode,
            "user_id": new_id("U", session.user.email),
            "tz": "America/New_York",
            "opened": str(int(session.opened)),
            "last_used": str(int(session.last_used)),
            "idle_limit": str(knobs.idle_limit if limited else 0),
        }
        return responses.ok(exchange, {"Session": details})

    async def _idle(self, exchange: Exchange, session: Session) -> Response:
        return responses.ok(exchange, {"Session": identity(session)})

    async def _download(self, exchange: Exchange, session: Session) -> Response:
        headers = [
            ("X-Sandbox-User", quote(session.user.email, safe="@")),
            ("X-Sandbox-Organization", session.organization or ""),
        ]
        return serve(exchange, exchange.parts[0], "image/jpeg", headers)

    async def _slow(self, exchange: Exchange, session: Session) -> Response:
        try:
            seconds = float(exchange.query.get("seconds", "1"))
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= _LONGEST_WAIT:
            return responses.bad_request(exchange, "seconds: 0 to 60")
        await asyncio.sleep(seconds)
        return responses.ok(exchange, {"Session": identity(session)})

    async def _redirect(self, exchange: Exchange, session: Session) -> Response:
        target = exchange.query.get("to", "")
        code = exchange.query.get("code", "302")
        # Other text could end the header and begin another one.
        if not target or not target.isascii() or not target.isprintable():
            return responses.bad_request(exchange, "to: an encoded URL is needed")
        if code not in _REDIRECTS:
            return responses.bad_request(exchange, "code: one of " + ", ".join(_REDIRECTS))
        return Response(int(code), b"moved\n", HTML, [("Location", target)])
