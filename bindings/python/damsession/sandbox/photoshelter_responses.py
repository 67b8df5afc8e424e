"""The envelope of PhotoShelter's responses, in JSON and XML, for successes and errors.

All responses of the API are made here, as the vendor's page on responses and recorded responses of
version 1 show them. The response to an ended session is a knob, because the public record does not
tell it.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from .exchange import HTML, JSON, XML, Exchange, Response
from .pages import login_page

# As in recorded responses: every response of the API has them.
_CROSS_ORIGIN = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "POST, GET"),
    ("Access-Control-Max-Age", "3600"),
)

# A part of the usage in recorded errors of a login. Words like `token` and `org` are therefore in
# errors too.
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
    """The error envelope. The message is that of the class unless another one is given."""
    code = status if status >= 400 else 400
    detail = {"code": code, "class": kind, "message": message or MESSAGES[kind]}
    document = {"status": "error", "error": detail, "usage": _usage(exchange), "data": None}
    return _envelope(exchange, status, document)


def _usage(exchange: Exchange) -> dict[str, Any]:
    """How the endpoint is used, which every recorded error contains."""
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
    """The response to a request whose session has ended or is missing, by the value of the knob."""
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
        # No recorded XML has a usage, and its key `0` cannot be the name of an element.
        document.pop("usage", None)
        body = '<?xml version="1.0" encoding="UTF-8"?>\n' + (
            f'<PhotoShelterAPI version="3.0">{_xml(document)}</PhotoShelterAPI>\n'
        )
        return _recorded(Response(status, body.encode("utf-8"), XML))
    if document["data"] == {}:
        # The real service writes an empty object as an empty array.
        document["data"] = []
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _recorded(Response(status, text.encode("utf-8"), JSON))


def _recorded(response: Response) -> Response:
    response.headers += _CROSS_ORIGIN
    if response.status == 400:
        response.headers.append(("Connection", "close"))
    return response


def _xml(value: Any) -> str:
    """A value as XML. A list becomes repeated elements."""
    if isinstance(value, dict):
        return "".join(
            f"<{name}>{_xml(one)}</{name}>"
            for name, inner in value.items()
            for one in (inner if isinstance(inner, list) else [inner])
        )
    return "" if value is None else escape(str(value))
