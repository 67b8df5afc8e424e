"""Stored records as text: read, changed and damaged from outside, the way another program (or a bad
disk) would.

Written from the form of a record: a line `damsession-record FORMAT REVISION LENGTH SHA256`, then
one JSON document; the checksum is over the line before it and the document.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

MAGIC = "damsession-record"


def packed(document: dict[str, Any], revision: int, form: int = 1) -> bytes:
    """The bytes of a record."""
    text = json.dumps(document).encode()
    line = f"{MAGIC} {form} {revision} {len(text)} ".encode()
    return line + hashlib.sha256(line + text).hexdigest().encode() + b"\n" + text


def unpacked(data: bytes) -> tuple[dict[str, Any], int]:
    """Document and revision; an AssertionError where it is damaged."""
    line, _, text = data.partition(b"\n")
    magic, _, revision, length, checksum = line.decode().split(" ")
    sealed = line[: -len(checksum)] + text
    assert (
        magic == MAGIC
        and len(text) == int(length)
        and hashlib.sha256(sealed).hexdigest() == checksum
    )
    document: dict[str, Any] = json.loads(text)
    return document, int(revision)


def session(folder: Path) -> Path:
    """The one session record in a folder."""
    (found,) = [
        path for path in folder.glob("*.record") if "generation" in unpacked(path.read_bytes())[0]
    ]
    return found


def account(folder: Path) -> Path:
    """The one account record in a folder."""
    (found,) = [
        path for path in folder.glob("*.record") if "tokens" in unpacked(path.read_bytes())[0]
    ]
    return found


def read(path: Path) -> dict[str, Any]:
    return unpacked(path.read_bytes())[0]


def replace(path: Path, data: bytes) -> None:
    """As the library does: never half a record."""
    fresh = path.with_suffix(".fresh")
    fresh.touch(mode=0o600)
    fresh.write_bytes(data)
    os.rename(fresh, path)


def change(path: Path, **members: Any) -> None:
    """Sets members of a record."""
    document, revision = unpacked(path.read_bytes())
    replace(path, packed({**document, **members}, revision + 1))
