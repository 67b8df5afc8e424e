"""The processes of the soak test: C programs, Python programs and the wrapper, all with one
identity of each system.

A `Player` starts one after the other, in a thread of its own, until it is told to stop. Some of
them are killed at a random moment. What the others saw is added up.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common import WRAPPER, compile_c

import damsession

HERE = Path(__file__).resolve().parent
LONGEST = 180  # seconds that one process may take
#: What a caller of FotoWare may see where processes are killed and answers lost: that one was, and
#: that it has cost the consent.
CUT = {"TRANSFER", "CONSENT"}


@dataclass
class Seen:
    """What callers saw, over all processes that lived to tell."""

    answered: int = 0
    processes: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)  # by system
    failures: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)  # processes, by what of CUT they saw
    records_damaged: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def add(self, language: str, told: dict[str, Any], may_be_cut: bool = False) -> bool:
        """Whether it saw only what it may."""
        failures = [name.removeprefix("DAM_ERR_") for name in told["failures"]]
        cut = CUT.intersection(failures) if may_be_cut else set()
        with self.guard:
            self.processes[language] += 1
            self.answered += told["answered"]
            self.records_damaged += told.get("records_damaged", 0)
            if told["others"]:
                self.failures["a response that was not 200"] += told["others"]
            self.cut.update(cut)
            self.failures.update(name for name in failures if name not in cut)
        return not told["others"] and cut >= set(failures)


def environment(options: dict[str, str]) -> dict[str, str]:
    """The options as the three of them read them."""
    return {
        **os.environ,
        **{f"DAMSESSION_{name.upper()}": value for name, value in options.items()},
    }


def compiled(folder: Path) -> Path:
    """worker.c as a program."""
    return Path(compile_c(folder / "worker", HERE / "worker.c", HERE / "application_store.c"))


class Player(threading.Thread):
    """Runs one process after the other."""

    def __init__(
        self,
        seed: int,
        program: Path,
        identities: list[tuple[dict[str, str], str]],
        kill_chance: float,
        seen: Seen,
    ) -> None:
        super().__init__()
        self._chance = random.Random(seed)
        self._program = program
        self._identities = identities
        self._kill_chance = kill_chance
        self._seen = seen
        self.stop = threading.Event()

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self._play()
            except (OSError, ValueError) as error:  # a broken stage is not a proof of anything
                with self._seen.guard:
                    self._seen.failures[f"the soak itself: {error}"] += 1

    def _play(self) -> None:
        chance = self._chance
        options, path = chance.choice(self._identities)
        language = chance.choice(["C", "C", "Python", "wrapper"])
        threads, rounds = str(chance.randrange(1, 7)), str(chance.randrange(5, 40))
        command = {
            "C": [str(self._program), threads, rounds, path],
            "Python": [sys.executable, str(HERE / "soak_worker.py"), threads, rounds, path],
            "wrapper": [WRAPPER, "get", "-", path],
        }[language]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(options),
        )
        doomed = chance.random() < self._kill_chance
        # Python takes a while to start; the others are in their first request soon.
        moment = chance.uniform(0.1, 0.5) if language == "Python" else chance.uniform(0.005, 0.1)
        try:
            out, err = process.communicate(timeout=moment if doomed else LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            with self._seen.guard:
                self._seen.kills[options["system"]] += 1
                if not doomed:
                    self._seen.failures[f"{language} did not end"] += 1
            return
        may_be_cut = options["system"] == "fotoware" and self._kill_chance > 0
        if not self._seen.add(language, self._told(language, process.returncode, out), may_be_cut):
            sys.stderr.write(err.decode("utf-8", "replace"))

    def _told(self, language: str, code: int, out: bytes) -> dict[str, Any]:
        if language != "wrapper" and code == 0:
            told: dict[str, Any] = json.loads(out)
            return told
        failures = [] if code == 0 else [_status(code) or f"{language} exit {code}"]
        return {"answered": int(code == 0), "others": 0, "failures": failures}


def _status(code: int) -> str:
    """The status that is the wrapper's exit code."""
    return next((one.name for one in damsession.Status if one == code), "")
