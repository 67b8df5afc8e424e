"""Finds out which application sent a request to the token endpoint (RFC 6749, section 2.3)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from hmac import compare_digest
from urllib.parse import unquote_plus

from .accounts import NATIVE, Application
from .exchange import Exchange, Response
from .oauth_site import Site


def authenticated(exchange: Exchange, site: Site) -> Application | Response:
    """The application, or why it is refused. Its secret comes as a form field or as HTTP Basic."""
    header = site.authorization(exchange)
    posted = [value for name, value in exchange.form if name == "client_secret"]
    if header and posted:
        return site.error(
            exchange, 400, "invalid_request", "the client must authenticate in one way, not in two"
        )
    found = _basic(header) if header else (exchange.field("client_id"), "".join(posted))
    if found is None:
        return _refused(exchange, site, header, "the header Authorization is not Basic")
    name, secret = found
    application = site.vendor.applications.get(name)
    if application is None:
        return _refused(exchange, site, header, "there is no such application")
    if exchange.field("client_id") not in ("", name):
        return _refused(exchange, site, header, "client_id and the header Authorization differ")
    exchange.user = application.id
    if application.kind == NATIVE:
        if header or posted:
            return site.error(
                exchange, 400, "invalid_client",
                "a native application must not send a client secret",
            )  # fmt: skip
    elif not compare_digest(secret.encode("utf-8"), application.secret.encode("utf-8")):
        return _refused(exchange, site, header, "the client secret is missing or wrong")
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


def _refused(exchange: Exchange, site: Site, header: str, text: str) -> Response:
    challenge = [("WWW-Authenticate", f'Basic realm="{site.vendor.title}"')] if header else []
    return site.error(exchange, 401, "invalid_client", text, challenge)
