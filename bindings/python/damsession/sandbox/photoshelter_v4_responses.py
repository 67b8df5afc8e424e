"""The responses of PhotoShelter's version 4: `data`, with `meta` beside it, or a list of `errors`.

No reference of it is public. The envelope is what clients read; `meta` and the classes of most
errors are made up: those of version 3, with `Exception` in place of `Err`, as the one pair that is
known has it.
"""

from __future__ import annotations

import json
from typing import Any

from .exchange import Exchange, Response
from .photoshelter_responses import MESSAGES


def ok(data: Any, meta: dict[str, Any] | None = None) -> Response:
    return document({"data": data, **({"meta": meta} if meta else {})})


def document(whole: dict[str, Any]) -> Response:
    """A response that is not in the usual envelope."""
    return Response(200, json.dumps(whole, ensure_ascii=False).encode("utf-8"))


def resource(kind: str, name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, "id": name, "attributes": attributes}


def listed(status: int, name: str, title: str) -> Response:
    """An error, as a list of one."""
    errors = {"errors": [{"id": name, "title": title}]}
    return Response(status, json.dumps(errors, ensure_ascii=False).encode("utf-8"))


def error(status: int, kind: str, title: str = "") -> Response:
    """`kind` is a class of version 3."""
    return listed(status, f"{kind.removesuffix('Err')}Exception", title or MESSAGES[kind])


def bad_request(exchange: Exchange, text: str) -> Response:
    exchange.verdict = "bad-request"
    return error(400, "BadRequestErr", text)


def not_found(exchange: Exchange) -> Response:
    exchange.verdict = "not-found"
    return error(404, "NotFoundErr")


def method_not_allowed(exchange: Exchange, allowed: str) -> Response:
    exchange.verdict = "method"
    response = error(405, "MethodNotAllowedErr")
    response.headers.append(("Allow", allowed))
    return response


def organization_refused(exchange: Exchange, counters: dict[str, int]) -> Response:
    counters["organization_refused"] += 1
    exchange.verdict = "organization-refused"
    return error(403, "OrganizationPermErr")


def session_refused(variant: str, access: bool) -> Response:
    """By the value of the knob `expired-v4`. `access`: the token is of OAuth2, or there is none."""
    if variant == "401-empty":
        return Response(401)
    return (
        ended_access(int(variant[:3])) if access else error(int(variant[:3]), "SessionRequiredErr")
    )


def ended_access(status: int) -> Response:
    return listed(
        status,
        "OAuthServerException",
        "The resource owner or authorization server denied the request.",
    )
