"""Starts workers, gives all of them an order at once, and collects what they report.

A worker is a process of its own (worker.py). A worker that does not reply in time is an error,
because these tests also look for deadlocks.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("worker.py")
LONGEST = 60.0


class Worker:
    """One process. `tell` gives an order, `hear` waits for its outcome."""

    def __init__(
        self,
        options: dict[str, Any],
        environment: dict[str, str] | None = None,
        before: Callable[[], None] | None = None,
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            preexec_fn=before,
            bufsize=0,
        )
        self._buffer = b""
        self.tell(options)

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")

    def hear(self, seconds: float = LONGEST) -> dict[str, Any]:
        assert self._process.stdout is not None
        while b"\n" not in self._buffer:
            readable, _, _ = select.select([self._process.stdout], [], [], seconds)
            if not readable:
                raise TimeoutError(f"worker {self.pid} does not answer")
            chunk = os.read(self._process.stdout.fileno(), 1 << 20)
            if not chunk:
                raise EOFError(f"worker {self.pid} ended with {self._process.wait()}")
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        outcome: dict[str, Any] = json.loads(line)
        return outcome

    def do(
        self, name: str, *args: Any, threads: int = 1, rounds: int = 1, **options: Any
    ) -> dict[str, Any]:
        """One order and its outcome."""
        self.tell(order(name, *args, threads=threads, rounds=rounds, **options))
        return self.hear()

    def kill(self) -> None:
        """SIGKILL, and the end of the process."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        with self._process:  # closes its pipes, and waits for it
            self._process.kill()


def order(
    name: str, *args: Any, threads: int = 1, rounds: int = 1, **options: Any
) -> dict[str, Any]:
    return {"name": name, "args": args, "threads": threads, "rounds": rounds, "options": options}


class Crew:
    """Workers that do the same. Each answered its opening before the first order goes out."""

    def __init__(self, count: int, options: dict[str, Any], **extra: Any) -> None:
        self.workers: list[Worker] = []
        try:
            for _ in range(count):
                self.workers.append(Worker(options, **extra))
            for worker in self.workers:
                worker.hear()
        except BaseException:
            self.close()
            raise

    def do(
        self, name: str, *args: Any, threads: int = 1, rounds: int = 1, **options: Any
    ) -> Outcome:
        """Gives all of them one order, and gathers the outcomes."""
        self.tell(name, *args, threads=threads, rounds=rounds, **options)
        return self.hear()

    def tell(
        self, name: str, *args: Any, threads: int = 1, rounds: int = 1, **options: Any
    ) -> None:
        for worker in self.workers:
            worker.tell(order(name, *args, threads=threads, rounds=rounds, **options))

    def hear(self) -> Outcome:
        return Outcome([worker.hear() for worker in self.workers])

    def total(self, counter: str) -> int:
        """One counter of the statistics, added up over all processes."""
        return sum(worker.do("look")["statistics"][counter] for worker in self.workers)

    def lines(self) -> list[tuple[float, str, str, int]]:
        """The log lines of all of them in order of time, each with the number of its worker."""
        kept = [
            (time, level, text, number)
            for number, worker in enumerate(self.workers)
            for time, level, text in worker.do("look")["log"]
        ]
        return sorted(kept)

    def close(self) -> None:
        for worker in self.workers:
            worker.close()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Outcome:
    """What all workers saw."""

    def __init__(self, parts: list[dict[str, Any]]) -> None:
        self.values = [value for part in parts for value in part["values"]]
        self.errors = [error for part in parts for error in part["errors"]]
        self.slowest = max(part["slowest"] for part in parts)

    def all_answered(self, count: int, status: int = 200) -> bool:
        """Whether so many requests were made and each was answered with `status`."""
        assert not self.errors, self.errors[:3]
        return [value["status"] for value in self.values] == [status] * count
