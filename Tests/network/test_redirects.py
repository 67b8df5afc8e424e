"""Redirects to the session's own server: they are followed with the secret, within the limit, with
the right method.

Redirects to another server are in test_origins.py.
"""

from __future__ import annotations

import io

import pytest
from conftest import Publish, Site

import damsession

STATUSES = [301, 302, 303, 307, 308]


@pytest.mark.parametrize("authentication", ["cookie", "token", "token-in-url"])
@pytest.mark.parametrize("status", STATUSES)
def test_the_same_server_keeps_the_secret(
    site: Site, publish: Publish, status: int, authentication: str
) -> None:
    content = publish("a.bin", 1000)
    session = site.session(authentication=authentication)
    session.login()
    for where in ("own", "absolute"):
        response = session.get(
            f"/redirect/{status}/{where}/member/a.bin", headers={"X-Custom": "mine"}
        )
        assert (response.status, response.content, response.replays) == (200, content, 0)
    assert [
        entry["custom"] for entry in site.access_log if entry["uri"].startswith("/member/")
    ] == ["mine"] * 2
    assert site.sandbox.state()["photoshelter"]["logins_ok"] == 1


@pytest.mark.parametrize("method, status, then", [
    ("POST", 301, "GET"), ("POST", 302, "GET"), ("POST", 303, "GET"), ("POST", 307, "POST"), ("POST", 308, "POST"),
    ("PUT", 301, "PUT"), ("PUT", 302, "PUT"), ("PUT", 303, "GET"), ("PUT", 307, "PUT"), ("PUT", 308, "PUT"),
    ("DELETE", 302, "DELETE"), ("DELETE", 303, "GET"), ("PATCH", 308, "PATCH"),
])  # fmt: skip
def test_the_method_changes_as_everywhere(site: Site, method: str, status: int, then: str) -> None:
    session = site.session()
    response = session.request(method, f"/redirect/{status}/own/httpbin/anything", data={"a": "1"})
    echo = response.raise_for_status().json()
    assert echo["method"] == then and echo["form"] == ({} if then == "GET" else {"a": "1"})
    assert ("Content-Type" in echo["headers"]) == (then != "GET")


@pytest.mark.parametrize("status", STATUSES)
def test_head_stays_head(site: Site, publish: Publish, status: int) -> None:
    publish("a.bin", 1000)
    response = site.session().head(f"/redirect/{status}/own/files/a.bin")
    assert (response.status, response.headers["Content-Length"], response.content) == (
        200,
        "1000",
        b"",
    )
    assert [entry["method"] for entry in site.access_log[-2:]] == ["HEAD", "HEAD"]


@pytest.mark.parametrize("limit", [None, 1, 3])
def test_an_endless_loop_ends(site: Site, limit: int | None) -> None:
    session = site.session(redirects=limit)
    with pytest.raises(damsession.ProtocolError, match="redirects more than"):
        session.get("/redirect/302/loop")
    asked = [entry for entry in site.access_log if entry["uri"].startswith("/redirect/")]
    assert len(asked) == (limit or 10) + 1


def test_as_many_as_allowed_are_followed(site: Site) -> None:
    session = site.session(redirects=3)
    assert session.get("/httpbin/redirect/3").ok
    with pytest.raises(damsession.ProtocolError):
        session.get("/httpbin/redirect/4")


def test_without_redirects_they_are_responses(site: Site) -> None:
    session, file = site.session(redirects=0), io.BytesIO()
    response = session.get("/redirect/302/own/files/a.bin", stream_to=file)
    assert (response.status, response.headers["Location"], file.getvalue()) == (
        302,
        "/files/a.bin",
        b"",
    )
    assert session.get("/redirect/302/plain/x").headers["Location"] == f"{site.plain_url}/x"
    assert site.at(site.ports.plain) == []


def test_an_upload_is_sent_to_where_it_shall_go(site: Site) -> None:
    content = bytes(range(256)) * 1000
    session = site.session()
    assert session.put("/redirect/307/own/sink/a.bin", data=io.BytesIO(content)).status == 201
    assert (site.sink / "a.bin").read_bytes() == content
    with pytest.raises(damsession.ReplayImpossible):
        session.put("/redirect/307/own/sink/b.bin", data=iter([content]))
    assert not (site.sink / "b.bin").exists()


def test_a_session_that_ends_on_the_way_is_renewed(site: Site, publish: Publish) -> None:
    content = publish("a.bin", 1000)
    session = site.session()
    session.login()
    site.sandbox.expire()
    response = session.get("/redirect/302/own/member/a.bin")
    assert (response.content, response.replays) == (content, 1)


def test_a_request_that_is_sent_again_may_be_redirected_again(site: Site, publish: Publish) -> None:
    content = publish("a.bin", 1000)
    # The request needs no more than one, before and after the login.
    session = site.session(redirects=1)
    session.login()
    site.sandbox.expire()
    response = session.get("/redirect/302/own/member/a.bin")
    assert (response.content, response.replays) == (content, 1)
