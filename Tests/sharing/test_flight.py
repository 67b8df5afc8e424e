"""However many threads and processes need a login, one logs in, and all others use its session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import COOKIE, DEVICE, KINDS, LOGIN_TOKEN, TOKEN, Kind, Stage

PROCESSES, THREADS = 4, 8


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_missing_and_a_dead_session_cost_one_login_each(stage: Stage, kind: Kind) -> None:
    # So that all of them are there before the login is done.
    stage.sandbox.knobs(latency=50, old_cookie="refuse")
    with stage.crew(PROCESSES, kind) as crew:
        for logins in (1, 2, 3):
            outcome = crew.do("get", kind.path, threads=THREADS)
            assert outcome.all_answered(PROCESSES * THREADS)
            assert stage.count(kind.system)["logins_ok"] == logins == crew.total("logins")
            assert {value["generation"] for value in outcome.values} == {logins}
            stage.expire(kind)
    assert stage.count(kind.system)["logins_refused"] == 0


def test_a_rotation_of_newest_has_one_login_too(stage: Stage) -> None:
    stage.sandbox.knobs(latency=50)
    with stage.crew(PROCESSES, COOKIE, rotation="newest") as crew:
        for logins in (1, 2):
            assert crew.do("get", COOKIE.path, threads=THREADS).all_answered(PROCESSES * THREADS)
            assert stage.count("photoshelter")["logins_ok"] == logins
            stage.expire(COOKIE)


@pytest.mark.parametrize("place", ["file", "memory"])
@pytest.mark.parametrize("kind", [TOKEN, DEVICE, LOGIN_TOKEN], ids=str)
def test_an_expiry_in_the_middle_of_requests_costs_one_login(
    stage: Stage, folder: Path, kind: Kind, place: str
) -> None:
    processes = 3 if place == "file" else 1
    store = str(folder) if place == "file" else place
    with stage.crew(processes, kind, store=store) as crew:
        crew.do("login")
        for logins in range(2, 6):
            stage.expire_in_the_middle(crew, kind)
            assert stage.count(kind.system)["logins_ok"] == logins


@pytest.mark.parametrize("place", ["memory", "sqlite", "table"])
def test_flights_are_keyed_by_identity_in_every_store(
    stage: Stage, tmp_path: Path, compiled: Callable[..., str], place: str
) -> None:
    stage.sandbox.knobs(latency=50)
    stores: dict[str, Any] = {
        "memory": "memory",
        "sqlite": {"sqlite": str(tmp_path / "records")},
        "table": {"table": compiled("application_store.so", "application_store.c", shared=True)},
    }
    processes = PROCESSES if place == "sqlite" else 1  # the others live in one process
    with stage.crew(processes, DEVICE, store=stores[place]) as crew:
        for logins in (1, 2):
            assert crew.do("get", DEVICE.path, threads=THREADS).all_answered(processes * THREADS)
            assert stage.count("fotoweb")["logins_ok"] == logins
            stage.expire(DEVICE)


@pytest.mark.parametrize("kind", [COOKIE, DEVICE], ids=str)
def test_waiting_ends_with_a_sentence_when_lock_timeout_runs_out(alone: Stage, kind: Kind) -> None:
    with alone.crew(1, kind) as slow, alone.crew(2, kind, lock_timeout=1) as others:
        is_there = alone.delay(kind.login)
        slow.tell("login")
        is_there()
        outcome = others.do("get", kind.path, threads=2)
        assert [name for name, _ in outcome.errors] == ["Locked"] * 4
        assert all("1 seconds" in text and "lock_timeout" in text for _, text in outcome.errors)
        assert 0.9 < outcome.slowest < 3
        assert others.total("waits") == 4 and others.total("wait_us") > 3_600_000


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_killed_holder_frees_the_rest_at_once(alone: Stage, kind: Kind) -> None:
    with alone.crew(1, kind) as holder, alone.crew(3, kind) as others:
        is_there = alone.delay(kind.login)
        holder.tell("get", kind.path)
        is_there()
        others.tell("get", kind.path, threads=4)
        holder.workers[0].kill()
        outcome = others.hear()
        assert outcome.all_answered(12)
        # And not the 20 seconds of the login, nor the 60 of lock-timeout.
        assert outcome.slowest < 5
        assert others.total("logins") == 1


def test_a_login_that_fails_is_the_verdict_of_its_waiters_and_not_of_the_next(stage: Stage) -> None:
    stage.sandbox.fault("status", status=500, count=1, match="authenticate")
    with stage.crew(1, TOKEN) as crew:
        outcome = crew.do("get", TOKEN.path, threads=6)
        # Requests that waited for it get the same error; later ones try by themselves.
        assert {name for name, _ in outcome.errors} == {"ServerFault"}
        assert len(outcome.errors) + len(outcome.values) == 6
        assert crew.do("get", TOKEN.path).errors == []
    assert stage.count("photoshelter")["logins_ok"] == 1
