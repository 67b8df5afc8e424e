"""Runs every suite of the project and adds up what they counted.

Suites are independent commands. Two run at a time, since CI has two cores. Each must exit with 0
and print its own counts, which are read from its output: a suite that ran nothing fails. The output
goes to .build/logs, and that of a failed suite to the screen too. A suite that cannot run is a
failure: nothing is skipped.
"""

from __future__ import annotations

import concurrent.futures
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".build" / "logs"
PYTHON = str(ROOT / ".build" / "venv" / "bin" / "python")
LIBRARY = str(ROOT / ".build" / "lib" / "libdamsession.so.1")


@dataclass(frozen=True)
class Suite:
    """A command, and how its output says what passed and what failed."""

    name: str
    command: list[str]
    passed: str = r"(\d+) passed"
    failed: str = r"(\d+) failed"
    minutes: int = 10


PYTEST = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

# The longest first, so that the two workers end together.
SUITES = [
    Suite("network", [*PYTEST, "Tests/network"], minutes=15),
    Suite("sharing", [*PYTEST, "Tests/sharing"], minutes=20),
    Suite("python", [*PYTEST, "Tests/python"]),
    Suite("C", ["Tests/C/run.sh"], minutes=15),
    Suite(
        "fuzz",
        [PYTHON, "Tests/fuzz/fuzz.py", "short"],
        passed=r"fuzz: (\d+) passed",
        failed=r"passed, (\d+) failed",
        minutes=15,
    ),
    Suite(
        "shell",
        ["bats", "Tests/shell"],
        passed=r"(?m)^(ok) \d+ (?!.*# skip)",
        failed=r"(?m)^(not ok) |^ok \d+ .*(# skip)",
    ),
    Suite(
        "swift",
        ["swift", "test", "--scratch-path", ".build/test", "--skip-build"],
        passed=r"Test run with (\d+) tests.* passed",
        failed=r"with (\d+) issues?",
    ),
    Suite("oauth", [*PYTEST, "Tests/oauth"]),
    Suite("bench", [PYTHON, "Tests/bench/check.py"]),
    Suite("hostile", [*PYTEST, "Tests/hostile"]),
    Suite("sandbox", [*PYTEST, "Tests/sandbox"]),
    Suite("window", [*PYTEST, "Tests/window"]),
    Suite("verdicts", [*PYTEST, "Tests/verdicts"]),
    Suite(
        "types",
        [PYTHON, "-m", "mypy", "--strict", "bindings/python/damsession", "Tests/types"],
        passed=r"no issues found in (\d+) source files",
        failed=r"Found (\d+) errors?",
    ),
    Suite("format", [*PYTEST, "Tests/format"]),
    Suite("install", [*PYTEST, "Tests/install"]),
    Suite("README", [PYTHON, "Tests/docs/run.py"]),
    Suite("linkage", ["Tests/C/linkage.sh"]),
]


def total(pattern: str, output: str) -> int:
    """Adds up numbers; where a pattern captures words, it counts them."""
    found = re.findall(pattern, output)
    words = [next(filter(None, match)) if isinstance(match, tuple) else match for match in found]
    return sum(int(word) if word.isdigit() else 1 for word in words)


def run(suite: Suite) -> tuple[Suite, int, int, float]:
    began = time.monotonic()
    log = LOGS / f"{suite.name}.log"
    environment = dict(
        os.environ, DAMSESSION_LIBRARY=LIBRARY, PYTHONPATH=str(ROOT / "bindings" / "python")
    )
    with log.open("wb") as sink:
        try:
            code = subprocess.run(
                suite.command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                timeout=suite.minutes * 60,
                check=False,
            ).returncode
        except (OSError, subprocess.TimeoutExpired) as error:
            sink.write(f"\n{error}\n".encode())
            code = 1
    output = log.read_text(errors="replace")
    passed, failed = total(suite.passed, output), total(suite.failed, output)
    if code != 0 or passed == 0:
        failed = max(failed, 1)
    return suite, passed, failed, time.monotonic() - began


def main(names: list[str]) -> int:
    known = [suite.name for suite in SUITES]
    if names == ["--list"]:
        print(*known)
        return 0
    if unknown := set(names) - set(known):
        sys.exit(f"there is no suite {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    LOGS.mkdir(parents=True, exist_ok=True)
    wanted = [suite for suite in SUITES if not names or suite.name in names]
    all_passed = all_failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as workers:
        for done in concurrent.futures.as_completed(
            [workers.submit(run, suite) for suite in wanted]
        ):
            suite, passed, failed, seconds = done.result()
            all_passed, all_failed = all_passed + passed, all_failed + failed
            if failed:
                print((LOGS / f"{suite.name}.log").read_text(errors="replace")[-20_000:])
            print(
                f"{suite.name:<10} {passed:>5} passed {failed:>4} failed {seconds:>7.1f} s",
                flush=True,
            )
    print(f"{all_passed} passed, {all_failed} failed")
    return 1 if all_failed or not all_passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
