"""The programs of the bench: how they are made, and the place in which one is started for a row,
with a store and a cookie jar of its own.
"""

from __future__ import annotations

import compileall
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from server import BenchServer

HERE = Path(__file__).resolve().parent

from common import LIBRARY, ROOT, WRAPPER, compile_c  # noqa: E402 - `server` says where it lies

#: Another root has its own, since what is compiled there is of no use elsewhere.
BUILD = ROOT / ".build" / os.environ.get("BENCH_NAME", "bench")
PATIENCE = 300


def compile_all() -> None:
    """Every C file of this folder becomes a program of its name; of Python, what the first import
    would compile.
    """
    for folder in (HERE, ROOT / "bindings" / "python" / "damsession"):
        compileall.compile_dir(str(folder), quiet=1)
    (BUILD / "bin").mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for made in [workers.submit(_compile, source) for source in HERE.glob("*.c")]:
            made.result()


def _compile(source: Path) -> None:
    """In one step: another run may be using it."""
    program = BUILD / "bin" / source.stem
    made = program.with_suffix(f".{os.getpid()}")
    compile_c(made, source, flags=("-lcurl",))
    made.replace(program)


@dataclass(frozen=True)
class Client:
    """What a row runs: a program of this folder (or any, by its path) and its words, in which
    "{NAME}" stands for a variable of the environment. `options` are damsession's; the store
    "folder" stands for a new one each time. `before`: what is run first, in the same place.
    """

    program: str
    words: Sequence[str] = ()
    scheme: str = "http"
    options: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[Sequence[str]] = ()


class Place:
    """A folder of one process, with what it keeps between requests. A context manager."""

    def __init__(self, client: Client, server: BenchServer) -> None:
        # On a disk, where users have it.
        self._folder = tempfile.TemporaryDirectory(dir=BUILD)
        folder = self._folder.name
        options = {"authentication": "cookie", **client.options}
        if options.get("store") == "folder":
            options["store"] = f"{folder}/store"
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        self.environment = {
            **kept,
            **server.environment(client.scheme, options),
            "HOME": folder,
            "BENCH_BIN": str(Path(sys.executable).parent),
            "BENCH_HERE": str(HERE),
            "BENCH_JAR": f"{folder}/jar",
            "BENCH_PROGRAMS": str(BUILD / "bin"),
            "BENCH_PYTHON": sys.executable,
            "DAMSESSION_LIBRARY": str(LIBRARY),
            "PYTHONPATH": str(ROOT / "bindings" / "python"),
            "PYTHONHASHSEED": "0",
        }
        self.command = self._whole([*self._program(client.program), *client.words])
        try:
            for command in client.before:
                self.run(self._whole(command))
        except BaseException:
            self._folder.cleanup()
            raise

    @staticmethod
    def _program(name: str) -> list[str]:
        if name.endswith(".py"):
            return [sys.executable, str(HERE / name)]
        return [name if "/" in name else str(BUILD / "bin" / name)]

    def _whole(self, words: Sequence[str]) -> list[str]:
        return [word.format_map(self.environment) for word in words]

    def run(self, command: Sequence[str], *orders: int) -> str:
        """Runs a program with these orders to its end; what it said on standard error."""
        done = subprocess.run(
            command,
            env=self.environment,
            input="".join(f"{order}\n" for order in orders),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
        return done.stderr

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *error: object) -> None:
        self._folder.cleanup()


__all__ = ["BUILD", "HERE", "LIBRARY", "ROOT", "WRAPPER", "Client", "Place", "compile_all"]
