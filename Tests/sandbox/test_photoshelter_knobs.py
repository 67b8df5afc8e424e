"""Every value of every PhotoShelter knob, seen from outside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from conftest import SESSION_COOKIE, PhotoShelterClient, set_cookies
from scenarios import Scenario, Scenarios

from damsession.sandbox import Sandbox

Make = Callable[[], PhotoShelterClient]
knobs = Scenarios("PhotoShelter")


def assert_session_refused(response: requests.Response, variant: str) -> None:
    assert response.status_code == int(variant[:3])
    if variant.endswith("class"):
        assert response.json()["error"]["class"] == "SessionRequiredErr"
    elif variant == "401-empty":
        assert response.content == b""
    elif variant == "200-html":
        assert response.headers["Content-Type"].startswith("text/html")
        assert '<input type="password"' in response.text
    else:
        assert response.headers["Location"].startswith("/login?to=")


@knobs.reach("expired")
def expired(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    assert sandbox.expire() == 1
    assert_session_refused(client.call("mem/user/session"), value)
    assert sandbox.log()[-1]["verdict"] == "expired"


@knobs.reach("missing-session")
def missing_session(sandbox: Sandbox, make: Make, value: str) -> None:
    sandbox.knobs(expired="403-class")
    response = make().call("mem/user/session")
    assert_session_refused(response, "403-class" if value == "same" else value)
    assert sandbox.log()[-1]["verdict"] == "no-session"


@knobs.reach("old-cookie")
def old_cookie(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    first = client.cookie
    client.call("mem/user/session")
    if value == "accept":
        assert client.with_cookie(first).status_code == 200
        return
    assert_session_refused(client.with_cookie(first), "400-class")
    assert sandbox.log()[-1]["verdict"] == "stale-cookie"
    assert sandbox.state()["photoshelter"]["stale_cookie_refusals"] == 1
    # The session itself is none the worse for it.
    assert client.call("mem/user/session").status_code == 200


@knobs.reach("old-cookie-grace", 2)
def old_cookie_grace(sandbox: Sandbox, make: Make, value: str) -> None:
    sandbox.knobs(old_cookie="refuse")
    client = make().login()
    first = client.cookie
    assert [client.with_cookie(first).status_code for _ in range(4)] == [200, 200, 200, 400]


@knobs.reach("refused-cookie")
def refused_cookie(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    sandbox.expire()
    lines = set_cookies(client.call("mem/user/session"))
    assert [line[: len(SESSION_COOKIE) + 8] for line in lines] == (
        [f"{SESSION_COOKIE}=deleted"] if value == "deleted" else []
    )


@knobs.reach("cookie-rotation")
def cookie_rotation(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    seen = {set_cookies(client.call("mem/user/session"))[0] for _ in range(4)}
    sandbox.knobs(clock_skew=10)
    seen.add(set_cookies(client.call("mem/user/session"))[0])
    if value == "always":
        assert len(seen) == 5
    else:
        # Two, or one more if a second ended in the middle.
        assert 2 <= len(seen) <= 3


@knobs.reach("cookie-domain")
def cookie_domain(sandbox: Sandbox, make: Make, value: str) -> None:
    _, live, companion = set_cookies(make().authenticate())
    assert live.endswith("; path=/; domain=.localhost" if value == "host" else "; path=/")
    assert companion.endswith("; path=/; domain=localhost" if value == "host" else "; path=/")
    address = sandbox.photoshelter.replace("localhost", "127.0.0.1")
    response = requests.post(
        f"{address}/psapi/v3/mem/authenticate",
        headers={"X-PS-Api-Key": sandbox.api_key},
        data={"email": "one@example.com", "password": "one-password"},
        verify=sandbox.ca_file,
    )
    assert set_cookies(response)[1].endswith("; domain=127.0.0.1" if value == "host" else "path=/")


@knobs.reach("organizations")
def organizations(sandbox: Sandbox, make: Make, value: str) -> None:
    one = {"id": "O0000CAPYBARA0003", "name": "Capybara Press", "member": "t"}
    alone = make().authenticate("one@example.com").json()["data"]["org"]
    assert alone == ([one] if value == "array" else one)
    assert len(make().authenticate().json()["data"]["org"]) == 2
    assert "org" not in make().authenticate("solo@example.com").json()["data"]


@knobs.reach("more-organizations", 2000)
def more_organizations(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make()
    response = client.authenticate()
    listed = response.json()["data"]["org"]
    assert len(listed) == 2002 and len(response.content) > 100 * 1024
    assert [one["name"] for one in listed[-2:]] == ["Aardvark Images", "Badger & Co"]
    for one in (listed[0], listed[-1]):
        assert client.call(f"mem/organization/{one['id']}/authenticate").status_code == 200
        assert client.whoami()["organization"] == one["id"]
    assert "org" not in make().authenticate("solo@example.com").json()["data"]


@knobs.reach("organization-method")
def organization_method(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    path = "mem/organization/O0000BADGER000002/authenticate"
    allowed = ("GET", "POST") if value == "any" else (value.upper(),)
    for method in ("GET", "POST", "PUT"):
        response = client.call(path, method)
        assert response.status_code == (200 if method in allowed else 405)


@knobs.reach("organization-token")
def organization_token(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login(mode="token")
    data = client.call("mem/organization/O0000BADGER000002/authenticate").json()["data"]
    old = client.call("mem/user/session")
    if value == "same":
        assert "token" not in data and old.status_code == 200
        return
    assert old.status_code == 400
    client.http.headers["X-PS-Auth-Token"] = data["token"]
    assert client.whoami()["organization"] == "O0000BADGER000002"


@knobs.reach("two-factor")
def two_factor(sandbox: Sandbox, make: Make, value: str) -> None:
    response = make().authenticate("second@example.com", "token")
    if value == "field":
        assert response.json() == {"status": "ok", "data": {"two_factor": "t"}}
        assert set_cookies(response) == []
    else:
        assert response.status_code == 400
        assert response.json()["error"]["class"] == "AuthTwoFactorRequiredErr"
    state = sandbox.state()["photoshelter"]
    assert (state["second_factor_wanted"], state["sessions_created"]) == (1, 0)


@knobs.reach("two-factor-needed")
def two_factor_needed(sandbox: Sandbox, make: Make, value: str) -> None:
    needed = {"second@example.com"} if value == "by-account" else set()
    for user in ("second@example.com", "ada@example.com"):
        for mode in ("cookie", "token"):
            response = make().authenticate(user, mode)
            asked = response.json()["data"] == {"two_factor": "t"}
            assert asked == (value == "always" or user in needed)
    # The right password is still needed.
    assert make().authenticate(password="x").status_code == 400


@knobs.reach("api-keys")
def api_keys(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make()
    client.http.headers["X-PS-Api-Key"] = "otherkey.1_"
    expected = 200 if value == "any" else 400
    assert client.call("echo").status_code == client.authenticate().status_code == expected
    client.http.headers["X-PS-Api-Key"] = ""
    assert client.call("echo").status_code == 400


@knobs.reach("bad-api-key")
def bad_api_key(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make()
    for wrong in ("nosuchkey", ""):
        client.http.headers["X-PS-Api-Key"] = wrong
        for response in (client.call("echo"), client.authenticate()):
            assert response.status_code == int(value[:3])
            assert response.json()["error"]["class"] == "ApiKeyInvalidErr"


@knobs.reach("public-children")
def public_children(sandbox: Sandbox, make: Make, value: str) -> None:
    children = make().call("collection/root/children").json()["data"]["Children"]
    extended = make().call('collection/root?extend={"Children":{}}').json()["data"]["Collection"]
    assert (
        isinstance(children, list) == isinstance(extended["Children"], list) == (value == "wrapped")
    )
    found = make().login().call("mem/collection/root/children").json()["data"]["Children"]
    assert list(found) == ["Collection", "Gallery"]


@knobs.reach("idle-limit", 60, 0)
def idle_limit(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    sandbox.knobs(clock_skew=61)
    expected = 200 if value == "0" else 400
    assert client.call("mem/user/session").status_code == expected


@knobs.reach("token-expires")
def token_expires(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login(mode="token")
    sandbox.knobs(clock_skew=7201)
    expected = 200 if value == "never" else 400
    assert client.call("mem/user/session").status_code == expected


@knobs.reach("max-sessions", 2)
def max_sessions(sandbox: Sandbox, make: Make, value: str) -> None:
    clients = [make().login() for _ in range(3)]
    other = make().login("one@example.com")
    statuses = [one.call("mem/user/session").status_code for one in (*clients, other)]
    assert statuses == [400, 200, 200, 200]


@knobs.reach("logout-method")
def logout_method(sandbox: Sandbox, make: Make, value: str) -> None:
    allowed = ("GET", "POST") if value == "any" else (value.upper(),)
    for method in ("GET", "POST", "DELETE"):
        response = make().login().call("mem/authenticate/logout", method)
        assert response.status_code == (200 if method in allowed else 405)


@knobs.reach("login-by-query")
def login_by_query(sandbox: Sandbox, make: Make, value: str) -> None:
    query = {"email": "solo@example.com", "password": "solo-password"}
    for method, refused in (("GET", 405), ("POST", 400)):
        response = make().call("mem/authenticate", method, params=query)
        assert response.status_code == (200 if value == "on" else refused)
        assert sandbox.log()[-1]["flags"] == ["password-in-url"]


@knobs.reach("token-characters")
def token_characters(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make()
    token = client.authenticate(mode="token").json()["data"]["token"]
    raw = client.call(f"mem/user/session?auth_token={token}")
    assert raw.status_code == (400 if value == "any" else 200)
    encoded = client.call("mem/user/session", params={"auth_token": token})
    assert encoded.status_code == 200
    sandbox.expire()
    client.call("mem/user/session", params={"auth_token": token})
    assert sandbox.log()[-1]["verdict"] == "expired"


@knobs.reach("token-path")
def token_path(sandbox: Sandbox, make: Make, value: str) -> None:
    response = make().authenticate(mode="token").json()
    holder = response if value == "token" else response["data"]
    other = response["data"] if value == "token" else response
    assert holder["token"] and "token" not in other


@pytest.mark.parametrize(("knob", "value", "scenario"), knobs.cases, ids=knobs.names)
def test_knob(
    dam_sandbox: Sandbox, photoshelter: Make, knob: str, value: str, scenario: Scenario
) -> None:
    dam_sandbox.knobs(**{knob: value})
    scenario(dam_sandbox, photoshelter, value)


def test_no_value_is_left_out() -> None:
    assert knobs.missing() == []
