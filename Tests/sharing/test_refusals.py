"""Refused credentials stop. Whatever 20 jobs do with a wrong password, it is sent once."""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import records
from conftest import AARDVARK, BADGER, COOKIE, DEVICE, LOGIN_TOKEN, TOKEN, Kind, Stage

JOBS = 20
QUERY = Kind("fotoweb", "query", "Information", "Information")
WRONG: dict[Kind, dict[str, Any]] = {
    COOKIE: {"password": "wrong"},
    TOKEN: {"password": "wrong"},
    DEVICE: {"password": "wrong"},
    QUERY: {"password": "wrong"},
    LOGIN_TOKEN: {"encryption_secret": "wrong"},
}


def refused(outcome: Any) -> list[str]:
    return [name for name, _ in outcome["errors"]]


@pytest.mark.parametrize("kind", WRONG, ids=str)
def test_twenty_jobs_with_a_wrong_password_are_one_refused_login(stage: Stage, kind: Kind) -> None:
    stage.sandbox.knobs(latency=50)

    def job(_: int) -> list[str]:
        with stage.crew(1, kind, **WRONG[kind]) as crew:
            return refused(crew.workers[0].do("get", kind.path, threads=2, rounds=2))

    with concurrent.futures.ThreadPoolExecutor(4) as jobs:
        seen = [name for names in jobs.map(job, range(JOBS)) for name in names]
    assert seen == ["CredentialsRefused"] * JOBS * 4
    state = stage.count(kind.system)
    assert (state["logins_refused"], state["lockouts"], state["logins_ok"]) == (1, 0, 0)


@pytest.mark.parametrize("kind", WRONG, ids=str)
def test_other_credentials_are_tried_and_the_same_ones_when_the_user_insists(
    stage: Stage, kind: Kind
) -> None:
    wrong = stage.worker(kind, **WRONG[kind])
    for again, attempts in ((False, 1), (False, 1), (True, 2), (False, 2)):
        assert refused(wrong.do("login", again=again)) == ["CredentialsRefused"]
        assert stage.count(kind.system)["logins_refused"] == attempts
    assert wrong.do("look")["state"]["refused"]
    right = stage.worker(kind)
    assert right.do("get", kind.path)["errors"] == []
    assert stage.count(kind.system)["lockouts"] == 0


def test_a_changed_password_works_for_a_program_that_asks_for_it(stage: Stage) -> None:
    first = stage.worker(TOKEN, password=None, password_command="echo wrong")
    assert refused(first.do("login")) == ["CredentialsRefused"]
    (stage.folder / "password").write_text(stage.options(TOKEN)["password"])
    second = stage.worker(TOKEN, password=None, password_command=f"cat {stage.folder}/password")
    assert refused(second.do("login")) == []


def test_one_memory_for_all_sessions_of_an_account(stage: Stage) -> None:
    ways = [
        (COOKIE, {}),
        (COOKIE, {"organization": AARDVARK}),
        (TOKEN, {"organization": BADGER}),
        (TOKEN, {}),
    ]
    for kind, options in ways:
        worker = stage.worker(kind, password="wrong", **options)
        assert refused(worker.do("get", kind.path)) == ["CredentialsRefused"]
    assert stage.count("photoshelter")["logins_refused"] == 1
    for kind in (DEVICE, QUERY):
        assert refused(stage.worker(kind, password="wrong").do("get", kind.path)) == [
            "CredentialsRefused"
        ]
    assert stage.count("fotoweb")["logins_refused"] == 1


def test_what_is_remembered_is_a_slow_hash_with_a_time(stage: Stage, folder: Path) -> None:
    assert refused(stage.worker(TOKEN, password="a wrong password").do("login")) == [
        "CredentialsRefused"
    ]
    account = records.read(records.account(folder))
    (refusal,) = account["refusals"]
    assert refusal["at"] > 0 and refusal["reason"] == "wrong" and len(account["key"]) == 32
    # By its published name, so that whoever doubts it can count what a guess costs.
    slow = hashlib.scrypt(
        b"a wrong password", salt=account["key"].encode(), n=1 << 14, r=8, p=1, dklen=16
    )
    assert refusal["hash"] == slow.hex()
    assert "a wrong password" not in json.dumps(account)
    assert all(b"a wrong password" not in path.read_bytes() for path in folder.iterdir())


def test_a_password_that_went_bad_stops_at_the_next_expiry(stage: Stage) -> None:
    """The stored session lives on; only when it ends, one login is refused, for everybody."""
    stage.worker(DEVICE).do("login")
    with stage.crew(4, DEVICE, password="changed since") as crew:
        assert crew.do("get", DEVICE.path).all_answered(4)
        stage.expire(DEVICE)
        assert [name for name, _ in crew.do("get", DEVICE.path, threads=4).errors] == [
            "CredentialsRefused"
        ] * 16
    assert stage.count("fotoweb")["logins_refused"] == 1


def test_a_second_factor_is_remembered_too(stage: Stage) -> None:
    options = {"user": "second@example.com", "password": "second-password"}
    for _ in range(3):
        assert refused(stage.worker(TOKEN, **options).do("login")) == ["SecondFactorRequired"]
    assert stage.count("photoshelter")["second_factor_wanted"] == 1
