"""PhotoShelter by OAuth2, on both versions of its API, and version 4 with a password: against the
sandbox, whose refresh tokens are good once and end older access tokens.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from pathlib import Path
from typing import Any

import pytest

import damsession
from damsession.sandbox.client import Sandbox

PASSWORD = "correct horse & battery=staple%41+ü"
SESSION = {"3": "mem/user/session", "4": "user/session"}


@pytest.fixture(params=["3", "4"])
def version(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def account(dam_sandbox: Sandbox, tmp_path: Path) -> dict[str, Any]:
    return {
        "system": "photoshelter",
        "url": dam_sandbox.photoshelter,
        "user": "ada@example.com",
        "api_key": dam_sandbox.api_key,
        "ca_file": dam_sandbox.ca_file,
        "store": tmp_path / "store",
    }


@pytest.fixture
def options(dam_sandbox: Sandbox, account: dict[str, Any]) -> dict[str, Any]:
    client = dam_sandbox.clients["photoshelter"]
    return {
        **account,
        "authentication": "oauth",
        "client_id": client["id"],
        "client_secret": client["secret"],
    }


def consented(sandbox: Sandbox, options: dict[str, Any]) -> damsession.Session:
    session = damsession.open(**options)
    session.finish_consent(sandbox.consent(session.begin_consent()))
    return session


def counts(sandbox: Sandbox) -> dict[str, int]:
    found: dict[str, int] = sandbox.state()["photoshelter"]
    return found


def test_one_consent_serves_both_versions(dam_sandbox: Sandbox, options: dict[str, Any]) -> None:
    consented(dam_sandbox, options).close()
    for version, path in SESSION.items():
        with damsession.open(**options, api_version=version) as session:
            assert session.get(path).ok
    assert counts(dam_sandbox)["consents"] == 1 and counts(dam_sandbox)["renewals"] == 0


def test_an_expired_session_is_renewed_once_for_all_threads(
    dam_sandbox: Sandbox, options: dict[str, Any], version: str
) -> None:
    with consented(dam_sandbox, {**options, "api_version": version}) as session:
        for round in range(1, 4):
            dam_sandbox.expire(system="photoshelter")
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                assert all(pool.map(lambda _: session.get(SESSION[version]).ok, range(40)))
            assert counts(dam_sandbox)["renewals"] == round
    assert counts(dam_sandbox)["renewals_refused"] == counts(dam_sandbox)["families_revoked"] == 0


@pytest.mark.parametrize("kept", ["gone", "kept"])
def test_the_organization_follows_every_renewal(
    dam_sandbox: Sandbox, options: dict[str, Any], version: str, kept: str
) -> None:
    dam_sandbox.knobs(organization_after_renewal=kept)
    options = {**options, "api_version": version, "organization": "O0000AARDVARK0001"}
    with consented(dam_sandbox, options) as session:
        for expected in (1, 2, 3):
            assert session.get(SESSION[version]).ok
            assert session.statistics.organization_logins == expected
            dam_sandbox.expire(system="photoshelter")


def test_an_organization_step_that_fails_keeps_the_new_refresh_token(
    dam_sandbox: Sandbox, options: dict[str, Any], version: str
) -> None:
    options = {**options, "api_version": version, "organization": "O0000AARDVARK0001"}
    with consented(dam_sandbox, options) as session:
        dam_sandbox.expire(system="photoshelter")
        dam_sandbox.fault("drop-after-processing", match="organization")
        with pytest.raises(damsession.NetworkError):
            session.get(SESSION[version])
    with damsession.open(**options) as session:  # another program
        assert session.get(SESSION[version]).ok
        assert session.statistics.renewals_in_doubt == 0
    assert counts(dam_sandbox)["families_revoked"] == 0


@pytest.mark.parametrize("errors", ["400-list", "list", "rfc"])
def test_a_consent_that_was_taken_back_asks_for_another(
    dam_sandbox: Sandbox, options: dict[str, Any], version: str, errors: str
) -> None:
    dam_sandbox.knobs(oauth_errors=errors)
    options = {**options, "api_version": version}
    with consented(dam_sandbox, options) as session:
        dam_sandbox.revoke(system="photoshelter")
        with pytest.raises(damsession.ConsentNeeded, match="consent again"):
            session.get(SESSION[version])
        session.finish_consent(dam_sandbox.consent(session.begin_consent()))
        assert session.get(SESSION[version]).ok


def test_a_wrong_client_secret_is_no_reason_to_consent_again(
    dam_sandbox: Sandbox, options: dict[str, Any]
) -> None:
    with consented(dam_sandbox, options):
        dam_sandbox.expire(system="photoshelter")
    with damsession.open(**{**options, "client_secret": "wrong"}) as session:
        with pytest.raises(damsession.CredentialsRefused, match="client secret"):
            session.get(SESSION["3"])
    with damsession.open(**options) as session:
        assert session.get(SESSION["3"]).ok


def test_a_second_factor_is_passed_once_in_the_browser(
    dam_sandbox: Sandbox, account: dict[str, Any], options: dict[str, Any], version: str
) -> None:
    dam_sandbox.knobs(two_factor_needed="always")
    password = {"password": PASSWORD, "authentication": "token"}
    with damsession.open(**account, **password, api_version=version) as session:
        with pytest.raises(damsession.SecondFactorRequired, match="oauth"):
            session.get(SESSION[version])
    with consented(dam_sandbox, {**options, "api_version": version}) as session:
        dam_sandbox.expire(system="photoshelter")
        assert session.get(SESSION[version]).ok


def test_a_logout_revokes_where_there_is_a_place_for_it(
    dam_sandbox: Sandbox, options: dict[str, Any]
) -> None:
    with consented(dam_sandbox, options) as session:
        assert session.logout() == damsession.LogoutResult.LOCAL
    dam_sandbox.knobs(oauth_revocation="present")
    with consented(dam_sandbox, {**options, "revoke_path": "/psapi/v4.0/oauth/revoke"}) as session:
        assert session.logout() == damsession.LogoutResult.SERVER
    assert counts(dam_sandbox)["revocations"] == 1


def test_asyncio_asks_for_consent_without_blocking(
    dam_sandbox: Sandbox, options: dict[str, Any]
) -> None:
    async def main() -> None:
        async with damsession.aopen(**options) as session:
            with pytest.raises(damsession.ConsentNeeded):
                await session.get(SESSION["3"])
            url = await session.begin_consent()
            answer = await asyncio.to_thread(dam_sandbox.consent, url)
            with pytest.raises(damsession.ConsentNeeded):
                await session.finish_consent(answer.replace("state=", "state=x"))
            await session.finish_consent(answer)
            dam_sandbox.expire(system="photoshelter")
            responses = await asyncio.gather(*(session.get(SESSION["3"]) for _ in range(32)))
            assert all(response.ok for response in responses)
        async with damsession.aopen(
            system="fotoweb", url=dam_sandbox.fotoweb, user="kim"
        ) as session:
            with pytest.raises(damsession.NotSupported):
                await session.begin_consent()

    asyncio.run(main())
    assert counts(dam_sandbox)["renewals"] == 1


def test_a_consent_is_handed_over_to_another_machine(
    dam_sandbox: Sandbox, options: dict[str, Any], tmp_path: Path
) -> None:
    lines: list[str] = []
    with consented(dam_sandbox, options) as session:

        def refuse(line: str) -> None:
            raise OSError("the disk is full")

        with pytest.raises(OSError, match="the disk is full"):
            session.export_consent("correct horse", refuse)
        assert session.get(SESSION["3"]).ok, "what was not taken stays"
        session.export_consent("correct horse", lines.append)
        with pytest.raises(damsession.ConsentNeeded):
            session.get(SESSION["3"])
        with pytest.raises(damsession.ArgumentError, match="8 or more"):
            session.export_consent("short", lines.append)
    (line,) = lines
    with damsession.open(**{**options, "store": tmp_path / "there"}) as session:
        with pytest.raises(damsession.ArgumentError, match="pass-phrase"):
            session.import_consent(line, "battery staple")
        session.import_consent(line, "correct horse")
        dam_sandbox.expire(system="photoshelter")
        assert session.get(SESSION["3"]).ok and session.statistics.renewals == 1
    assert counts(dam_sandbox)["consents"] == 1 and counts(dam_sandbox)["families_revoked"] == 0


# ---- Version 4 with a password


@pytest.fixture
def v4(account: dict[str, Any]) -> dict[str, Any]:
    return {**account, "password": PASSWORD, "authentication": "token", "api_version": "4"}


@pytest.mark.parametrize("place", ["token", "data.token", "data.attributes.token"])
@pytest.mark.parametrize("headers", ["either", "both", "bearer", "own"])
def test_v4_logs_in_wherever_the_token_is(
    dam_sandbox: Sandbox, v4: dict[str, Any], place: str, headers: str
) -> None:
    dam_sandbox.knobs(token_path_v4=place, token_headers_v4=headers)
    with damsession.open(**v4) as session:
        assert session.get("user/session").ok
        assert session.organizations and session.statistics.logins == 1


@pytest.mark.parametrize("shape", ["401-class", "400-class", "403-class", "401-empty"])
def test_v4_an_expiry_is_one_login(dam_sandbox: Sandbox, v4: dict[str, Any], shape: str) -> None:
    dam_sandbox.knobs(expired_v4=shape)
    with damsession.open(**v4, organization="O0000AARDVARK0001") as session:
        assert session.get("user/session").ok
        dam_sandbox.expire(system="photoshelter")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert all(pool.map(lambda _: session.get("galleries").ok, range(16)))
        assert session.statistics.logins == session.statistics.organization_logins == 2


@pytest.mark.parametrize("shape", ["401-class", "400-class"])
def test_v4_a_wrong_password_is_tried_once(
    dam_sandbox: Sandbox, v4: dict[str, Any], shape: str
) -> None:
    dam_sandbox.knobs(login_refused_v4=shape)
    with damsession.open(**{**v4, "password": "wrong"}) as session:
        for _ in range(3):
            with pytest.raises(damsession.CredentialsRefused):
                session.get("user/session")
    assert counts(dam_sandbox)["logins_refused"] == 1


def test_v4_has_no_logout_that_anybody_knows(dam_sandbox: Sandbox, v4: dict[str, Any]) -> None:
    with damsession.open(**v4) as session:
        session.login()
        assert session.logout() == damsession.LogoutResult.LOCAL


def test_v4_refuses_what_nobody_has_seen_it_do(v4: dict[str, Any]) -> None:
    with pytest.raises(damsession.OptionError, match="token or oauth"):
        damsession.open(**{**v4, "authentication": "cookie"})


def test_v4_keeps_logins_to_itself(v4: dict[str, Any]) -> None:
    with damsession.open(**v4) as session:
        for path in (
            "authenticate",
            "organization/authenticate",
            "organization/logout",
            "oauth/token",
        ):
            with pytest.raises(damsession.ArgumentError, match="the session's own"):
                session.post(path)
