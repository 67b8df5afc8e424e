"""All code of the documentation, at work against the sandbox: the example files, built with the
command that the pages show, and every block that stands in a page only.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import book

Check = Callable[..., None]

#: What an example file must print, or leave in the folder.
WANTED: dict[str, Callable[[str, Path], bool]] = {
    "first.c": lambda out, _: '"Gallery"' in out,
    "photoshelter.py": lambda out, _: out.count("Gallery of solo@example.com") == 3,
    "photoshelter.sh": lambda out, folder: (
        '"Gallery"' in out and "Front page" in (folder / "front-page.json").read_text()
    ),
    "transfers.py": lambda out, folder: (
        out.endswith(" bytes\n") and (folder / "original.tif").stat().st_size > 0
    ),
    "many.py": lambda out, _: out.startswith("100 galleries\n") and " bytes of " in out,
    "own_http.py": lambda out, _: out == "200\n200\n",
    "curl.sh": lambda out, _: '"Session"' in out,
    "fotoweb.c": lambda out, _: 'ReturnedHits="1"' in out,
    "fotoweb.py": lambda out, folder: (
        out.count(" bytes\n") == 3 and all((folder / f"{n}.jpg").stat().st_size for n in range(3))
    ),
    "fotoweb.sh": lambda _, folder: (folder / "preview.jpg").stat().st_size > 0,
    "loop.c": lambda out, _: out == "20 of 20 galleries\n",
}
#: Those that ask a person, at a terminal.
CONSENTS = ("consent.c", "consent.py", "consent.sh")
WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror"]


class Stage(NamedTuple):
    """Where programs run: their folder, their environment, and the options of each system."""

    folder: Path
    environment: dict[str, str]
    systems: dict[str, dict[str, str]]

    def run(self, command: list[str], system: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.environment | self.systems.get(system, {}) | more,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )


def _judge(
    check: Check, what: str, done: subprocess.CompletedProcess[str], is_right: bool = True
) -> None:
    good = done.returncode == 0 and is_right
    check(f"{what} works", good, f"exit code {done.returncode}\n{done.stdout}{done.stderr}")


def _build(check: Check, stage: Stage, name: str) -> None:
    stem = name.removesuffix(".c")
    pages = "".join(map(book.prose, (book.README, *book.PAGES)))
    told = re.search(rf"`(cc {stem}\.c [^`]*)`", pages)
    (stage.folder / name).symlink_to(book.EXAMPLES / name)
    command = f"{told.group(1) if told else 'false'} {shlex.join(WARNINGS)}"
    built = stage.run(["sh", "-c", command], "")
    check(f"{name}: the command of the page builds it", built.returncode == 0, built.stderr)


def examples(check: Check, stage: Stage) -> None:
    for number in range(3):
        (stage.folder / f"new-{number}.jpg").write_bytes(b"picture")
    for name, is_right in WANTED.items():
        command = _command(check, stage, name)
        done = stage.run(command, "fotoweb" if name.startswith("fotoweb") else "photoshelter")
        _judge(check, name, done, done.returncode == 0 and is_right(done.stdout, stage.folder))


def _command(check: Check, stage: Stage, name: str) -> list[str]:
    """What runs an example, which is built if it must be."""
    stem, _, kind = name.partition(".")
    if kind == "c":
        _build(check, stage, name)
    path = str(book.EXAMPLES / name)
    return {"py": [sys.executable, path], "sh": [path], "c": [f"./{stem}"]}[kind]


def consents(check: Check, stage: Stage) -> None:
    """A person is asked in the first run, and nobody in the second. Each has a store of its own."""
    terminal = [sys.executable, str(book.ROOT / "Tests" / "shell" / "terminal.py")]
    browser = shlex.join([sys.executable, str(book.ROOT / "Tests" / "docs" / "browse.py")])
    for name in CONSENTS:
        command = _command(check, stage, name)
        store = {"DAMSESSION_STORE": str(stage.folder / f"store of {name}")}
        asked = stage.run([*terminal, f"through={browser}", "--", *command], "fotoware", **store)
        is_right = all(words in asked.stdout for words in ('"user"', "exit: 0\n", "Paste the"))
        _judge(check, f"{name}, with a person,", asked, is_right)
        again = stage.run(command, "fotoware", **store)
        _judge(check, f"{name}, without one,", again, '"user"' in again.stdout)


def blocks(check: Check, stage: Stage) -> None:
    """What stands in a page only. A block that is not to be run is `text`, `ini`, `cmake` or
    `console`.
    """
    for number, block in enumerate(book.blocks()):
        if block.note.startswith("file: ") or block.language in ("text", "ini", "console", "cmake"):
            continue
        command = {
            "sh": ["sh", "-eu", "-c", block.code],
            "python": [sys.executable, "-c", block.code],
        }
        what = f"{block.page.name}, {block.language} block {number}"
        if block.language not in command:
            check(f"{what} can be run", False, block.code)
        else:
            _judge(
                check,
                what,
                stage.run(
                    command[block.language], block.note.removeprefix("system: ") or "photoshelter"
                ),
            )


def pytest(check: Check, stage: Stage) -> None:
    plugin = ["-p", "damsession.sandbox.pytest_plugin", "-p", "no:cacheprovider"]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        *plugin,
        str(book.EXAMPLES / "test_sandbox.py"),
    ]
    _judge(check, "test_sandbox.py", stage.run(command, ""))
