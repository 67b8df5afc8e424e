"""The clients that meet the faults: processes that use the library as a user's program would, in
Python (blocking, or in an event loop), C and shell (the wrapper, one process for each step).

Each gets its options from the environment and has a folder of its own. Its output is read with a
time limit, and its memory is what the kernel counts. A client that does not reply in time is
killed.
"""

from __future__ import annotations

import ast
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from common import LIBRARY, ROOT, WRAPPER, compile_c

HERE = Path(__file__).resolve().parent
NAMES = ("python", "loop", "C", "shell")


class Said(NamedTuple):
    """What came of one operation."""

    status: str  #: without DAM_ERR_; "CRASH" or "HANG" where nothing was said
    http: int
    size: int
    text: str
    seconds: float

    @property
    def end(self) -> str:
        """The HTTP status of a response, the status of an error."""
        return str(self.http) if self.status == "OK" else self.status


class Client:
    """One process. A context manager."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        self._complaints = (folder / "stderr").open("w+b")
        self._process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
        )
        self._peak = 0

    def do(self, operation: str, argument: str, patience: float) -> Said:
        began = time.monotonic()
        line = self._talk(f"{operation} {argument}\n".encode(), began + patience)
        seconds = time.monotonic() - began
        if not line.endswith(b"\n"):
            is_running = self._process.poll() is None
            self._process.kill()
            return Said("HANG" if is_running else "CRASH", 0, 0, self._last_words(), seconds)
        status, http, size, text = line.decode().rstrip("\n").split(" ", 3)
        shown = ast.literal_eval(text)
        words = shown.decode("utf-8", "replace") if isinstance(shown, bytes) else shown
        return Said(status, int(http), int(size), words, seconds)

    def _talk(self, line: bytes, deadline: float) -> bytes:
        assert self._process.stdin is not None and self._process.stdout is not None
        heard = b""
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError:
            return heard
        while not heard.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                break
            if not (piece := os.read(self._process.stdout.fileno(), 65_536)):
                self._process.wait()
                break
            heard += piece
        return heard

    def _last_words(self) -> str:
        code = self._process.wait()
        self._complaints.seek(0)
        return f"ended with {code}: {self._complaints.read().decode('utf-8', 'replace')[-2000:]}"

    # ---- Memory ----------------------------------------------------------------------------------

    def mark(self) -> None:
        """From here on memory counts."""
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")
        self._peak = self._kibibytes("VmHWM")

    def grown(self) -> float:
        """MiB by which the peak is higher than it was."""
        return (self._kibibytes("VmHWM") - self._peak) / 1024

    def _kibibytes(self, name: str) -> int:
        try:
            lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        except OSError:
            return self._peak
        return next(
            (int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), self._peak
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._complaints.close()


def commands(folder: Path) -> dict[str, list[str]]:
    """Every kind of client, and how it is started; the one in C is compiled into `folder`."""
    program = compile_c(folder / "client", HERE / "client.c")
    python = [sys.executable, str(HERE / "client.py")]
    return {
        "python": python,
        "loop": [*python, "loop"],
        "C": [program],
        "shell": [sys.executable, str(HERE / "client_shell.py"), WRAPPER],
    }


def environment(options: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAMSESSION_")}
    named = {
        f"DAMSESSION_{name.replace('-', '_').upper()}": value for name, value in options.items()
    }
    return {
        **kept,
        **named,
        "DAMSESSION_LIBRARY": str(LIBRARY),
        "PYTHONPATH": str(ROOT / "bindings" / "python"),
    }
