"""One account acts for two organizations and for its user at once: no response belongs to another
one.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import AARDVARK, BADGER, COOKIE, TOKEN, Kind, Stage

PLACES: list[str | None] = [AARDVARK, BADGER, None]
BOTH = pytest.mark.parametrize("kind", [COOKIE, TOKEN], ids=str)


@BOTH
def test_sessions_of_one_account_never_answer_for_one_another(stage: Stage, kind: Kind) -> None:
    stage.sandbox.knobs(old_cookie="refuse")
    crews = [stage.crew(2, kind, organization=place) for place in PLACES]
    ended = 0
    for crew in crews:
        crew.do("login")
    for _ in range(4):
        before = stage.sandbox.state()["log"]["written"]
        for crew in crews:
            crew.tell("get", kind.path, threads=3, rounds=8)
        # In the middle of it, once: nothing is sent a third time.
        stage.wait_for_requests(before + 40)
        ended += stage.sandbox.expire()
        for place, crew in zip(PLACES, crews):
            outcome = crew.hear()
            assert outcome.all_answered(48)
            assert {tuple(value["who"]) for value in outcome.values} == {("ada@example.com", place)}
            # The expiry may have come after the last of them.
            assert crew.do("get", kind.path).all_answered(2)
    state = stage.count("photoshelter")
    assert ended == state["expiries"] == 12 and state["logins_ok"] == 3 + ended
    # Each login is followed by its organization's step; the person's have none.
    steps = sum(crew.total("organization_logins") for crew in crews)
    assert state["organization_logins"] == steps == state["logins_ok"] - crews[2].total("logins")


@BOTH
def test_the_step_is_repeated_before_anything_else_goes_out(stage: Stage, kind: Kind) -> None:
    worker = stage.worker(kind, organization=BADGER)
    worker.do("post", "mem/gallery/G1", data={"name": "x"})
    stage.expire(kind)
    worker.do("post", "mem/gallery/G1", data={"name": "x"})
    seen = [entry["path"].split("mem/")[1] for entry in stage.sandbox.log()]
    login = ["authenticate", f"organization/{BADGER}/authenticate"]
    assert seen == [*login, "gallery/G1", "gallery/G1", *login, "gallery/G1"]
    assert stage.count("photoshelter")["writes"] == 2


@BOTH
def test_a_sibling_in_the_middle_of_the_step_is_waited_for(alone: Stage, kind: Kind) -> None:
    one, other = alone.crew(2, kind, organization=BADGER).workers
    is_there = alone.delay(f"organization/{BADGER}", seconds=1.0)
    one.tell({"name": "login"})
    is_there()  # the login itself is done: a personal session exists at the server
    response: dict[str, Any] = other.do("get", kind.path)["values"][0]
    assert response["who"] == ["ada@example.com", BADGER]
    assert one.hear()["errors"] == [] and alone.count("photoshelter")["logins_ok"] == 1


def test_an_organization_that_is_refused_is_an_error_and_leaves_no_session(stage: Stage) -> None:
    worker = stage.worker(TOKEN, organization="O0000CAPYBARA0003")
    for _ in range(2):
        assert [name for name, _ in worker.do("get", TOKEN.path)["errors"]] == [
            "OrganizationRefused"
        ]
    assert not worker.do("look")["state"]["logged_in"]
    state = stage.count("photoshelter")
    assert state["sessions_live"] == 0 and state["lockouts"] == 0
    assert stage.worker(TOKEN).do("get", TOKEN.path)["values"][0]["who"] == [
        "ada@example.com",
        None,
    ]


def test_a_server_that_answers_for_another_organization_is_not_believed(stage: Stage) -> None:
    """The step's response names an organization; if it is not ours, its data must not reach the
    caller.
    """
    body = json.dumps(
        {"status": "ok", "data": {"Session": {"user": "ada@example.com", "organization": AARDVARK}}}
    )
    stage.sandbox.fault(
        "status",
        status=200,
        body=body,
        headers={"Content-Type": "application/json"},
        match=f"organization/{BADGER}",
    )
    worker = stage.worker(TOKEN, organization=BADGER)
    name, text = worker.do("get", TOKEN.path)["errors"][0]
    assert name == "OrganizationRefused" and "another" in text
    assert not [entry for entry in stage.sandbox.log() if entry["path"].endswith("user/session")]
