"""What the responses of FotoWeb's archives have in common, and how parameters are read.

Parameters are in the query or, with POST, in a form.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from .archive_files import ArchiveFile
from .download import serve
from .exchange import TEXT, XML, Exchange, Response
from .knobs import Knobs

JPEG = "image/jpeg"


def document(knobs: Knobs, content: str) -> Response:
    """An XML document."""
    charset = knobs.xml_charset
    encoding = "utf-8" if charset == "none" else charset
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n{content}\n'
    kind = XML if charset == "none" else f"{XML}; charset={charset}"
    return Response(200, text.encode(encoding), kind)


def picture(exchange: Exchange, file: ArchiveFile, longest: int) -> Response:
    """A preview whose longer side has `size` pixels."""
    content = file.picture(longest)
    return serve(exchange, f"{longest} {file.name}", JPEG, [], content, len(content))


def bad_request(exchange: Exchange) -> Response:
    exchange.verdict = "bad-request"
    return Response(400, b"Bad request\n", TEXT)


def all_values(exchange: Exchange, name: str) -> list[str]:
    query = parse_qsl(exchange.target.partition("?")[2], keep_blank_values=True)
    return [value for key, value in (*query, *exchange.form) if key == name]


def count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
