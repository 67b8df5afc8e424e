"""Writes the manual page of every function, made of the header as damsession(3) is.

    functions.py HEADER DATE FOLDER

A page has the declaration and its comment, the types that these name and that are not everywhere,
and names the functions that it mentions, that mention it, or that belong to it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from manual import beginning_of_page, code, declarations, fold, prose

EVERYWHERE = {"dam_error", "dam_status"}
MOST = 6  # functions of one family; of a larger one, a page names those that make and end it.
ENDS = ("_new", "_open", "_free")


class Part(NamedTuple):
    """A declaration with its comment."""

    comment: str
    lines: str

    @property
    def names(self) -> set[str]:
        return set(re.findall(r"\bdam_\w+", self.comment + self.lines))

    @property
    def shown(self) -> str:
        return f".EX\n{code(fold(self.lines))}\n.EE\n"


def parts(header: str) -> tuple[dict[str, Part], dict[str, Part]]:
    """The functions and the types, by their names."""
    functions: dict[str, Part] = {}
    types: dict[str, Part] = {}
    for comment, lines in declarations(header):
        if function := re.match(r"\w[\w ]*[ *](dam_\w+)\(", lines):
            functions[function[1]] = Part(comment, lines)
        elif kind := re.search(r"^\} (dam_\w+);|\(\*(dam_\w+)\)", lines, re.M):
            types[kind[1] or kind[2]] = Part(comment, lines)
    return functions, types


def family(name: str) -> str:
    return name.split("_")[1]


def relatives(name: str, about: set[str], functions: dict[str, Part]) -> list[str]:
    """`about`: what its page names."""
    near = [other for other in functions if family(other) == family(name)]
    if len(near) > MOST:
        near = [other for other in near if other.endswith(ENDS)]
    near += [other for other, part in functions.items() if other in about or name in part.names]
    return sorted({*near} - {name})


def brief(comment: str) -> str:
    """The first sentence, up to what it explains, without asides."""
    words = re.sub(
        r" \((?:[^()]|\(\))*\)", "", " ".join(re.sub(r"^ \* ?", "", comment, flags=re.M).split())
    )
    first = re.split(r"[.:;](?: |$)", words)[0]
    return first[0].lower() + first[1:]


def page(name: str, functions: dict[str, Part], types: dict[str, Part]) -> Iterator[str]:
    part = functions[name]
    yield f".SH NAME\n{name} \\- {prose(brief(part.comment))}"
    yield f".SH SYNOPSIS\n.B #include <damsession.h>\n.PP\n{part.shown}"
    yield f".SH DESCRIPTION\n{prose(part.comment)}"
    if part.lines.startswith("dam_status "):
        yield ".SH RETURN VALUE\nDAM_OK, or what went wrong: a dam_status, as damsession(3) lists them."
    used = [types[each] for each in types if each in part.names - EVERYWHERE]
    if used:
        yield ".SH TYPES"
        yield "\n.PP\n".join(f"{each.shown}.PP\n{prose(each.comment)}" for each in used)
    about = part.names.union(*(each.names for each in used))
    others = ["damsession", *relatives(name, about, functions)]
    yield ".SH SEE ALSO\n" + ",\n".join(f".BR {other} (3)" for other in others)


def main(header: str, date: str, folder: Path) -> None:
    functions, types = parts(header)
    for name in functions:
        lines = [*beginning_of_page(name, header, date), *page(name, functions, types)]
        (folder / f"{name}.3").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]).read_text("utf-8"), sys.argv[2], Path(sys.argv[3]))
