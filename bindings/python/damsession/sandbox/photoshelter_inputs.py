"""Where a request to PhotoShelter has its API key, its token and its fields.

A body is a form, multipart, or, at login, JSON with one of two media types. Files are hashed while
they arrive, and never held in memory.
"""

from __future__ import annotations

import hashlib

from aiohttp import BodyPartReader

from .exchange import Exchange

_BEARER = "Bearer "
_CHUNK = 1 << 18


def api_key(exchange: Exchange) -> str:
    return exchange.header("X-PS-Api-Key") or exchange.parameter("api_key")


def token(exchange: Exchange) -> str:
    """The authentication token: of X-PS-Auth-Token, which the guide prefers, of Authorization, or
    of the URL.
    """
    own = exchange.header("X-PS-Auth-Token")
    return own or bearer(exchange) or exchange.query.get("auth_token", "")


def bearer(exchange: Exchange) -> str:
    """The token of Authorization."""
    given = exchange.header("Authorization")
    return given[len(_BEARER) :] if given.startswith(_BEARER) else ""


def is_multipart(exchange: Exchange) -> bool:
    return exchange.media_type == "multipart/form-data"


async def read_body(exchange: Exchange, login: bool) -> None:
    """Reads the body if the listener has not read it."""
    # A proxy that only checks the session sends the head without the body.
    if exchange.body_read or not exchange.request.body_exists:
        return
    if is_multipart(exchange):

        async def receive(part: BodyPartReader) -> None:
            exchange.files.append(await _hashed(part))
            exchange.form.append((part.name or "", part.filename or ""))

        await exchange.read_multipart(receive)
    elif login and exchange.media_type == "text/plain":
        # `fetch` in a browser sends text with this type if the program gives none.
        await exchange.read_json()


async def _hashed(part: BodyPartReader) -> dict[str, str]:
    digest = hashlib.sha256()
    size = 0
    while chunk := await part.read_chunk(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    name = part.filename or ""
    return {"file_name": name, "file_size": str(size), "sha256": digest.hexdigest()}
