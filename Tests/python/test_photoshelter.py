"""PhotoShelter: every authentication, organizations, rotation, logout."""

from __future__ import annotations

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox

ADA = {"user": "ada@example.com", "password": "correct horse & battery=staple%41+ü"}
AARDVARK, BADGER = "O0000AARDVARK0001", "O0000BADGER000002"
AUTHENTICATIONS = ["cookie", "token", "token-in-url"]


@pytest.mark.parametrize("authentication", AUTHENTICATIONS)
def test_requests_are_logged_in(
    photoshelter: Opener, dam_sandbox: Sandbox, authentication: str
) -> None:
    dam_sandbox.knobs(token_characters="any")  # a token in a URL has to be encoded
    with photoshelter(**ADA, authentication=authentication) as session:
        response = session.get("mem/user/session")
        assert response.ok and response.json()["data"]["Session"]["user"] == "ada@example.com"
        session.post("mem/gallery/G1", data={"name": "Grüße & more"}).raise_for_status()
        state, statistics = session.state, session.statistics
    assert (state.logged_in, state.stored, state.refused, state.generation) == (
        True,
        True,
        False,
        1,
    )
    assert state.origin == dam_sandbox.photoshelter
    assert (
        state.issued_at is not None
        and state.used_at is not None
        and state.issued_at <= state.used_at
    )
    assert (statistics.requests, statistics.logins, statistics.replays) == (2, 1, 0)
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


@pytest.mark.parametrize("authentication", AUTHENTICATIONS)
def test_an_expired_session_is_replaced_and_the_request_sent_again(
    photoshelter: Opener, dam_sandbox: Sandbox, authentication: str
) -> None:
    with photoshelter(authentication=authentication) as session:
        session.get("mem/user/session").raise_for_status()
        assert dam_sandbox.expire() == 1
        response = session.put("mem/gallery/G1", data={"name": "again"}).raise_for_status()
        assert response.json()["data"]["Gallery"]["name"] == "again"
        assert (response.replays, response.generation) == (1, 2)
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 2


def test_keepalive_asks_the_server_and_replaces_an_expired_session(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    with photoshelter() as session:
        session.keepalive()
        dam_sandbox.expire()
        session.keepalive()
        assert session.state.generation == 2
        # One after each login, and the one that found the session expired.
        assert (session.statistics.requests, session.statistics.keepalives) == (0, 3)
    asked = [
        entry["method"] + entry["path"]
        for entry in dam_sandbox.log()
        if "authenticate" not in entry["path"]
    ]
    assert asked == ["GET/psapi/v3/mem/user/session"] * 3


def test_the_newest_cookie_is_always_sent(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    with photoshelter() as session:
        for _ in range(20):
            assert session.get("mem/user/session").raise_for_status().replays == 0
        assert session.statistics.cookies_adopted >= 20
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["stale_cookie_refusals"]) == (1, 0)


def test_the_organization_is_acted_for_and_again_after_an_expiry(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    with photoshelter(**ADA, organization=BADGER) as session:
        for _ in range(2):
            response = session.get("mem/user/session").json()
            assert response["data"]["Session"]["organization"] == BADGER
            dam_sandbox.expire()
        assert session.state.organization == BADGER
        assert session.statistics.organization_logins == 2


def test_organizations_are_listed(photoshelter: Opener) -> None:
    with photoshelter(**ADA, organization=BADGER) as session:
        assert session.organizations == [
            damsession.Organization(AARDVARK, "Aardvark Images", True, False),
            damsession.Organization(BADGER, "Badger & Co", True, True),
        ]
    with photoshelter() as session:
        assert session.organizations == []


def test_a_result_prints_as_a_word_and_is_a_number() -> None:
    local = damsession.LogoutResult.LOCAL
    assert f"{local} {local!s:>6}" == "local  local" and local == 2 and local
    assert not damsession.LogoutResult.NONE and str(damsession.LogoutResult.NONE) == "none"
    assert str(damsession.PromptKind.ENCRYPTION_SECRET) == "encryption secret"


def test_a_password_is_not_looked_at_while_a_session_lives(photoshelter: Opener) -> None:
    photoshelter(store="file").login()
    session = photoshelter(store="file", password="another")
    session.login()
    assert session.get("mem/user/session").ok
    session.logout()
    with pytest.raises(damsession.CredentialsRefused):
        session.login()


def test_logout_closes_the_session_at_the_server(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    with photoshelter() as session:
        assert session.logout() is damsession.LogoutResult.NONE
        session.login()
        assert session.logout() is damsession.LogoutResult.SERVER
        assert not session.state.logged_in
        assert dam_sandbox.state()["photoshelter"]["sessions_live"] == 0
        session.login()
        # Libcurl tries a reused connection's request again.
        dam_sandbox.fault("reset", count=2, match="logout")
        assert session.logout() is damsession.LogoutResult.UNCONFIRMED
        session.get("mem/user/session").raise_for_status()


def test_forget_says_nothing_to_the_server(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    with photoshelter() as session:
        session.login()
        session.forget()
        assert not session.state.logged_in and session.state.generation >= 1
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logouts"], state["sessions_live"]) == (0, 1)


def test_secrets_are_given_for_requests_of_the_hosts_own(photoshelter: Opener) -> None:
    with photoshelter(authentication="token") as session:
        token = session.token()
        assert token and token in session.headers().values()
        assert "sandboxkey1" in session.headers().values()
    with photoshelter(authentication="token-in-url") as session:
        with pytest.raises(damsession.NotSupported):
            session.headers()
    with photoshelter(authentication="cookie") as session:
        assert any(name.lower() == "cookie" for name in session.headers())


def test_image_handles_are_not_for_photoshelter(photoshelter: Opener) -> None:
    with photoshelter() as session:
        session.login()
        with pytest.raises(damsession.NotSupported):
            session.bind_image("I0001")
