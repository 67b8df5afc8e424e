"""One request as Python has it, laid out as the C struct: text encoded, query and body serialized.

Judges nothing that the library judges (paths, methods, header names, sizes); it refuses only what has no C form.
"""

from __future__ import annotations

import json as json_module
import math
from typing import Any, Iterable, Mapping, Optional, TypedDict, Union
from urllib.parse import urlencode

from . import _abi
from ._errors import argument_error
from ._text import encoded, utf8

#: Query parameters or form fields. A value may be a sequence of values.
Fields = Union[Mapping[str, Any], Iterable[tuple[str, Any]]]
#: Request headers.
HeaderFields = Union[Mapping[str, str], Iterable[tuple[str, str]]]
#: A body: bytes as they are, text as UTF-8, fields as a form.
Body = Union[bytes, bytearray, memoryview, str, Fields]

_TIMEOUT_MOST = 2**32 - 1  # milliseconds; the field of the struct


class RequestOptions(TypedDict, total=False):
    """The keywords of `Session.request`, which explains them."""

    params: Optional[Fields]
    headers: Optional[HeaderFields]
    data: Optional[Body]
    json: Any
    content_type: Optional[str]
    image: Optional[str]
    timeout: Optional[float]


def build(
    method: str,
    path: str,
    params: Optional[Fields],
    headers: Optional[HeaderFields],
    data: Optional[Body],
    json: Any,
    content_type: Optional[str],
    image: Optional[str],
    timeout: Optional[float],
) -> _abi.dam_request:
    """The struct, which keeps alive everything that it points to. ArgumentError: something in it has no C form."""
    request = _abi.dam_request()
    request.method = encoded(method, "the method")
    request.path = encoded(path if params is None else _with_query(path, params, image), "the path")
    if headers is not None:
        _put_headers(request, headers)
    if json is not None:
        if data is not None:
            raise argument_error("a request has one body: give data or json, not both")
        data, content_type = json_module.dumps(json, allow_nan=False).encode(), content_type or "application/json"
    if data is not None:
        body = _body(data)
        request.body, request.body_size = body, len(body)
    if content_type is not None:
        request.content_type = encoded(content_type, "content_type")
    if image is not None:
        request.image = encoded(image, "image")
    if timeout is not None:
        request.timeout = _milliseconds(timeout)
    return request


def _with_query(path: str, params: Fields, image: Optional[str]) -> str:
    query = _form(params, "params")
    if not query:
        return path
    if image is not None:
        query = query.replace("%7Bimage%7D", "{image}")  # the place of the image ID, which the library fills
    return path + ("&" if "?" in path else "?") + query


def _form(fields: Fields, what: str) -> str:
    """`application/x-www-form-urlencoded`; fields whose value is None are left out."""
    pairs = fields.items() if isinstance(fields, Mapping) else fields
    try:
        return urlencode([(name, value) for name, value in pairs if value is not None], doseq=True)
    except UnicodeEncodeError:
        pass  # raised below, without a context: this exception carries the whole text, which may be a password
    raise argument_error(f"{what} hold half a surrogate pair, which is no text")


def _body(data: Body) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(data)
    if isinstance(data, str):
        return utf8(data, "data")
    return _form(data, "data").encode()


def _put_headers(request: _abi.dam_request, headers: HeaderFields) -> None:
    pairs = [
        (encoded(name, "a header's name"), encoded(value, f"the value of the header {name!a}"))
        for name, value in (headers.items() if isinstance(headers, Mapping) else headers)
    ]
    array = (_abi.dam_header * len(pairs))()
    count = 0
    for name, value in pairs:
        if name.lower() == b"content-type":
            request.content_type = value  # it has a field of its own
        else:
            array[count].name, array[count].value = name, value
            count += 1
    request.headers, request.header_count = array, count


def _milliseconds(seconds: float) -> int:
    if not (math.isfinite(seconds) and 0 < seconds * 1000 <= _TIMEOUT_MOST):
        raise argument_error("timeout must be a number of seconds above 0")
    return math.ceil(seconds * 1000)
