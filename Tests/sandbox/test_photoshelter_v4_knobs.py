"""Every value of every knob of PhotoShelter's version 4 and OAuth2; and what the knobs of version 3
do there.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from photoshelter_v4_client import REVOKE, TOKEN, V3, V4, Consented, PasswordV4, answer, error
from scenarios import Scenario, Scenarios

from damsession.sandbox import Sandbox

App = Callable[[], Consented]
SESSION_V3 = V3 + "mem/user/session"
knobs = Scenarios("PhotoShelter v4, OAuth2")


def has_ended(client: Consented) -> bool:
    response = client.get()
    assert response.status_code in (200, 401)
    return bool(response.status_code == 401)


@knobs.reach("refresh-tokens-photoshelter")
def refresh_tokens(sandbox: Sandbox, make: App, value: str) -> None:
    client, bystander = make().login(), make().login()
    first = client.refresh
    client.adopt(client.renew())
    again = client.renew(first)
    works = {"fixed", "optional", "single-use-grace"}
    assert again.status_code == (200 if value in works else 400)
    assert (client.refresh == first) == (value in ("fixed", "optional"))
    revoked = sandbox.state()["photoshelter"]["families_revoked"]
    assert (revoked, has_ended(client)) == (
        int(value == "single-use"),
        value != "single-use-lenient",
    )
    assert not has_ended(bystander)


@knobs.reach("renewal-ends-access-photoshelter")
def renewal_ends_access(sandbox: Sandbox, make: App, value: str) -> None:
    client = make().login()
    old = client.access
    client.adopt(client.renew())
    for path in (V4 + "user/session", SESSION_V3):
        assert client.get(path, old).status_code == (401 if value == "on" else 200)
    assert not has_ended(client)


@knobs.reach("access-life-photoshelter", 1)
def access_life(sandbox: Sandbox, make: App, value: str) -> None:
    client = make()
    response = client.exchange(client.code())
    assert response.json()["expires_in"] == 1
    client.adopt(response)
    sandbox.knobs(clock_skew=1)
    assert has_ended(client)


@knobs.reach("expires-in-photoshelter")
def expires_in(sandbox: Sandbox, make: App, value: str) -> None:
    client = make()
    response = client.exchange(client.code())
    written = {"integer": ": 3600}", "float": ": 3600.000000}", "text": ': "3600"}'}
    if value == "missing":
        assert "expires_in" not in response.json()
    else:
        assert response.text.endswith('"expires_in"' + written[value])


@knobs.reach("oauth-errors")
def oauth_errors(sandbox: Sandbox, make: App, value: str) -> None:
    client = make().login()
    cases = (
        (client.renew("x"), 400, "invalid_grant"),
        (client.exchange("x", client_secret="x"), 401, "invalid_client"),
        (client.post(TOKEN, client.basic("x"), grant_type="x"), 401, "invalid_client"),
    )
    for response, status, code in cases:
        if value == "rfc":
            assert (response.status_code, response.json()["error"]) == (status, code)
        else:
            error(response, 400 if value == "400-list" else status, "OAuthServerException")
    assert [entry["verdict"] for entry in sandbox.log()[-3:]] == [
        "refused", "invalid_client", "invalid_client",
    ]  # fmt: skip


@knobs.reach("pkce")
def pkce(sandbox: Sandbox, make: App, value: str) -> None:
    client = make()
    none = {"code_challenge": "", "code_challenge_method": ""}
    said = answer(sandbox.consent(client.url(**none)))
    assert said.get("error", "") == ("invalid_request" if value == "needed" else "")
    if value != "needed":
        assert client.exchange(said["code"], code_verifier="").status_code == 200
    for verifier in ("x" * 43, ""):
        response = client.exchange(client.code(), code_verifier=verifier)
        assert response.status_code == (200 if value == "ignored" else 400)
    assert client.exchange(client.code()).status_code == 200


@knobs.reach("oauth-revocation")
def oauth_revocation(sandbox: Sandbox, make: App, value: str) -> None:
    client = make().login()
    response = client.post(REVOKE, token=client.refresh, **client.identity())
    assert response.status_code == (200 if value == "present" else 404)
    assert has_ended(client) == (value == "present")


@knobs.reach("organization-after-renewal")
def organization_after_renewal(sandbox: Sandbox, make: App, value: str) -> None:
    client = make().login()
    client.enter()
    client.adopt(client.renew())
    expected = "O0000BADGER000002" if value == "kept" else None
    assert client.whose() == (expected, expected)
    client.send(V4 + "organization/logout")
    client.adopt(client.renew())
    assert client.whose() == (None, None)


@knobs.reach("expired-access-v3")
def expired_access_v3(sandbox: Sandbox, make: App, value: str) -> None:
    client = make().login()
    sandbox.knobs(expired="403-class")
    sandbox.expire()
    response = client.get(SESSION_V3)
    if value == "401-v4":
        error(response, 401, "OAuthServerException")
    else:
        assert response.status_code == 403
        assert response.json()["error"]["class"] == "SessionRequiredErr"
    assert sandbox.log()[-1]["verdict"] == "expired"


@knobs.reach("expired-v4")
def expired_v4(sandbox: Sandbox, make: App, value: str) -> None:
    app, member = make().login(), PasswordV4(sandbox).login()
    sandbox.expire()
    with member.http:
        bare = member.http.get(f"{member.base}{V4}user/session")
        for response, name in (
            (app.get(), "OAuthServerException"),
            (member.get(), "SessionRequiredException"),
            (bare, "OAuthServerException"),
        ):
            if value == "401-empty":
                assert (response.status_code, response.content) == (401, b"")
            else:
                error(response, int(value[:3]), name)


@knobs.reach("login-refused-v4")
def login_refused_v4(sandbox: Sandbox, make: App, value: str) -> None:
    sandbox.knobs(two_factor="error")
    member = PasswordV4(sandbox)
    with member.http:
        status = int(value[:3])
        error(member.authenticate(password="x"), status, "AuthInvalidPasswordException")
        second = member.authenticate("second@example.com")
        error(second, status, "AuthTwoFactorRequiredException")


@knobs.reach("token-path-v4")
def token_path_v4(sandbox: Sandbox, make: App, value: str) -> None:
    member = PasswordV4(sandbox)

    def placed(response: requests.Response) -> dict[str, object]:
        found = response.json()
        for part in value.split(".")[:-1]:
            assert "token" not in found and "two_factor" not in found
            found = found[part]
        return dict(found)

    with member.http:
        found = placed(member.authenticate())
        member.token = str(found["token"])
        assert found["org"] and found["two_factor"] is False
        assert member.get().status_code == 200
        assert placed(member.authenticate("second@example.com")) == {"two_factor": True}
        sandbox.knobs(organization_token="new")
        named = {"org_id": "O0000BADGER000002"}
        fresh = placed(member.send("organization/authenticate", json=named))
        assert member.get().status_code == 401
        member.token = str(fresh["token"])
        assert member.get().json()["data"]["attributes"]["organization"] == named["org_id"]


@knobs.reach("token-headers-v4")
def token_headers_v4(sandbox: Sandbox, make: App, value: str) -> None:
    app, member = make().login(), PasswordV4(sandbox).login()
    with member.http:
        for get in (app.get, member.get):
            assert get().status_code == 200
            alone = [
                get(headers={other: ""}).status_code == 200
                for other in ("X-PS-Auth-Token", "Authorization")
            ]
            assert alone == [value in ("either", "bearer"), value in ("either", "own")]


@pytest.mark.parametrize(("knob", "value", "scenario"), knobs.cases, ids=knobs.names)
def test_knob(
    dam_sandbox: Sandbox, consented: App, knob: str, value: str, scenario: Scenario
) -> None:
    dam_sandbox.knobs(**{knob: value})
    scenario(dam_sandbox, consented, value)


def test_no_value_is_left_out() -> None:
    assert knobs.missing() == []


@pytest.mark.parametrize("value", ["400-class", "401-class", "403-class"])
def test_the_status_of_a_bad_key(dam_sandbox: Sandbox, consented: App, value: str) -> None:
    client = consented().login()
    dam_sandbox.knobs(bad_api_key=value)
    client.http.headers["X-PS-Api-Key"] = "otherkey"
    for response in (client.get(), client.renew()):
        error(response, int(value[:3]), "ApiKeyInvalidException")
    dam_sandbox.knobs(api_keys="any")
    assert client.adopt(client.renew()).get().status_code == 200


@pytest.mark.parametrize("value", ["by-account", "always"])
def test_a_second_factor(dam_sandbox: Sandbox, value: str) -> None:
    dam_sandbox.knobs(two_factor_needed=value)
    member = PasswordV4(dam_sandbox)
    with member.http:
        assert member.authenticate("second@example.com").json() == {"two_factor": True}
        given = member.authenticate().json()
        assert given["two_factor"] == (value == "always") and ("token" in given) != (
            value == "always"
        )


def test_the_shape_of_a_single_organization(dam_sandbox: Sandbox) -> None:
    member = PasswordV4(dam_sandbox)
    with member.http:
        assert isinstance(member.authenticate("one@example.com").json()["org"], list)
        dam_sandbox.knobs(organizations="object")
        assert member.authenticate("one@example.com").json()["org"]["id"] == "O0000CAPYBARA0003"
        assert "org" not in member.authenticate("solo@example.com").json()


def test_sessions_of_passwords_have_the_limits_of_version_3(dam_sandbox: Sandbox) -> None:
    members = [PasswordV4(dam_sandbox) for _ in "ab"]
    dam_sandbox.knobs(max_sessions=1)
    with members[0].http, members[1].http:
        for one in members:
            one.login()
        assert [one.get().status_code for one in members] == [401, 200]
        dam_sandbox.knobs(clock_skew=7201)
        error(members[1].get(), 401, "SessionRequiredException")
