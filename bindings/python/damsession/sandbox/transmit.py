"""Sends a response, whole or broken on purpose.

This is the only module that touches sockets. A client that closes the connection in the middle is
not an error here.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from email.utils import formatdate

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict

from .exchange import Response

SERVER = "damsession-sandbox"

_LINGER_ZERO = struct.pack("ii", 1, 0)
# Seconds between two checks whether the client of a stalled response is still connected.
_GLANCE = 0.02
# The Content-Length of a truncated response that has no body.
_PROMISED = 64


class _Broken(web.StreamResponse):
    """A response that is not sent in the usual way.

    aiohttp takes a `ConnectionError` from `prepare` for a client that has closed the connection,
    and leaves the connection alone, which is what a fault needs.
    """

    def __init__(self, abort: bool, raw: bytes) -> None:
        super().__init__()
        self._abort = abort
        self._raw = raw

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        if self._abort:
            _abort(request)
        elif request.transport is not None:
            request.transport.write(self._raw)
            request.transport.close()
        raise ConnectionResetError


class _Exact(web.StreamResponse):
    """A response whose head is written here, because aiohttp would write it in UTF-8."""

    def __init__(self, response: Response) -> None:
        super().__init__(status=response.status)
        self._response = response

    @property
    def keep_alive(self) -> bool | None:
        lines = [(name.lower(), value.lower()) for name, value in self._response.headers]
        return ("connection", "close") not in lines

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        response = self._response
        lines = [f"HTTP/1.1 {response.status} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        named = {name.lower() for name, _ in response.headers}
        if not named & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(response.body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if request.transport is not None:
            request.transport.write(head if request.method == "HEAD" else head + response.body)
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        pass


async def send(
    request: web.BaseRequest, response: Response, date: float | None
) -> web.StreamResponse:
    """Sends the response as its `delivery` says. `date` overrides the Date header."""
    if response.delivery == "reset":
        return _Broken(True, b"")
    if response.delivery == "garbage":
        return _Broken(False, response.body)
    if response.delivery == "exact":
        return _Exact(response)
    headers = CIMultiDict(response.headers)
    headers["Server"] = SERVER
    if date is not None:
        headers["Date"] = formatdate(date, usegmt=True)
    whole = response.stream is None and response.delivery == "whole"
    sent: web.StreamResponse
    if whole:
        sent = web.Response(status=response.status, body=response.body, headers=headers)
    else:
        sent = web.StreamResponse(status=response.status, headers=headers)
    if headers.get("Connection") == "close":
        sent.force_close()
    if whole:
        return sent
    try:
        await _stream(request, response, sent)
    except ConnectionError:
        _abort(request)
    return sent


async def _stream(request: web.BaseRequest, response: Response, sent: web.StreamResponse) -> None:
    stream = response.stream
    length = stream.length if stream is not None else len(response.body)
    left = length
    if response.delivery in ("truncate", "stall"):
        left = length // 2
        length = length or _PROMISED
    sent.content_length = length
    await sent.prepare(request)
    if request.method == "HEAD":
        return
    for chunk in stream.chunks() if stream is not None else (memoryview(response.body),):
        await sent.write(chunk[:left])
        await asyncio.sleep(0)  # the event loop reports a closed connection only between writes
        left -= len(chunk)
        if left <= 0:
            break
    while response.delivery == "stall" and request.transport is not None:
        await asyncio.sleep(_GLANCE)
    if response.delivery == "truncate" and request.transport is not None:
        # The connection ends in order, so that the half that was sent arrives.
        request.transport.close()


def _abort(request: web.BaseRequest) -> None:
    """Closes the connection so that the client sees a reset."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
