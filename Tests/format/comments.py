"""Keeps comments within their width: 120 columns in Swift and C. No formatter used here does that.

Usage: comments.py [--fix]. --fix wraps a paragraph from its first wide line to its end, also a
hanging one (`  Word    text`, `1. text`). In Python, whose widths ruff checks, it wraps comments
and docstrings at 100 columns, and moves a comment beside code to a line of its own if both are too
wide. Code and tables, which are set out by hand, are left alone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from marks import fix_blocks, fix_lines
from python_comments import fix_python

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = {".swift": 120, ".c": 120, ".h": 120, ".py": 100}
#: Where a comment begins, alone or beside code.
BEGINS = {".swift": r"(^|\s)//", ".c": r"(^|\s)/\*", ".h": r"(^|\s)/\*"}


def fixed(path: Path, text: str) -> str:
    width = WIDTHS[path.suffix]
    if path.suffix == ".py":
        return fix_python(text, width)
    fix = (
        fix_lines(text.split("\n"), "///?", width)
        if path.suffix == ".swift"
        else fix_blocks(text.split("\n"), width)
    )
    return "\n".join(fix)


def wide(path: Path, text: str) -> list[tuple[int, int]]:
    """Numbers and widths of the lines whose comments are too wide."""
    found = []
    is_inside = False
    for number, line in enumerate(text.split("\n") if path.suffix in BEGINS else [], 1):
        if len(line) > WIDTHS[path.suffix] and (is_inside or re.search(BEGINS[path.suffix], line)):
            found.append((number, len(line)))
        if path.suffix != ".swift":
            is_inside = (
                "*/" not in line.rpartition("/*")[2]
                if "/*" in line
                else is_inside and "*/" not in line
            )
    return found


def sources() -> Iterator[Path]:
    yield ROOT / "Package.swift"
    for folder in ("Sources", "Tests", "bindings", "include"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in WIDTHS and "build" not in path.parts[len(ROOT.parts) :]:
                yield path


def main(words: list[str]) -> int:
    found = 0
    for path in sources():
        text = path.read_text("utf-8")
        if words == ["--fix"] and (better := fixed(path, text)) != text:
            path.write_text(better, "utf-8")
            text = better
        for number, width in wide(path, text):
            found += 1
            print(f"{path.relative_to(ROOT)}:{number}: a comment of {width} columns")
    if found:
        print(f"{found} comments are too wide: run `make format`, and wrap by hand what it leaves")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
