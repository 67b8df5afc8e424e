"""A process that forks while its own threads are in the middle of requests: the worst case of a
pre-forking server.

Standard input has the session's options as one line of JSON, and then the plan as another. Standard
output has what parent and children saw. Each request sends the number of its process in `X-Pid`, so
that the server's log tells whose connection it used. A child that does not end in time is killed
and counted as hung. test_fork.py starts this program.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
from typing import Any

import damsession

LONGEST = 15  # seconds that all children together may take


def requests(
    session: damsession.Session, path: str, rounds: int, stop: threading.Event
) -> dict[str, Any]:
    """Sends requests until `stop` or `rounds`; how many were answered, and what went wrong."""
    answered = 0
    errors: list[str] = []
    headers = {"X-Pid": str(os.getpid())}
    while not stop.is_set() and (rounds == 0 or answered + len(errors) < rounds):
        try:
            answered += session.get(path, headers=headers).status == 200
        except damsession.DamError as error:
            errors.append(f"{type(error).__name__}: {error}")
    return {"answered": answered, "errors": errors}


def in_threads(
    session: damsession.Session, path: str, threads: int, rounds: int
) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    never = threading.Event()
    crew = [
        threading.Thread(target=lambda: results.append(requests(session, path, rounds, never)))
        for _ in range(threads)
    ]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return results


def fork_child(session: damsession.Session, plan: dict[str, Any]) -> tuple[int, int]:
    """A child that uses the parent's session; its pid, and the pipe that will hold its results."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        if plan.get("child_sleeps"):
            signal.pause()
        results = in_threads(session, plan["path"], plan["child_threads"], plan["child_rounds"])
        told = {
            "results": results,
            "logins": session.statistics.logins,
            "requests": session.statistics.requests,
        }
        os.write(writing, json.dumps(told).encode())
        os._exit(0)
    os.close(writing)
    return pid, reading


def outcome(pid: int, reading: int, deadline: float) -> Any:
    """What a child told; None if it hung or died."""
    readable, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
    if not readable:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    data = os.read(reading, 1 << 20) if readable else b""
    os.close(reading)
    return json.loads(data) if data else None


def main() -> None:
    options, plan = json.loads(sys.stdin.readline()), json.loads(sys.stdin.readline())
    session = damsession.open(**options)
    stop = threading.Event()
    own: list[dict[str, Any]] = []
    crew = [
        threading.Thread(target=lambda: own.append(requests(session, plan["path"], 0, stop)))
        for _ in range(plan["threads"])
    ]
    for thread in crew:
        thread.start()
    if plan.get("prints_before_fork"):
        print("running", flush=True)
        sys.stdin.readline()
    children = [fork_child(session, plan) for _ in range(plan["children"])]
    if plan.get("prints_before_fork"):
        print(json.dumps([pid for pid, _ in children]), flush=True)
        sys.stdin.readline()
    deadline = time.monotonic() + LONGEST
    told = [outcome(pid, reading, deadline) for pid, reading in children]
    stop.set()
    for thread in crew:
        thread.join()
    print(
        json.dumps({"children": told, "own": own, "logins": session.statistics.logins}), flush=True
    )


if __name__ == "__main__":
    main()
