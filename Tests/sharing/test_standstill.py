"""A program of one thread that calls a session again while its own authorization holds it gets an
error at once.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable

from conftest import COOKIE, Stage

LOCKED = 61


def test_an_only_thread_does_not_wait_for_its_own_authorization(
    stage: Stage, compiled: Callable[..., str]
) -> None:
    options = {
        f"DAMSESSION_{name.upper()}": str(value) for name, value in stage.options(COOKIE).items()
    }
    command = [compiled("standstill", "standstill.c")]
    done = subprocess.run(
        command, env={**os.environ, **options}, capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "authorization" in told.pop("message")
    assert told == {"again": LOCKED, "asked": LOCKED, "waits": 0, "later": 0}
