"""The demo: programs in C, Python and shell share sessions of all systems, and the servers'
counters prove it.

It starts the sandbox on free ports, runs steps against it, and compares each step with what the
sandbox counted. It prints one line for each step, and exits with 1 if one differs. The user's own
sessions are not touched: everything is kept in a folder that is removed afterwards.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bindings" / "python"))

import steps  # noqa: E402

from damsession.sandbox import Sandbox  # noqa: E402

HERE = Path(__file__).resolve().parent
BUILD = ROOT / ".build"
CLIENT = BUILD / "demo" / "client"
PROGRAMS = {
    "C": [str(CLIENT)],
    "Python": [sys.executable, str(HERE / "client.py")],
    "shell": [str(HERE / "client.sh")],
}


class Demo:
    """Runs programs and compares what was counted with what was announced."""

    def __init__(self, sandbox: Sandbox, folder: str) -> None:
        self.sandbox = sandbox
        self.failures = 0
        self.steps = 0
        self._environment = {
            "PATH": f"{BUILD / 'bin'}:/usr/bin:/bin",
            "HOME": folder,
            "XDG_STATE_HOME": f"{folder}/state",
            "XDG_CONFIG_HOME": f"{folder}/config",
            "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": str(BUILD / "lib"),
            "PYTHONPATH": str(ROOT / "bindings" / "python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DAMSESSION_CA_FILE": sandbox.ca_file,
        }

    def start(
        self, program: str, options: dict[str, str], *arguments: str
    ) -> subprocess.Popen[str]:
        """A program with these options in its environment."""
        chosen = {f"DAMSESSION_{name.upper()}": value for name, value in options.items()}
        return subprocess.Popen(
            [*PROGRAMS[program], *arguments],
            env={**self._environment, **chosen},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def step(
        self,
        title: str,
        running: Sequence[tuple[str, dict[str, str], Sequence[str]]],
        output: str,
        given: str = "",
        **counts: int,
    ) -> str:
        """Runs programs at the same time. Each must print `output` ("*": anything); `given` is what
        they may read, and `counts` what the server must see.
        """
        options = running[0][1]
        before = self.sandbox.state()[options["system"]]
        started = [self.start(program, own, *arguments) for program, own, arguments in running]
        ended = [process.communicate(given, timeout=30) for process in started]
        after = self.sandbox.state()[options["system"]]
        said = [out.strip() for out, _ in ended]
        seen = {name: after[name] - before[name] for name in counts}
        good = seen == counts and all(process.returncode == 0 for process in started)
        good = good and (output == "*" or all(out == output for out in said))
        languages = "+".join(program for program, _, _ in running)
        self.report(
            good,
            f"{languages}: {title}",
            ", ".join(f"{name} {count:+d}" for name, count in seen.items()),
        )
        if not good:
            wanted = ", ".join(f"{name} {count:+d}" for name, count in counts.items())
            print(f"        wanted: {wanted} and the output {output!r}; the outputs: {said}")
            print("".join(f"        {error}" for _, error in ended if error), end="")
        return said[0]

    def report(self, good: bool, what: str, seen: str) -> None:
        self.steps += 1
        self.failures += not good
        print(
            f"{'ok' if good else 'FAILED':<6}  {what}\n        the server saw: {seen}", flush=True
        )


def compile_client() -> None:
    CLIENT.parent.mkdir(parents=True, exist_ok=True)
    flags = [
        "-std=c11",
        "-O2",
        "-Wall",
        "-Wextra",
        "-pedantic",
        "-Werror",
        f"-I{ROOT / 'include'}",
        f"-L{BUILD / 'lib'}",
    ]
    subprocess.run(
        ["cc", *flags, str(HERE / "client.c"), "-ldamsession", "-o", str(CLIENT)], check=True
    )


def main() -> int:
    began = time.monotonic()
    compile_client()
    with tempfile.TemporaryDirectory() as folder, Sandbox(old_cookie="refuse") as sandbox:
        demo = Demo(sandbox, folder)
        print("PhotoShelter API v3 (the sandbox refuses every superseded cookie)")
        steps.photoshelter(demo)
        print("FotoWeb Archive Agent")
        steps.fotoweb(demo)
        print("FotoWare (OAuth2; the sandbox takes every refresh token once)")
        steps.fotoware(demo)
    print(f"demo: {demo.steps} steps, {demo.failures} failed, {time.monotonic() - began:.1f} s")
    return 1 if demo.failures else 0


if __name__ == "__main__":
    sys.exit(main())
