"""FotoWeb: every authentication, revocation, image handles, the token limit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox

KÅRE = {"user": "kåre.øst", "password": "pässwörd;&=+%41"}


@pytest.mark.parametrize("authentication", ["device-token", "login-token", "query"])
def test_requests_are_logged_in(fotoweb: Opener, dam_sandbox: Sandbox, authentication: str) -> None:
    secret: dict[str, Any] = {"encryption_secret": dam_sandbox.encryption_secret, "password": None}
    options = {**KÅRE, **(secret if authentication == "login-token" else {})}
    with fotoweb(**options, authentication=authentication) as session:
        for _ in range(2):
            response = session.get("Information").raise_for_status()
            assert "<UserName>kåre.øst</UserName>" in response.text
            assert '<X-FotoWeb-Permissions read="true" download="true" ' in response.text
    created = dam_sandbox.state()["fotoweb"]["tokens_created"]
    assert created == (0 if authentication == "query" else 1)


def test_a_plain_preview_url_is_refused_with_the_way_on(
    fotoweb: Opener, dam_sandbox: Sandbox
) -> None:
    dam_sandbox.knobs(preview_urls="http")
    with fotoweb() as session:
        found = session.get("5000/Search?Search=photo&PreviewSize=200").text
        (url, *_) = re.findall(r"<PreviewUrl [^>]*>([^<]*)<", found)
        assert url.startswith("http://")
        with pytest.raises(damsession.Insecure, match="the same URL with https:// works"):
            session.get(url.replace("&amp;", "&"))
        response = session.get(url.replace("http://", "https://").replace("&amp;", "&"))
        assert (
            response.content.startswith(b"\xff\xd8")
            and response.headers["Content-Type"] == "image/jpeg"
        )


def test_there_are_no_organizations_and_no_logout(fotoweb: Opener) -> None:
    with fotoweb() as session:
        with pytest.raises(damsession.NotSupported):
            _ = session.organizations
        session.login()
        assert session.state.tokens_obtained == 1
        assert session.logout() is damsession.LogoutResult.LOCAL


def test_the_device_token_is_given_for_requests_of_the_hosts_own(fotoweb: Opener) -> None:
    with fotoweb() as session:
        assert session.headers() == {"Cookie": f"FWSession={session.token()}"}
    with fotoweb(authentication="query") as session:
        for ask in (session.headers, session.token):
            with pytest.raises(damsession.NotSupported):
                ask()


def test_device_tokens_are_listed_with_their_fate(fotoweb: Opener, dam_sandbox: Sandbox) -> None:
    with fotoweb() as session, fotoweb(authentication="query") as other:
        assert session.device_tokens == []
        session.login()
        dam_sandbox.revoke()
        session.get("Information").raise_for_status()
        # Of the same second, often.
        first, second = sorted(session.device_tokens, key=lambda token: token.in_use)
        assert first.dead_at is not None and first.dead_at >= first.obtained_at and not first.in_use
        assert second.dead_at is None and second.in_use and second.obtained_at >= first.obtained_at
        assert (
            session.token() not in repr((first, second)) and first.fingerprint != second.fingerprint
        )
        with pytest.raises(damsession.NotSupported):
            _ = other.device_tokens


def test_keepalive_asks_for_information_and_replaces_a_revoked_token(
    fotoweb: Opener, dam_sandbox: Sandbox
) -> None:
    with fotoweb() as session:
        session.keepalive()
        dam_sandbox.revoke()
        session.keepalive()
        assert (session.statistics.logins, session.state.generation) == (2, 2)
        assert session.statistics.requests == 0


def first_image(session: damsession.Session) -> tuple[str, damsession.Response]:
    response = session.get(
        "5000/Search", params={"Search": "photos", "MaxHits": 1, "PreviewSize": [200, 800]}
    )
    found = re.search(r'<File Name="[^"]*" Id="([^"]+)"', response.raise_for_status().text)
    assert found is not None
    return found[1], response


def test_an_image_handle_stands_for_its_id(fotoweb: Opener) -> None:
    with fotoweb() as session:
        image_id, response = first_image(session)
        handle = session.bind_image(image_id, response)
        assert handle.isascii() and handle.isprintable()
        assert session.resolve_image(handle) == image_id
        assert (
            session.bind_image(image_id, generation=response.generation)
            == handle
            == session.bind_image(image_id)
        )
        for path, params in (("Preview?Id={image}", None), ("Preview", {"Id": "{image}"})):
            preview = session.get(path, params=params, image=handle).raise_for_status()
            assert preview.headers["content-type"] == "image/jpeg"


def test_an_image_handle_goes_stale_with_its_device_token(
    fotoweb: Opener, dam_sandbox: Sandbox
) -> None:
    with fotoweb() as session:
        image_id, old = first_image(session)
        handle = session.bind_image(image_id, old)
        dam_sandbox.revoke()
        assert session.get("Information").raise_for_status().generation == 2
        seen = len(dam_sandbox.log())
        with pytest.raises(damsession.HandleStale):
            session.get("Preview?Id={image}", image=handle)
        with pytest.raises(damsession.HandleStale):
            session.resolve_image(handle)
        with pytest.raises(damsession.HandleStale):
            session.bind_image(image_id, old)
        fresh = session.bind_image("fresh")
        assert session.stale([handle, fresh, handle]) == [handle, handle]
        with pytest.raises(damsession.ArgumentError):
            session.stale([handle, "no handle"])
        assert len(dam_sandbox.log()) == seen  # nothing was sent


@pytest.mark.parametrize("handle", ["", "no handle", "dami1.1.x.y.z", "\N{SNOWMAN}"])
def test_what_is_no_handle_is_refused(fotoweb: Opener, handle: str) -> None:
    with fotoweb() as session:
        session.login()
        with pytest.raises(damsession.ArgumentError):
            session.resolve_image(handle)


def test_a_user_without_a_token_left_is_told_so(
    fotoweb: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    dam_sandbox.knobs(token_limit=1, limit_reached="403-text")
    with (
        fotoweb(store=tmp_path / "one") as first,
        fotoweb(store=tmp_path / "two", token_limit_text="maximum number of devices") as second,
    ):
        first.login()
        with pytest.raises(damsession.TokenLimitReached):
            second.login()
        first.get("Information").raise_for_status()
