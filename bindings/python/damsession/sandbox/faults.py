"""Faults on demand: queued by a test, each used up by the requests it meets.

A fault strikes either before a request is handled (the server never sees it)
or after (the server did the work, the client does not learn the outcome). The
difference matters to every client that rotates cookies. A fault's name and
arguments come from one table; anything else is refused with a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from .exchange import HTML, JSON, TEXT, Answer

BEFORE = "before"
AFTER = "after"
DELAY = "delay"

SYSTEMS = ("", "photoshelter", "fotoweb")


class FaultError(ValueError):
    """An unknown fault, argument or value; the text says which are allowed."""


Arguments = dict[str, Any]


@dataclass(frozen=True)
class FaultKind:
    """One row of the table. The defaults also say which arguments there are."""

    name: str
    stage: str
    help: str
    arguments: Mapping[str, Any]
    before: Callable[[Arguments], Answer] | None = None
    after: Callable[[Arguments, Answer], None] | None = None


@dataclass
class Fault:
    """A queued fault and how many more requests it will strike."""

    kind: FaultKind
    arguments: Arguments
    match: str
    system: str
    left: int

    def described(self) -> dict[str, Any]:
        return {
            "fault": self.kind.name,
            "left": self.left,
            "match": self.match,
            "system": self.system,
            **self.arguments,
        }


class FaultQueue:
    """Faults waiting for a request that fits, the oldest first."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._queue)

    def clear(self) -> None:
        self._queue.clear()

    def add(self, wanted: Mapping[str, Any]) -> Fault:
        fault = _checked(dict(wanted))
        self._queue.append(fault)
        return fault

    def take(self, system: str, path: str) -> Fault | None:
        """The first fault that fits the request, counted down."""
        for at, fault in enumerate(self._queue):
            if fault.match in path and fault.system in ("", system):
                fault.left -= 1
                if fault.left == 0:
                    del self._queue[at]
                return fault
        return None

    def described(self) -> list[dict[str, Any]]:
        return [fault.described() for fault in self._queue]


def _checked(wanted: dict[str, Any]) -> Fault:
    name = wanted.pop("fault", None)
    kind = TABLE.get(name) if isinstance(name, str) else None
    if kind is None:
        raise FaultError(f"fault: {name!r} is unknown; faults: {', '.join(TABLE)}")
    count = wanted.pop("count", 1)
    if not _is_a(count, 1) or count < 1:
        raise FaultError("count: a whole number from 1 is needed")
    match = wanted.pop("match", None) or ""
    system = wanted.pop("system", None) or ""
    if not isinstance(match, str):
        raise FaultError("match: a part of a path is needed")
    if system not in SYSTEMS:
        raise FaultError("system: photoshelter or fotoweb")
    arguments = dict(kind.arguments)
    for key, value in wanted.items():
        if key not in arguments:
            allowed = ", ".join(arguments) or "none"
            raise FaultError(f"{key}: {kind.name} has no such argument; allowed: {allowed}")
        if not _is_a(value, arguments[key]):
            expected = type(arguments[key]).__name__
            raise FaultError(f"{key}: a value of type {expected} is needed")
        arguments[key] = value
    _check_numbers(arguments)
    return Fault(kind, arguments, match, system, count)


def _is_a(value: object, example: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(example, float):
        return isinstance(value, (int, float))
    return isinstance(value, type(example))


def _check_numbers(arguments: Arguments) -> None:
    for key, value in arguments.items():
        if isinstance(value, (int, float)) and not 0 <= value <= 100_000_000:
            raise FaultError(f"{key}: {value} is out of range")
    status = arguments.get("status", 200)
    if not 200 <= status <= 599:
        raise FaultError("status: 200 to 599")
    for name, value in arguments.get("headers", {}).items():
        if not isinstance(value, str) or not (name + value).isprintable():
            raise FaultError(f"headers: {name!r} needs a printable text")


def _reset(arguments: Arguments) -> Answer:
    return Answer(0, delivery="reset")


def _garbage(arguments: Arguments) -> Answer:
    text: str = arguments["text"]
    return Answer(0, text.encode("utf-8"), delivery="garbage")


def _status(arguments: Arguments) -> Answer:
    body: str = arguments["body"]
    headers = dict(arguments["headers"])
    kind = headers.pop("Content-Type", TEXT)
    return Answer(arguments["status"], body.encode("utf-8"), kind, list(headers.items()))


def _retry_after(arguments: Arguments) -> Answer:
    headers = [("Retry-After", str(arguments["seconds"]))]
    return Answer(arguments["status"], b"Try again later\n", TEXT, headers)


def _truncate(arguments: Arguments, answer: Answer) -> None:
    answer.delivery = "truncate"


def _drop(arguments: Arguments, answer: Answer) -> None:
    answer.delivery = "reset"


def _empty_body(arguments: Arguments, answer: Answer) -> None:
    answer.body = b""
    answer.stream = None


def _huge_header(arguments: Arguments, answer: Answer) -> None:
    answer.headers.append(("X-Sandbox-Huge", "x" * arguments["size"]))


def _cookie_bomb(arguments: Arguments, answer: Answer) -> None:
    for number in range(arguments["lines"]):
        answer.headers.append(("Set-Cookie", f"bomb{number}={'b' * arguments['size']}; path=/"))


def _invalid_utf8(arguments: Arguments, answer: Answer) -> None:
    answer.stream = None
    html = ("Content-Type", HTML) in answer.headers
    answer.body = b"<html>\xff\xfe\xc3</html>" if html else b'{"status":"ok","data":"\xff\xfe\xc3"}'


TABLE: dict[str, FaultKind] = {
    kind.name: kind
    for kind in (
        FaultKind("reset", BEFORE, "TCP reset before any answer", {}, before=_reset),
        FaultKind(
            "garbage",
            BEFORE,
            "bytes that are not HTTP, then the end",
            {"text": "\x00\x01 this is not HTTP\r\n\r\n"},
            before=_garbage,
        ),
        FaultKind(
            "status",
            BEFORE,
            "any status, headers and body",
            {"status": 500, "headers": {"Content-Type": JSON}, "body": ""},
            before=_status,
        ),
        FaultKind(
            "retry-after",
            BEFORE,
            "a Retry-After answer",
            {"status": 503, "seconds": 1},
            before=_retry_after,
        ),
        FaultKind(DELAY, BEFORE, "waits before it handles the request", {"seconds": 1.0}),
        FaultKind("truncate", AFTER, "declares the length, closes half-way", {}, after=_truncate),
        FaultKind(
            "drop-after-processing",
            AFTER,
            "does the work, rotation included, then resets without an answer",
            {},
            after=_drop,
        ),
        FaultKind("empty-body", AFTER, "the real head, no body", {}, after=_empty_body),
        FaultKind(
            "huge-header", AFTER, "one very long header more", {"size": 102_400}, after=_huge_header
        ),
        FaultKind(
            "cookie-bomb",
            AFTER,
            "many Set-Cookie lines more",
            {"lines": 200, "size": 40},
            after=_cookie_bomb,
        ),
        FaultKind("invalid-utf8", AFTER, "a body that is not UTF-8", {}, after=_invalid_utf8),
    )
}
