"""Programs that use the library as a user's would: compiled C, the wrapper, Python; each a process
of its own.

They get their options from the environment, without the test's own settings for damsession. A
program that does not end within PATIENCE is killed, and the test fails.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from common import LIBRARY, ROOT, compile_c
from conftest import Site

HERE = Path(__file__).resolve().parent
PATIENCE = 120.0


def compiled(folder: Path, source: str, *flags: str) -> str:
    """The program made of one C file of this folder; compiled once a run."""
    program = folder / source.removesuffix(".c")
    return str(program) if program.exists() else compile_c(program, HERE / source, flags=flags)


def python(script: str) -> list[str]:
    """The command that runs a script of this folder."""
    return [sys.executable, str(HERE / script)]


def environment(site: Site, **options: object) -> dict[str, str]:
    """What a program needs to open a session at `site.url`; keywords are options, and go before
    the usual ones.
    """
    usual: dict[str, object] = {
        "system": "photoshelter",
        "url": site.url,
        "user": "solo@example.com",
        "password": "solo-password",
        "api_key": site.sandbox.api_key,
        "ca_file": site.ca_file,
    }
    return variables({**usual, **options})


def variables(options: Mapping[str, object]) -> dict[str, str]:
    """The environment with these options and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAMSESSION_")}
    named = {f"DAMSESSION_{name.upper()}": str(value) for name, value in options.items()}
    paths = os.pathsep.join([str(ROOT / "bindings" / "python"), str(HERE)])
    return {**kept, **named, "DAMSESSION_LIBRARY": str(LIBRARY), "PYTHONPATH": paths}


def run(
    command: Sequence[str], environment: Mapping[str, str], **more: Any
) -> subprocess.CompletedProcess[bytes]:
    """Runs a program to its end, whatever that is."""
    return subprocess.run(command, env=environment, capture_output=True, timeout=PATIENCE, **more)


class Talk:
    """A program that says lines and waits for lines. A context manager, which ends it."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            ["timeout", "-k", "1", str(PATIENCE), *command],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def hear(self) -> str:
        """The next line. AssertionError: there is none, because the program has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        assert line, f"{self.process.args!r} ended with {self.process.wait()}"
        return line.rstrip("\n")

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        with self.process:  # closes its pipes, and waits for it
            self.process.terminate()
