"""The endpoints of a system as one table, for routing and for README.md.

A path is written as in the documentation: `{id}` is any one segment, `I{id}` one that begins with
that letter, `{iptc,exif}` one of these words, and a part in brackets is optional. A path without
such parts wins over one with them. Where GET is allowed, HEAD is too. A source is written as that
of a knob is (`knob_kinds`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar, Union

Handler = TypeVar("Handler")
# The handler and the values of the braces; or the allowed methods; or None: no such path.
Found = Union[tuple[Handler, tuple[str, ...]], str, None]

ANY = "any"

_BRACES = re.compile(r"([A-Z]?)\{([^}]*)\}|([][])")


@dataclass(frozen=True)
class Endpoint(Generic[Handler]):
    """One row: the methods as in an Allow header, the path, the handler, what it is, and its
    source.
    """

    methods: str
    path: str
    handler: Handler
    help: str
    source: str

    def allows(self, method: str) -> bool:
        if self.methods == ANY:
            return True
        return ("GET" if method == "HEAD" else method) in self.methods.split(", ")


class Endpoints(Generic[Handler]):
    """The table of one system. It is searched by path and method."""

    def __init__(self, rows: Iterable[Endpoint[Handler]]) -> None:
        self.rows = tuple(rows)
        self._plain: dict[str, list[Endpoint[Handler]]] = {}
        self._patterns: list[tuple[re.Pattern[str], Endpoint[Handler]]] = []
        for row in self.rows:
            if _BRACES.search(row.path):
                self._patterns.append((_pattern(row.path), row))
            else:
                self._plain.setdefault(row.path, []).append(row)

    def find(self, method: str, path: str) -> Found[Handler]:
        allowed: dict[str, None] = {}
        for row in self._plain.get(path, ()):
            if row.allows(method):
                return row.handler, ()
            allowed |= dict.fromkeys(row.methods.split(", "))
        if allowed:
            return ", ".join(allowed)
        for pattern, row in self._patterns:
            match = pattern.fullmatch(path)
            if match is not None:
                if row.allows(method):
                    return row.handler, tuple(text for text in match.groups() if text is not None)
                allowed |= dict.fromkeys(row.methods.split(", "))
        return ", ".join(allowed) or None

    def help(self, path: str) -> str:
        """The help text of the first endpoint with that path, or an empty text."""
        for row in self._plain.get(path, ()):
            return row.help
        for pattern, row in self._patterns:
            if pattern.fullmatch(path):
                return row.help
        return ""


def _pattern(path: str) -> re.Pattern[str]:
    pattern, done = "", 0
    for braces in _BRACES.finditer(path):
        pattern += re.escape(path[done : braces.start()])
        letter, words, bracket = braces.groups()
        if bracket:
            pattern += "(?:" if bracket == "[" else ")?"
        elif "," in words:
            pattern += f"({'|'.join(map(re.escape, words.split(',')))})"
        else:
            pattern += f"({letter}[^/]+)"
        done = braces.end()
    return re.compile(pattern + re.escape(path[done:]))
