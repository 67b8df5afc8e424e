"""What every suite needs: where things are, how the C programs of tests are built, and waiting."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_BUILD = ROOT / ".build"
LIBRARY = Path(
    os.environ.setdefault("DAMSESSION_LIBRARY", str(_BUILD / "lib" / "libdamsession.so.1"))
)
WRAPPER = os.environ.get("DAMSESSION", str(_BUILD / "bin" / "damsession"))

#: Seconds after which what has not happened will not.
PATIENCE = 30.0

_WARNINGS = ["-std=c11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-pedantic", "-D_GNU_SOURCE"]
_LINK = [
    f"-L{LIBRARY.parent}",
    f"-Wl,-rpath,{LIBRARY.parent}",
    f"-l:{LIBRARY.name}",
    "-ldl",
    "-pthread",
]


def compile_c(program: Path, *sources: Path, flags: tuple[str, ...] = ()) -> str:
    """Makes a program (or with "-shared" and "-fPIC" a library) of C files; its path."""
    files = [str(source) for source in sources]
    command = [
        "cc",
        *_WARNINGS,
        f"-I{ROOT / 'include'}",
        "-o",
        str(program),
        *files,
        *_LINK,
        *flags,
    ]
    subprocess.run(command, check=True)
    return str(program)


def wait_for(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Returns when `condition` holds; fails when it never does."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
