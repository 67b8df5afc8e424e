"""How the control interface, faults and the knobs of all systems reach PhotoShelter's version 4 and
its OAuth2.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from fotoware_client import FotoWareClient
from oauth_client import strike_a_renewal
from photoshelter_v4_client import BADGER, REVOKE, TOKEN, V3, V4, Consented, PasswordV4, error

from damsession.sandbox import Sandbox
from damsession.sandbox.faults import TABLE

Make = Callable[[], PasswordV4]
Apps = Callable[[], Consented]


def control(sandbox: Sandbox, name: str, **body: Any) -> int:
    done = requests.post(sandbox.window + name, data=json.dumps(body))
    assert done.status_code == 200, done.text
    return sum(done.json().values())


def test_tokens_are_ended_by_hand(dam_sandbox: Sandbox, password_v4: Make, consented: Apps) -> None:
    member, app = password_v4().login(), consented().login()
    solo = consented().login("solo@example.com")
    foreign = FotoWareClient(dam_sandbox).login()
    with foreign.http:
        assert dam_sandbox.expire("ada@example.com") == 2
        assert [one.get().status_code for one in (member, app, solo)] == [401, 401, 200]
        error(member.get(), 401, "SessionRequiredException")
        app.adopt(app.renew())
        member.login()
        assert dam_sandbox.expire(system="photoshelter") == 3
        assert dam_sandbox.expire(system="fotoware") == 1
        app.adopt(app.renew())
        assert dam_sandbox.revoke("solo@example.com", "photoshelter") == 1
        error(solo.renew(), 400, "OAuthServerException")
        assert dam_sandbox.log()[-1]["verdict"] == "revoked"
        assert app.get().status_code == 200
        assert (dam_sandbox.revoke(system="photoshelter"), dam_sandbox.revoke()) == (1, 1)
    assert dam_sandbox.state()["photoshelter"]["families_revoked"] == 2


def test_one_consent_of_either_vendor_is_ended(
    dam_sandbox: Sandbox, password_v4: Make, consented: Apps
) -> None:
    app, other = consented().login(), FotoWareClient(dam_sandbox).login()
    member = password_v4().login()
    with other.http:
        # The consents are counted together: 1 is PhotoShelter's, 2 is FotoWare's.
        assert control(dam_sandbox, "expire", family=2) == 1
        assert (app.get().status_code, other.get().status_code) == (200, 401)
        other.adopt(other.renew())
        assert control(dam_sandbox, "revoke", family=1) == 1
        assert (app.renew().status_code, other.get().status_code) == (400, 200)
        assert control(dam_sandbox, "expire", family="all") == 1
        assert member.get().status_code == 200
        assert control(dam_sandbox, "expire", session="all") == 1
        assert member.get().status_code == 401
        assert control(dam_sandbox, "revoke", token="all") == 0
        assert control(dam_sandbox, "revoke", family="all") == 1
        dam_sandbox.reset()
        consented().login()
        assert control(dam_sandbox, "revoke", family=1) == 1


@pytest.mark.parametrize("stage", ["login", "organization", "keepalive", "request", "logout"])
def test_stages(dam_sandbox: Sandbox, password_v4: Make, consented: Apps, stage: str) -> None:
    app, member = consented().login(), password_v4().login()
    dam_sandbox.answer(418, stage=stage, system="photoshelter", count=0)
    asked = {
        "login": (app.renew(), member.authenticate()),
        "organization": (app.enter(),),
        "keepalive": (member.get(),),
        "request": (app.get(V4 + "galleries"), app.get(V4 + "echo")),
        "logout": (app.post(REVOKE, token="x"),),
    }
    struck = {name for name, some in asked.items() for one in some if one.status_code == 418}
    assert struck == {stage}
    assert all(one.status_code == 418 for one in asked[stage])
    # A person's page has no stage.
    assert app.http.get(app.url()).status_code == 200


@pytest.mark.parametrize("name", TABLE)
def test_every_fault_comes_before_or_after_a_renewal(
    dam_sandbox: Sandbox, consented: Apps, name: str
) -> None:
    strike_a_renewal(dam_sandbox, consented().login(), "photoshelter", name)


def test_expire_ends_the_token_of_the_request(
    dam_sandbox: Sandbox, password_v4: Make, consented: Apps
) -> None:
    member, app = password_v4().login(), consented().login()
    dam_sandbox.fault("expire", stage="keepalive", count=2)
    assert [one.get().status_code for one in (member, app)] == [401, 401]
    dam_sandbox.fault("expire", stage="login")
    assert app.renew().status_code == 400
    old = consented().login()
    dam_sandbox.fault("expire", match="/psapi/v3/")
    assert old.get(V3 + "mem/gallery/query").status_code == 401


def test_the_storm_and_the_throttle(
    dam_sandbox: Sandbox, password_v4: Make, consented: Apps
) -> None:
    app, member = consented().login(), password_v4().login()
    dam_sandbox.knobs(storm=2)
    assert [app.get().status_code for _ in range(3)] == [200, 401, 401]
    assert [member.get().status_code for _ in range(3)] == [200, 401, 401]
    dam_sandbox.knobs(storm=0, throttle=7)
    app = consented().login()
    member.login()
    response = app.get()
    error(response, 429, "ThrottledException")
    assert response.headers["Retry-After"] == "7"


def test_the_log_and_a_reset(dam_sandbox: Sandbox, consented: Apps) -> None:
    fresh = dam_sandbox.state()
    client = consented().login()
    code = client.code()
    entry = dam_sandbox.log()[2]
    assert (entry["system"], entry["path"], entry["user"]) == (
        "photoshelter", TOKEN, "ada@example.com",
    )  # fmt: skip
    assert entry["form"]["client_secret"] == [client.registered["secret"]]
    client.enter()
    assert dam_sandbox.log()[-1]["form"] == {"org_id": [BADGER]}
    dam_sandbox.reset()
    assert dam_sandbox.state() == fresh
    for response in (client.renew(), client.exchange(code)):
        error(response, 400, "OAuthServerException")
    error(client.get(), 401, "OAuthServerException")
