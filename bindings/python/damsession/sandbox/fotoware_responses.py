"""The JSON responses of FotoWare. Errors are as RFC 6749 and RFC 6750 write them."""

from __future__ import annotations

import json
from typing import Any

from .exchange import JSON, Exchange, Headers, Response
from .knobs import Knobs

#: No response with a token may be kept (RFC 6749, section 5.1).
NOT_KEPT = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))

_NO_LICENSE = "The site is not licensed for use of third-party applications"


def ok(document: Any) -> Response:
    return Response(200, json.dumps(document, ensure_ascii=False).encode("utf-8"))


def error(
    exchange: Exchange, status: int, code: str, text: str, headers: Headers | None = None
) -> Response:
    """`code` is one of the RFC's words, and the verdict unless there is a closer one already."""
    if exchange.verdict == "ok":
        exchange.verdict = code
    document = {"error": code, "error_description": text}
    return Response(status, json.dumps(document).encode("utf-8"), JSON, headers)


def token(knobs: Knobs, access: str, refresh: str | None) -> Response:
    """A new access token, with a refresh token or without."""
    document = {"access_token": access, "token_type": "Bearer"}
    if refresh is not None:
        document["refresh_token"] = refresh
    text, life = json.dumps(document), knobs.access_life
    if knobs.expires_in != "missing":
        # Not by `json`, which would write 3600.0.
        told = {"integer": f"{life}", "float": f"{life:.6f}", "text": f'"{life}"'}
        text = f'{text[:-1]}, "expires_in": {told[knobs.expires_in]}}}'
    return Response(200, text.encode("utf-8"), JSON, list(NOT_KEPT))


def refresh_refused(exchange: Exchange, knobs: Knobs, why: str) -> Response:
    """`why` is the verdict."""
    exchange.verdict = why
    text = "The refresh token is not valid"
    if knobs.refused_refresh == "empty-400":
        return Response(400, b"", None)
    if knobs.refused_refresh == "wrapped":
        wrapped = {"errors": [{"id": "OAuthServerException", "title": text}]}
        return Response(400, json.dumps(wrapped).encode("utf-8"))
    return error(exchange, 400, "invalid_grant", text, list(NOT_KEPT))


def no_license(exchange: Exchange) -> Response:
    exchange.verdict = "no-license"
    return error(exchange, 403, "access_denied", _NO_LICENSE)


def bearer_refused(exchange: Exchange, verdict: str, text: str) -> Response:
    """The challenge names an error only if there was a token (RFC 6750, section 3.1)."""
    exchange.verdict = verdict
    challenge = "Bearer" if verdict == "no-token" else 'Bearer error="invalid_token"'
    return error(exchange, 401, "invalid_token", text, [("WWW-Authenticate", challenge)])


def method_not_allowed(exchange: Exchange, allowed: str) -> Response:
    exchange.verdict = "method"
    return error(exchange, 405, "invalid_request", f"allowed: {allowed}", [("Allow", allowed)])


def not_found(exchange: Exchange) -> Response:
    exchange.verdict = "not-found"
    return error(exchange, 404, "not_found", "There is nothing here")
