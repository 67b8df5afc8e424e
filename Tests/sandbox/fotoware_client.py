"""A client of FotoWare: OAuth2, and the API that the tokens are for."""

from __future__ import annotations

import requests
from oauth_client import OAuthClient, answer

from damsession.sandbox import Sandbox

__all__ = ["AUTHORIZE", "ME", "REVOKE", "TOKEN", "FotoWareClient", "answer"]

AUTHORIZE = "/fotoweb/oauth2/authorize"
TOKEN = "/fotoweb/oauth2/token"
REVOKE = "/fotoweb/oauth2/revoke"
ME = "/fotoweb/me"


class FotoWareClient(OAuthClient):
    authorize_path, token_path = AUTHORIZE, TOKEN

    def __init__(self, sandbox: Sandbox, kind: str = "native") -> None:
        super().__init__(sandbox, kind)

    @property
    def base(self) -> str:
        return self._sandbox.fotoware

    def get(self, path: str = ME, access: str = "", **query: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {access or self.access}"}
        return self.http.get(self.base + path, params=query, headers=headers)
