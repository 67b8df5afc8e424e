"""A request as the systems see it, and the response that they return.

The systems know nothing of sockets: they read an `Exchange` and return a `Response`. Names and
values are taken exactly as the client sent them. Nothing is repaired, so that wrong encoding is
refused here as a real server would refuse it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable
from typing import Any, Callable
from urllib.parse import parse_qsl, unquote

from aiohttp import BodyPartReader, MultipartReader, web

from .content import Slice

Headers = list[tuple[str, str]]

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
XML = "text/xml"

# What a request is for, as far as its path and query show.
STAGES = ("login", "organization", "keepalive", "request", "logout")

FORM_LIMIT = 1 << 20

Receiver = Callable[[BodyPartReader], Awaitable[None]]


class BodyTooLarge(Exception):
    """A form is larger than any login or record needs."""


class MalformedBody(Exception):
    """A body is not the multipart form that its Content-Type says."""


class Response:
    """A response: the status, the headers, and bytes or a slice of made-up content."""

    __slots__ = ("status", "headers", "body", "stream", "delivery")

    def __init__(
        self,
        status: int,
        body: bytes = b"",
        content_type: str | None = JSON,
        headers: Headers | None = None,
        stream: Slice | None = None,
        delivery: str = "whole",
    ) -> None:
        self.status = status
        self.headers: Headers = [] if headers is None else headers
        if content_type is not None:
            self.headers.append(("Content-Type", content_type))
        self.body = body
        self.stream = stream
        self.delivery = delivery


class Exchange:
    """A request, and what the log will say of it."""

    __slots__ = (
        "request", "system", "secure", "method", "target", "path", "query", "form",
        "parts", "files", "usage", "body", "body_read", "arrival", "verdict", "user", "flags", "peer_port",
        "_body_allowed",
    )  # fmt: skip

    def __init__(self, request: web.BaseRequest, system: str, secure: bool) -> None:
        self.request = request
        self.system = system
        self.secure = secure
        self.method = request.method
        self.target = request.raw_path
        path, _, query = self.target.partition("?")
        self.path = unquote(path) if "%" in path else path
        self.query: dict[str, str] = _first_of_each(query) if query else {}
        self.form: list[tuple[str, str]] = []
        transport = request.transport
        # The port is read now: it is unknown once the client has closed the connection.
        peer = transport.get_extra_info("peername") if transport is not None else None
        self.peer_port: int = peer[1] if peer else 0
        # The values of the braces in the endpoint's path.
        self.parts: tuple[str, ...] = ()
        self.files: list[dict[str, str]] = []
        # Returns the help text of the endpoint, which error responses contain.
        self.usage: Callable[[], str] = str
        # Of a body that was read in one piece.
        self.body = b""
        self.body_read = False
        self.arrival = 0
        self.verdict = "ok"
        self.user = ""
        self.flags: list[str] = []
        self._body_allowed = False

    def header(self, name: str) -> str:
        return self.request.headers.get(name, "")

    def parameter(self, name: str) -> str:
        """The value of a parameter: of the query, else of the form."""
        value = self.query.get(name)
        if value is not None:
            return value
        return self.field(name)

    def field(self, name: str) -> str:
        """The value of the first form field of that name."""
        for key, value in self.form:
            if key == name:
                return value
        return ""

    def cookie(self, name: str) -> str | None:
        """The value of the first cookie of that name, byte for byte as it was sent."""
        for line in self.request.headers.getall("Cookie", ()):
            for part in line.split(";"):
                key, equals, value = part.strip(" \t").partition("=")
                if equals and key == name:
                    return value
        return None

    def flag(self, word: str) -> None:
        if word not in self.flags:
            self.flags.append(word)

    @property
    def server(self) -> str:
        """The scheme and host that the client used, for URLs in responses."""
        return f"{self.request.scheme}://{self.header('Host')}"

    @property
    def media_type(self) -> str:
        # A known client sends a comma where RFC 9110 wants a semicolon.
        return self.header("Content-Type").replace(",", ";", 1).partition(";")[0].strip().lower()

    async def read_form(self) -> None:
        """Reads a urlencoded or JSON body before anything is refused, so that the log always has
        it.
        """
        kind = self.media_type
        if kind == FORM:
            text = (await self.read_body()).decode("utf-8", "replace")
            self.form = parse_qsl(text, keep_blank_values=True)
        elif kind == JSON:
            await self.read_json()

    async def read_json(self) -> None:
        self.form = _json_fields(await self.read_body())

    async def read_multipart(self, receive: Receiver | None = None) -> None:
        """Reads multipart fields into the form. File parts go to `receive` if it is given."""
        self.allow_body()
        left = FORM_LIMIT
        try:
            headers = self.request.headers.copy()
            headers["Content-Type"] = headers["Content-Type"].replace(",", ";", 1)
            async for part in MultipartReader(headers, self.request.content):
                if not isinstance(part, BodyPartReader):
                    continue
                if receive is not None and part.filename is not None:
                    await receive(part)
                    continue
                value = bytearray()
                while chunk := await part.read_chunk():
                    left -= len(chunk)
                    if left < 0:
                        raise BodyTooLarge
                    value += chunk
                self.form.append((part.name or "", value.decode("utf-8", "replace")))
        except (ValueError, AssertionError) as error:
            # aiohttp raises these for a body that it cannot parse.
            raise MalformedBody from error

    async def read_body(self) -> bytes:
        self.allow_body()
        collected = bytearray()
        async for chunk in self.request.content.iter_any():
            collected += chunk
            if len(collected) > FORM_LIMIT:
                raise BodyTooLarge
        self.body = bytes(collected)
        return self.body

    def allow_body(self) -> None:
        """Sends `100 Continue`, once, to a client that waits for it."""
        self.body_read = True
        waiting = self.header("Expect").lower() == "100-continue"
        if waiting and not self._body_allowed and self.request.transport is not None:
            self.request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._body_allowed = True


def _first_of_each(query: str) -> dict[str, str]:
    first: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        first.setdefault(name, value)
    return first


def _json_fields(body: bytes) -> list[tuple[str, str]]:
    try:
        document: Any = json.loads(body)
    except ValueError:
        return []
    if not isinstance(document, dict):
        return []
    return [
        (name, value if isinstance(value, str) else json.dumps(value))
        for name, value in document.items()
    ]


def not_found(exchange: Exchange) -> Response:
    """A 404 with a line of plain text."""
    exchange.verdict = "not-found"
    return Response(404, b"Not found\n", TEXT)
