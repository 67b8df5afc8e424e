"""The log of the requests that the servers received.

It keeps passwords, cookies and tokens exactly as they came, because tests must be able to check
what was sent. Do not point a program at the sandbox with a secret that matters.

An entry is written just before its response is sent: a client that has a response finds its request
here. When there are `limit` entries, a new one replaces the oldest. Entries hold raw text and are
parsed only when they are read, because a stress test writes far more of them than it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

Pairs = Sequence[tuple[str, str]]


class Entry:
    """One request and its outcome."""

    __slots__ = (
        "sequence", "arrival", "time", "system", "secure", "method", "target", "headers",
        "form", "status", "verdict", "user", "flags", "set_cookies", "peer_port",
    )  # fmt: skip

    sequence: int
    arrival: int
    time: float
    system: str
    secure: bool
    method: str
    target: str
    headers: bytes
    form: Pairs
    status: int
    verdict: str
    user: str
    flags: Sequence[str]
    set_cookies: Sequence[str]
    peer_port: int

    def described(self) -> dict[str, Any]:
        """The entry as JSON shows it."""
        path, _, query = self.target.partition("?")
        return {
            "sequence": self.sequence,
            "arrival": self.arrival,
            "time": self.time,
            "system": self.system,
            "secure": self.secure,
            "method": self.method,
            "path": path,
            "query_string": query,
            "query": _grouped(parse_qsl(query, keep_blank_values=True)),
            "headers": _header_list(self.headers),
            "form": _grouped(self.form),
            "status": self.status,
            "verdict": self.verdict,
            "user": self.user,
            "flags": list(self.flags),
            "set_cookies": list(self.set_cookies),
            "peer_port": self.peer_port,
        }


class Journal:
    """A bounded list of entries, numbered from 1."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        #: How often it was cleared.
        self.era = -1
        self.clear()

    def clear(self) -> None:
        self.era += 1
        self._ring: list[Entry] = []
        self._written = 0
        self._arrived = 0

    def arrive(self) -> int:
        """The number of a request in order of arrival, which the order of entries does not tell."""
        self._arrived += 1
        return self._arrived

    def write(self, entry: Entry) -> None:
        slot = self._written % self._limit
        if slot == len(self._ring):
            self._ring.append(entry)
        else:
            self._ring[slot] = entry
        self._written += 1
        entry.sequence = self._written

    @property
    def written(self) -> int:
        """The number of the last entry."""
        return self._written

    def entries(self, sequence: int) -> list[Entry]:
        """The entries with numbers above `sequence` that are still kept."""
        first = max(sequence, self._written - len(self._ring), 0)
        return [self._ring[number % self._limit] for number in range(first, self._written)]

    def since(self, sequence: int) -> list[dict[str, Any]]:
        """`entries`, as JSON shows them."""
        return [entry.described() for entry in self.entries(sequence)]

    def described(self) -> dict[str, int]:
        return {
            "arrived": self._arrived,
            "written": self._written,
            "kept": len(self._ring),
            "limit": self._limit,
        }


def _grouped(pairs: Pairs) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def _header_list(raw: bytes) -> list[list[str]]:
    # UTF-8 first, so that a test can compare what it sent; else Latin-1, which any bytes are.
    if not raw:
        return []
    try:
        parts = raw.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        parts = raw.decode("latin-1").split("\n")
    return [[parts[at], parts[at + 1]] for at in range(0, len(parts), 2)]
