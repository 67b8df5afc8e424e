"""FotoWare: one consent of a person, then sessions that renew themselves; refresh tokens are spent
once, whatever happens in between.
"""

from __future__ import annotations

import concurrent.futures
from pathlib import Path
from typing import Any

import pytest

import damsession
from damsession.sandbox.client import Sandbox


@pytest.fixture
def options(dam_sandbox: Sandbox, tmp_path: Path) -> dict[str, Any]:
    return {
        "system": "fotoware",
        "url": dam_sandbox.fotoware,
        "client_id": dam_sandbox.clients["native"]["id"],
        "ca_file": dam_sandbox.ca_file,
        "store": tmp_path / "store",
    }


def consented(sandbox: Sandbox, options: dict[str, Any]) -> damsession.Session:
    session = damsession.open(**options)
    session.finish_consent(sandbox.consent(session.begin_consent()))
    return session


def counts(sandbox: Sandbox) -> dict[str, int]:
    found: dict[str, int] = sandbox.state()["fotoware"]
    return found


def test_one_consent_serves_all_programs(dam_sandbox: Sandbox, options: dict[str, Any]) -> None:
    with damsession.open(**options) as session:
        with pytest.raises(damsession.ConsentNeeded, match="must consent first"):
            session.get("me")
        url = session.begin_consent()
    address = dam_sandbox.consent(url)
    with damsession.open(**options) as session:  # another program
        session.finish_consent(address)
        assert session.get("me").json()["user"] == "ada"
        assert session.state.renewable and session.state.expires_at is not None
        assert session.statistics.consents == 1
        with pytest.raises(damsession.ConsentNeeded, match="taken already"):
            session.finish_consent(address)
    with damsession.open(**options) as session:
        assert session.get("me").ok
    assert counts(dam_sandbox)["consents"] == 1


def test_whoever_declines_is_quoted(dam_sandbox: Sandbox, options: dict[str, Any]) -> None:
    with damsession.open(**options) as session:
        address = dam_sandbox.consent(session.begin_consent(), decision="deny")
        with pytest.raises(damsession.ConsentNeeded, match="access_denied"):
            session.finish_consent(address)


@pytest.mark.parametrize("rotation", ["single-use", "single-use-grace", "optional", "fixed"])
@pytest.mark.parametrize("ends", ["off", "on"])
def test_an_expired_session_is_renewed_once_for_all_threads(
    dam_sandbox: Sandbox, options: dict[str, Any], rotation: str, ends: str
) -> None:
    dam_sandbox.knobs(refresh_tokens=rotation, renewal_ends_access=ends)
    with consented(dam_sandbox, options) as session:
        for round in range(1, 4):
            dam_sandbox.expire(system="fotoware")
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                assert all(pool.map(lambda _: session.get("me").ok, range(40)))
            assert counts(dam_sandbox)["renewals"] == round
        assert session.statistics.renewals == 3
    assert counts(dam_sandbox)["families_revoked"] == counts(dam_sandbox)["renewals_refused"] == 0


@pytest.mark.parametrize("fault", ["drop-after-processing", "truncate", "reset"])
def test_an_answer_that_is_lost_costs_at_most_a_consent(
    dam_sandbox: Sandbox, options: dict[str, Any], fault: str
) -> None:
    """With single-use-grace, the same token is taken once more; nothing is sent twice unasked."""
    dam_sandbox.knobs(refresh_tokens="single-use-grace")
    with consented(dam_sandbox, options) as session:
        dam_sandbox.expire(system="fotoware")
        dam_sandbox.fault(fault, match="oauth2/token")
        with pytest.raises(damsession.NetworkError):
            session.get("me")
    with damsession.open(**options) as session:  # the next program
        assert session.get("me").ok
        assert session.statistics.renewals_in_doubt == 1


@pytest.mark.parametrize("refusal", ["invalid_grant", "empty-400", "wrapped"])
def test_a_refresh_token_that_is_refused_asks_for_consent(
    dam_sandbox: Sandbox, options: dict[str, Any], refusal: str
) -> None:
    dam_sandbox.knobs(refused_refresh=refusal)
    with consented(dam_sandbox, options) as session:
        dam_sandbox.revoke(system="fotoware")
        with pytest.raises(damsession.ConsentNeeded, match="consent again"):
            session.get("me")
        sent = counts(dam_sandbox)["requests"]
        with pytest.raises(damsession.ConsentNeeded):
            session.get("me")
        assert counts(dam_sandbox)["requests"] == sent, "a token that is no good is not sent again"
        session.finish_consent(dam_sandbox.consent(session.begin_consent()))
        assert session.get("me").ok


@pytest.mark.parametrize("life", ["integer", "float", "text", "missing"])
def test_the_life_of_a_token_however_it_is_written(
    dam_sandbox: Sandbox, options: dict[str, Any], life: str
) -> None:
    dam_sandbox.knobs(expires_in=life, access_life=1)
    with consented(dam_sandbox, options) as session:
        assert (session.state.expires_at is None) == (life == "missing")
        dam_sandbox.expire(system="fotoware")
        assert session.get("me").ok


def test_a_site_without_a_licence_says_so(dam_sandbox: Sandbox, options: dict[str, Any]) -> None:
    with consented(dam_sandbox, options) as session:
        dam_sandbox.knobs(license="missing")
        with pytest.raises(damsession.LicenseMissing, match="administrator"):
            session.get("me")


def test_a_proxy_that_takes_the_header_away(dam_sandbox: Sandbox, options: dict[str, Any]) -> None:
    with consented(dam_sandbox, options) as session:
        dam_sandbox.knobs(authorization_header="stripped")
        with pytest.raises(damsession.SessionInvalid, match="proxy"):
            session.get("me")
    assert counts(dam_sandbox)["renewals"] == 1


def test_a_web_application_and_a_script(dam_sandbox: Sandbox, options: dict[str, Any]) -> None:
    for kind in ("web", "script"):
        client = dam_sandbox.clients[kind]
        options.update(authentication=kind, client_id=client["id"], client_secret=client["secret"])
        for place in ("body", "header"):
            with damsession.open(**options, client_secret_in=place) as session:
                if kind == "web":
                    session.finish_consent(dam_sandbox.consent(session.begin_consent()))
                else:
                    with pytest.raises(damsession.NotSupported):
                        session.begin_consent()
                assert session.get("me").ok
                session.forget()
    options["client_secret"] = "wrong"
    with damsession.open(**options) as session, pytest.raises(damsession.CredentialsRefused):
        session.get("me")


def test_a_native_application_sends_no_secret(
    dam_sandbox: Sandbox, options: dict[str, Any]
) -> None:
    options["client_secret"] = "canary-secret"
    with consented(dam_sandbox, options) as session:
        dam_sandbox.expire(system="fotoware")
        assert session.get("me").ok
    assert "canary-secret" not in str(dam_sandbox.log())


def test_a_logout_revokes_where_there_is_a_place_for_it(
    dam_sandbox: Sandbox, options: dict[str, Any]
) -> None:
    for path, result in (("", "LOCAL"), ("/fotoweb/oauth2/revoke", "SERVER")):
        with consented(dam_sandbox, {**options, "revoke_path": path or None}) as session:
            assert session.logout() == damsession.LogoutResult[result]
    assert counts(dam_sandbox)["revocations"] == 1
