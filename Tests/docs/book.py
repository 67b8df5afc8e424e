"""The documentation as the tests see it: README.md and the pages, with their blocks and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
README = ROOT / "README.md"
PAGES = sorted((ROOT / "bindings" / "pages").glob("*.md"))
EXAMPLES = ROOT / "bindings" / "examples"

_FENCE = re.compile(
    r"^(?:<!-- (?P<note>[^\n]*) -->\n)?```(?P<language>\w+)\n(?P<code>.*?)^```$", re.M | re.S
)
_LINK = re.compile(r"\]\(((?!https?:)[^)]+)\)")


class Block(NamedTuple):
    """A piece of code. `note`: what the comment before it says, such as `file: NAME`."""

    page: Path
    language: str
    note: str
    code: str


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks() -> Iterator[Block]:
    for page in (README, *PAGES):
        for found in _FENCE.finditer(text(page)):
            yield Block(page, found["language"], found["note"] or "", found["code"])


def prose(page: Path) -> str:
    """The page without its code."""
    return _FENCE.sub("", text(page))


def links(page: Path) -> set[str]:
    """Those within the tree."""
    return set(_LINK.findall(prose(page)))


def between(page: Path, begin: str, end: str) -> str:
    """What stands between two marks; "" without them."""
    _, _, rest = text(page).partition(f"<!-- {begin} -->\n")
    return rest.partition(f"\n<!-- {end} -->")[0]


def headings(page: Path) -> list[str]:
    return re.findall(r"^#+ (.*)", prose(page), re.M)


def anchors(page: Path) -> list[str]:
    """Its headings as links name them."""
    return [re.sub(r"[^\w-]", "", title.lower().replace(" ", "-")) for title in headings(page)]
