"""The application's store, as a table of C functions, does what the library's own stores do.

The same tests run with every place: a folder, the memory, application_store.c (an example to copy
from) and a Python store on SQLite. What concerns several processes is tested with the places that
several processes can share.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import places
import pytest
from conftest import COOKIE, DEVICE, TOKEN, Kind, Stage

import damsession

PLACES = ["file", "memory", "table", "sqlite"]
LASTING = ["file", "table", "sqlite"]
Opener = Callable[..., damsession.Session]


@pytest.fixture
def place(
    request: pytest.FixtureRequest, folder: Path, tmp_path: Path, compiled: Callable[..., str]
) -> Any:
    named: dict[str, Any] = {
        "file": str(folder),
        "memory": "memory",
        "sqlite": {"sqlite": str(tmp_path / "records")},
    }
    if request.param == "table":
        # A library of its own for each test, so that each has an empty table.
        return {
            "table": compiled(
                f"application_store_{time.monotonic_ns()}.so", "application_store.c", shared=True
            )
        }
    return named[request.param]


@pytest.fixture
def opened(stage: Stage, place: Any) -> Iterator[Opener]:
    store = places.store(place)
    sessions: list[damsession.Session] = []

    def open_one(kind: Kind, **options: Any) -> damsession.Session:
        options = {**stage.options(kind), **options, "store": store}
        sessions.append(places.opened(log=logging.getLogger("quiet"), **options))
        return sessions[-1]

    yield open_one
    for session in sessions:
        session.close()


everywhere = pytest.mark.parametrize("place", PLACES, indirect=True)
lasting = pytest.mark.parametrize("place", LASTING, indirect=True)


@everywhere
@pytest.mark.parametrize("kind", [COOKIE, TOKEN, DEVICE], ids=str)
def test_threads_and_expiries(stage: Stage, opened: Opener, kind: Kind) -> None:
    stage.sandbox.knobs(old_cookie="refuse", token_limit=100)
    session = opened(kind, **({"token_limit": 100} if kind is DEVICE else {}))
    with ThreadPoolExecutor(8) as pool:
        for logins in (1, 2, 3):
            responses = list(pool.map(lambda _: session.get(kind.path), range(40)))
            assert {response.status for response in responses} == {200}
            assert stage.count(kind.system)["logins_ok"] == session.statistics.logins == logins
            stage.expire(kind)


@everywhere
def test_a_refused_password_is_remembered_when_the_session_is_closed(
    stage: Stage, opened: Opener
) -> None:
    for _ in range(3):
        with (
            opened(TOKEN, password="wrong") as session,
            pytest.raises(damsession.CredentialsRefused),
        ):
            session.login()
    assert stage.count("photoshelter")["logins_refused"] == 1


@lasting
@pytest.mark.parametrize("kind", [COOKIE, TOKEN, DEVICE], ids=str)
def test_a_session_outlives_its_handles_and_a_logout_stays(
    stage: Stage, opened: Opener, kind: Kind
) -> None:
    with opened(kind) as session:
        session.get(kind.path).raise_for_status()
        assert session.state.stored
    with opened(kind, password=None) as session:
        session.get(kind.path).raise_for_status()
        session.logout()
    with opened(kind, password=None) as session:
        assert not session.state.logged_in and session.state.generation == 2
        with pytest.raises(damsession.CredentialsNeeded):
            session.get(kind.path)
    assert stage.count(kind.system)["logins_ok"] == 1


@lasting
def test_two_identities_do_not_meet(stage: Stage, opened: Opener) -> None:
    solo = {"user": "solo@example.com", "password": "solo-password"}
    with opened(TOKEN) as one, opened(TOKEN, **solo) as other:
        for session, user in ((one, "ada@example.com"), (other, "solo@example.com")):
            assert session.get(TOKEN.path).json()["data"]["Session"]["user"] == user
        assert one.token() != other.token()


@lasting
def test_a_busy_lock_is_bounded(stage: Stage, opened: Opener) -> None:
    with (
        opened(COOKIE) as one,
        opened(COOKIE, lock_timeout=1) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        one.login()
        slow = pool.submit(one.get, "mem/slow?seconds=3")
        stage.wait_for_requests(2)
        began = time.monotonic()
        with pytest.raises(damsession.Locked):
            other.get(COOKIE.path)
        assert 0.9 < time.monotonic() - began < 2.5
        assert slow.result().ok


def test_several_processes_share_an_application_store(stage: Stage, tmp_path: Path) -> None:
    stage.sandbox.knobs(old_cookie="refuse")
    with stage.crew(3, COOKIE, store={"sqlite": str(tmp_path / "records")}) as crew:
        for logins in (1, 2):
            assert crew.do("get", COOKIE.path, threads=2, rounds=5).all_answered(30)
            assert stage.count("photoshelter")["logins_ok"] == logins
            stage.expire(COOKIE)
        assert crew.total("adopted_from_siblings") > 0


def test_a_killed_holder_of_a_host_lock_frees_the_rest(alone: Stage, tmp_path: Path) -> None:
    store = {"sqlite": str(tmp_path / "records")}
    with alone.crew(1, TOKEN, store=store) as holder, alone.crew(1, TOKEN, store=store) as other:
        is_there = alone.delay(TOKEN.login)
        holder.tell("login")
        is_there()
        other.tell("get", TOKEN.path)
        holder.workers[0].kill()
        outcome = other.hear()
        assert outcome.all_answered(1) and outcome.slowest < 5


def test_a_c_program_with_the_example(stage: Stage, compiled: Callable[..., str]) -> None:
    stage.sandbox.knobs(old_cookie="refuse", storm=50)
    program = compiled("worker", "worker.c", "application_store.c")
    options = {
        f"DAMSESSION_{name.upper()}": str(value) for name, value in stage.options(COOKIE).items()
    }
    command = [program, "8", "25", COOKIE.path, "application"]
    done = subprocess.run(
        command, env={**os.environ, **options}, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    state = stage.count("photoshelter")
    assert (told["answered"], told["failures"]) == (200, [])
    assert told["logins"] == state["logins_ok"] == 1 + state["expiries"] >= 4
    assert told["replays"] == state["expiries"] and not stage.folder.exists()
