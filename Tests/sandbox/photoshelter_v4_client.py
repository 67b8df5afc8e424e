"""Clients of PhotoShelter's version 4, written from what the vendor's own plug-in and tester and
other programs send: with the access token of a consent, or with the token of a password.
"""

from __future__ import annotations

from typing import Any

import requests
from oauth_client import OAuthClient, answer
from plain_http import plain_http

from damsession.sandbox import Sandbox

__all__ = [
    "AUTHORIZE",
    "BADGER",
    "REVOKE",
    "TOKEN",
    "V3",
    "V4",
    "Consented",
    "PasswordV4",
    "answer",
]

V3 = "/psapi/v3/"
V4 = "/psapi/v4.0/"
AUTHORIZE = V4 + "oauth/authorize"
TOKEN = V4 + "oauth/token"
REVOKE = V4 + "oauth/revoke"
BADGER = "O0000BADGER000002"


def ask(
    client: Consented | PasswordV4, method: str, path: str, token: str, **options: Any
) -> requests.Response:
    """A request with the token in both headers. An empty header in `options` is left out."""
    headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
    if path.startswith(V4):
        headers.setdefault("X-PS-Auth-Token", token)
    headers = {name: value for name, value in headers.items() if value}
    options.setdefault("allow_redirects", False)
    return client.http.request(method, client.base + path, headers=headers, **options)


class Consented(OAuthClient):
    """The application that is registered there."""

    authorize_path, token_path = AUTHORIZE, TOKEN

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox, "photoshelter")
        self.http.headers["X-PS-Api-Key"] = sandbox.api_key

    @property
    def base(self) -> str:
        return self._sandbox.photoshelter

    def request(self, **other: str) -> dict[str, str]:
        return super().request(**{"api_key": self._sandbox.api_key, **other})

    def renew(self, refresh: str = "") -> requests.Response:
        # The vendor's own client says where it was redirected to.
        return self.post(
            TOKEN,
            grant_type="refresh_token",
            refresh_token=refresh or self.refresh,
            redirect_uri=self.redirect_uri,
            **self.identity(),
        )

    def get(self, path: str = V4 + "user/session", access: str = "", **more: Any) -> Any:
        return ask(self, "GET", path, access or self.access, **more)

    def send(self, path: str, **more: Any) -> requests.Response:
        return ask(self, "POST", path, self.access, **more)

    def enter(self, organization: str = BADGER) -> requests.Response:
        return self.send(V4 + "organization/authenticate", json={"org_id": organization})

    def whose(self) -> Any:
        """The organization that version 4 names, and the one that version 3 does."""
        return (
            self.get().json()["data"]["attributes"]["organization"],
            self.get(V3 + "mem/user/session").json()["data"]["Session"]["organization"],
        )


class PasswordV4:
    """A user with a password."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.http = plain_http(sandbox, X_PS_Api_Key=sandbox.api_key)
        self.token = ""

    @property
    def base(self) -> str:
        return self._sandbox.photoshelter

    def authenticate(self, email: str = "ada@example.com", **other: str) -> requests.Response:
        known = self._sandbox.accounts["photoshelter"].get(email, {"password": "x"})
        form = {"email": email, "password": known["password"], "mode": "token", **other}
        return self.http.post(f"{self.base}{V4}authenticate", data=form)

    def login(self, email: str = "ada@example.com", **other: str) -> PasswordV4:
        response = self.authenticate(email, **other)
        assert response.status_code == 200, response.text
        self.token = response.json()["token"]
        return self

    def get(self, path: str = "user/session", **more: Any) -> requests.Response:
        return ask(self, "GET", V4 + path, self.token, **more)

    def send(self, path: str, **more: Any) -> requests.Response:
        return ask(self, "POST", V4 + path, self.token, **more)


def error(response: requests.Response, status: int, name: str, said: str = "") -> None:
    """Checks an error of version 4."""
    assert response.status_code == status, response.text
    (found,) = response.json()["errors"]
    assert found["id"] == name and said in found["title"], found
