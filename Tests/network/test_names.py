"""A name server that does not respond blocks nothing: time-outs, cancelling, the event loop,
freeing and fork() are in time.

libcurl looks names up on a thread, and waits for it unless told otherwise, for ten seconds with
glibc's resolver. Times are not exact: what takes longer than a second and a half has waited.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from programs import PATIENCE, compiled

MOST = 1500  # milliseconds
CASES = {
    "timeout": "DAM_ERR_TIMEOUT",
    "connect-timeout": "DAM_ERR_TIMEOUT",
    "session-free": "DAM_OK",
    "cancel": "DAM_ERR_CANCELLED",
    "fork": "DAM_ERR_TIMEOUT",
    "dispatch": "DAM_ERR_TIMEOUT",
    "loop-cancel": "DAM_ERR_CANCELLED",
    "loop-free": "DAM_OK",
    "session-free-after-loop": "DAM_OK",
}


def test_a_name_server_that_does_not_answer_holds_nobody_up(folder: Path, tmp_path: Path) -> None:
    resolver = tmp_path / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.1\noptions timeout:5 attempts:2\n")
    alone = ["unshare", "--map-root-user", "--mount", "--net"]
    command = [*alone, compiled(folder, "names.c"), str(resolver)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    told = [line.split() for line in done.stdout.splitlines()]
    assert {name: status for name, _, status in told} == CASES
    late = {name: int(milliseconds) for name, milliseconds, _ in told if int(milliseconds) > MOST}
    assert late == {}
