"""PhotoShelter's version 4 with a password: login, organization, what it shows, its errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import PhotoShelterClient
from photoshelter_v4_client import BADGER, V3, V4, Consented, PasswordV4, error

from damsession.sandbox import Sandbox

Make = Callable[[], PasswordV4]
Apps = Callable[[], Consented]


def test_a_login_and_its_session(dam_sandbox: Sandbox, password_v4: Make) -> None:
    response = password_v4().authenticate()
    document = response.json()
    assert list(document) == ["token", "org", "two_factor"]
    assert [one["id"] for one in document["org"]] == ["O0000AARDVARK0001", BADGER]
    assert document["two_factor"] is False and "Set-Cookie" not in response.headers
    client = password_v4().login("solo@example.com")
    whole = client.get()
    session = whole.json()["data"]
    assert session["id"].startswith("U0000") and session["type"] == "session"
    assert session["attributes"]["user"] == "solo@example.com"
    assert whole.headers["X-Sandbox-User"] == "solo@example.com"
    # Either header does alone, and two that differ are refused.
    for header in ("Authorization", "X-PS-Auth-Token"):
        assert client.get(headers={header: ""}).status_code == 200
    error(client.get(headers={"X-PS-Auth-Token": "x"}), 401, "OAuthServerException")
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["sessions_live"], state["refused"]) == (2, 2, 1)


def test_the_token_works_in_version_3_too(password_v4: Make) -> None:
    client = password_v4().login()
    response = client.http.get(
        f"{client.base}{V3}mem/user/session", headers={"X-PS-Auth-Token": client.token}
    )
    assert response.json()["data"]["Session"]["user"] == "ada@example.com"


def test_logins_that_are_refused(dam_sandbox: Sandbox, password_v4: Make) -> None:
    client = password_v4()
    error(client.authenticate(password="x"), 401, "AuthInvalidPasswordException")
    error(client.authenticate("nobody@example.com"), 401, "AuthInvalidLoginException")
    for mode in ("", "cookie"):
        error(client.authenticate(mode=mode), 400, "BadRequestException", "mode")
    key = {"X-PS-Api-Key": dam_sandbox.api_key}
    given = {"email": "solo@example.com", "password": "solo-password", "mode": "token"}
    hidden = client.http.post(f"{client.base}{V4}authenticate", params=given, headers=key)
    error(hidden, 400, "BadRequestException")
    assert dam_sandbox.log()[-1]["flags"] == ["password-in-url"]
    assert client.http.get(f"{client.base}{V4}authenticate").status_code == 405
    client.http.headers["X-PS-Api-Key"] = "nosuchkey"
    error(client.authenticate(), 400, "ApiKeyInvalidException")
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_refused"], state["api_key_refused"]) == (2, 1)


def test_a_locked_user_gets_in_by_neither_version(
    dam_sandbox: Sandbox, password_v4: Make, consented: Apps
) -> None:
    app = consented().login()
    dam_sandbox.lock("ada@example.com")
    error(password_v4().authenticate(), 401, "AuthAccountLockedException")
    assert dam_sandbox.log()[-1]["verdict"] == "locked"
    # Whoever has consented goes on: no password is asked for.
    assert app.adopt(app.renew()).get().status_code == 200
    dam_sandbox.unlock("ada@example.com")
    dam_sandbox.knobs(lockout_after=2)
    password_v4().authenticate(password="x")
    with PhotoShelterClient(dam_sandbox).http as http:
        form = {"email": "ada@example.com", "password": "x"}
        http.post(f"{dam_sandbox.photoshelter}{V3}mem/authenticate", data=form)
    error(password_v4().authenticate(), 401, "AuthAccountLockedException")


def test_the_organization_step(dam_sandbox: Sandbox, password_v4: Make) -> None:
    client = password_v4().login()
    named = {"org_id": BADGER}
    entered = client.send("organization/authenticate", json=named)
    assert entered.json()["data"]["attributes"]["organization"] == BADGER
    assert client.get().json()["data"]["attributes"]["organization"] == BADGER
    assert client.send("organization/logout").status_code == 200
    assert client.get().json()["data"]["attributes"]["organization"] is None
    # In the body, and not in the URL.
    error(client.send("organization/authenticate", params=named), 400, "BadRequestException")
    other = {"org_id": "O0000CAPYBARA0003"}
    refused = client.send("organization/authenticate", json=other)
    error(refused, 403, "OrganizationPermException")
    assert client.get("organization/authenticate").status_code == 405
    # At login.
    error(client.authenticate(**other), 403, "OrganizationPermException")
    member = password_v4().login(**named)
    assert member.get().json()["data"]["attributes"]["organization"] == BADGER
    state = dam_sandbox.state()["photoshelter"]
    names = ("organization_logins", "organization_logouts", "organization_refused", "logins_ok")
    assert [state[name] for name in names] == [2, 1, 2, 2]


def test_a_request_names_an_organization_for_itself(password_v4: Make) -> None:
    client = password_v4().login()
    named = client.get("search", params={"org_id": BADGER}).json()["meta"]
    assert (named["organization"], named["total"]) == (BADGER, 36)
    assert client.get("search").json()["meta"]["organization"] is None
    error(client.get("search?org_id=O0000CAPYBARA0003"), 403, "OrganizationPermException")


def test_what_it_shows(password_v4: Make) -> None:
    client = password_v4().login()
    galleries = client.get("galleries?per_page=2&page=2").json()
    assert galleries["meta"] == {
        "user": "ada@example.com", "organization": None, "page": 2, "per_page": 2, "total": 3,
    }  # fmt: skip
    (gallery,) = galleries["data"]
    assert client.get(f"galleries/{gallery['id']}").json()["data"] == gallery
    (full, _) = client.get("collections").json()["data"]
    assert client.get(f"collections/{full['id']}").json()["data"] == full
    found = client.get("search", params={"terms": "harbour", "per_page": "1"}).json()
    (image,) = found["data"]
    assert 0 < found["meta"]["total"] < 36 and image["type"] == "image"
    assert client.get(f"media/{image['id']}").json()["data"] == image
    whole = client.get(f"media/{image['id']}/download?size=300").content
    part = client.get(f"media/{image['id']}/download?size=300", headers={"Range": "bytes=9-"})
    assert len(whole) == 300 and (part.status_code, part.content) == (206, whole[9:])
    for wrong in ("galleries?page=0", "search?per_page=x"):
        error(client.get(wrong), 400, "BadRequestException", "whole numbers")


def test_what_needs_no_session(dam_sandbox: Sandbox, password_v4: Make) -> None:
    client = password_v4()
    assert client.get("media/I1").json()["data"]["attributes"]["owner"] == "nobody"
    sent = client.http.post(f"{client.base}{V4}echo?q=%2B", data={"a": ["1", "ø"]}).json()
    assert sent["data"] == {"method": "POST", "query": {"q": "+"}, "form": {"a": ["1", "ø"]}}
    raw = client.http.put(f"{client.base}{V4}echo", data=b"\xff").json()["data"]
    assert raw["base64"] == "/w=="
    # A session that has ended does no harm there.
    dead = client.get("media/I1", headers={"X-PS-Auth-Token": "x", "Authorization": ""})
    assert dead.status_code == 200


@pytest.mark.parametrize(
    "path", ["user/session", "galleries", "collections", "search", "media/I1/download"]
)
def test_what_needs_a_session(password_v4: Make, path: str) -> None:
    client = password_v4()
    error(client.http.get(f"{client.base}{V4}{path}"), 401, "OAuthServerException")
    assert client.login().get(path).status_code == 200


def test_unknown_endpoints_and_bodies(dam_sandbox: Sandbox, password_v4: Make) -> None:
    client = password_v4().login()
    error(client.get("nothing"), 404, "NotFoundException")
    response = client.send("galleries")
    error(response, 405, "MethodNotAllowedException")
    assert response.headers["Allow"] == "GET"
    assert client.http.get(f"{client.base}/psapi/v4/user/session").status_code == 404
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    broken = client.send("organization/authenticate", data=b"nothing", headers=head)
    error(broken, 400, "BadRequestException")
