"""Children of unusual forks: two at once, one with the process number of its parent, one past
fork(), and one that uses what only its parent may use. forks.c is the parent.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from conftest import COOKIE, TOKEN, Kind, Stage

Forks = Callable[..., "dict[str, int]"]


@pytest.fixture
def forks(stage: Stage, compiled: Callable[..., str]) -> Forks:
    """Runs one plan of forks.c: `forks("crowd", TOKEN)`."""
    program = compiled("forks", "forks.c", "fork_owned.c")

    def run(plan: str, kind: Kind, before: tuple[str, ...] = (), **options: Any) -> dict[str, int]:
        named = {
            f"DAMSESSION_{name.upper()}": str(value)
            for name, value in stage.options(kind, **options).items()
        }
        environment = {**os.environ, **named, "FORKS_PATH": kind.path}
        done = subprocess.run(
            [*before, program, plan], env=environment, capture_output=True, text=True, timeout=150
        )
        assert done.returncode == 0, (done.returncode, done.stderr)
        told: dict[str, int] = json.loads(done.stdout)
        return told

    return run


def connections(stage: Stage) -> list[set[str]]:
    """Who has sent requests over each connection."""
    seen: dict[int, set[str]] = {}
    for entry in stage.sandbox.log():
        seen.setdefault(entry["peer_port"], set()).update(
            value for name, value in entry["headers"] if name.lower() == "x-who"
        )
    return [who for who in seen.values() if who]


def test_several_forks_at_once_wait_for_the_library_and_wake_up(forks: Forks) -> None:
    told = forks("crowd", TOKEN)
    assert told["well"] == 600 and told["ill"] == 0
    assert told["answered"] > 0 and told["unanswered"] == 0


def test_a_child_with_its_parents_number_has_a_connection_of_its_own(
    stage: Stage, forks: Forks
) -> None:
    new_namespace = ("unshare", "--user", "--map-root-user", "--pid", "--fork")
    told = forks("namespace", TOKEN, new_namespace)
    assert told == {"first": 1, "apart": 1, "own": 1, "child": 0, "last": 1}
    assert sorted(map(sorted, connections(stage))) == [["child"], ["parent"]]


def test_a_child_that_fork_did_not_make_has_a_connection_of_its_own(
    stage: Stage, forks: Forks
) -> None:
    told = forks("clone", TOKEN)
    assert told == {"first": 1, "_Fork": 0, "clone": 0, "last": 1}
    assert sorted(map(sorted, connections(stage))) == [["_Fork"], ["clone"], ["parent"]]


@pytest.mark.parametrize("kind", [COOKIE, TOKEN], ids=str)
def test_a_program_that_is_started_changes_nothing(stage: Stage, forks: Forks, kind: Kind) -> None:
    told = forks("spawn", kind)
    assert told == {"first": 1, "spawned": 1, "between": 1, "vforked": 1, "last": 1}
    assert connections(stage) == [{"parent"}]


def test_a_child_that_frees_a_loop_leaves_the_requests_of_its_parent_alone(
    stage: Stage, forks: Forks
) -> None:
    told = forks("loop", TOKEN, retries=0)
    assert told == {"first": 1, "child": 5, "size": 1, "big": 0, "slow": 0}
    assert stage.count("photoshelter")["logins_ok"] == 1
    paths = [entry["path"] for entry in stage.sandbox.log()]
    assert sum("download" in path for path in paths) == sum("slow" in path for path in paths) == 1


def test_a_child_that_frees_an_authorization_unlocks_nothing(forks: Forks) -> None:
    told = forks("authorization", COOKIE)
    assert told == {"held": 1, "child": 4, "unlocked": 1, "last": 1}
