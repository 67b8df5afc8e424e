"""The control endpoints: what they show, what they refuse, what a reset forgets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from conftest import FotoWebClient, PhotoShelterClient

from damsession.sandbox import Sandbox, SandboxError
from damsession.sandbox.journal import Entry, Journal
from damsession.sandbox.knobs import TABLE

PhotoShelters = Callable[[], PhotoShelterClient]
FotoWebs = Callable[[], FotoWebClient]


def control(sandbox: Sandbox, method: str, name: str, body: bytes = b"") -> requests.Response:
    return requests.request(method, f"{sandbox.photoshelter_http}/_sandbox/{name}", data=body)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"expird": "400-class"}, 'there is no knob "expird"; did you mean "expired"?'),
        ({"old_cooky": "refuse"}, 'there is no knob "old-cooky"; did you mean "old-cookie"?'),
        ({"nonsense": 1}, 'there is no knob "nonsense"; there are expired, missing-session'),
        ({"expired": "418"}, "allowed: 400-class|401-class"),
        ({"expired": 400}, "allowed: 400-class|401-class"),
        ({"token_limit": 0}, "a whole number from 1"),
        ({"storm": True}, "a whole number from 0"),
        ({"storm": "many"}, "a whole number from 0"),
        ({"storm": 1.5}, "a whole number from 0"),
    ],
)
def test_bad_knobs(dam_sandbox: Sandbox, wanted: dict[str, Any], reason: str) -> None:
    before = dam_sandbox.state()["knobs"]
    with pytest.raises(SandboxError) as error:
        dam_sandbox.knobs(latency=1, **wanted)
    assert reason in str(error.value) and not str(error.value).startswith("{")
    with pytest.raises(SandboxError) as error:
        Sandbox(latency=1, **wanted)
    assert reason in str(error.value)
    # All or none: the good one beside the bad one was not set either.
    assert dam_sandbox.state()["knobs"] == before


@pytest.mark.parametrize(
    ("method", "name", "body", "status"),
    [
        ("POST", "knobs", b"{", 422),
        ("POST", "knobs", b"[]", 422),
        ("POST", "expire", b'{"usr": "a"}', 422),
        ("POST", "revoke", b'{"user": 5}', 422),
        ("GET", "log?since=x", b"", 422),
        ("GET", "log?since=-1", b"", 422),
        ("GET", "expire", b"", 405),
        ("POST", "state", b"", 405),
        ("DELETE", "log", b"", 405),
        ("GET", "nothing", b"", 404),
        ("POST", "lock", b"{}", 422),
        ("POST", "lock", b'{"user": "nobody"}', 422),
        ("POST", "unlock", b'{"session": 1}', 422),
        ("POST", "expire", b'{"session": "1"}', 422),
        ("POST", "expire", b'{"session": 0}', 422),
        ("POST", "expire", b'{"session": true}', 422),
        ("POST", "expire", b'{"session": 1, "user": "ada"}', 422),
        ("POST", "revoke", b'{"session": 1}', 422),
        ("POST", "revoke", b'{"token": 1, "family": 1}', 422),
        ("POST", "revoke", b'{"token": 1, "system": "fotoweb"}', 422),
        ("POST", "expire", b'{"family": 1, "user": "ada"}', 422),
        ("POST", "expire", b'{"family": 0}', 422),
        ("POST", "expire", b'{"family": "some"}', 422),
        ("POST", "expire", b'{"family": "all", "session": "all"}', 422),
        ("POST", "revoke", b'{"family": "all"}', 200),
        ("POST", "expire", b'{"system": 1}', 422),
        ("POST", "expire", b'{"system": ["fotoware"]}', 422),
        ("POST", "lock", b'{"user": "ada", "system": "fotoweb"}', 422),
        ("DELETE", "knobs", b"", 405),
        ("DELETE", "faults", b"", 200),
        ("POST", "", b"", 405),
        ("POST", "reset", b"", 200),
        ("GET", "knobs", b"", 200),
        ("GET", "faults", b"", 200),
    ],
)
def test_bad_requests(
    dam_sandbox: Sandbox, method: str, name: str, body: bytes, status: int
) -> None:
    response = control(dam_sandbox, method, name, body)
    assert response.status_code == status
    assert ("error" in response.json()) == (status != 200)


def test_one_of_several_is_ended(
    dam_sandbox: Sandbox, photoshelter: PhotoShelters, fotoweb: FotoWebs
) -> None:
    members, agents = [photoshelter().login() for _ in "ab"], [fotoweb().login() for _ in "ab"]
    for name, counted in (("expire", "session"), ("revoke", "token")):
        ended = []
        for number in (2, 2, 3):
            body = json.dumps({counted: number}).encode()
            ended.append(sum(control(dam_sandbox, "POST", name, body).json().values()))
        assert ended == [1, 0, 0]
    assert [one.call("mem/user/session").status_code for one in members] == [200, 400]
    assert [one.agent().status_code for one in agents] == [200, 401]


def test_users_are_locked_and_unlocked(
    dam_sandbox: Sandbox, photoshelter: PhotoShelters, fotoweb: FotoWebs
) -> None:
    for user in ("ada@example.com", "ada"):
        dam_sandbox.lock(user)
    assert photoshelter().authenticate().json()["error"]["class"] == "AuthAccountLockedErr"
    assert photoshelter().authenticate("solo@example.com").status_code == 200
    assert fotoweb().post_login().status_code == 401
    assert dam_sandbox.unlock("ada") == 1
    assert fotoweb().post_login().status_code == 200
    assert photoshelter().authenticate().status_code != 200
    assert dam_sandbox.unlock() == 1
    assert photoshelter().authenticate().status_code == 200


def test_faults_are_forgotten(dam_sandbox: Sandbox) -> None:
    dam_sandbox.fault("reset", count=0)
    assert control(dam_sandbox, "DELETE", "faults").json() == []
    assert dam_sandbox.state()["faults"] == []


def test_all_servers_have_the_same_control(
    dam_sandbox: Sandbox, photoshelter: PhotoShelters
) -> None:
    photoshelter().login()
    states = [
        requests.get(f"{base}/_sandbox/state", verify=dam_sandbox.ca_file).json()
        for base in (dam_sandbox.photoshelter, dam_sandbox.fotoweb, dam_sandbox.fotoware)
    ]
    assert states == [dam_sandbox.state()] * 3
    # Looking is not traffic.
    assert states[0]["photoshelter"]["requests"] == 1 and states[0]["log"]["written"] == 1


def test_log(dam_sandbox: Sandbox, photoshelter: PhotoShelters, fotoweb: FotoWebs) -> None:
    client = photoshelter().login("one@example.com")
    client.call("mem/gallery/query?a=1&a=%C3%B8&b")
    fotoweb().login("kåre.øst")
    login, query, other = dam_sandbox.log()
    assert [one["sequence"] for one in (login, query, other)] == [1, 2, 3]
    assert login["form"]["password"] == ["one-password"]
    assert len(login["set_cookies"]) == 3 and len(query["set_cookies"]) == 1
    assert query["query"] == {"a": ["1", "ø"], "b": [""]}
    assert query["path"] == "/psapi/v3/mem/gallery/query"
    assert query["user"] == "one@example.com" and query["verdict"] == "ok"
    assert query["peer_port"] == login["peer_port"] != other["peer_port"]
    assert other["system"] == "fotoweb" and other["form"]["u"] == ["kåre.øst"]
    assert [one["sequence"] for one in dam_sandbox.log(since=2)] == [3]
    assert dam_sandbox.log(since=99) == []


def test_headers_are_logged_as_received(dam_sandbox: Sandbox) -> None:
    url = f"{dam_sandbox.photoshelter}/psapi/v3/echo"
    requests.get(url, headers={"x-ODD-case": "v"}, verify=dam_sandbox.ca_file)
    assert ["x-ODD-case", "v"] in dam_sandbox.log()[0]["headers"]


def test_the_log_is_bounded() -> None:
    journal = Journal(limit=3)
    for number in range(5):
        entry = Entry()
        entry.time, entry.headers, entry.form = 0.0, b"", ()
        entry.system, entry.method, entry.verdict, entry.user = "x", "GET", "ok", ""
        entry.secure, entry.status, entry.peer_port = True, 200, 1
        entry.target, entry.flags, entry.set_cookies = f"/{number}", (), ()
        entry.arrival = journal.arrive()
        journal.write(entry)
    assert [one["path"] for one in journal.since(0)] == ["/2", "/3", "/4"]
    assert [one["sequence"] for one in journal.since(4)] == [5]
    assert journal.described() == {"arrived": 5, "written": 5, "kept": 3, "limit": 3}


def test_reset_forgets_everything(
    dam_sandbox: Sandbox, photoshelter: PhotoShelters, fotoweb: FotoWebs
) -> None:
    fresh = dam_sandbox.state()
    member, agent = photoshelter().login(), fotoweb().login()
    dam_sandbox.knobs(lockout_after=1, expired="403-class")
    agent.post_login(password="wrong")
    dam_sandbox.fault("reset", match="nowhere")
    assert dam_sandbox.state() != fresh
    dam_sandbox.reset()
    assert dam_sandbox.state() == fresh
    assert dam_sandbox.log() == []
    assert member.call("mem/user/session").status_code == 400
    assert agent.agent().status_code == 401
    assert agent.post_login().status_code == 200


def test_every_knob_has_a_help_text() -> None:
    assert all(row.help and row.allowed_text for row in TABLE.values())
