"""SIGKILL at any instant: the store always loads, never goes back, stays private, and does not
grow.

There are some hundred kills here, and thousands in the soak test. The server ends every third
session, so that the processes log in and save all the time. They run with umask 0, so that a mode
that is set a moment too late is noticed. After every kill the store is checked by its bytes, while
the other processes go on.
"""

from __future__ import annotations

import os
import random

import pytest
from conftest import COOKIE, DEVICE, TOKEN, Kind, Stage
from judge import Judge

SEED = int(os.environ.get("SHARING_SEED", random.randrange(1 << 32)))
VICTIMS, CREWS = 4, 14


def no_umask() -> None:
    os.umask(0)


@pytest.mark.parametrize("kind", [COOKIE, TOKEN, DEVICE], ids=str)
def test_the_store_survives_kills_at_random_moments(stage: Stage, kind: Kind) -> None:
    print("SHARING_SEED =", SEED)
    chance = random.Random(SEED)
    stage.sandbox.knobs(old_cookie="refuse", token_limit=10_000, storm=3)
    judge = Judge(stage.folder)
    options = {"token_limit": 10_000, "token_reserve": 0} if kind is DEVICE else {}
    for _ in range(CREWS):
        with stage.crew(VICTIMS, kind, before=no_umask, **options) as victims:
            victims.tell("get", kind.path, threads=2, rounds=100_000)
            for worker in victims.workers:
                arrived: int = stage.sandbox.state()["log"]["arrived"]
                stage.wait_for_requests(arrived + chance.randrange(4))
                for _ in range(chance.randrange(20_000)):  # up to a millisecond more
                    pass
                worker.kill()
                judge.look()
    assert judge.generation > CREWS  # the kills met logins
    stage.sandbox.knobs(storm=0)
    last = stage.worker(kind, **options)
    assert last.do("get", kind.path)["errors"] == []
    assert last.do("look")["statistics"]["records_damaged"] == 0
    judge.look()
