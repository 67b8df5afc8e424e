"""FotoWare as the vendor's pages and the RFCs describe it: every grant, and every refusal."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from fotoware_client import ME, REVOKE, TOKEN, FotoWareClient

from damsession.sandbox import Sandbox

Make = Callable[[], FotoWareClient]


def of_kind(make: Make, kind: str) -> FotoWareClient:
    client = make()
    client.kind = kind
    return client


def assert_error(response: requests.Response, status: int, code: str, said: str = "") -> None:
    assert response.status_code == status, response.text
    assert response.json()["error"] == code
    assert said in response.json()["error_description"]


@pytest.mark.parametrize("user", ["ada", "kåre.øst"])
@pytest.mark.parametrize("kind", ["native", "web"])
def test_a_code_is_exchanged_and_renewed(
    dam_sandbox: Sandbox, fotoware: Make, kind: str, user: str
) -> None:
    client = of_kind(fotoware, kind)
    response = client.exchange(client.code(user))
    assert set(response.json()) == {"access_token", "token_type", "refresh_token", "expires_in"}
    assert response.headers["Cache-Control"] == "no-store"
    client.adopt(response)
    assert client.get().json()["user"] == user
    assert client.get().json()["application"]["id"] == client.registered["id"]
    old = client.access, client.refresh
    client.adopt(client.renew())
    assert client.access != old[0] and client.refresh != old[1]
    assert [client.get(access=one).status_code for one in (client.access, old[0])] == [200, 200]
    state = dam_sandbox.state()["fotoware"]
    counted = ("consents", "logins_ok", "renewals", "tokens_live", "families_live")
    assert [state[name] for name in counted] == [1, 1, 1, 2, 1]
    assert dam_sandbox.log()[-1]["user"] == user


def test_a_script_acts_for_nobody_and_gets_no_refresh_token(
    dam_sandbox: Sandbox, fotoware: Make
) -> None:
    client = of_kind(fotoware, "script")
    response = client.post(TOKEN, grant_type="client_credentials", **client.identity())
    assert set(response.json()) == {"access_token", "token_type", "expires_in"}
    me = client.adopt(response).get().json()
    assert (me["user"], me["administrator"], me["application"]["kind"]) == ("", True, "script")
    assert dam_sandbox.state()["fotoware"]["client_logins"] == 1
    assert dam_sandbox.log()[-1]["user"] == "sandbox-script"
    dam_sandbox.knobs(clock_skew=3600)
    state = dam_sandbox.state()["fotoware"]
    assert (state["tokens_live"], state["families_live"]) == (0, 0)


@pytest.mark.parametrize("kind", ["web", "script"])
def test_a_secret_in_http_basic(fotoware: Make, kind: str) -> None:
    client = of_kind(fotoware, kind)
    if kind == "script":
        response = client.post(TOKEN, client.basic(), grant_type="client_credentials")
        assert client.adopt(response).get().status_code == 200
        return
    code, uri = client.code(), client.redirect_uri
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": uri}
    form["code_verifier"] = client.verifier
    assert client.adopt(client.post(TOKEN, client.basic(), **form)).get().status_code == 200


def test_clients_that_are_refused(fotoware: Make) -> None:
    native, web = fotoware(), of_kind(fotoware, "web")
    told = "a native application must not send a client secret"
    for secret in ("x", ""):
        response = native.exchange(native.code(), client_secret=secret)
        assert_error(response, 400, "invalid_client", told)
    response = native.post(TOKEN, native.basic("x"), grant_type="refresh_token")
    assert_error(response, 400, "invalid_client", told)
    for wrong in ({"client_secret": "x"}, {"client_secret": ""}, {"client_id": "x"}):
        assert_error(web.exchange(web.code(), **wrong), 401, "invalid_client")
    for header in (web.basic("x"), "Basic ?", "Basic eA==", "Bearer eDp5"):
        response = web.post(TOKEN, header, grant_type="refresh_token")
        assert_error(response, 401, "invalid_client")
        assert response.headers["WWW-Authenticate"].startswith("Basic ")
    other = web.post(TOKEN, web.basic(), client_id="sandbox-native")
    assert_error(other, 401, "invalid_client", "differ")
    both = web.post(TOKEN, web.basic(), **web.identity())
    assert_error(both, 400, "invalid_request", "in one way")
    assert_error(native.post(TOKEN, grant_type="refresh_token"), 401, "invalid_client")


@pytest.mark.parametrize(
    ("kind", "grant", "code"),
    [
        ("native", "client_credentials", "unauthorized_client"),
        ("web", "client_credentials", "unauthorized_client"),
        ("script", "authorization_code", "unauthorized_client"),
        ("script", "refresh_token", "unauthorized_client"),
        ("native", "password", "unsupported_grant_type"),
        ("native", "", "invalid_request"),
        ("native", "refresh_token", "invalid_request"),
        ("native", "authorization_code", "invalid_request"),
    ],
)
def test_grants_that_are_refused(
    dam_sandbox: Sandbox, fotoware: Make, kind: str, grant: str, code: str
) -> None:
    client = of_kind(fotoware, kind)
    assert_error(client.post(TOKEN, grant_type=grant, **client.identity()), 400, code)
    state = dam_sandbox.state()["fotoware"]
    assert state["logins_refused"] + state["renewals_refused"] == 1
    assert dam_sandbox.log()[-1]["verdict"] == code


def test_a_request_that_is_no_form_or_says_a_thing_twice(
    dam_sandbox: Sandbox, fotoware: Make
) -> None:
    client = fotoware()
    url, form = dam_sandbox.fotoware + TOKEN, {"grant_type": "refresh_token", **client.identity()}
    assert_error(client.http.post(url, json=form), 400, "invalid_request", "x-www-form-urlencoded")
    twice = [*form.items(), ("grant_type", "refresh_token")]
    assert_error(
        client.http.post(url, data=twice), 400, "invalid_request", "more than once: grant_type"
    )
    response = client.http.get(url)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_a_code_is_for_one_client_address_verifier_and_minute(
    dam_sandbox: Sandbox, fotoware: Make
) -> None:
    client, web = fotoware(), of_kind(fotoware, "web")
    code = client.code()
    assert_error(web.exchange(code), 400, "invalid_grant", "not known")
    for wrong, said in (
        ({"redirect_uri": "http://localhost:9877/callback"}, "redirect_uri"),
        ({"redirect_uri": ""}, "redirect_uri"),
        ({"code_verifier": "x" * 43}, "code_verifier"),
        ({"code_verifier": ""}, "code_verifier"),
        ({"code": code[1:]}, "not known"),
    ):
        assert_error(client.exchange(**{"code": code, **wrong}), 400, "invalid_grant", said)
    late = client.code()
    client.adopt(client.exchange(code))
    dam_sandbox.knobs(clock_skew=61)
    assert_error(client.exchange(late), 400, "invalid_grant", "too old")
    dam_sandbox.knobs(clock_skew=50)
    assert client.exchange(late).status_code == 200


def test_a_verifier_without_a_challenge_is_refused(fotoware: Make) -> None:
    client = of_kind(fotoware, "web")
    code = client.code(code_challenge="", code_challenge_method="")
    assert_error(client.exchange(code), 400, "invalid_grant", "code_verifier")
    assert client.exchange(code, code_verifier="").status_code == 200


def test_a_code_again_ends_what_it_was_exchanged_for(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware()
    code = client.code()
    client.adopt(client.exchange(code))
    assert_error(client.exchange(code), 400, "invalid_grant", "used before")
    assert client.get().status_code == 401
    assert client.renew().status_code == 400
    assert dam_sandbox.state()["fotoware"]["families_revoked"] == 1


def test_refresh_tokens_that_are_refused(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client, web = fotoware().login(), of_kind(fotoware, "web").login()
    for response in (client.renew("x"), client.renew(web.refresh), client.renew(client.access)):
        assert_error(response, 400, "invalid_grant", "refresh token")
        assert dam_sandbox.log()[-1]["verdict"] == "refused"
    assert web.renew().status_code == 200
    state = dam_sandbox.state()["fotoware"]
    assert (state["renewals"], state["renewals_refused"]) == (1, 3)


def test_an_ended_token_is_told_from_one_that_never_was(
    dam_sandbox: Sandbox, fotoware: Make
) -> None:
    client = fotoware().login()
    dam_sandbox.knobs(clock_skew=3601)
    for access, verdict in ((client.access, "expired"), ("x", "refused")):
        response = client.get(access=access)
        assert_error(response, 401, "invalid_token")
        assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert dam_sandbox.log()[-1]["verdict"] == verdict
    response = client.http.get(dam_sandbox.fotoware + ME)
    assert_error(response, 401, "invalid_token")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert dam_sandbox.log()[-1]["verdict"] == "no-token"
    assert dam_sandbox.state()["fotoware"]["refused"] == 3
    assert client.adopt(client.renew()).get().status_code == 200


def test_revocation(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client, other, web = fotoware().login(), fotoware().login(), of_kind(fotoware, "web").login()
    own = client.identity()
    assert_error(client.post(REVOKE, token=web.refresh, **own), 400, "invalid_grant")
    assert_error(client.post(REVOKE, **own), 400, "invalid_request", "token: missing")
    assert_error(web.post(REVOKE, token=web.refresh), 401, "invalid_client")
    assert client.post(REVOKE, token="x", **own).status_code == 200
    assert client.post(REVOKE, token=client.access, **own).status_code == 200
    assert client.get().status_code == 401
    client.adopt(client.renew())
    for _ in range(2):
        response = client.post(REVOKE, token=client.refresh, **own)
        assert (response.status_code, response.content) == (200, b"")
    assert client.get().status_code == 401
    assert client.renew().status_code == 400
    assert dam_sandbox.log()[-1]["verdict"] == "revoked"
    assert [one.get().status_code for one in (other, web)] == [200, 200]
    state = dam_sandbox.state()["fotoware"]
    assert (state["revocations"], state["families_revoked"]) == (2, 1)


def test_without_tls_everything_is_refused(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware().login()
    url, headers = dam_sandbox.fotoware_http, {"Authorization": f"Bearer {client.access}"}
    for response in (
        requests.get(url + ME, headers=headers),
        requests.post(url + TOKEN, data={"refresh_token": client.refresh}),
        requests.get(client.url().replace(dam_sandbox.fotoware, url)),
    ):
        assert_error(response, 400, "invalid_request", "HTTPS")
    flags = [entry["flags"] for entry in dam_sandbox.log()[-3:]]
    assert flags == [["secret-without-https"], ["secret-without-https"], []]
