"""Ends the sandbox that a shell had before it reads the variables of another.

Its process is in DAMSESSION_SANDBOX_PID, which is about to be overwritten: nobody would find it any
more. One that the shell has inherited is somebody else's, such as that of the shell which started
this script, and goes on.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
from pathlib import Path

_VARIABLE = "DAMSESSION_SANDBOX_PID"
_PATIENCE = 10_000  # milliseconds


def end_previous() -> None:
    text = os.environ.get(_VARIABLE, "")
    if not (text.isascii() and text.isdigit()) or _is_inherited(text):
        return
    with contextlib.suppress(OSError, OverflowError):
        process = os.pidfd_open(int(text))
        try:
            # The descriptor holds the process: the number cannot come to mean another meanwhile.
            if _is_sandbox(text):
                _end(process, text)
        finally:
            os.close(process)


def _is_inherited(text: str) -> bool:
    """Whether the shell had it from its beginning. /proc shows what it was started with, not what
    it has set since; `$(...)` is a fork of the shell, or the shell itself.
    """
    try:
        began = Path(f"/proc/{os.getppid()}/environ").read_bytes().split(b"\0")
    except OSError:
        return True
    return f"{_VARIABLE}={text}".encode() in began


def _is_sandbox(text: str) -> bool:
    """An old number may be another program's by now."""
    words = Path(f"/proc/{text}/cmdline").read_bytes().split(b"\0")
    return b"--env" in words or any(word.startswith(b"--env=") for word in words)


def _end(process: int, text: str) -> None:
    signal.pidfd_send_signal(process, signal.SIGTERM)
    ended = select.poll()
    ended.register(process, select.POLLIN)
    what = "ended" if ended.poll(_PATIENCE) else "told to end, which takes it long,"
    print(
        f"damsession.sandbox: {what} the one that this shell had, process {text}", file=sys.stderr
    )
