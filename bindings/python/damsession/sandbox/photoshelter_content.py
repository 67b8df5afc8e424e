"""Something for programs to do once they are logged in to PhotoShelter.

A handful of galleries and images, made up from the identity that asks: each
answer names its user and organization, so that a program which ends up in a
wrong account can be caught. Nothing is kept; a change is acknowledged and
counted. Uploads are hashed as they arrive, never held in memory.
"""

from __future__ import annotations

import asyncio
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import BodyPartReader

from . import photoshelter_answers as answers
from .download import serve
from .endpoints import ANY, Endpoint
from .exchange import HTML, Answer, BodyTooLarge, Exchange, MalformedBody
from .photoshelter_login import MemberEndpoint, PublicEndpoint, identity
from .photoshelter_sessions import COOKIE, Session

if TYPE_CHECKING:
    from .photoshelter import PhotoShelter

_CHUNK = 1 << 18
_LONGEST_WAIT = 60.0
_REDIRECTS = ("301", "302", "303", "307", "308")


class ContentEndpoints:
    """The endpoints that are not about sessions."""

    def __init__(self, system: PhotoShelter) -> None:
        self._system = system

    def public(self) -> tuple[Endpoint[PublicEndpoint], ...]:
        return (
            Endpoint(ANY, "echo", self._echo,
                     "method and query, as they came", "assumption: for tests"),
        )  # fmt: skip

    def member(self) -> tuple[Endpoint[MemberEndpoint], ...]:
        return (
            Endpoint(ANY, "mem/user/session", self._session,
                     "who is asking, since when", "public record, requests: from clients"),
            Endpoint(ANY, "mem/gallery/query", self._galleries,
                     "the galleries of who is asking", "assumption: a list of records"),
            Endpoint("POST", "mem/image/upload", self._upload,
                     "upload files", "public record, requests"),
            Endpoint(ANY, "mem/slow", self._slow,
                     "an answer after so many seconds", "assumption: for tests"),
            Endpoint(ANY, "mem/redirect", self._redirect,
                     "a redirect to anywhere", "assumption: for tests"),
            Endpoint("GET, PUT, POST, DELETE", "mem/gallery/{id}", self._gallery,
                     "a gallery, or a change of it", "assumption: the guide tells of changes"),
            Endpoint(ANY, "mem/image/I{id}", self._image,
                     "an image", "public record, requests: types of its fields"),
            Endpoint(ANY, "mem/image/I{id}/download", self._download,
                     "the bytes of an image", "assumption: for tests"),
        )  # fmt: skip

    async def _echo(self, exchange: Exchange) -> Answer:
        return answers.ok(exchange, {"method": exchange.method, "query": exchange.query})

    async def _session(self, exchange: Exchange, session: Session) -> Answer:
        knobs = self._system.knobs
        limited = session.mode == COOKIE or knobs.token_expires == "idle"
        details = {
            **identity(session),
            "mode": session.mode,
            "opened": str(int(session.opened)),
            "last_used": str(int(session.last_used)),
            "idle_limit": str(knobs.idle_limit if limited else 0),
        }
        return answers.ok(exchange, {"Session": details})

    async def _galleries(self, exchange: Exchange, session: Session) -> Answer:
        who = identity(session)
        galleries = _galleries_of(who["user"], who["organization"] or "")
        return answers.ok(exchange, {"Session": who, "Gallery": galleries})

    async def _gallery(self, exchange: Exchange, session: Session) -> Answer:
        who = identity(session)
        gallery = {
            "id": exchange.parts[0],
            "name": exchange.parameter("name") or f"Gallery of {who['user']}",
            "owner": who["organization"] or who["user"],
            "deleted": "t" if exchange.method == "DELETE" else "f",
        }
        if exchange.method != "GET":
            self._system.counters["writes"] += 1
        return answers.ok(exchange, {"Session": who, "Gallery": gallery})

    async def _image(self, exchange: Exchange, session: Session) -> Answer:
        who = identity(session)
        image = {
            "id": exchange.parts[0],
            "file_name": "made-up.jpg",
            "file_size": "65536",
            "width": "1600",
            "height": "1067",
            "is_public": "f",
            "owner": who["organization"] or who["user"],
        }
        return answers.ok(exchange, {"Session": who, "Image": image})

    async def _download(self, exchange: Exchange, session: Session) -> Answer:
        headers = [
            ("X-Sandbox-User", quote(session.user.email, safe="@")),
            ("X-Sandbox-Organization", session.organization or ""),
        ]
        return serve(exchange, exchange.parts[0], "image/jpeg", headers)

    async def _upload(self, exchange: Exchange, session: Session) -> Answer:
        if exchange.media_type != "multipart/form-data":
            return answers.bad_request(exchange, "multipart/form-data is needed")
        files: list[dict[str, str]] = []

        async def receive(part: BodyPartReader) -> None:
            files.append(await _hashed(part))
            exchange.form.append((part.name or "", part.filename or ""))

        # Answered here, not by the listener: this error too carries a new cookie.
        try:
            await exchange.read_multipart(receive)
        except (MalformedBody, BodyTooLarge):
            return answers.bad_request(exchange, "the multipart body cannot be read")
        if not files:
            return answers.bad_request(exchange, "no file part")
        self._system.counters["writes"] += 1
        return answers.ok(exchange, {"Session": identity(session), "Image": files})

    async def _slow(self, exchange: Exchange, session: Session) -> Answer:
        try:
            seconds = float(exchange.query.get("seconds", "1"))
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= _LONGEST_WAIT:
            return answers.bad_request(exchange, "seconds: 0 to 60")
        await asyncio.sleep(seconds)
        return answers.ok(exchange, {"Session": identity(session)})

    async def _redirect(self, exchange: Exchange, session: Session) -> Answer:
        target = exchange.query.get("to", "")
        code = exchange.query.get("code", "302")
        # Header text: anything else could end the header and begin another.
        if not target or not target.isascii() or not target.isprintable():
            return answers.bad_request(exchange, "to: an encoded URL is needed")
        if code not in _REDIRECTS:
            return answers.bad_request(exchange, "code: one of " + ", ".join(_REDIRECTS))
        return Answer(int(code), b"moved\n", HTML, [("Location", target)])


async def _hashed(part: BodyPartReader) -> dict[str, str]:
    digest = hashlib.sha256()
    size = 0
    while chunk := await part.read_chunk(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    name = part.filename or ""
    return {"file_name": name, "file_size": str(size), "sha256": digest.hexdigest()}


@lru_cache(maxsize=256)
def _galleries_of(user: str, organization: str) -> list[dict[str, Any]]:
    owner = organization or user
    stem = hashlib.sha256(f"{user}\n{organization}".encode()).hexdigest()[:8].upper()
    return [
        {"id": f"G0000{stem}{number}", "name": f"{owner} {number}", "owner": owner}
        for number in range(1, 4)
    ]
