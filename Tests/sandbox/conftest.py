"""The fixtures of the sandbox's tests, and its kinds of client.

The clients are written from the vendors' guides and the RFCs alone and share nothing with the
servers but the accounts. This is what makes a passing test mean something. Those of OAuth2 and of
PhotoShelter's version 4 are in `fotoware_client` and `photoshelter_v4_client`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any, TypeVar

import pytest
import requests
from fotoware_client import FotoWareClient
from photoshelter_v4_client import Consented, PasswordV4
from plain_http import plain_http

from damsession.sandbox import Sandbox

AGENT = "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent"
LOGIN = "/fotoweb/cmdrequest/Login.fwx"
LOGOUT = "/fotoweb/cmdrequest/Logout.fwx"
SESSION_COOKIE = "SSphotoshelter_com_mem"

_Client = TypeVar(
    "_Client", "PhotoShelterClient", "FotoWebClient", FotoWareClient, Consented, PasswordV4
)


class PhotoShelterClient:
    """The PhotoShelter guide, followed with `requests` and its cookie jar."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.http = plain_http(sandbox, X_PS_Api_Key=sandbox.api_key)

    def call(self, path: str, method: str = "GET", **options: Any) -> requests.Response:
        options.setdefault("allow_redirects", False)
        url = f"{self._sandbox.photoshelter}/psapi/v3/{path}"
        return self.http.request(method, url, **options)

    def authenticate(
        self, email: str = "ada@example.com", mode: str = "cookie", password: str = ""
    ) -> requests.Response:
        known = self._sandbox.accounts["photoshelter"].get(email, {"password": ""})
        form = {"email": email, "password": password or known["password"], "mode": mode}
        return self.call("mem/authenticate", "POST", data=form)

    def login(self, email: str = "ada@example.com", mode: str = "cookie") -> PhotoShelterClient:
        response = self.authenticate(email, mode)
        assert response.status_code == 200, response.text
        if mode == "token":
            self.http.headers["X-PS-Auth-Token"] = response.json()["data"]["token"]
        return self

    def whoami(self) -> Any:
        return self.call("mem/user/session").json()["data"]["Session"]

    @property
    def cookie(self) -> str:
        value = self.http.cookies.get(SESSION_COOKIE)
        assert value is not None
        return value

    def with_cookie(self, value: str, path: str = "mem/user/session") -> requests.Response:
        """A request with just this session cookie, past the jar."""
        return requests.get(
            f"{self._sandbox.photoshelter}/psapi/v3/{path}",
            headers={
                "X-PS-Api-Key": self._sandbox.api_key,
                "Cookie": f"{SESSION_COOKIE}={value}",
            },
            verify=self._sandbox.ca_file,
            allow_redirects=False,
        )


class FotoWebClient:
    """The Archive Agent guide, followed with `requests`, the cookie set by hand."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.cookie = ""
        self.http = plain_http(sandbox)
        self.http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def post_login(self, user: str = "ada", password: str = "") -> requests.Response:
        known = self._sandbox.accounts["fotoweb"].get(user, {"password": ""})
        return self.http.post(
            self._sandbox.fotoweb + LOGIN,
            data={"u": user, "p": password or known["password"]},
            allow_redirects=False,
        )

    def login(self, user: str = "ada") -> FotoWebClient:
        response = self.post_login(user)
        assert response.status_code == 200, response.text
        return self.adopt(response)

    def adopt(self, response: requests.Response) -> FotoWebClient:
        pairs = [line.split(";")[0] for line in set_cookies(response)]
        self.cookie = "; ".join(pairs)
        return self

    def agent(self, command: str = "/Information", **query: Any) -> requests.Response:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        return self.http.get(
            self._sandbox.fotoweb + AGENT + command,
            params=query,
            headers=headers,
            allow_redirects=False,
        )


def data(client: PhotoShelterClient, path: str, method: str = "GET", **options: Any) -> Any:
    """What a response of PhotoShelter's holds, which must be a good one."""
    response = client.call(path, method, **options)
    assert response.status_code == 200, response.text
    return response.json()["data"]


def set_cookies(response: requests.Response) -> list[str]:
    """All Set-Cookie lines, in order."""
    return list(response.raw.headers.getlist("Set-Cookie"))


Curl = Callable[..., str]


@pytest.fixture
def curl(dam_sandbox: Sandbox) -> Iterator[Curl]:
    """Run curl against the servers; its output, or the failure as an exception."""

    def run(*arguments: str) -> str:
        command = ["curl", "-sS", "--noproxy", "*", "--cacert", dam_sandbox.ca_file, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout

    yield run


@pytest.fixture
def photoshelter(dam_sandbox: Sandbox) -> Iterator[Callable[[], PhotoShelterClient]]:
    """Makes PhotoShelter clients, each with a jar of its own."""
    yield from _made_by(PhotoShelterClient, dam_sandbox)


@pytest.fixture
def fotoweb(dam_sandbox: Sandbox) -> Iterator[Callable[[], FotoWebClient]]:
    """Makes FotoWeb clients, each with device tokens of its own."""
    yield from _made_by(FotoWebClient, dam_sandbox)


@pytest.fixture
def fotoware(dam_sandbox: Sandbox) -> Iterator[Callable[[], FotoWareClient]]:
    """Makes FotoWare clients, each with tokens of its own."""
    yield from _made_by(FotoWareClient, dam_sandbox)


@pytest.fixture
def consented(dam_sandbox: Sandbox) -> Iterator[Callable[[], Consented]]:
    """Makes applications of PhotoShelter, each with tokens of its own."""
    yield from _made_by(Consented, dam_sandbox)


@pytest.fixture
def password_v4(dam_sandbox: Sandbox) -> Iterator[Callable[[], PasswordV4]]:
    """Makes clients of PhotoShelter's version 4 that log in with a password."""
    yield from _made_by(PasswordV4, dam_sandbox)


def _made_by(
    kind: Callable[[Sandbox], _Client], sandbox: Sandbox
) -> Iterator[Callable[[], _Client]]:
    made: list[_Client] = []

    def make() -> _Client:
        made.append(kind(sandbox))
        return made[-1]

    yield make
    for client in made:
        client.http.close()
