"""Every value of every FotoWare knob, and what the knobs of all systems do there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fotoware_client import TOKEN, FotoWareClient
from scenarios import Scenario, Scenarios

from damsession.sandbox import Sandbox

Make = Callable[[], FotoWareClient]
knobs = Scenarios("FotoWare")


@knobs.reach("refresh-tokens", "single-use")
def single_use(sandbox: Sandbox, make: Make, value: str) -> None:
    client, bystander = make().login(), make().login()
    old = client.refresh
    client.adopt(client.renew())
    assert client.renew(old).json()["error"] == "invalid_grant"
    assert sandbox.log()[-1]["verdict"] == "reused"
    # Nothing of the family works any more.
    assert client.renew().status_code == 400
    assert client.get().status_code == 401
    assert bystander.get().status_code == bystander.renew().status_code == 200
    state = sandbox.state()["fotoware"]
    assert (state["families_revoked"], state["families_live"]) == (1, 1)


@knobs.reach("refresh-tokens", "single-use-lenient")
def single_use_lenient(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    old = client.refresh
    client.adopt(client.renew())
    assert client.renew(old).status_code == 400
    assert sandbox.log()[-1]["verdict"] == "reused"
    assert client.get().status_code == client.renew().status_code == 200
    assert sandbox.state()["fotoware"]["families_revoked"] == 0


@knobs.reach("refresh-tokens", "single-use-grace")
def single_use_grace(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    first = client.refresh
    lost = client.renew(first).json()
    # The answer was lost: the old one works, and what it gave before does not.
    client.adopt(client.renew(first))
    assert client.get(access=lost["access_token"]).status_code == 401
    assert client.renew(lost["refresh_token"]).status_code == 400
    assert client.get().status_code == 200
    # The new access token was used: the old refresh token is over, and only it.
    assert client.renew(first).status_code == 400
    second = client.refresh
    client.adopt(client.renew())
    client.adopt(client.renew())
    # So is one whose follower was renewed.
    assert client.renew(second).status_code == 400
    assert client.renew().status_code == 200
    assert sandbox.state()["fotoware"]["families_revoked"] == 0


@knobs.reach("refresh-tokens", "optional")
def optional(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    first = client.refresh
    told = []
    for _ in range(4):
        response = client.renew()
        told.append("refresh_token" in response.json())
        client.adopt(response)
    assert told == [False, True, False, True]
    assert client.renew(first).status_code == 400
    assert client.renew().status_code == 200
    assert sandbox.state()["fotoware"]["families_revoked"] == 0


@knobs.reach("refresh-tokens", "fixed")
def fixed(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    assert [client.renew().json()["refresh_token"] for _ in "abc"] == [client.refresh] * 3


@knobs.reach("renewal-ends-access")
def renewal_ends_access(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    old = client.access
    client.adopt(client.renew())
    assert client.get(access=old).status_code == (401 if value == "on" else 200)
    assert client.get().status_code == 200


@knobs.reach("refused-refresh")
def refused_refresh(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    old = client.refresh
    client.renew()
    for token in (old, "x"):
        response = client.renew(token)
        assert response.status_code == 400
        if value == "empty-400":
            assert response.content == b"" and "Content-Type" not in response.headers
        elif value == "wrapped":
            (error,) = response.json()["errors"]
            assert error["id"] == "OAuthServerException" and error["title"]
        else:
            assert response.json()["error"] == "invalid_grant"
    assert [entry["verdict"] for entry in sandbox.log()[-2:]] == ["reused", "refused"]
    # What is wrong with the request itself is told as ever.
    wrong = client.post(TOKEN, grant_type="refresh_token", **client.identity())
    assert wrong.json()["error"] == "invalid_request"


@knobs.reach("expires-in")
def expires_in(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make()
    client.kind = "script"
    answer = client.post(TOKEN, grant_type="client_credentials", **client.identity())
    written = {"integer": ": 3600}", "float": ": 3600.000000}", "text": ': "3600"}'}
    if value == "missing":
        assert "expires_in" not in answer.json()
    else:
        assert answer.text.endswith('"expires_in"' + written[value])
    assert client.adopt(answer).get().status_code == 200


@knobs.reach("access-life", 1)
def access_life(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make()
    response = client.exchange(client.code())
    assert response.json()["expires_in"] == 1
    client.adopt(response)
    sandbox.knobs(clock_skew=1)
    assert client.get().status_code == 401
    sandbox.knobs(access_life=100)
    client.adopt(client.renew())
    sandbox.knobs(clock_skew=90)
    assert client.get().status_code == 200


@knobs.reach("license")
def license(sandbox: Sandbox, make: Make, value: str) -> None:
    sandbox.knobs(license="ok")
    client = make().login()
    code = client.code()
    sandbox.knobs(license=value)
    for response in (client.get(), client.exchange(code), client.renew()):
        assert response.status_code == (200 if value == "ok" else 403)
        if value == "missing":
            assert response.json() == {
                "error": "access_denied",
                "error_description": "The site is not licensed for use of third-party applications",
            }
            assert sandbox.log()[-1]["verdict"] == "no-license"


@knobs.reach("authorization-header")
def authorization_header(sandbox: Sandbox, make: Make, value: str) -> None:
    client, web = make().login(), make()
    web.kind = "web"
    kept = value == "kept"
    assert client.get().status_code == (200 if kept else 401)
    assert client.renew().status_code == 200
    # The other way in, which the vendor recommends then.
    response = client.http.get(sandbox.fotoware + "/fotoweb/me?access_token=" + quoted(client))
    assert response.json()["user"] == "ada"
    assert sandbox.log()[-1]["flags"] == ["access-token-in-url"]
    basic = web.post(TOKEN, web.basic(), grant_type="refresh_token", refresh_token="x")
    assert basic.json()["error"] == ("invalid_grant" if kept else "invalid_client")


def quoted(client: FotoWareClient) -> str:
    return client.access.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


@pytest.mark.parametrize(("knob", "value", "scenario"), knobs.cases, ids=knobs.names)
def test_knob(
    dam_sandbox: Sandbox, fotoware: Make, knob: str, value: str, scenario: Scenario
) -> None:
    dam_sandbox.knobs(**{knob: value})
    scenario(dam_sandbox, fotoware, value)


def test_no_value_is_left_out() -> None:
    assert knobs.missing() == []


def test_the_storm_ends_access_tokens(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware().login()
    dam_sandbox.knobs(storm=3)
    assert [client.get().status_code for _ in range(4)] == [200, 200, 401, 401]
    assert client.adopt(client.renew()).get().status_code == 200


def test_a_login_is_never_throttled(dam_sandbox: Sandbox, fotoware: Make) -> None:
    dam_sandbox.knobs(throttle=7)
    client = fotoware().login()
    assert client.renew().status_code == 200
    response = client.get()
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    assert dam_sandbox.state()["fotoware"]["throttled"] == 1
