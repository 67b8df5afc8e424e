"""A cookie that changes with every response, with many requests at once: none is lost, and the
counters show the costs of each option.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from conftest import COOKIE, Stage

PROCESSES, THREADS, ROUNDS = 4, 8, 25


def test_serialize_loses_nothing_at_a_server_that_refuses_every_old_cookie(stage: Stage) -> None:
    stage.sandbox.knobs(old_cookie="refuse")
    with stage.crew(PROCESSES, COOKIE) as crew:
        outcome = crew.do("get", COOKIE.path, threads=THREADS, rounds=ROUNDS)
        count = PROCESSES * THREADS * ROUNDS
        assert outcome.all_answered(count)
        assert {value["replays"] for value in outcome.values} == {0}
        assert crew.total("requests") == count and crew.total("replays") == 0
        # Every response rotates: those of the requests, and the login's.
        assert crew.total("cookies_adopted") >= count and crew.total("cookies_late") == 0
        assert crew.total("waits") > 0 and crew.total("wait_us") > 0
        assert crew.total("adopted_from_siblings") > 0
    state = stage.count("photoshelter")
    assert (state["logins_ok"], state["refused"], state["stale_cookie_refusals"]) == (1, 0, 0)


def test_serialize_has_one_login_for_each_real_expiry(stage: Stage) -> None:
    # Every fortieth member request finds its session expired.
    stage.sandbox.knobs(old_cookie="refuse", storm=40)
    with stage.crew(PROCESSES, COOKIE) as crew:
        outcome = crew.do("get", COOKIE.path, threads=4, rounds=20)
        assert outcome.all_answered(PROCESSES * 4 * 20)
        assert crew.total("replays") == stage.count("photoshelter")["expiries"]
    state = stage.count("photoshelter")
    assert state["expiries"] >= 8 and state["logins_ok"] == 1 + state["expiries"]
    assert state["stale_cookie_refusals"] == 0


@pytest.mark.parametrize("grace", ["accept", "refuse"])
def test_newest_is_parallel_and_counts_the_late_cookies(stage: Stage, grace: str) -> None:
    # Under "refuse" the server lets as many old cookies pass as there may be requests under way.
    stage.sandbox.knobs(old_cookie=grace, old_cookie_grace=1000)
    with stage.crew(2, COOKIE, rotation="newest") as crew:
        crew.do("login")
        began = time.monotonic()
        assert crew.do("get", "mem/slow?seconds=1", threads=8).all_answered(16)
        assert time.monotonic() - began < 8  # one after the other they take 16
        assert crew.do("get", COOKIE.path, threads=8, rounds=10).all_answered(160)
        assert crew.total("cookies_late") > 0 and crew.total("cookies_adopted") > 0
        assert crew.total("replays") == 0
    state = stage.count("photoshelter")
    assert (state["logins_ok"], state["refused"]) == (1, 0)


@pytest.mark.parametrize("processes", [1, 3])
def test_newest_has_one_login_for_an_expiry_in_the_middle_of_requests(
    stage: Stage, processes: int
) -> None:
    """A response from before the expiry brings a cookie that is newer than the refused one, but
    no less dead.
    """
    with stage.crew(processes, COOKIE, rotation="newest") as crew:
        crew.do("login")
        for logins in range(2, 6):
            stage.expire_in_the_middle(crew, COOKIE)
            assert stage.count("photoshelter")["logins_ok"] == logins


def test_a_slow_request_freezes_the_rest_and_the_statistics_say_so(stage: Stage) -> None:
    stage.sandbox.knobs(old_cookie="refuse")
    slow, other = stage.crew(2, COOKIE).workers
    slow.do("login")
    slow.tell({"name": "get", "args": ["mem/slow?seconds=2"]})
    stage.wait_for_requests(2)
    waited = other.do("get", COOKIE.path)
    assert waited["errors"] == [] and waited["slowest"] > 1
    seen = other.do("look")["statistics"]
    assert seen["waits"] == 1 and seen["wait_us"] > 1_000_000
    assert slow.hear()["errors"] == []


@pytest.mark.parametrize("threads", [1, 4])
def test_a_cookie_that_died_with_its_process_costs_one_login_and_no_failure(
    alone: Stage, threads: int
) -> None:
    alone.sandbox.knobs(old_cookie="refuse")
    with alone.crew(1, COOKIE) as killed, alone.crew(3, COOKIE) as others:
        killed.do("login")
        killed.tell("get", "mem/slow?seconds=20")
        alone.wait_for_requests(2)
        killed.workers[
            0
        ].kill()  # the server has rotated, and no process will ever have that cookie
        outcome = others.do("get", COOKIE.path, threads=threads)
        assert outcome.all_answered(3 * threads) and outcome.slowest < 5
    assert alone.count("photoshelter")["logins_ok"] == 2


def test_a_response_that_was_lost_costs_one_login_and_only_its_own_caller(stage: Stage) -> None:
    stage.sandbox.knobs(old_cookie="refuse")
    with stage.crew(3, COOKIE) as crew:
        crew.do("login")
        stage.sandbox.fault("drop-after-processing", match="gallery")
        outcome = crew.do("post", "mem/gallery/G1", threads=2, data={"name": "x"})
        assert [name for name, _ in outcome.errors] == ["TransferError"]
        assert [value["status"] for value in outcome.values] == [200] * 5
    state = stage.count("photoshelter")
    assert state["writes"] == 6 and state["logins_ok"] == 2


def test_a_file_system_with_coarse_clocks_and_old_inodes_hides_no_rotation(
    stage: Stage, compiled: Callable[..., str]
) -> None:
    """Whether a record has changed is asked of the record. Who asks inode and time keeps a
    cookie that is dead.
    """
    stage.sandbox.knobs(old_cookie="refuse")
    shim = {"LD_PRELOAD": compiled("shim.so", "shim.c", shared=True), "SHIM_COARSE": "100"}
    with stage.crew(4, COOKIE, environment=shim) as crew:
        outcome = crew.do("get", COOKIE.path, threads=2, rounds=100)
        assert outcome.all_answered(800)
        assert crew.total("replays") == 0 and crew.total("logins") == 1
    assert stage.count("photoshelter")["logins_ok"] == 1


def test_who_does_not_wait_for_logins_still_waits_for_a_save(stage: Stage) -> None:
    """`lock-timeout` 0 is about logins; a save that gives up at once loses what a sibling is
    about to save.
    """
    stage.worker(COOKIE).do("login")
    with stage.crew(4, COOKIE, lock_timeout=0, rotation="newest") as crew:
        outcome = crew.do("get", COOKIE.path, threads=4, rounds=25)
        assert outcome.all_answered(400)
        assert crew.total("save_failures") == 0 and crew.total("saves") > 0
