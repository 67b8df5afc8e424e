"""The programs of the bench: how they are made, and how one is started for a row, with a store and
a cookie jar of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from server import BenchServer

HERE = Path(__file__).resolve().parent

from common import LIBRARY, ROOT, WRAPPER, compile_c  # noqa: E402 - `server` says where it lies

BUILD = ROOT / ".build" / "bench"


def compile_all() -> None:
    """Every C file of this folder becomes a program of its name."""
    (BUILD / "bin").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for made in [
            workers.submit(compile_c, BUILD / "bin" / source.stem, source, flags=("-lcurl",))
            for source in HERE.glob("*.c")
        ]:
            made.result()


@dataclass(frozen=True)
class Client:
    """What a row runs: a program of this folder and its words. `options` are damsession's; the
    store "folder" stands for a new one each time it is started.
    """

    program: str
    words: Sequence[str] = ()
    scheme: str = "http"
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def command(self) -> list[str]:
        if self.program.endswith(".py"):
            return [sys.executable, str(HERE / self.program), *self.words]
        return [str(BUILD / "bin" / self.program), *self.words]


class Place:
    """A folder of one process, with what it keeps between requests, and its environment. A context
    manager.
    """

    def __init__(self, client: Client, server: BenchServer) -> None:
        self._stack = ExitStack()
        # On a disk, where users have it.
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(dir=BUILD))
        options = dict(client.options)
        if options.get("store") == "folder":
            options["store"] = f"{folder}/store"
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        self.environment = {
            **kept,
            **server.environment(client.scheme, options),
            "HOME": folder,
            "BENCH_JAR": f"{folder}/jar",
            "BENCH_COMMAND": WRAPPER,
            "DAMSESSION_LIBRARY": str(LIBRARY),
            "PYTHONPATH": str(ROOT / "bindings" / "python"),
            "PYTHONHASHSEED": "0",
        }

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()


def run(command: Sequence[str], place: Place, orders: Sequence[int]) -> str:
    """Runs a program with these orders to its end; what it said on standard error."""
    done = subprocess.run(
        command,
        env=place.environment,
        input="".join(f"{order}\n" for order in orders),
        capture_output=True,
        text=True,
        timeout=300,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done.stderr
