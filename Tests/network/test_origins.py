"""Redirects to another server, which must get no secret: not in a header, not in a cookie, not in
the URL.

The cases are those of libcurl's CVE-2018-1000007 (custom Authorization), CVE-2022-27774 (another
port), CVE-2022-27776 (cookies and Authorization to another port) and CVE-2025-14524 (bearer
tokens). The log of the other server shows what it was sent.
"""

from __future__ import annotations

import io
from contextlib import nullcontext
from pathlib import Path

import pytest
from conftest import Site
from nginx import Entry

import damsession

STATUSES = [301, 302, 303, 307, 308]
MODES = ["cookie", "token", "token-in-url"]
#: Of the program's own; the names say who asks, so they stay at home as well.
MINE = {"Authorization": "Bearer mine", "X-Custom": "mine", "Referer": "https://localhost/mine"}
#: What a request to another origin must have left behind.
BARE = {
    name: ""
    for name in ("cookie", "token", "api_key", "authorization", "referer", "custom", "certificate")
}


def bare(entry: Entry) -> bool:
    """Nothing in it says who asks."""
    return {name: entry[name] for name in BARE} == BARE and "auth_token" not in entry["uri"]


@pytest.mark.parametrize("authentication", MODES)
@pytest.mark.parametrize("status", STATUSES)
def test_another_port_is_another_server(site: Site, status: int, authentication: str) -> None:
    session = site.session(authentication=authentication)
    for method in ("GET", "HEAD"):
        response = session.request(
            method, f"/redirect/{status}/other/x", headers={**MINE, "Accept": "text/plain"}
        )
        assert response.status == 200 and response.content == (
            b"other\n" if method == "GET" else b""
        )
    first, second = site.at(site.ports.other)
    assert bare(first) and bare(second) and first["uri"] == "/x"
    assert [first["method"], second["method"]] == ["GET", "HEAD"]
    assert session.get("mem/user/session").ok  # and the session goes on


def test_what_the_own_server_was_sent(site: Site) -> None:
    site.session(authentication="token").get(
        "/redirect/302/other/x", headers=MINE
    ).raise_for_status()
    entry = site.at(site.ports.main)[-1]
    # The log can tell.
    assert entry["authorization"] == MINE["Authorization"] and entry["token"] and entry["api_key"]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_turned_get_leaves_its_body(site: Site, status: int) -> None:
    response = site.session().post(
        f"/redirect/{status}/other/x", data={"secret": "mine"}, headers=MINE
    )
    (entry,) = site.at(site.ports.other)
    assert (
        response.status == 200
        and bare(entry)
        and (entry["method"], entry["content_type"]) == ("GET", "")
    )


@pytest.mark.parametrize(
    "method, status", [("POST", 307), ("POST", 308), ("PUT", 301), ("PUT", 302), ("DELETE", 307)]
)
def test_what_is_no_get_stays(site: Site, method: str, status: int) -> None:
    response = site.session().request(method, f"/redirect/{status}/other/x", data=b"mine")
    assert response.status == status and response.headers["Location"] == f"{site.other_url}/x"
    assert site.at(site.ports.other) == []


@pytest.mark.parametrize("status", STATUSES)
def test_https_never_becomes_http(site: Site, status: int, tmp_path: Path) -> None:
    session = site.session()
    with pytest.raises(damsession.Insecure):
        session.get(f"/redirect/{status}/plain/x")
    with pytest.raises(damsession.Insecure):
        session.download(f"/redirect/{status}/plain/x", tmp_path / "x")
    assert site.at(site.ports.plain) == [] and list(tmp_path.glob("x*")) == []


@pytest.mark.parametrize("status", STATUSES)
def test_credentials_in_a_location_are_not_used(site: Site, status: int) -> None:
    with pytest.raises(damsession.ProtocolError) as caught:
        site.session().get(f"/redirect/{status}/login/x")
    assert site.at(site.ports.other) == [] and "secret" not in str(caught.value)


@pytest.mark.parametrize("authentication", MODES)
def test_a_location_that_quotes_a_secret_is_refused(site: Site, authentication: str) -> None:
    session = site.session(authentication=authentication)
    path = "/redirect/302/quoting/x" if authentication == "token-in-url" else "/redirect/302/leak"
    with pytest.raises(damsession.Insecure) as caught:
        session.get(path)
    assert site.at(site.ports.other) == [] and site.sandbox.api_key not in str(caught.value)


