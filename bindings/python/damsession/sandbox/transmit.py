"""Putting an answer on the wire, whole or broken on purpose.

The only place that touches sockets. A client that goes away in the middle is
no error here.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from email.utils import formatdate

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from multidict import CIMultiDict

from .exchange import Answer

SERVER = "damsession-sandbox"

_LINGER_ZERO = struct.pack("ii", 1, 0)
# Seconds between two looks whether a stalled client is still there.
_GLANCE = 0.02
# What a truncated answer without any body promises.
_PROMISED = 64


class _Broken(web.StreamResponse):
    """A response that never gets on the wire the usual way.

    aiohttp takes `ConnectionError` from `prepare` for a client that went away
    and leaves the connection alone, which is just what a fault needs.
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

    def __init__(self, answer: Answer) -> None:
        super().__init__(status=answer.status)
        self._answer = answer

    @property
    def keep_alive(self) -> bool | None:
        lines = [(name.lower(), value.lower()) for name, value in self._answer.headers]
        return ("connection", "close") not in lines

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        answer = self._answer
        lines = [f"HTTP/1.1 {answer.status} {self.reason}"]
        lines += [f"{name}: {value}" for name, value in answer.headers]
        named = {name.lower() for name, _ in answer.headers}
        if not named & {"content-length", "transfer-encoding"}:
            lines.append(f"Content-Length: {len(answer.body)}")
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if request.transport is not None:
            request.transport.write(head if request.method == "HEAD" else head + answer.body)
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        pass


async def send(request: web.BaseRequest, answer: Answer, date: float | None) -> web.StreamResponse:
    """Send the answer as its `delivery` says; `date` overrides the Date header."""
    if answer.delivery == "reset":
        return _Broken(True, b"")
    if answer.delivery == "garbage":
        return _Broken(False, answer.body)
    if answer.delivery == "exact":
        return _Exact(answer)
    headers = CIMultiDict(answer.headers)
    headers["Server"] = SERVER
    if date is not None:
        headers["Date"] = formatdate(date, usegmt=True)
    whole = answer.stream is None and answer.delivery == "whole"
    response: web.StreamResponse
    if whole:
        response = web.Response(status=answer.status, body=answer.body, headers=headers)
    else:
        response = web.StreamResponse(status=answer.status, headers=headers)
    if headers.get("Connection") == "close":
        response.force_close()
    if whole:
        return response
    try:
        await _stream(request, answer, response)
    except ConnectionError:
        _abort(request)
    return response


async def _stream(request: web.BaseRequest, answer: Answer, response: web.StreamResponse) -> None:
    stream = answer.stream
    length = stream.length if stream is not None else len(answer.body)
    left = length
    if answer.delivery in ("truncate", "stall"):
        left = length // 2
        length = length or _PROMISED
    response.content_length = length
    await response.prepare(request)
    if request.method == "HEAD":
        return
    for chunk in stream.chunks() if stream is not None else (memoryview(answer.body),):
        await response.write(chunk[:left])
        await asyncio.sleep(0)  # word of a client that has gone comes only while nobody writes
        left -= len(chunk)
        if left <= 0:
            break
    while answer.delivery == "stall" and request.transport is not None:
        await asyncio.sleep(_GLANCE)
    if answer.delivery == "truncate" and request.transport is not None:
        # An orderly end, so that the half that was sent does arrive.
        request.transport.close()


def _abort(request: web.BaseRequest) -> None:
    """Close so that the peer sees a reset, not an orderly end."""
    transport = request.transport
    if transport is None:
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
    transport.abort()
