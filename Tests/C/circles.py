"""Finds Swift files of one target that depend on each other in a circle: none of them can be
understood, moved or tested first.

Usage: circles.py FOLDER... A file depends on another if it names a type that is declared there. A
nested type counts as the outermost one around it, and an extension belongs to the file that it is
in. Private types do not count.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

TYPE = re.compile(
    r"^((?:@?\w+(?:\(\w+\))? )*)(?:class|struct|enum|protocol|actor|typealias) (\w+)", re.MULTILINE
)
COMMENT = re.compile(r"//[^\n]*")
#: What stands in a text is no name, unless it is interpolated.
TEXT = re.compile(r'"(?:\\.|[^"\\\n])*"')
NAME = re.compile(r"\b[A-Z]\w*")

Graph = dict[str, set[str]]


def code(path: Path) -> str:
    return COMMENT.sub(
        "",
        TEXT.sub(
            lambda text: " ".join(re.findall(r"\\\(([^)]*)", text[0])), path.read_text("utf-8")
        ),
    )


def graph(folder: Path) -> Graph:
    """For each file those that it stands on."""
    texts = {path.name: code(path) for path in sorted(folder.glob("*.swift"))}
    homes = {
        type_name: file
        for file, text in texts.items()
        for modifiers, type_name in TYPE.findall(text)
        if "private" not in modifiers
    }
    return {
        file: {homes[name] for name in NAME.findall(text) if name in homes} - {file}
        for file, text in texts.items()
    }


def reached(found: Graph, start: str) -> set[str]:
    """All that a file stands on, near or far."""
    seen: set[str] = set()
    left = [start]
    while left:
        for file in found[left.pop()] - seen:
            seen.add(file)
            left.append(file)
    return seen


def main(folders: list[str]) -> int:
    circles = 0
    for folder in folders:
        found = graph(Path(folder))
        if not found:
            sys.exit(f"{folder} holds no Swift files")
        below = {file: reached(found, file) for file in found}
        for file in found:
            circle = sorted(other for other in found[file] if file in below[other])
            if circle:
                circles += 1
                print(f"{folder}/{file} stands on {', '.join(circle)}, and they on it")
    return 1 if circles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