def test_a_location_that_quotes_the_cookie_just_sent_is_refused(site: Site) -> None:
    session = site.session()
    cookie = session.headers()["Cookie"].partition("=")[2].partition(";")[0]
    # The response replaces the cookie; but the server accepts the old one for a while.
    with pytest.raises(damsession.Insecure):
        session.get("mem/redirect", params={"to": f"{site.other_url}/?cookie={cookie}"})
    assert site.at(site.ports.other) == []


def test_fotowebs_credentials_stay_at_home(site: Site) -> None:
    session = site.fotoweb(authentication="query")
    assert session.get("Information").ok
    with pytest.raises(damsession.Insecure):
        session.get("/redirect/302/quoting/x")  # nginx passes the query on, with user and password
    assert site.at(site.ports.other) == []
    for one in (session, site.fotoweb()):  # and the device token
        one.get("/redirect/302/other/x").raise_for_status()
    assert [bare(entry) for entry in site.at(site.ports.other)] == [True, True]


def test_there_and_back_again(site: Site) -> None:
    session = site.session()
    assert session.get("/redirect/302/other/back", headers=MINE).text in ("127.0.0.1", "::1")
    there, back = site.access_log[-2:]
    assert (
        bare(there)
        and back["uri"] == "/address"
        and (back["authorization"], back["custom"]) == ("", "")
    )


def test_another_servers_responses_say_nothing_of_the_session(site: Site) -> None:
    session, file = site.session(), io.BytesIO()
    for status in (401, 403, 500, 429):
        response = session.get(f"/redirect/302/other/{status}", stream_to=file)
        assert (response.status, response.replays, file.getvalue()) == (status, 0, b"")
    assert site.sandbox.state()["photoshelter"]["logins_ok"] == 1


def test_a_file_from_another_server(site: Site, tmp_path: Path) -> None:
    response = site.session().download("/redirect/302/other/x", tmp_path / "x", headers=MINE)
    assert (
        response.ok
        and (tmp_path / "x").read_bytes() == b"other\n"
        and bare(site.at(site.ports.other)[0])
    )


def test_a_program_cannot_name_another_server(site: Site) -> None:
    session = site.session()
    for path in (f"{site.other_url}/x", site.url.replace("localhost", "localhost.") + "/x"):
        with pytest.raises(damsession.Insecure):
            session.get(path)
    with pytest.raises(damsession.DamError):
        session.get(f"https://localhost:{site.ports.main}@localhost:{site.ports.other}/x")
    assert site.access_log == []


@pytest.mark.parametrize(
    "location, where",
    [
        ("//localhost:{other}/x", "other"),
        ("https://localhost:{other}#@localhost:{main}/", "other"),
        # The same machine by another name is another server.
        ("https://127.0.0.1:{main}/x", "main"),
        # Which libcurl reads as 127.0.0.1: nobody writes an address so in good faith.
        ("https://127.1:{other}/x", None),
        ("https:///localhost:{other}/x", None),
        ("https:\\\\localhost:{other}/x", None),
        ("\\\\localhost:{other}\\x", None),
        ("https://localhost:{main}@localhost:{other}/x", None),
        ("https://localhost:{main}\\@localhost:{other}/x", None),
        ("https://localhost:{main};@localhost:{other}/x", None),
        ("https://%6cocalhost:{other}/x", None),
        ("ftp://localhost:{other}/x", None),
        ("file:///etc/hostname", None),
    ],
)
def test_locations_that_could_be_misread(site: Site, location: str, where: str | None) -> None:
    session = site.session(authentication="token")
    session.login()
    before = len(site.access_log) + 1  # and the redirect itself
    to = location.format(**site.ports._asdict())
    with nullcontext() if where else pytest.raises(damsession.ProtocolError):
        session.get("mem/redirect", params={"to": to})
    beyond = site.access_log[before:]
    assert [entry["port"] for entry in beyond] == (
        [str(getattr(site.ports, where))] if where else []
    )
    assert all(bare(entry) for entry in beyond)
