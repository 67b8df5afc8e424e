"""Turns a request in Python into the C struct: text is encoded, query and body are serialized.

The library checks paths, methods, header names and sizes. Only what has no form in C is refused
here.
"""

from __future__ import annotations

import json as json_module
import math
import os
from collections.abc import AsyncIterable, Iterable, Mapping
from typing import Any, TypedDict, Union
from urllib.parse import quote

from . import _abi
from ._body import Body, Fields, form, put_body
from ._cancel import Canceller
from ._check import Keep, keep_for_call
from ._errors import argument_error
from ._form import Files, Form
from ._interrupt import is_main_thread
from ._outgoing import Outgoing
from ._sink import HEARTBEAT, Progress, Sink, put_progress, put_sink
from ._text import encoded, utf8
from ._unknown import no_timeout

#: Request headers.
HeaderFields = Union[Mapping[str, str], Iterable[tuple[str, str]]]

_QUERY = "!$%&'()*+,/:;=?@[]~{}"  # what stays in a query that is given as a whole

_TIMEOUT_MOST = 2**32 - 1  # milliseconds; the field of the struct


class ResponseOptions(TypedDict, total=False):
    """The keywords of every request; `Session.request` explains them."""

    params: str | Fields | None
    headers: HeaderFields | None
    image: str | None
    timeout: float | None
    once: bool
    progress: Progress | None
    canceller: Canceller | None


class BodyOptions(ResponseOptions, total=False):
    """The keywords of a body, but for `data`."""

    json: Any
    files: Files | None
    content_type: str | None


class StreamOptions(BodyOptions, total=False):
    """The keywords of `Session.stream`."""

    data: Body | None


class RequestOptions(StreamOptions, total=False):
    """The keywords of `Session.request`."""

    stream_to: Sink | None


#: The keywords of the methods, for those who give another one.
DOWNLOAD_KEYWORDS = frozenset(ResponseOptions.__annotations__)
STREAM_KEYWORDS = frozenset(StreamOptions.__annotations__)
REQUEST_KEYWORDS = frozenset(RequestOptions.__annotations__)


class AsyncStreamOptions(BodyOptions, total=False):
    """The keywords of `AsyncSession.stream`."""

    data: Body | AsyncIterable[bytes] | None


class AsyncRequestOptions(AsyncStreamOptions, total=False):
    """The keywords of `AsyncSession.request`."""

    stream_to: Sink | None


def build(
    method: str,
    path: str,
    *,
    params: str | Fields | None = None,
    headers: HeaderFields | None = None,
    data: Body | None = None,
    json: Any = None,
    files: Files | None = None,
    content_type: str | None = None,
    image: str | None = None,
    timeout: float | None = None,
    once: bool = False,
    stream_to: Sink | None = None,
    progress: Progress | None = None,
    canceller: Canceller | None = None,
    keep: Keep = keep_for_call,
    is_blocking: bool = False,
) -> _abi.dam_request:
    """The struct, which keeps alive everything that it points to. ArgumentError: something in the
    request has no form in C.

    keep: takes the exceptions of its callbacks.
    is_blocking: the call of C waits for the response, so that Ctrl-C needs a callback to end it.
    """
    request = _abi.dam_request()
    method = method.upper() if isinstance(method, str) else method  # as other clients do
    # C takes NULL for GET, but with a body for POST.
    if method != "GET" or not (data is None and json is None and files is None):
        request.method = encoded(method, "the method")
    request.path = encoded(path if params is None else _with_query(path, params, image), "the path")
    if headers is not None:
        _put_headers(request, headers)
    if json is not None:
        if data is not None or files is not None:
            raise argument_error(
                "a request has one body: give data or json, not both; nor json with files"
            )
        data, content_type = (
            json_module.dumps(json, allow_nan=False).encode(),
            content_type or "application/json",
        )
    if files is not None:
        _put_form(request, data, files)
    elif data is not None and put_body(request, data, keep) and request.content_type is None:
        request.content_type = b"application/octet-stream"
    if content_type is not None:
        request.content_type = encoded(content_type, "content_type")
    if image is not None:
        request.image = encoded(image, "image")
    if timeout is not None:
        request.timeout_ms = _milliseconds(timeout)
    if once:
        request.flags |= _abi.DAM_REQUEST_ONCE
    if stream_to is not None:
        put_sink(request, stream_to, keep)
    if progress is not None:
        put_progress(request, progress, keep)
    elif is_blocking and is_main_thread():
        request.progress = HEARTBEAT
        request.flags |= _abi.DAM_REQUEST_HEARTBEAT
    if canceller is not None:
        request.canceller, request.kept_canceller = canceller._pointer, canceller
    return request


def download_target(file: str | os.PathLike[str], resume: bool, keep: bool) -> tuple[bytes, int]:
    """The path and the flags of a download."""
    flags = _abi.DAM_DOWNLOAD_CONTINUE * resume | _abi.DAM_DOWNLOAD_KEEP * keep
    return encoded(os.fsdecode(file), "the file's path"), flags


def _put_form(request: _abi.dam_request, data: Any, files: Files) -> None:
    multipart = Form()
    if data is not None:
        if isinstance(data, (bytes, bytearray, memoryview, str, os.PathLike, Outgoing)) or hasattr(
            data, "read"
        ):
            raise argument_error(
                "with files, data must be fields: they become parts of the same form"
            )
        multipart.add_fields(data)
    multipart.add_files(files)
    request.form, request.kept_form = multipart.pointer, multipart


def _with_query(path: str, params: str | Fields, image: str | None) -> str:
    query = _whole_query(params) if isinstance(params, str) else form(params, "params")
    if not query:
        return path
    if image is not None:
        # The library replaces this by the image ID.
        query = query.replace("%7Bimage%7D", "{image}")
    return path + ("&" if "?" in path else "?") + query


def _whole_query(text: str) -> str:
    """A query that is given as a whole. What is encoded in it stays."""
    return quote(utf8(text, "params"), _QUERY)


def _put_headers(request: _abi.dam_request, headers: HeaderFields) -> None:
    pairs = [
        (encoded(name, "a header's name"), encoded(value, f"the value of the header {name!a}"))
        for name, value in (headers.items() if isinstance(headers, Mapping) else headers)
    ]
    others = []
    for name, value in pairs:
        if name.lower() == b"content-type":
            request.content_type = value  # the struct has a field for it
        else:
            others.append((name, value))
    request.headers, request.header_count = _abi.header_list(others), len(others)


def _milliseconds(seconds: float) -> int:
    if not hasattr(seconds, "__float__"):
        raise no_timeout(seconds)
    if not (math.isfinite(seconds) and 0 < seconds * 1000 <= _TIMEOUT_MOST):
        raise argument_error("timeout must be a number of seconds above 0")
    return math.ceil(seconds * 1000)
