"""A forked child that goes on with its parent's session starts clean, whatever the parent's threads
were doing.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from typing import Any

import pytest
from conftest import COOKIE, DEVICE, HERE, TOKEN, Kind, Stage

ALL = pytest.mark.parametrize(
    ("kind", "options"),
    [(COOKIE, {}), (COOKIE, {"rotation": "newest"}), (TOKEN, {}), (DEVICE, {})],
    ids=str,
)


class Forker:
    """One run of forker.py."""

    def __init__(
        self,
        options: dict[str, Any],
        plan: dict[str, Any],
        environment: dict[str, str] | None = None,
    ) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "forker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            text=True,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(options) + "\n" + json.dumps(plan) + "\n")
        self.process.stdin.flush()

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def go_on(self) -> None:
        """For a plan that prints before it forks: it may; and, the second time, it may come to
        an end.
        """
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def result(self) -> dict[str, Any]:
        out, _ = self.process.communicate(timeout=60)
        told: dict[str, Any] = json.loads(out.splitlines()[-1])
        return told

    def __enter__(self) -> Forker:
        return self

    def __exit__(self, *_: object) -> None:
        with self.process:  # closes its pipes, and waits for it
            self.process.kill()


def plan(kind: Kind, **more: Any) -> dict[str, Any]:
    return {
        "path": kind.path,
        "threads": 6,
        "children": 12,
        "child_threads": 3,
        "child_rounds": 5,
        **more,
    }


def processes_of_each_connection(stage: Stage) -> list[set[str]]:
    seen: dict[int, set[str]] = defaultdict(set)
    for entry in stage.sandbox.log():
        seen[entry["peer_port"]].update(
            value for name, value in entry["headers"] if name.lower() == "x-pid"
        )
    return list(seen.values())


@ALL
def test_children_forked_in_the_middle_of_requests(
    stage: Stage, kind: Kind, options: dict[str, Any]
) -> None:
    with Forker(stage.options(kind, **options), plan(kind)) as forker:
        told = forker.result()
    assert None not in told["children"]  # nobody hung
    for child in told["children"]:
        assert [part for part in child["results"] if part["answered"] != 5 or part["errors"]] == []
        # It counts for itself, and never logged in.
        assert child["logins"] == 0 and child["requests"] == 15
    # The parent is unaffected.
    assert all(part["answered"] > 0 and part["errors"] == [] for part in told["own"])
    assert stage.count(kind.system)["logins_ok"] == told["logins"] == 1
    connections = processes_of_each_connection(stage)
    assert max(len(pids) for pids in connections) == 1  # no connection was used by two processes
    assert len(set().union(*connections)) == 13


@ALL
def test_expiries_while_forking(stage: Stage, kind: Kind, options: dict[str, Any]) -> None:
    stage.sandbox.knobs(token_limit=1000)
    stage.worker(kind).do("login")
    limits = {"token_limit": 1000} if kind is DEVICE else {}
    slow = plan(kind, children=8, child_rounds=20, prints_before_fork=True)
    with Forker(stage.options(kind, **options, **limits), slow) as forker:
        assert forker.line() == "running\n"
        forker.go_on()
        forker.line()
        # The parent's threads go on until told, so somebody is in the middle of a request.
        stage.expire(kind)
        forker.go_on()
        told = forker.result()
    assert None not in told["children"]
    parts = [*told["own"], *(part for child in told["children"] for part in child["results"])]
    assert [error for part in parts for error in part["errors"]] == []
    assert stage.count(kind.system)["logins_ok"] == 2


@pytest.mark.parametrize("kind", [COOKIE, TOKEN, DEVICE], ids=str)
def test_a_fork_in_the_middle_of_a_login_logs_in_once(alone: Stage, kind: Kind) -> None:
    is_there = alone.delay(kind.login, seconds=1.0)
    with Forker(alone.options(kind), plan(kind, children=4, prints_before_fork=True)) as forker:
        assert forker.line() == "running\n"
        is_there()
        forker.go_on()
        forker.line()
        forker.go_on()
        told = forker.result()
    assert None not in told["children"]
    assert [part["errors"] for child in told["children"] for part in child["results"]] == [[]] * 12
    assert alone.count(kind.system)["logins_ok"] == 1


def test_a_child_does_not_keep_the_lock_of_a_parent_that_was_killed(alone: Stage) -> None:
    """The child inherits the open file that the lock belongs to. A fork cannot come between the
    system call that locks and the library's next step: it waits until no thread is inside the
    library.
    """
    alone.worker(COOKIE).do("login")
    slow = plan(
        COOKIE,
        path="mem/slow?seconds=20",
        threads=1,
        children=1,
        child_sleeps=True,
        prints_before_fork=True,
    )
    with Forker(alone.options(COOKIE), slow, None) as forker:
        assert forker.line() == "running\n"
        alone.wait_for_requests(2)
        forker.go_on()
        (child,) = json.loads(forker.line())
    # The parent is killed by now.
    try:
        response = alone.crew(1, COOKIE, lock_timeout=2).workers[0].do("get", COOKIE.path)
        assert response["errors"] == [] and response["slowest"] < 2
    finally:
        os.kill(child, signal.SIGKILL)
