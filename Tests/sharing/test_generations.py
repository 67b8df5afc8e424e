"""The newer secret wins over whatever comes late: a refusal, a login, a cookie, or a response after
the logout.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import records
from conftest import COOKIE, DEVICE, TOKEN, Kind, Stage

import damsession

#: Cookie mode sends in parallel only so; else the session's lock keeps these apart.
PARALLEL: dict[Kind, dict[str, Any]] = {COOKIE: {"rotation": "newest"}, TOKEN: {}, DEVICE: {}}
ALL = pytest.mark.parametrize("kind", PARALLEL, ids=str)


@ALL
def test_a_refusal_of_an_older_secret_is_answered_by_the_newer_one(
    alone: Stage, kind: Kind
) -> None:
    late, early = alone.crew(2, kind, **PARALLEL[kind]).workers
    late.do("get", kind.path)
    is_there = alone.delay(kind.path, seconds=2.0)
    # Carries generation 1 and is judged after the sibling's login.
    late.tell({"name": "get", "args": [kind.path]})
    is_there()
    alone.expire(kind)
    assert early.do("get", kind.path)["values"][0]["generation"] == 2
    response = late.hear()["values"][0]
    assert (response["status"], response["generation"], response["replays"]) == (200, 2, 1)
    assert late.do("look")["statistics"]["logins"] == 1
    assert alone.count(kind.system)["logins_ok"] == 2


@ALL
def test_the_same_within_one_process(alone: Stage, kind: Kind) -> None:
    with (
        damsession.open(**alone.options(kind, **PARALLEL[kind])) as session,
        ThreadPoolExecutor(1) as pool,
    ):
        session.get(kind.path)
        is_there = alone.delay(kind.path, seconds=1.0)
        late = pool.submit(session.get, kind.path)
        is_there()
        alone.expire(kind)
        assert session.get(kind.path).generation == 2
        response = late.result()
        assert (response.status, response.generation, response.replays) == (200, 2, 1)
    assert alone.count(kind.system)["logins_ok"] == 2


@ALL
def test_a_slow_older_login_does_not_overwrite_a_newer_one(
    alone: Stage, tmp_path: Path, kind: Kind
) -> None:
    place = {"open": str(tmp_path / "records")}
    slow, fast = alone.crew(2, kind, store=place, **PARALLEL[kind]).workers
    is_there = alone.delay(kind.login, seconds=2.0)
    slow.tell({"name": "login"})
    is_there()
    fast.do("login")
    alone.expire(kind)
    assert fast.do("get", kind.path)["values"][0]["generation"] == 2
    assert slow.hear()["errors"] == []
    refused = alone.count(kind.system)["refused"]
    reader = alone.worker(kind, store=place, password=None, **PARALLEL[kind])
    for worker in (slow, fast, reader):
        assert worker.do("get", kind.path)["values"][0]["generation"] == 2
    assert alone.count(kind.system)["refused"] == refused
    assert alone.count(kind.system)["logins_ok"] == 3


@ALL
def test_two_logins_at_the_same_time_become_one_session(
    stage: Stage, tmp_path: Path, kind: Kind
) -> None:
    stage.sandbox.knobs(latency=300)
    place = {"open": str(tmp_path / "records")}
    crew = stage.crew(2, kind, store=place, **PARALLEL[kind])
    assert crew.do("login").errors == []
    assert stage.count(kind.system)["logins_ok"] == 2  # it cannot be helped
    stage.sandbox.knobs(latency=0)
    crew.do("get", kind.path)
    crew.do("get", kind.path)
    reader = stage.worker(kind, store=place, password=None, **PARALLEL[kind])
    assert reader.do("get", kind.path)["errors"] == []
    crew.do("get", kind.path)
    if kind is not COOKIE:  # there each response brings another one
        assert len({worker.do("token")["values"][0] for worker in [*crew.workers, reader]}) == 1
    assert stage.count(kind.system)["refused"] == 0 and stage.count(kind.system)["logins_ok"] == 2


@ALL
def test_without_locks_nothing_scarce_is_asked_for(
    stage: Stage, tmp_path: Path, kind: Kind
) -> None:
    place = {"lockless": str(tmp_path / "records")}
    with stage.crew(2, kind, store=place, **PARALLEL[kind]) as crew:
        outcome = crew.do("get", kind.path)
        if kind is not DEVICE:
            assert outcome.all_answered(2)
            return
        assert [name for name, _ in outcome.errors] == ["StoreError"] * 2
        assert all("no device token was asked for" in text for _, text in outcome.errors)
    assert stage.count("fotoweb")["requests"] == 0


def test_a_late_cookie_does_not_overwrite_a_newer_one(stage: Stage) -> None:
    late, early = stage.crew(2, COOKIE, rotation="newest").workers
    late.do("login")
    # The server makes its cookie before it waits.
    late.tell({"name": "get", "args": ["mem/slow?seconds=1"]})
    stage.wait_for_requests(2)
    assert early.do("get", COOKIE.path)["errors"] == []
    assert late.hear()["errors"] == []
    stage.sandbox.knobs(old_cookie="refuse")  # from now on only the newest of the two works
    for worker in (stage.worker(COOKIE, password=None), late, early):
        assert worker.do("get", COOKIE.path)["errors"] == []
    state = stage.count("photoshelter")
    assert (state["stale_cookie_refusals"], state["logins_ok"]) == (0, 1)


def test_a_late_cookie_is_counted_when_the_newer_one_came_from_a_sibling(stage: Stage) -> None:
    late, early = stage.crew(2, COOKIE, rotation="newest").workers
    late.do("login")
    late.tell({"name": "get", "args": ["mem/slow?seconds=1"]})
    stage.wait_for_requests(2)
    early.do("get", COOKIE.path)
    late.hear()
    assert late.do("look")["statistics"]["cookies_late"] == 1


def test_a_response_after_the_logout_brings_nothing_back(stage: Stage, folder: Path) -> None:
    late, other = stage.crew(2, COOKIE, rotation="newest").workers
    late.do("login")
    late.tell({"name": "get", "args": ["mem/slow?seconds=1"]})
    stage.wait_for_requests(2)
    assert other.do("logout")["values"] == [1]
    assert late.hear()["errors"] == []
    assert not late.do("look")["state"]["logged_in"]
    record = records.read(records.session(folder))
    assert record["secret"] is None and record["generation"] == "2"
    reader = stage.worker(COOKIE, password=None)
    assert [name for name, _ in reader.do("get", COOKIE.path)["errors"]] == ["CredentialsNeeded"]
    assert late.do("get", COOKIE.path)["values"][0]["generation"] == 3
