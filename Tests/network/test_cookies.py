"""Which cookies are sent to whom. httpbin returns what it was sent, and sets any cookie; nginx logs
what arrived.
"""

from __future__ import annotations

import pytest
from conftest import Site

import damsession

SESSION = "SSphotoshelter_com_mem"


def sent(session: damsession.Session) -> dict[str, str]:
    """The cookies that httpbin was sent."""
    found: dict[str, str] = session.get("/httpbin/cookies").raise_for_status().json()["cookies"]
    return found


@pytest.mark.parametrize("authentication", ["token", "token-in-url"])
def test_a_token_needs_no_cookies(site: Site, authentication: str) -> None:
    session = site.session(authentication=authentication)
    session.get("/httpbin/cookies/set?planted=1&SSphotoshelter_com_mem=2").raise_for_status()
    assert sent(session) == {}
    assert all(entry["cookie"] == "" for entry in site.access_log)


def test_the_sessions_cookies_go_to_its_server_alone(site: Site) -> None:
    session = site.session()
    session.login()
    assert SESSION in sent(session)
    session.get("/redirect/302/other/x").raise_for_status()
    assert [entry["cookie"] for entry in site.at(site.ports.other)] == [""]


def test_another_origin_sets_no_cookies(site: Site) -> None:
    session = site.session()
    response = session.get("/redirect/302/other/x").raise_for_status()
    assert response.headers["X-Plants"] == "a cookie"
    assert "planted" not in sent(session)
    assert session.get("/redirect/302/other/back").text == "127.0.0.1"  # and back again
    assert "planted" not in sent(session) and "planted" not in "".join(
        entry["cookie"] for entry in site.access_log
    )


def test_two_sessions_know_nothing_of_each_other(site: Site) -> None:
    first, second = site.session(), site.session(authentication="token")
    first.get("/httpbin/cookies/set?mark=1").raise_for_status()
    first.get("mem/user/session").raise_for_status()
    assert sent(second) == {}


def test_the_program_cannot_set_cookies(site: Site) -> None:
    with pytest.raises(damsession.ArgumentError):
        site.session().get("/httpbin/cookies", headers={"cookie": "mine=1"})
    assert site.access_log == []


def test_no_response_shows_the_sessions_cookies(site: Site) -> None:
    session = site.session()
    for path in ("mem/user/session", "/member/absent"):
        assert "Set-Cookie" not in session.get(path).headers
    assert session.statistics.cookies_adopted >= 2  # they did come


def test_a_cookie_session_takes_what_its_own_server_sets(site: Site) -> None:
    session = site.session()
    # As PhotoShelter's "acs": the same origin.
    session.get("/httpbin/cookies/set?companion=1").raise_for_status()
    assert sent(session)["companion"] == "1"
    session.get("/httpbin/cookies/delete?companion=").raise_for_status()
    assert "companion" not in sent(session)
