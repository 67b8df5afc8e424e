"""PhotoShelter's sessions: cookies in the recorded order, rotation, and how they end."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from conftest import SESSION_COOKIE, PhotoShelterClient, set_cookies

from damsession.sandbox import Sandbox

Make = Callable[[], PhotoShelterClient]

DELETED = f"{SESSION_COOKIE}=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/"
LIVE = re.compile(SESSION_COOKIE + r"=[A-Za-z0-9%]+%3A[A-Za-z0-9%]+%3D; path=/")
COMPANION = re.compile(r"acs=\S{24}; path=/")


def live_value(lines: list[str]) -> str:
    assert len(lines) == 1 and LIVE.fullmatch(lines[0])
    return lines[0].partition("=")[2].partition(";")[0]


def test_login_sends_three_cookies_in_the_recorded_order(photoshelter: Make) -> None:
    for _ in range(20):
        deleted, live, companion = set_cookies(photoshelter().authenticate())
        assert deleted == DELETED
        assert LIVE.fullmatch(live) and 523 <= len(live_value([live])) <= 545
        assert COMPANION.fullmatch(companion)


def test_failed_login_clears_the_jar_but_not_the_other_session(photoshelter: Make) -> None:
    client = photoshelter().login()
    cookie = client.cookie
    response = client.authenticate(password="wrong")
    assert response.status_code == 400
    document = response.json()
    assert list(document) == ["status", "error", "usage", "data"]
    # The words of a success stand in it, as recorded, and mean nothing.
    assert document.pop("usage")["output"]["0"]["name"] == "token"
    assert document == {
        "status": "error",
        "error": {
            "code": 400,
            "class": "AuthInvalidPasswordErr",
            "message": "You have entered an invalid password.",
        },
        "data": None,
    }
    deleted, companion = set_cookies(response)
    assert deleted == DELETED and COMPANION.fullmatch(companion)
    assert client.with_cookie(cookie).status_code == 200


def test_unknown_user(photoshelter: Make) -> None:
    response = photoshelter().authenticate("nobody@example.com")
    assert (response.status_code, response.json()["error"]["class"]) == (400, "AuthInvalidLoginErr")


def test_every_response_rotates_errors_included(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter().login()
    dam_sandbox.knobs(old_cookie="refuse")
    seen = {client.cookie}
    errors = ["mem/nothing", "mem/gallery/G1", "mem/organization/O0000CAPYBARA0003/authenticate"]
    for path, method in [(errors[0], "GET"), (errors[1], "PATCH"), (errors[2], "GET"),
                         ("mem/user/session", "GET"), ("echo", "GET")]:  # fmt: skip
        response = client.call(path, method)
        assert response.status_code >= 400 or path not in errors
        seen.add(live_value(set_cookies(response)))
    client.http.headers["X-PS-Api-Key"] = "wrong"
    seen.add(live_value(set_cookies(client.call("mem/user/session"))))
    assert len(seen) == 7


def test_a_token_session_sets_no_cookie(photoshelter: Make) -> None:
    client = photoshelter().login(mode="token")
    assert set_cookies(client.call("mem/user/session")) == []


def test_logout_trap(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter().login()
    sent = client.cookie
    response = client.call("mem/authenticate/logout", "POST")
    assert response.json() == {"status": "ok", "data": None}
    deleted, old, companion = set_cookies(response)
    assert deleted == DELETED
    assert old == f"{SESSION_COOKIE}={sent}; path=/"
    assert COMPANION.fullmatch(companion)
    # A jar that obeys now holds the cookie of a dead session.
    assert client.cookie == sent
    assert client.call("mem/user/session").json()["error"]["class"] == "SessionRequiredErr"
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logouts"], state["sessions_live"], state["refused"]) == (1, 0, 1)


def test_token_logout(photoshelter: Make) -> None:
    client = photoshelter().login(mode="token")
    assert set_cookies(client.call("mem/authenticate/logout")) == []
    assert client.call("mem/user/session").status_code == 400


@pytest.mark.parametrize(
    "damage",
    [
        lambda value: value.replace("%3A", ":"),
        lambda value: value.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d"),
        lambda value: f'"{value}"',
        lambda value: value[:-1],
        lambda value: "x" + value,
        lambda value: "%3A",
        lambda value: "deleted",
    ],
)
def test_a_cookie_not_sent_as_it_came_is_refused(
    dam_sandbox: Sandbox, photoshelter: Make, damage: Callable[[str], str]
) -> None:
    client = photoshelter().login()
    assert client.with_cookie(damage(client.cookie)).status_code == 400
    assert dam_sandbox.log()[-1]["verdict"] == "refused"


def test_the_later_sent_request_has_the_newer_cookie(
    dam_sandbox: Sandbox, photoshelter: Make
) -> None:
    client = photoshelter().login()
    cookie = client.cookie
    with ThreadPoolExecutor(1) as other:
        slow = other.submit(client.with_cookie, cookie, "mem/slow?seconds=0.2")
        while dam_sandbox.state()["log"]["arrived"] < 2:
            pass
        fast = client.with_cookie(cookie)
        late = slow.result()
    dam_sandbox.knobs(old_cookie="refuse")
    assert [one["path"][-7:] for one in dam_sandbox.log(1)] == ["session", "em/slow"]
    assert [one["arrival"] for one in dam_sandbox.log(1)] == [3, 2]
    assert client.with_cookie(live_value(set_cookies(late))).status_code == 400
    assert client.with_cookie(live_value(set_cookies(fast))).status_code == 200


def test_idle_time(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter().login()
    for hours in (1, 2, 3):
        dam_sandbox.knobs(clock_skew=hours * 3600)
        assert client.call("mem/user/session").status_code == 200
    dam_sandbox.knobs(clock_skew=3 * 3600 + 7201)
    assert client.call("mem/user/session").status_code == 400
    assert dam_sandbox.log()[-1]["verdict"] == "expired"
    assert dam_sandbox.state()["photoshelter"]["expiries"] == 1


def test_expire_counts_and_spares_others(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    ada, one = photoshelter().login(), photoshelter().login("one@example.com", "token")
    assert dam_sandbox.expire("nobody") == 0
    assert dam_sandbox.expire("ada@example.com") == 1
    assert ada.call("mem/user/session").status_code == 400
    assert one.call("mem/user/session").status_code == 200
    assert dam_sandbox.expire() == 1
    assert one.call("mem/user/session").status_code == 400


def test_foreign_organization(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter().login()
    client.call("mem/organization/O0000BADGER000002/authenticate")
    for other in ("O0000CAPYBARA0003", "O0000NOBODY"):
        response = client.call(f"mem/organization/{other}/authenticate")
        assert response.json()["error"]["class"] == "OrganizationPermErr"
    assert client.whoami()["organization"] == "O0000BADGER000002"
    state = dam_sandbox.state()["photoshelter"]
    assert (state["organization_logins"], state["organization_refused"]) == (1, 2)


def test_lockout(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter()
    for _ in range(10):
        response = client.authenticate(password="wrong")
        assert response.json()["error"]["class"] == "AuthInvalidPasswordErr"
    locked = client.authenticate()
    assert locked.json()["error"]["class"] == "AuthAccountLockedErr"
    assert photoshelter().authenticate("one@example.com").status_code == 200
    state = dam_sandbox.state()["photoshelter"]
    assert (state["lockouts"], state["failed_logins_by_user"]) == (1, {"ada@example.com": 11})
    assert dam_sandbox.unlock() == 1
    assert client.authenticate().status_code == 200


def test_a_right_password_forgives_wrong_ones(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    dam_sandbox.knobs(lockout_after=2)
    client = photoshelter()
    for _ in range(3):
        client.authenticate(password="wrong")
        assert client.authenticate().status_code == 200


def test_members_need_https(dam_sandbox: Sandbox) -> None:
    base = dam_sandbox.photoshelter_http + "/psapi/v3"
    head = {"X-PS-Api-Key": dam_sandbox.api_key}
    form = {"email": "one@example.com", "password": "one-password"}
    login = requests.post(f"{base}/mem/authenticate", headers=head, data=form)
    member = requests.get(f"{base}/mem/user/session", headers={**head, "X-PS-Auth-Token": "x"})
    for response in (login, member):
        assert response.status_code == 400
        assert response.json()["error"]["class"] == "HTTPSRequiredPermErr"
    assert [one["flags"] for one in dam_sandbox.log()] == [["secret-without-https"]] * 2
    assert requests.get(f"{base}/echo", headers=head).status_code == 200
