"""The responses of an OAuth server as RFC 6749 writes them."""

from __future__ import annotations

import json

from .exchange import JSON, Exchange, Headers, Response

#: No response with a token may be kept (RFC 6749, section 5.1).
NOT_KEPT = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))


def error(
    exchange: Exchange, status: int, code: str, text: str, headers: Headers | None = None
) -> Response:
    """`code` is one of the RFC's words, and the verdict unless there is a closer one already."""
    if exchange.verdict == "ok":
        exchange.verdict = code
    document = {"error": code, "error_description": text}
    return Response(status, json.dumps(document).encode("utf-8"), JSON, headers)


def token(access: str, life: int, told_as: str, refresh: str | None) -> Response:
    """A new access token, with a refresh token or without. `told_as` is how its life
    is told: a value of the knob `expires-in`."""
    document = {"access_token": access, "token_type": "Bearer"}
    if refresh is not None:
        document["refresh_token"] = refresh
    text = json.dumps(document)
    if told_as != "missing":
        # Not by `json`, which would write 3600.0.
        told = {"integer": f"{life}", "float": f"{life:.6f}", "text": f'"{life}"'}
        text = f'{text[:-1]}, "expires_in": {told[told_as]}}}'
    return Response(200, text.encode("utf-8"), JSON, list(NOT_KEPT))
