"""The cookie jars of curl, requests and wget, logged in to FotoWeb by the steps of the guide alone.

No test reads or writes a cookie: the guide says that a client which handles cookies by itself needs
no more. curl and wget run as a new process for every request, with the jar in a file, as the guide
demands.
"""

from __future__ import annotations

import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

import pytest
import requests
from conftest import AGENT, LOGIN

from damsession.sandbox import Sandbox
from damsession.sandbox.login_token import make

USERS = ("kåre.øst", "ada", "DOMAIN\\user")
JPEG = b"\xff\xd8\xff"


class Client(Protocol):
    """A program with a jar: a GET, or the POST of a form; what is answered, empty if refused."""

    def __call__(self, url: str, form: str = "") -> bytes: ...


class Curl:
    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        jar = str(folder / "jar")
        self._command = ["curl", "-sf", "--noproxy", "*", "--cacert", sandbox.ca_file]
        self._command += ["-b", jar, "-c", jar]

    def __call__(self, url: str, form: str = "") -> bytes:
        return output([*self._command, *(["-d", "@-"] if form else []), url], form)


class Wget:
    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._jar, self._form = folder / "jar", folder / "form"
        self._jar.touch()
        self._command = ["wget", "-q", "-O", "-", "--no-config", "--no-hsts", "--no-proxy"]
        self._command += ["--ca-certificate", sandbox.ca_file, "--keep-session-cookies"]
        self._command += ["--load-cookies", str(self._jar), "--save-cookies", str(self._jar)]

    def __call__(self, url: str, form: str = "") -> bytes:
        self._form.write_text(form)
        return output([*self._command, *(["--post-file", str(self._form)] if form else []), url])


class Requests:
    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = sandbox.ca_file

    def __call__(self, url: str, form: str = "") -> bytes:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        response = (
            self._session.post(url, data=form, headers=kind) if form else self._session.get(url)
        )
        return response.content if response.ok else b""


def output(command: list[str], given: str = "") -> bytes:
    return subprocess.run(command, input=given.encode(), capture_output=True, check=False).stdout


@pytest.fixture(params=[Curl, Wget, Requests], ids=["curl", "wget", "requests"])
def client(
    request: pytest.FixtureRequest, dam_sandbox: Sandbox, tmp_path: Path
) -> Iterator[Client]:
    yield request.param(dam_sandbox, tmp_path)


def works(client: Client, site: str, user: str, credentials: str = "") -> None:
    """What an integration does all day, with `credentials` in the query of every request."""

    def ask(command: str, query: str = "") -> bytes:
        return client(f"{site}{AGENT}{command}?{'&'.join(filter(None, (query, credentials)))}")

    for archive in ("", "/5001"):
        assert f"<UserName>{user}</UserName>" in ask(archive + "/Information").decode()
    hits = ElementTree.fromstring(ask("/Search", "Search=photo")).find("Archive")
    assert hits is not None and hits.attrib == {"Id": "5000", "Name": "Photos", "Hits": "60"}
    found = ElementTree.fromstring(ask("/5000/Search", "Search=photo&MaxHits=2&PreviewSize=200"))
    for file in found.iter("File"):
        url = file.findtext("PreviewLinks/PreviewUrl") or ""
        assert client(f"{url}&{credentials}" if credentials else url).startswith(JPEG)
        again = ElementTree.fromstring(ask("/5000/FileInfo", f"Id={file.attrib['Id']}"))
        assert [one.attrib["Name"] for one in again.iter("File")] == [file.attrib["Name"]]
        assert ask("/5000/Download", f"Id={file.attrib['Id']}").startswith(JPEG)
    assert len(found) == 2


def credentials_of(sandbox: Sandbox, user: str) -> str:
    return urlencode({"u": user, "p": sandbox.accounts["fotoweb"][user]["password"]})


def login_token(sandbox: Sandbox, user: str) -> str:
    now = time.time()
    return urlencode({"lt": make(user, now - 60, now + 600, sandbox.encryption_secret)})


@pytest.mark.parametrize("user", USERS)
def test_method_1(client: Client, dam_sandbox: Sandbox, user: str) -> None:
    works(client, dam_sandbox.fotoweb, user, credentials_of(dam_sandbox, user))
    state = dam_sandbox.state()["fotoweb"]
    assert (state["tokens_created"], state["query_authentications"]) == (0, state["requests"])


@pytest.mark.parametrize("user", USERS)
def test_method_2(client: Client, dam_sandbox: Sandbox, user: str) -> None:
    client(dam_sandbox.fotoweb + LOGIN, credentials_of(dam_sandbox, user))
    works(client, dam_sandbox.fotoweb, user)
    assert dam_sandbox.state()["fotoweb"]["tokens_live_by_user"] == {user: 1}


@pytest.mark.parametrize("user", USERS)
def test_method_3(client: Client, dam_sandbox: Sandbox, user: str) -> None:
    first = client(f"{dam_sandbox.fotoweb}{AGENT}/5000/Search?{login_token(dam_sandbox, user)}")
    assert b"<FileList " in first
    works(client, dam_sandbox.fotoweb, user)
    assert dam_sandbox.state()["fotoweb"]["tokens_created"] == 1


def test_a_login_token_with_every_request(client: Client, dam_sandbox: Sandbox) -> None:
    # It is OK, says the guide: beside the cookie the login token is ignored.
    for _ in range(2):
        works(client, dam_sandbox.fotoweb, "ada", login_token(dam_sandbox, "ada"))
    state = dam_sandbox.state()["fotoweb"]
    assert (state["tokens_created"], state["login_tokens_ignored"]) == (1, state["requests"] - 1)


def test_a_login_replaces_a_revoked_device_token(client: Client, dam_sandbox: Sandbox) -> None:
    site, credentials = dam_sandbox.fotoweb, credentials_of(dam_sandbox, "ada")
    client(site + LOGIN, credentials)
    dam_sandbox.revoke()
    assert client(f"{site}{AGENT}/Information") == b""
    client(site + LOGIN, credentials)
    works(client, site, "ada")


def test_a_cookie_without_a_path_goes_nowhere(client: Client, dam_sandbox: Sandbox) -> None:
    dam_sandbox.knobs(cookie_attributes="plain")
    client(dam_sandbox.fotoweb + LOGIN, credentials_of(dam_sandbox, "ada"))
    assert client(f"{dam_sandbox.fotoweb}{AGENT}/Information") == b""
    assert dam_sandbox.log()[-1]["verdict"] == "no-session"
