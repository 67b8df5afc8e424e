"""Builds the fuzzers, runs every seed and every crash that was kept, and then lets each target
search for more.

`fuzz.py MINUTES` divides that time among the targets; `fuzz.py short` gives each two seconds, for
`make test`; `fuzz.py TARGET FILE...` runs single inputs. Inputs that were found stay in
.build/fuzz/corpus, crashes in .build/fuzz/crashes. The input of a crash that was repaired belongs
into seeds/TARGET, under a name that says what it is. If the fuzzers do not find the planted fault
in `canary`, the run fails.
"""

from __future__ import annotations

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / ".build" / "fuzz"
CRASHES = WORK / "crashes"

# How many shares of the time each gets: what plays whole conversations learns more slowly.
TARGETS = {
    "abi": 5, "exchange": 3, "observation": 2, "head": 2, "json": 1, "record": 1, "url": 1, "part": 1,
    "names": 1, "option": 1, "cookie": 1, "image": 1, "ticket": 1,
}  # fmt: skip
LONGEST = {"abi": 600, "exchange": 4096, "head": 2048, "observation": 2048}


@dataclass
class Result:
    """What became of a target."""

    target: str
    seeds: int = 0
    failed: list[str] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    executions: int = 0
    per_second: int = 0
    edges: int = 0
    inputs: int = 0
    output: str = ""


def environment(folder: str) -> dict[str, str]:
    """Nothing of the user's."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": folder,
        "DAM_FUZZ_DIR": folder,
        # The Swift runtime's own crash reports would take a minute each.
        "SWIFT_BACKTRACE": "enable=no",
        # Leaks are looked for once, at the end: after every input it would take ten times as long
        # as the input.
        "ASAN_OPTIONS": "detect_leaks=1:malloc_context_size=12",
    }


def play(target: str, arguments: list[str], seconds: int) -> subprocess.CompletedProcess[str]:
    shared = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        prefix="fuzz", dir=shared if shared.is_dir() else None
    ) as folder:
        return subprocess.run(
            [
                str(WORK / "bin" / target),
                "-timeout=25",
                "-rss_limit_mb=3000",
                "-detect_leaks=0",
                *arguments,
            ],
            cwd=folder,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )


def replay(result: Result) -> None:
    """All at once; one by one where that fails, to say which."""
    files = sorted((HERE / "seeds" / result.target).iterdir()) + sorted(
        CRASHES.glob(f"{result.target}-*")
    )
    result.seeds = len(files)
    if not files:
        result.failed.append("no seeds")
    together = play(result.target, [str(file) for file in files], 600)
    if together.returncode == 0:
        result.called = set(re.findall(r"^called: (\w+)$", together.stdout, re.MULTILINE))
        return
    for file in files:
        one = play(result.target, [f"-exact_artifact_path={os.devnull}", str(file)], 120)
        if one.returncode != 0:
            result.failed.append(file.name)
            result.output += f"{file}:\n{one.stdout[-6000:]}\n"


def explore(result: Result, seconds: int) -> None:
    corpus = WORK / "corpus" / result.target
    corpus.mkdir(parents=True, exist_ok=True)
    arguments = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST.get(result.target, 1024)}",
        f"-artifact_prefix={CRASHES}/{result.target}-",
        "-print_final_stats=1",
        str(corpus),
        str(HERE / "seeds" / result.target),
    ]
    if result.target != "abi":
        arguments.insert(0, f"-dict={HERE / 'words.dict'}")
    before = set(CRASHES.glob(f"{result.target}-*"))
    ended = play(result.target, arguments, seconds + 180)
    result.executions = last(r"number_of_executed_units: (\d+)", ended.stdout)
    result.per_second = last(r"average_exec_per_sec: +(\d+)", ended.stdout)
    result.edges = last(r"cov: (\d+)", ended.stdout)
    result.inputs = last(r"corp: (\d+)", ended.stdout)
    if ended.returncode != 0:
        found = sorted(set(CRASHES.glob(f"{result.target}-*")) - before)
        result.failed += [str(file.relative_to(ROOT)) for file in found] or [
            f"exit code {ended.returncode}"
        ]
        result.output += ended.stdout[-8000:]


def last(pattern: str, text: str) -> int:
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(target: str, seconds: int) -> Result:
    result = Result(target)
    try:
        replay(result)
        # Where a seed fails, the rest is noise.
        if not result.failed:
            explore(result, seconds)
    except subprocess.TimeoutExpired as error:
        result.failed.append(f"it hangs: {error}")
    return result


def uncalled(called: set[str]) -> list[str]:
    """What the header declares and no seed calls: faults in that are not searched for."""
    header = re.sub(
        r"/\*.*?\*/", "", (ROOT / "include" / "damsession.h").read_text(), flags=re.DOTALL
    )
    return sorted(set(re.findall(r"\b(dam_\w+)\(", header)) - called)


def canary_sings() -> bool:
    """Whether coverage leads to a fault on purpose, and the faults are seen."""
    nowhere = f"-exact_artifact_path={os.devnull}"
    found = play("canary", ["-runs=20000000", "-max_total_time=60", "-max_len=16", nowhere], 120)
    sings = (
        found.returncode != 0
        and re.search("the canary sings|heap-buffer-overflow", found.stdout) is not None
    )
    for word, report in (("over", "heap-buffer-overflow"), ("leak", "detected memory leaks")):
        with tempfile.NamedTemporaryFile() as file:
            file.write(word.encode())
            file.flush()
            ended = play("canary", [nowhere, file.name], 120)
            sings = sings and ended.returncode != 0 and report in ended.stdout
    return sings


def build() -> None:
    subprocess.run([str(HERE / "build.sh")], cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    shutil.rmtree(WORK / "bin", ignore_errors=True)
    (WORK / "bin").mkdir()
    CRASHES.mkdir(exist_ok=True)
    for target in [*TARGETS, "canary"]:
        (WORK / "bin" / target).symlink_to(Path("..") / "fuzz")


def show(result: Result) -> None:
    print(
        f"{result.target:<12} {result.seeds:>5} seeds {result.executions:>9} executions {result.per_second:>7}/s"
        f" {result.edges:>6} edges {result.inputs:>5} inputs {len(result.failed):>3} failed",
        flush=True,
    )
    if result.failed:
        print(result.output)
        print(f"{result.target}: " + ", ".join(result.failed), flush=True)


def main(arguments: list[str]) -> int:
    build()
    if len(arguments) > 1:
        ended = play(arguments[0], arguments[1:], 600)
        print(ended.stdout)
        return ended.returncode
    is_short = arguments == ["short"]
    minutes = 0.0 if is_short else float(arguments[0] if arguments else 5)
    # Two at a time have two cores; in `make test` another suite has the second one.
    workers = 1 if is_short else 2
    share = minutes * 60 * workers / sum(TARGETS.values())
    failed = 0 if canary_sings() else 1
    passed = 1 - failed
    print(
        "canary       " + ("sings" if passed else "is silent: the fuzzers find nothing"), flush=True
    )
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        waiting = [
            pool.submit(run, name, 2 if is_short else max(1, int(share * shares)))
            for name, shares in TARGETS.items()
        ]
        called: set[str] = set()
        for done in concurrent.futures.as_completed(waiting):
            result = done.result()
            called |= result.called
            show(result)
            failed += len(result.failed)
            passed += result.seeds + 1 - len(result.failed)
    missing = uncalled(called)
    passed, failed = passed + (not missing), failed + bool(missing)
    print(
        "header       "
        + ("no seed calls " + ", ".join(missing) if missing else "every function is called")
    )
    print(f"fuzz: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
