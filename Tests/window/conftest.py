"""The fixtures of the window's tests: one browser for all of them, and programs that log in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from browser import Page, browser

import damsession
from damsession.sandbox import Sandbox

ADA = "ada@example.com"


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(str(tmp_path_factory.mktemp("chromium"))) as page:
        yield page


@pytest.fixture
def window(chromium: Page, dam_sandbox: Sandbox) -> Iterator[Page]:
    """The window, when it is connected. Whatever the browser complains of fails the test."""
    chromium.open(dam_sandbox.window)
    chromium.until_text("#connection", "Connected")
    chromium.until("document.querySelectorAll('#user-rows tr').length")
    chromium.console()
    yield chromium
    assert chromium.console() == []
    chromium.open("about:blank")


def photoshelter(sandbox: Sandbox, **options: Any) -> damsession.Session:
    return damsession.open(
        system="photoshelter",
        url=sandbox.photoshelter,
        user=ADA,
        password=sandbox.accounts["photoshelter"][ADA]["password"],
        api_key=sandbox.api_key,
        ca_file=sandbox.ca_file,
        **options,
    )


def fotoweb(sandbox: Sandbox, **options: Any) -> damsession.Session:
    return damsession.open(
        system="fotoweb",
        url=sandbox.fotoweb,
        user="ada",
        password="ada-password",
        ca_file=sandbox.ca_file,
        **options,
    )


def consent_url(sandbox: Sandbox) -> str:
    """Where a person lets a web application use FotoWare."""
    web = sandbox.clients["web"]
    given = {
        "response_type": "code",
        "client_id": web["id"],
        "redirect_uri": web["redirect_uris"][0],
    }
    return f"{sandbox.fotoware}/fotoweb/oauth2/authorize?{urlencode(given)}"


def consented(sandbox: Sandbox, address: str) -> dict[str, str]:
    """The tokens for the code of a redirect address."""
    web = sandbox.clients["web"]
    code = parse_qs(urlsplit(address).query)["code"][0]
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": web["redirect_uris"][0],
    }
    return _tokens(sandbox, **given)


def renew(sandbox: Sandbox, refresh: str) -> dict[str, str]:
    return _tokens(sandbox, grant_type="refresh_token", refresh_token=refresh)


def _tokens(sandbox: Sandbox, **form: str) -> dict[str, str]:
    web = sandbox.clients["web"]
    given = {**form, "client_id": web["id"], "client_secret": web["secret"]}
    url = f"{sandbox.fotoware}/fotoweb/oauth2/token"
    tokens: dict[str, str] = requests.post(url, given, verify=sandbox.ca_file).json()
    return tokens


def visit(sandbox: Sandbox, access: str) -> None:
    """A request with an access token."""
    headers = {"Authorization": f"Bearer {access}"}
    requests.get(f"{sandbox.fotoware}/fotoweb/me", headers=headers, verify=sandbox.ca_file)
