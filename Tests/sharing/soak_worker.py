"""A Python program that uses one session with many threads and prints what it saw: worker.c in
another language.

    soak_worker.py THREADS ROUNDS PATH      options come from the environment

It prints one line of JSON.
"""

from __future__ import annotations

import json
import sys
import threading

import damsession


def main(threads: int, rounds: int, path: str) -> None:
    failures: list[str] = []
    statuses: list[int] = []

    def work() -> None:
        for _ in range(rounds):
            try:
                statuses.append(session.get(path).status)
            except damsession.DamError as error:
                failures.append(damsession.Status(error.status).name)
                print(f"{type(error).__name__}: {error}", file=sys.stderr)

    with damsession.open() as session:
        crew = [threading.Thread(target=work) for _ in range(threads)]
        for thread in crew:
            thread.start()
        for thread in crew:
            thread.join()
        counted = session.statistics
    answered = statuses.count(200)
    told = {"answered": answered, "others": len(statuses) - answered, "failures": failures}
    told |= {"logins": counted.logins, "records_damaged": counted.records_damaged}
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
