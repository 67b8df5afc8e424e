"""The page on which a person lets an application use FotoWare in the person's name, or does not.

The answer goes to the application as a redirect. As the vendor says, there is never one if the
application or its redirect URI is not known: a redirect to anywhere would hand codes to anybody. As
nobody logs in to the sandbox, the page asks which user it is.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html import escape
from typing import Callable
from urllib.parse import urlencode

from . import fotoware_responses as responses
from .accounts import APPLICATIONS, FOTOWEB_USERS, NATIVE, Application
from .doorkeeper import HEADERS
from .endpoints import Endpoint
from .exchange import HTML, TEXT, Exchange, Headers, Response
from .fotoware_site import Site

AUTHORIZE = "/fotoweb/oauth2/authorize"

#: What the form sends along with the answer.
PARAMETERS = (
    "response_type", "client_id", "redirect_uri", "state", "scope",
    "code_challenge", "code_challenge_method",
)  # fmt: skip

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_STYLE = (
    ":root { color-scheme: light dark; } body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto;"
    " max-width: 34rem; padding: 0 1rem; } button, select { font: inherit; padding: .4rem 1rem; }"
    " code { overflow-wrap: anywhere; }"
)
# Without form-action, which browsers also apply to the redirect that follows the form.
_POLICY = (
    "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + b64encode(hashlib.sha256(_STYLE.encode("utf-8")).digest()).decode("ascii")
    + "'"
)
_PAGE = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>{title} - FotoWeb sandbox</title><style>{style}</style></head>"
    "<body><main><h1>{title}</h1>{body}</main></body></html>\n"
)
_FORM = (
    "<p><strong>{name}</strong> wants to use FotoWeb in your name. Your answer goes to <code>{to}</code>.</p>"
    '<form method="post" action="{action}">{hidden}'
    '<p><label for="user">You are</label> <select id="user" name="user">{users}</select></p>'
    '<p><button type="submit" name="decision" value="allow">Allow</button>'
    ' <button type="submit" name="decision" value="deny">Deny</button></p></form>'
)


class ConsentEndpoints:
    """The page and its form, for a site whose codes and counters they use."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def endpoints(self) -> tuple[Endpoint[Callable[[Exchange], Response]], ...]:
        return (
            Endpoint("GET", AUTHORIZE, self._ask,
                     "the page that asks a person; " + ", ".join(PARAMETERS),
                     "public record, OAuth: native applications, web applications; the page is made up"),
            Endpoint("POST", AUTHORIZE, self._answer,
                     "the answer: the same, and user, decision (allow, deny); redirects with code or error",
                     "public record, OAuth, errors: the redirects; the form is made up"),
        )  # fmt: skip

    def _ask(self, exchange: Exchange) -> Response:
        given = {name: exchange.query.get(name, "") for name in PARAMETERS}
        application = self._checked(exchange, given)
        if isinstance(application, Response):
            return application
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in given.items()
            if value
        )
        users = "".join(f"<option>{escape(user)}</option>" for user in FOTOWEB_USERS)
        body = _FORM.format(
            name=escape(application.name), to=escape(given["redirect_uri"]), action=AUTHORIZE,
            hidden=hidden, users=users,
        )  # fmt: skip
        return _page(200, "Allow access?", body)

    def _answer(self, exchange: Exchange) -> Response:
        given = {name: exchange.field(name) for name in PARAMETERS}
        application = self._checked(exchange, given)
        if isinstance(application, Response):
            return application
        user, decision = exchange.field("user"), exchange.field("decision")
        if decision == "deny":
            self._site.counters["denials"] += 1
            return _refused(given, "access_denied", "The user said no")
        if decision != "allow":
            return _bad(exchange, "decision: allow or deny is needed")
        if user not in FOTOWEB_USERS:
            return _bad(exchange, "user: there is no such user")
        exchange.user = user
        self._site.counters["consents"] += 1
        code = self._site.tokens.permit(
            application, given["redirect_uri"], given["code_challenge"], user
        )
        return _redirect(given, {"code": code.value})

    def _checked(self, exchange: Exchange, given: dict[str, str]) -> Application | Response:
        """The application, or a page for the person, or an error for the application."""
        application = APPLICATIONS.get(given["client_id"])
        if application is None:
            return _bad(exchange, "client_id: there is no such application")
        if given["redirect_uri"] not in application.redirect_uris:
            return _bad(exchange, "redirect_uri: it is not one of those that are registered")
        exchange.user = application.id
        wrong = _objection(application, given)
        if wrong is None:
            return application
        exchange.verdict = wrong[0]
        return _refused(given, *wrong)


def _objection(application: Application, given: dict[str, str]) -> tuple[str, str] | None:
    if given["response_type"] != "code":
        return "unsupported_response_type", "response_type: code is needed"
    challenge = given["code_challenge"]
    if not challenge:
        if application.kind == NATIVE:
            return "invalid_request", "code_challenge: a native application needs one"
        return None
    if given["code_challenge_method"] != "S256":
        return "invalid_request", "code_challenge_method: S256 is needed"
    if not _CHALLENGE.fullmatch(challenge):
        return "invalid_request", "code_challenge: not the base64url of a SHA-256"
    return None


def _refused(given: dict[str, str], code: str, text: str) -> Response:
    return _redirect(given, {"error": code, "error_description": text})


def _redirect(given: dict[str, str], answer: dict[str, str]) -> Response:
    if given["state"]:
        answer["state"] = given["state"]
    uri = given["redirect_uri"]
    location = f"{uri}{'&' if '?' in uri else '?'}{urlencode(answer)}"
    return Response(302, b"", TEXT, [("Location", location), *responses.NOT_KEPT])


def _bad(exchange: Exchange, text: str) -> Response:
    exchange.verdict = "bad-request"
    return _page(400, "This request cannot be answered", f"<p>{escape(text)}</p>")


def _page(status: int, title: str, body: str) -> Response:
    headers: Headers = [*HEADERS.items(), ("Content-Security-Policy", _POLICY)]
    page = _PAGE.format(title=title, style=_STYLE, body=body)
    return Response(status, page.encode("utf-8"), HTML, headers)
