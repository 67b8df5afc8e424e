"""Prints a page of the manual for a terminal, for `damsession help`: plain.py <PAGE.md.

Its lines fit into 80 columns, but for code. A link to another page is the command that shows that
page; one to a file has the file's place in the source tree. A table that does not fit becomes a
list: an entry for each row, which the first cell names. Headings keep their "#", by which sections
are found.
"""

from __future__ import annotations

import re
import sys
from textwrap import fill

WIDTH = 80
TOGETHER = 40  # no command that is shorter is parted.

SPAN = re.compile(
    r"(?P<code>`[^`]+`)|!\[(?P<picture>[^]]*)\]\((?P<source>[^)]*)\)"
    r"|\[(?P<link>(?:`[^`]*`|[^]`])*)\]\((?P<target>[^)]*)\)|\*\*(?P<strong>.+?)\*\*|\*(?P<stressed>[^*]+)\*"
)


def place(target: str) -> str:
    """Where a link leads to, from the root of the source tree; a page has a command."""
    if page := re.fullmatch(r"([a-z-]+)\.md(#.*)?", target):
        return f"`damsession help {page[1]}`"
    path, _, _ = target.partition("#")
    return path[6:] if path.startswith("../../") else "bindings/" + path[3:]


def link(text: str, target: str) -> str:
    to = place(target)
    if target.startswith("#") or text == to:
        return text
    if to == f"`damsession help {text}`":
        return to.replace(" ", "\0")
    return f"{text} ({to.replace(' ', chr(0))})"


def span(found: re.Match[str]) -> str:
    if code := found["code"]:
        return code.replace(" ", "\0") if len(code) <= TOGETHER else code
    if found["picture"]:
        return f"picture: {found['picture']} ({place(found['source'])})"
    if target := found["target"]:
        return link(plain(found["link"]), target)
    return plain(found["strong"] or found["stressed"])


def plain(text: str) -> str:
    return SPAN.sub(span, text)


def wrap(text: str, first: str = "", rest: str = "") -> str:
    return fill(
        plain(text), WIDTH, initial_indent=first, subsequent_indent=rest,
        break_long_words=False, break_on_hyphens=False,
    ).replace("\0", " ")  # fmt: skip


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def table(rows: list[str]) -> str:
    heads, _, *entries = map(cells, rows)
    shown = [[plain(cell).replace("\0", " ") for cell in row] for row in [heads, *entries]]
    widths = [max(map(len, column)) for column in zip(*shown)]
    if sum(widths) + 2 * (len(widths) - 1) > WIDTH:
        title = " / ".join(filter(None, heads))
        return "\n".join(
            filter(None, [title and f"{title}:\n", *(entry(heads, row) for row in entries)])
        )
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)) for row in shown]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def lines_of(heads: list[str], row: list[str]) -> tuple[str, str, str]:
    """A row as an entry of a list: what the first cell says; the cells after that with their heads,
    "" for none; the last, which has a line of its own, with its head where there are several.
    """
    name, *middle, last = row
    if middle:
        last = f"{heads[-1]}: {last}"
    told = "; ".join(f"{head}: {cell}" for head, cell in zip(heads[1:], middle) if cell)
    return name, told, last


def entry(heads: list[str], row: list[str]) -> str:
    name, told, last = lines_of(heads, row)
    lines = [wrap(name, rest="  "), told and wrap(told, "    ", "    "), wrap(last, "    ", "    ")]
    return "\n".join(filter(None, lines))


def block(lines: list[str]) -> str:
    """Lines without an empty one between them."""
    if lines[0].startswith("#"):
        return lines[0]
    if lines[0].startswith("|"):
        return table(lines)
    return "\n".join(map(item, re.split(r"\n(?=- |\d+\. )", "\n".join(lines))))


def item(text: str) -> str:
    """One of a list, or a paragraph."""
    mark = re.match(r"(?:- |\d+\. )?", text)
    return wrap(" ".join(text.split()), rest=" " * len(mark[0] if mark else ""))


def page(text: str) -> str:
    blocks: list[str] = []
    text = re.sub(r"^<!--.*-->\n", "", text, flags=re.M)
    for at, part in enumerate(re.split(r"^```.*\n", text, flags=re.M)):
        if at % 2:
            blocks.append(
                "".join(f"    {line}\n" if line else "\n" for line in part.splitlines()).rstrip(
                    "\n"
                )
            )
        else:
            blocks += (
                block(lines.splitlines()) for lines in re.split(r"\n\n+", part.strip("\n")) if lines
            )
    return "\n\n".join(blocks) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page(sys.stdin.read()))
