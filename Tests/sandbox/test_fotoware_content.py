"""What an access token of FotoWare is for; how the control interface and faults end tokens."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import requests
from conftest import FotoWebClient, PhotoShelterClient
from fotoware_client import AUTHORIZE, ME, REVOKE, TOKEN, FotoWareClient
from oauth_client import strike_a_renewal

from damsession.sandbox import Sandbox, SandboxError
from damsession.sandbox.faults import TABLE

Make = Callable[[], FotoWareClient]


def test_me_and_the_archives(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware().login("kåre.øst")
    response = client.get()
    me = response.json()
    assert (me["user"], me["administrator"]) == ("kåre.øst", False)
    assert response.headers["X-Sandbox-User"] == "k%C3%A5re.%C3%B8st"
    assert (me["server"]["token"], me["server"]["revoke"]) == (TOKEN, REVOKE)
    found = client.get(me["server"]["archives"]).json()["data"]
    assert [one["name"] for one in found] == ["Photos", "Graphics"]
    archive = client.get(found[0]["href"]).json()
    assert (archive["id"], len(archive["assets"]["data"])) == ("5000", 60)
    assert client.get("/fotoweb/archives/9").status_code == 404
    assert client.get("/fotoweb/nothing").status_code == 404
    assert client.http.get(dam_sandbox.fotoware + "/psapi/v3/echo").status_code == 404


@pytest.mark.parametrize(
    "path",
    [ME, "/fotoweb/archives", "/fotoweb/archives/5000", "/fotoweb/echo", "/fotoweb/download"],
)
def test_all_of_it_needs_a_token(dam_sandbox: Sandbox, fotoware: Make, path: str) -> None:
    client = fotoware().login()
    assert client.get(path).status_code == 200
    assert client.get(path, access="x").status_code == 401
    assert client.http.get(dam_sandbox.fotoware + path).status_code == 401
    post = client.http.post(
        dam_sandbox.fotoware + path, headers={"Authorization": f"bearer {client.access}"}
    )
    assert post.status_code == (200 if path.endswith("echo") else 405)


def test_echo_and_download(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware().login()
    headers = {"Authorization": f"Bearer {client.access}"}
    url = dam_sandbox.fotoware + "/fotoweb"
    form = {"a": ["1", "ø"], "b": "&"}
    echo = client.http.put(url + "/echo?q=%2B", data=form, headers=headers).json()
    assert echo == {"method": "PUT", "query": {"q": "+"}, "form": {"a": ["1", "ø"], "b": "&"}}
    other = client.http.post(url + "/echo", data=b"\xff", headers=headers).json()
    assert other["base64"] == "/w=="
    hidden = client.http.get(url + "/echo", params={"access_token": client.access})
    assert client.access not in hidden.text and "access_token" in hidden.json()["query"]
    whole = client.get("/fotoweb/download", size="300000").content
    part = client.http.get(url + "/download?size=300000", headers={**headers, "Range": "bytes=9-"})
    assert len(whole) == 300_000 and (part.status_code, part.content) == (206, whole[9:])
    assert client.get("/fotoweb/download", size="x").status_code == 400


def test_tokens_are_ended_by_hand(dam_sandbox: Sandbox, fotoware: Make) -> None:
    ada, other = fotoware().login(), fotoware().login("owner")
    assert dam_sandbox.expire("ada") == 1
    assert [one.get().status_code for one in (ada, other)] == [401, 200]
    assert dam_sandbox.log()[-2]["verdict"] == "expired"
    ada.adopt(ada.renew())
    assert dam_sandbox.revoke("owner") == 1
    assert [one.renew().status_code for one in (ada, other)] == [200, 400]
    assert other.get().status_code == 401
    assert (dam_sandbox.expire(), dam_sandbox.revoke(), dam_sandbox.revoke()) == (2, 1, 0)


def test_one_system_or_one_family_is_ended(dam_sandbox: Sandbox, fotoware: Make) -> None:
    member, agent = PhotoShelterClient(dam_sandbox).login(), FotoWebClient(dam_sandbox).login()
    clients = [fotoware().login() for _ in "ab"]
    with member.http, agent.http:
        assert dam_sandbox.expire(system="fotoware") == 2
        assert member.call("mem/user/session").status_code == 200
        for client in clients:
            client.adopt(client.renew())
        ended = []
        for name, number in (("expire", 1), ("revoke", 2), ("revoke", 2), ("revoke", 3)):
            done = requests.post(dam_sandbox.window + name, data=json.dumps({"family": number}))
            ended += done.json().values()
        assert ended == [1, 1, 0, 0]
        assert [one.get().status_code for one in clients] == [401, 401]
        assert [one.renew().status_code for one in clients] == [200, 400]
        assert dam_sandbox.revoke("ada", "fotoware") == 1
        assert agent.agent().status_code == 200
        assert (dam_sandbox.expire(system="photoshelter"), dam_sandbox.revoke()) == (1, 1)


@pytest.mark.parametrize(
    ("name", "system", "said"),
    [
        ("expire", "fotoweb", "photoshelter, fotoware"),
        ("revoke", "imap", "photoshelter, fotoweb, fotoware"),
    ],
)
def test_a_system_that_has_nothing_of_the_kind(
    dam_sandbox: Sandbox, name: str, system: str, said: str
) -> None:
    with pytest.raises(SandboxError, match=f"system: one of {said}"):
        getattr(dam_sandbox, name)(system=system)


@pytest.mark.parametrize("stage", ["login", "keepalive", "request", "logout"])
def test_stages(dam_sandbox: Sandbox, fotoware: Make, stage: str) -> None:
    client = fotoware().login()
    dam_sandbox.answer(418, stage=stage, system="fotoware", count=0)
    asked = {
        "login": client.renew(),
        "keepalive": client.get(),
        "request": client.get("/fotoweb/archives"),
        "logout": client.post(REVOKE, token="x", **client.identity()),
    }
    assert [name for name, response in asked.items() if response.status_code == 418] == [stage]
    # A person's page has no stage.
    assert client.http.get(client.url()).status_code == 200


@pytest.mark.parametrize("name", TABLE)
def test_every_fault_comes_before_or_after_a_renewal(
    dam_sandbox: Sandbox, fotoware: Make, name: str
) -> None:
    strike_a_renewal(dam_sandbox, fotoware().login(), "fotoware", name)


def test_a_renewal_whose_answer_is_lost_has_happened(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware().login()
    dam_sandbox.fault("drop-after-processing", stage="login")
    with pytest.raises(requests.ConnectionError):
        client.renew()
    assert dam_sandbox.state()["fotoware"]["renewals"] == 1
    assert client.renew().status_code == 400
    assert dam_sandbox.log()[-1]["verdict"] == "reused"


def test_a_code_whose_answer_is_cut_is_used(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client = fotoware()
    code = client.code()
    dam_sandbox.fault("cut-body", stage="login")
    with pytest.raises(requests.JSONDecodeError):
        client.exchange(code).json()
    assert client.exchange(code).json()["error_description"] == "code: used before"


def test_expire_ends_the_token_of_the_request(dam_sandbox: Sandbox, fotoware: Make) -> None:
    client, other = fotoware().login(), fotoware().login()
    dam_sandbox.fault("expire", stage="keepalive")
    assert [one.get().status_code for one in (client, other)] == [401, 200]
    client.adopt(client.renew())
    dam_sandbox.fault("expire", stage="login")
    assert [one.renew().status_code for one in (client, other)] == [400, 200]
    assert client.get().status_code == 401
    assert dam_sandbox.state()["fotoware"]["faults"] == 2


def test_a_reset_forgets_codes_and_tokens(dam_sandbox: Sandbox, fotoware: Make) -> None:
    fresh = dam_sandbox.state()
    client = fotoware().login()
    code = client.code()
    dam_sandbox.reset()
    assert dam_sandbox.state() == fresh
    assert client.get().status_code == 401
    for response in (client.renew(), client.exchange(code)):
        assert response.json()["error"] == "invalid_grant"


def test_the_log_names_the_system(dam_sandbox: Sandbox, fotoware: Make) -> None:
    fotoware().login()
    page, answer, exchange = dam_sandbox.log()
    assert {one["system"] for one in (page, answer, exchange)} == {"fotoware"}
    assert [one["path"] for one in (page, answer, exchange)] == [AUTHORIZE, AUTHORIZE, TOKEN]
    assert (answer["status"], answer["user"]) == (302, "ada")
