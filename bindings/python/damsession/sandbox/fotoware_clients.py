"""Finds out which application sent a request to the token endpoint (RFC 6749, section 2.3)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from hmac import compare_digest
from urllib.parse import unquote_plus

from . import fotoware_responses as responses
from .accounts import APPLICATIONS, NATIVE, Application
from .exchange import Exchange, Response
from .knobs import Knobs


def authorization(exchange: Exchange, knobs: Knobs) -> str:
    """The header `Authorization`, as far as it comes through."""
    return exchange.header("Authorization") if knobs.authorization_header == "kept" else ""


def authenticated(exchange: Exchange, knobs: Knobs) -> Application | Response:
    """The application, or why it is refused. Its secret comes as a form field or as HTTP Basic."""
    header = authorization(exchange, knobs)
    posted = [value for name, value in exchange.form if name == "client_secret"]
    if header and posted:
        return responses.error(
            exchange, 400, "invalid_request", "the client must authenticate in one way, not in two"
        )
    found = _basic(header) if header else (exchange.field("client_id"), "".join(posted))
    if found is None:
        return _refused(exchange, header, "the header Authorization is not Basic")
    name, secret = found
    application = APPLICATIONS.get(name)
    if application is None:
        return _refused(exchange, header, "there is no such application")
    if exchange.field("client_id") not in ("", name):
        return _refused(exchange, header, "client_id and the header Authorization differ")
    exchange.user = application.id
    if application.kind == NATIVE:
        if header or posted:
            return responses.error(
                exchange, 400, "invalid_client",
                "a native application must not send a client secret",
            )  # fmt: skip
    elif not compare_digest(secret.encode("utf-8"), application.secret.encode("utf-8")):
        return _refused(exchange, header, "the client secret is missing or wrong")
    return application


def _basic(header: str) -> tuple[str, str] | None:
    """Both parts are form-urlencoded before they are joined (RFC 6749, section 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    try:
        text = b64decode(encoded.strip().encode("ascii"), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError):
        return None
    name, colon, secret = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        return None
    return unquote_plus(name), unquote_plus(secret)


def _refused(exchange: Exchange, header: str, text: str) -> Response:
    challenge = [("WWW-Authenticate", 'Basic realm="FotoWeb"')] if header else []
    return responses.error(exchange, 401, "invalid_client", text, challenge)
