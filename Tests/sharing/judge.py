"""Checks a folder store from outside, at any moment: records are whole, files are private, and no
record is older than one seen before.

It remembers what it saw last for each key, so one judge serves a store as long as that lives. It
does not use the library.
"""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path
from typing import Any

import records


class Judge:
    """`look` raises AssertionError for whatever must not be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest: dict[str, tuple[int, int]] = {}

    @property
    def generation(self) -> int:
        """The highest that was seen."""
        return max((generation for generation, _ in self._newest.values()), default=0)

    def look(self) -> None:
        assert stat.S_IMODE(self._folder.stat().st_mode) == 0o700
        names = sorted(self._folder.iterdir())
        for path in names:
            assert path.suffix in (".record", ".lock", ".tmp"), path.name  # and none is .damaged
            with contextlib.suppress(FileNotFoundError):  # a sibling's save has just ended
                mode = stat.S_IMODE(path.stat().st_mode)
                assert mode == 0o600, (path.name, oct(mode))
        keys = {path.stem for path in names}
        assert len(names) <= 3 * len(keys)
        for key in keys:
            with contextlib.suppress(FileNotFoundError):
                # Its lock was made, but it was not saved yet.
                self._judge(key, whole(self._folder / f"{key}.record"))

    def _judge(self, key: str, data: bytes) -> None:
        document, _ = records.unpacked(data)
        if "generation" not in document:
            return
        now = (int(document["generation"]), _stamp(document["secret"]))
        seen = self._newest.get(key, (0, 0))
        assert now >= seen, f"{key} went back from {seen} to {now}"
        self._newest[key] = now


def whole(path: Path) -> bytes:
    """A record as the library reads it: what is a mixture of two was read while somebody saved
    twice, and is another one the next time. Damage stays the same.
    """
    last = None
    while True:
        data = path.read_bytes()
        with contextlib.suppress(AssertionError, ValueError):
            records.unpacked(data)
            return data
        if data == last:
            return data
        last = data


def _stamp(secret: Any) -> int:
    """How new a secret is within its generation. One that was given up or logged out (None) is
    the last of it.
    """
    if secret is None:
        return 1 << 64
    return max((int(cookie["stamp"]) for cookie in secret["cookies"]), default=0)
