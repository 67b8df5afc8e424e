"""Serves made-up content as a file of the wanted size, with ranges and an entity tag.

A request may ask for one range (RFC 9110, section 14). For several ranges the whole file is sent,
which the RFC allows. Of conditional headers, only `If-Range` is evaluated.
"""

from __future__ import annotations

import re

from .content import Slice, etag
from .exchange import TEXT, Exchange, Headers, Response

DEFAULT_SIZE = 65_536
MAXIMUM_SIZE = 1 << 40

_RANGE = re.compile(r"bytes=(\d*)-(\d*)$", re.ASCII)


def serve(
    exchange: Exchange,
    name: str,
    content_type: str,
    headers: Headers,
    head: bytes = b"",
    default_size: int = DEFAULT_SIZE,
) -> Response:
    """The whole content or the range asked for. `head` replaces its first bytes."""
    size = _size(exchange.query.get("size", str(default_size)))
    if size is None:
        exchange.verdict = "bad-request"
        return Response(400, b"size: a whole number of bytes is needed\n", TEXT, headers)
    tag = etag(name, size)
    headers.append(("ETag", tag))
    headers.append(("Accept-Ranges", "bytes"))
    match = _RANGE.match(exchange.header("Range"))
    condition = exchange.header("If-Range")
    if match is None or match.group() == "bytes=-" or condition not in ("", tag):
        return Response(200, b"", content_type, headers, Slice(name, 0, size, head))
    bounds = _bounds(match.group(1), match.group(2), size)
    if bounds is None:
        headers.append(("Content-Range", f"bytes */{size}"))
        exchange.verdict = "bad-range"
        return Response(416, b"", TEXT, headers)
    first, last = bounds
    headers.append(("Content-Range", f"bytes {first}-{last}/{size}"))
    return Response(206, b"", content_type, headers, Slice(name, first, last - first + 1, head))


def _size(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or len(text) > 16:
        return None
    size = int(text)
    return size if size <= MAXIMUM_SIZE else None


def _bounds(first: str, last: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte, or None if the range lies outside the file."""
    if first == "":
        length = min(int(last), size)
        return (size - length, size - 1) if length > 0 else None
    start = int(first)
    end = size - 1 if last == "" else min(int(last), size - 1)
    return (start, end) if start <= end else None
