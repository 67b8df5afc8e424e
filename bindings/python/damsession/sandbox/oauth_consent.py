"""The page on which a person lets an application act in the person's name, or does not.

The answer goes to the application as a redirect. There is never one if the application or its
redirect URI is not known: a redirect to anywhere would hand codes to anybody. As nobody logs in to
the sandbox, the page asks which user it is.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from html import escape
from typing import Callable
from urllib.parse import urlencode

from .accounts import Application
from .doorkeeper import HEADERS
from .endpoints import Endpoint
from .exchange import HTML, TEXT, Exchange, Headers, Response
from .oauth_responses import NOT_KEPT
from .oauth_site import IGNORED, NEEDED, Site

#: What the form sends along with the answer, beside the vendor's own parameters.
_PARAMETERS = (
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
    "<title>{title} - {vendor} sandbox</title><style>{style}</style></head>"
    "<body><main><h1>{title}</h1>{body}</main></body></html>\n"
)
_FORM = (
    "<p><strong>{name}</strong> wants to use {vendor} in your name. Your answer goes to <code>{to}</code>.</p>"
    '<form method="post" action="{action}">{hidden}'
    '<p><label for="user">You are</label> <select id="user" name="user">{users}</select></p>'
    '<p><button type="submit" name="decision" value="allow">Allow</button>'
    ' <button type="submit" name="decision" value="deny">Deny</button></p></form>'
)


class ConsentEndpoints:
    """The page and its form, for a site whose codes and counters they use."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._parameters = (*_PARAMETERS, *site.vendor.parameters)

    def endpoints(self) -> tuple[Endpoint[Callable[[Exchange], Response]], ...]:
        path, sources = self._site.vendor.authorize, self._site.vendor.sources
        return (
            Endpoint("GET", path, self._ask,
                     "the page that asks a person; " + ", ".join(self._parameters), sources["ask"]),
            Endpoint("POST", path, self._answer,
                     "the answer: the same, and user, decision (allow, deny); redirects with code or error",
                     sources["answer"]),
        )  # fmt: skip

    def _ask(self, exchange: Exchange) -> Response:
        given = {name: exchange.query.get(name, "") for name in self._parameters}
        application = self._checked(exchange, given)
        if isinstance(application, Response):
            return application
        vendor = self._site.vendor
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(value)}">'
            for name, value in given.items()
            if value
        )
        users = "".join(
            f"<option{' selected' if user == vendor.usual_user else ''}>{escape(user)}</option>"
            for user in vendor.users
        )
        body = _FORM.format(
            name=escape(application.name), vendor=vendor.title, to=escape(given["redirect_uri"]),
            action=vendor.authorize, hidden=hidden, users=users,
        )  # fmt: skip
        return self._page(200, "Allow access?", body)

    def _answer(self, exchange: Exchange) -> Response:
        given = {name: exchange.field(name) for name in self._parameters}
        application = self._checked(exchange, given)
        if isinstance(application, Response):
            return application
        user, decision = exchange.field("user"), exchange.field("decision")
        if decision == "deny":
            self._site.counters["denials"] += 1
            return _refused(given, "access_denied", "The user said no")
        if decision != "allow":
            return self._bad(exchange, "decision: allow or deny is needed")
        if user not in self._site.vendor.users:
            return self._bad(exchange, "user: there is no such user")
        exchange.user = user
        self._site.counters["consents"] += 1
        code = self._site.tokens.permit(
            application, given["redirect_uri"], given["code_challenge"], user
        )
        return _redirect(given, {"code": code.value})

    def _checked(self, exchange: Exchange, given: dict[str, str]) -> Application | Response:
        """The application, or a page for the person, or an error for the application."""
        application = self._site.vendor.applications.get(given["client_id"])
        if application is None:
            return self._bad(exchange, "client_id: there is no such application")
        if given["redirect_uri"] not in application.redirect_uris:
            return self._bad(exchange, "redirect_uri: it is not one of those that are registered")
        exchange.user = application.id
        wrong = _objection(self._site.challenge(application), given)
        if wrong is None:
            return application
        exchange.verdict = wrong[0]
        return _refused(given, *wrong)

    def _bad(self, exchange: Exchange, text: str) -> Response:
        exchange.verdict = "bad-request"
        return self._page(400, "This request cannot be answered", f"<p>{escape(text)}</p>")

    def _page(self, status: int, title: str, body: str) -> Response:
        headers: Headers = [*HEADERS.items(), ("Content-Security-Policy", _POLICY)]
        vendor = self._site.vendor.title
        page = _PAGE.format(title=title, vendor=vendor, style=_STYLE, body=body)
        return Response(status, page.encode("utf-8"), HTML, headers)


def _objection(checking: str, given: dict[str, str]) -> tuple[str, str] | None:
    """`checking` is what becomes of a challenge."""
    if given["response_type"] != "code":
        return "unsupported_response_type", "response_type: code is needed"
    challenge = given["code_challenge"]
    if checking == IGNORED:
        return None
    if not challenge:
        if checking == NEEDED:
            return "invalid_request", "code_challenge: this application needs one"
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
    return Response(302, b"", TEXT, [("Location", location), *NOT_KEPT])
