"""dam_loop under libuv: twenty downloads at once, and nothing that blocks the program's own loop.

loop_uv.c is also an example for users. A login that takes a second must not delay a timer that
ticks meanwhile. The limit is half a second, since the machine has other work.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from conftest import Site
from programs import compiled, environment, run

DELAY, LONGEST = 1.0, 0.25
SIZES = [0, 1, *range(50_000, 1_850_000, 100_000)]


@pytest.fixture
def loop_uv(folder: Path) -> str:
    flags = subprocess.run(
        ["pkg-config", "--cflags", "--libs", "libuv"], check=True, capture_output=True, text=True
    )
    return compiled(folder, "loop_uv.c", *flags.stdout.split())


@pytest.mark.parametrize("authentication", ["cookie", "token"])
def test_twenty_downloads_during_a_slow_login(
    site: Site, loop_uv: str, authentication: str
) -> None:
    sandbox = site.sandbox
    sandbox.fault("delay", seconds=DELAY, match="authenticate")
    paths = [f"mem/image/I{size}/download?size={size}" for size in SIZES]
    options = environment(
        site, url=sandbox.photoshelter, ca_file=sandbox.ca_file, authentication=authentication
    )
    done = run([loop_uv, *paths], {**options, "DAMSESSION_STORE": "memory"})
    assert (done.returncode, done.stderr) == (0, b"")
    *lines, last = done.stdout.decode().splitlines()
    assert sorted(lines) == sorted(f"{size} bytes of {path}" for size, path in zip(SIZES, paths))
    found = re.fullmatch(r"(\d+) ms between two ticks at most", last)
    assert found is not None
    print(f"\n{last}")
    assert int(found[1]) < LONGEST * 1000
    assert sandbox.state()["photoshelter"]["logins_ok"] == 1 and sandbox.state()["faults"] == []


def test_what_fails_is_said(site: Site, loop_uv: str) -> None:
    options = environment(
        site, url=site.sandbox.photoshelter, ca_file=site.sandbox.ca_file, store="memory"
    )
    done = run([loop_uv, "mem/nothing", "mem/user/session"], options)
    assert done.returncode == 1 and done.stderr == b"mem/nothing: the response is no success\n"
    assert b" bytes of mem/user/session\n" in done.stdout
    refused = run([loop_uv, "mem/user/session"], {**options, "DAMSESSION_PASSWORD": "wrong"})
    assert (
        refused.returncode == 1
        and refused.stderr.startswith(b"mem/user/session: ")
        and b"wrong" not in refused.stderr
    )
    assert run([loop_uv], options).stderr == b"loop_uv: say which paths\n"
    assert run([loop_uv, "a b"], options).returncode == 1
