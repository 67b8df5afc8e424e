"""The queue of faults. A test queues a fault; requests use it up.

A fault applies to the requests of one system or of all, whose path contains a given text, at one
stage of a session's life or at all. What the faults do is in `fault_kinds`. Unknown names and
values are refused with a reason.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .exchange import STAGES
from .fault_kinds import DELAY, EXPIRE, TABLE, Arguments, FaultKind

__all__ = ["DELAY", "EXPIRE", "TABLE", "Fault", "FaultError", "FaultQueue"]

SYSTEMS = ("photoshelter", "fotoweb", "fotoware")


class FaultError(ValueError):
    """A fault, argument or value is unknown. The text says which are allowed."""


@dataclass
class Fault:
    """A queued fault. `left` is how many more requests it applies to; 0: to all, until a reset."""

    kind: FaultKind
    arguments: Arguments
    match: str
    system: str
    stage: str
    left: int

    def fits(self, system: str, path: str, stages: Sequence[str]) -> bool:
        return self.match in path and self.system in ("", system) and self.stage in ("", *stages)

    def described(self) -> dict[str, Any]:
        return {
            "fault": self.kind.name,
            "left": self.left,
            "match": self.match,
            "system": self.system,
            "stage": self.stage,
            **self.arguments,
        }


class FaultQueue:
    """The queued faults. The oldest one that fits a request applies to it."""

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

    def take(self, system: str, path: str, stages: Sequence[str]) -> Fault | None:
        """The first fault that fits the request. Its count goes down by one."""
        for at, fault in enumerate(self._queue):
            if fault.fits(system, path, stages):
                if fault.left == 1:
                    del self._queue[at]
                elif fault.left:
                    fault.left -= 1
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
    if not _is_a(count, 1) or count < 0:
        raise FaultError("count: a whole number is needed; 0: until a reset")
    match = wanted.pop("match", None) or ""
    system = wanted.pop("system", None) or ""
    stage = wanted.pop("stage", None) or ""
    if not isinstance(match, str):
        raise FaultError("match: a part of a path is needed")
    if system not in ("", *SYSTEMS):
        raise FaultError(f"system: one of {', '.join(SYSTEMS)}")
    if stage not in ("", *STAGES):
        raise FaultError(f"stage: one of {', '.join(STAGES)}")
    arguments = dict(kind.arguments)
    for key, value in wanted.items():
        if key not in arguments:
            allowed = ", ".join(arguments) or "none"
            raise FaultError(f"{key}: {kind.name} has no such argument; allowed: {allowed}")
        if not _is_a(value, arguments[key]):
            expected = type(arguments[key]).__name__
            raise FaultError(f"{key}: a value of type {expected} is needed")
        arguments[key] = value
    _check_values(arguments)
    return Fault(kind, arguments, match, system, stage, count)


def _is_a(value: object, example: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(example, float):
        return isinstance(value, (int, float))
    return isinstance(value, type(example))


def _check_values(arguments: Arguments) -> None:
    for key, value in arguments.items():
        if isinstance(value, (int, float)) and not 0 <= value <= 100_000_000:
            raise FaultError(f"{key}: {value} is out of range")
    status = arguments.get("status", 200)
    if not 200 <= status <= 599:
        raise FaultError("status: 200 to 599")
    headers = arguments.get("headers", [])
    if isinstance(headers, dict):
        for name, value in headers.items():
            if not isinstance(value, str) or not (name + value).isprintable():
                raise FaultError(f"headers: {name!r} needs a printable text")
    elif not all(_is_header(pair) for pair in headers):
        raise FaultError("headers: pairs of texts are needed, in Latin-1 and without line breaks")
    encoded = arguments.get("base64", "")
    try:
        # Python 3.9 takes "==" for no bytes at all.
        if encoded and not b64decode(encoded, validate=True):
            raise ValueError
    except (binascii.Error, ValueError):
        raise FaultError("base64: the body's bytes in base64 are needed") from None


def _is_header(pair: object) -> bool:
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    return all(
        isinstance(text, str) and max(text, default="") <= "\xff" and not set("\r\n\0") & set(text)
        for text in pair
    )
