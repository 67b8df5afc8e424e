"""A client of OAuth2, written from RFC 6749, 6750 and 7636 and the vendors' pages alone, with
`requests`. Consent is given by the sandbox's own helper, which does what a browser does.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from base64 import b64encode, urlsafe_b64encode
from functools import partial
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import requests
from plain_http import plain_http

from damsession.sandbox import Sandbox
from damsession.sandbox.faults import TABLE


class OAuthClient:
    """A program that is registered as `kind`, with the tokens that it was given last."""

    authorize_path = token_path = ""

    def __init__(self, sandbox: Sandbox, kind: str) -> None:
        self._sandbox = sandbox
        self.http = plain_http(sandbox)
        self.verifier = secrets.token_urlsafe(48)
        self.access = self.refresh = ""
        self.kind = kind

    @property
    def base(self) -> str:
        raise NotImplementedError

    @property
    def registered(self) -> Any:
        return self._sandbox.clients[self.kind]

    @property
    def redirect_uri(self) -> str:
        return str(self.registered["redirect_uris"][0])

    def request(self, **other: str) -> dict[str, str]:
        """The parameters of a request for consent. An empty one in `other` leaves it out."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        given = {
            "response_type": "code",
            "client_id": self.registered["id"],
            "redirect_uri": self.redirect_uri,
            "state": "s t&a=t+e",
            "code_challenge": urlsafe_b64encode(digest).decode("ascii").rstrip("="),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**given, **other}.items() if value}

    def url(self, **other: str) -> str:
        return f"{self.base}{self.authorize_path}?{urlencode(self.request(**other))}"

    def code(self, user: str = "", **other: str) -> str:
        address = self._sandbox.consent(self.url(**other), user=user)
        return parse_qs(urlsplit(address).query)["code"][0]

    def post(self, path: str, basic: str = "", **form: str) -> requests.Response:
        headers = {"Authorization": basic} if basic else {}
        return self.http.post(self.base + path, data=form, headers=headers)

    def identity(self) -> dict[str, str]:
        secret = self.registered["secret"]
        named = {"client_id": self.registered["id"]}
        return {**named, "client_secret": secret} if secret else named

    def basic(self, secret: str = "") -> str:
        """The header of HTTP Basic, with both parts encoded as RFC 6749 wants it."""
        parts = self.registered["id"], secret or self.registered["secret"]
        text = ":".join(quote(one, safe="") for one in parts)
        return "Basic " + b64encode(text.encode("ascii")).decode("ascii")

    def exchange(self, code: str, **other: str) -> requests.Response:
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
            **self.identity(),
            **other,
        }
        return self.post(self.token_path, **given)

    def login(self, user: str = "") -> Self:
        return self.adopt(self.exchange(self.code(user)))

    def adopt(self, response: requests.Response) -> Self:
        assert response.status_code == 200, response.text
        given = response.json()
        assert given["token_type"] == "Bearer"
        self.access = given["access_token"]
        self.refresh = given.get("refresh_token", self.refresh)
        return self

    def renew(self, refresh: str = "") -> requests.Response:
        return self.post(
            self.token_path,
            grant_type="refresh_token",
            refresh_token=refresh or self.refresh,
            **self.identity(),
        )


def answer(address: str) -> dict[str, str]:
    """What a redirect brings along."""
    return dict(parse_qsl(urlsplit(address).query))


def strike_a_renewal(sandbox: Sandbox, client: OAuthClient, system: str, name: str) -> None:
    """A fault that strikes a renewal comes before it or after it, and is over then."""
    arguments = {"seconds": 0.01} if name == "delay" else {}
    sandbox.fault(name, stage="login", system=system, **arguments)
    client.http.post = partial(client.http.post, timeout=0.5)  # type: ignore[method-assign]
    with contextlib.suppress(requests.RequestException):
        client.renew()
    kind, state = TABLE[name], sandbox.state()
    done = kind.before is None and name != "expire"
    assert (state[system]["renewals"], state[system]["faults"]) == (int(done), 1)
    assert state["faults"] == []
