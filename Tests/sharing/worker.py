"""A process that uses one session and reports what it saw: the workers of all tests here.

Each line of standard input is one order as JSON, each line of standard output its outcome. The
first order has the options of the session. A later one has a method, its arguments, the number of
threads and how often each calls it. The test judges. crew.py starts this program.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from typing import Any

import places

import damsession


class Lines(logging.Handler):
    """Keeps log lines, with the clock that all processes of a machine share."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[float, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append((time.monotonic(), record.levelname, record.getMessage()))


def plain(value: Any) -> Any:
    """What a method returned, as JSON has it."""
    if isinstance(value, damsession.Response):
        return {
            "status": value.status,
            "generation": value.generation,
            "replays": value.replays,
            "who": who(value),
        }
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(one) for name, one in value._asdict().items()}
    return value if isinstance(value, (str, int, float, bool, dict, type(None))) else str(value)


def who(response: damsession.Response) -> Any:
    """As whom the server answered, where it says so."""
    if not response.headers.get("content-type", "").startswith("application/json"):
        return None
    data = response.json().get("data")
    said = data.get("Session") if isinstance(data, dict) else None
    return [said["user"], said["organization"]] if said else None


def look(session: damsession.Session, lines: Lines) -> dict[str, Any]:
    """All that can be known without asking a server."""
    return {
        "state": plain(session.state),
        "statistics": plain(session.statistics),
        "log": lines.kept,
    }


def carry_out(session: damsession.Session, order: dict[str, Any]) -> dict[str, Any]:
    values: list[Any] = []
    errors: list[list[str]] = []
    slowest = 0.0

    def work() -> None:
        nonlocal slowest
        for _ in range(order.get("rounds", 1)):
            began = time.monotonic()
            try:
                found = getattr(session, order["name"])  # a method, or a property's value
                if callable(found):
                    found = found(*order.get("args", ()), **order.get("options", {}))
                values.append(plain(found))
            except damsession.DamError as error:
                errors.append([type(error).__name__, str(error)])
            slowest = max(slowest, time.monotonic() - began)

    threads = [threading.Thread(target=work) for _ in range(order.get("threads", 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"values": values, "errors": errors, "slowest": slowest}


def main() -> None:
    lines = Lines()
    logger = logging.Logger("worker")
    logger.addHandler(lines)
    options = json.loads(sys.stdin.readline())
    options["store"] = places.store(options["store"])
    with places.opened(log=logger, **options) as session:
        print("{}", flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            outcome = look(session, lines) if order["name"] == "look" else carry_out(session, order)
            print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main()
