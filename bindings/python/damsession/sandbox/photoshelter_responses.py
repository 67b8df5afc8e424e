"""The envelope of PhotoShelter's responses, in JSON and XML, for successes and errors.

Every response of the API is made here. What a dead session is told is a knob,
because the public record does not say.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from .exchange import HTML, JSON, XML, Exchange, Response
from .pages import login_page

# As recorded, on every response of the API itself.
_CROSS_ORIGIN = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "POST, GET"),
    ("Access-Control-Max-Age", "3600"),
)

# Part of the recorded usage of a login: words like `token` and `org` stand in errors too.
_LOGIN_USAGE = {
    "input": {"email": {"desc": "email address", "required": "yes"}},
    "output": {
        "0": {"name": "token", "desc": "authentication token"},
        "org": [{"name": "id", "desc": "organization ID"}],
    },
}

_LOGIN_PAGE = login_page("/login", "Please log in.")

MESSAGES = {
    "ApiKeyInvalidErr": "The API key is missing or not valid.",
    "AuthAccountLockedErr": "This account is locked after too many failed logins.",
    "AuthInvalidLoginErr": "We couldn't find a user account with that email address.",
    "AuthInvalidPasswordErr": "You have entered an invalid password.",
    "AuthTwoFactorRequiredErr": "A second factor is needed to log in.",
    "BadRequestErr": "The request is malformed.",
    "HTTPSRequiredPermErr": "This endpoint must be called over HTTPS.",
    "MethodNotAllowedErr": "The endpoint does not know this method.",
    "NotFoundErr": "There is nothing here.",
    "OrganizationPermErr": "The user is not a member of this organization.",
    "SessionRequiredErr": "You must be logged into PhotoShelter to perform this action",
    "ThrottledErr": "Too many requests.",
}


def ok(exchange: Exchange, data: dict[str, Any] | None, **top: Any) -> Response:
    """`{"status": "ok", "data": ...}`; `top` adds keys beside these two."""
    return _envelope(exchange, 200, {"status": "ok", "data": data, **top})


def error(exchange: Exchange, status: int, kind: str, message: str = "") -> Response:
    """The error envelope; the class decides the message unless one is given."""
    code = status if status >= 400 else 400
    detail = {"code": code, "class": kind, "message": message or MESSAGES[kind]}
    document = {"status": "error", "error": detail, "usage": _usage(exchange), "data": None}
    return _envelope(exchange, status, document)


def _usage(exchange: Exchange) -> dict[str, Any]:
    """How the endpoint is used, as every recorded error says it."""
    of = _LOGIN_USAGE if exchange.path.endswith("mem/authenticate") else {"input": [], "output": []}
    return {"desc": exchange.usage(), **of}


def bad_request(exchange: Exchange, message: str) -> Response:
    exchange.verdict = "bad-request"
    return error(exchange, 400, "BadRequestErr", message)


def not_found(exchange: Exchange) -> Response:
    exchange.verdict = "not-found"
    return error(exchange, 404, "NotFoundErr")


def method_not_allowed(exchange: Exchange, allowed: str) -> Response:
    exchange.verdict = "method"
    response = error(exchange, 405, "MethodNotAllowedErr")
    response.headers.append(("Allow", allowed))
    return response


def session_refused(exchange: Exchange, variant: str) -> Response:
    """The response to a request whose session is dead or missing, by knob value."""
    if variant == "401-empty":
        return Response(401)
    if variant == "200-html":
        return Response(200, _LOGIN_PAGE, HTML)
    if variant == "302-login":
        location = "/login?to=" + quote(exchange.path, safe="")
        return Response(302, _LOGIN_PAGE, HTML, [("Location", location)])
    return error(exchange, int(variant[:3]), "SessionRequiredErr")


def _envelope(exchange: Exchange, status: int, document: dict[str, Any]) -> Response:
    if exchange.parameter("format") == "xml":
        # No XML with a usage is on record, and `0` is no name of an element.
        document.pop("usage", None)
        body = '<?xml version="1.0" encoding="UTF-8"?>\n' + (
            f'<PhotoShelterAPI version="3.0">{_xml(document)}</PhotoShelterAPI>\n'
        )
        return _recorded(Response(status, body.encode("utf-8"), XML))
    if document["data"] == {}:
        # Nothing by name and nothing in a row are the same to the real one.
        document["data"] = []
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _recorded(Response(status, text.encode("utf-8"), JSON))


def _recorded(response: Response) -> Response:
    response.headers += _CROSS_ORIGIN
    if response.status == 400:
        response.headers.append(("Connection", "close"))
    return response


def _xml(value: Any) -> str:
    """A value as XML: a list repeats the element that it stands in."""
    if isinstance(value, dict):
        return "".join(
            f"<{name}>{_xml(one)}</{name}>"
            for name, inner in value.items()
            for one in (inner if isinstance(inner, list) else [inner])
        )
    return "" if value is None else escape(str(value))
