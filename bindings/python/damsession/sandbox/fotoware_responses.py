"""The JSON responses of FotoWare. Errors are as RFC 6749 and RFC 6750 write them."""

from __future__ import annotations

import json
from typing import Any

from .exchange import Exchange, Response
from .knobs import Knobs
from .oauth_responses import NOT_KEPT
from .oauth_responses import error as error

_NO_LICENSE = "The site is not licensed for use of third-party applications"


def ok(document: Any) -> Response:
    return Response(200, json.dumps(document, ensure_ascii=False).encode("utf-8"))


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
