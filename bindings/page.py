"""Prints a page of the manual for man: lowdown ... | page.py NAME.

man(1) and apropos(1) want its name and what it is. The text is not adjusted and no word is parted,
as in git's pages: both would harm the names of options and functions. A table that does not fit
into 80 columns becomes a list: an entry for each row, which the first cell names.
"""

from __future__ import annotations

import re
import sys

from plain import lines_of

WIDTH = 65  # of a table in 80 columns: man indents it, and there are rules.


def visible(cell: str) -> int:
    """How wide it is on the screen."""
    return len(re.sub(r"\\(?:f.|\((..)|.)", lambda found: "x" if found[1] else "", cell))


def table(found: re.Match[str]) -> str:
    rows = [
        re.findall(r"T\{\n(.*?)\n?T\}", row, re.DOTALL)
        for row in re.split(r"(?<=T\})\n(?=T\{)", found["rows"])
    ]
    columns = list(zip(*rows))
    if sum(max(map(visible, column)) + 3 for column in columns) <= WIDTH:
        return found[0]
    heads, *entries = rows
    return "".join(entry(heads, cells) for cells in entries)


def entry(heads: list[str], cells: list[str]) -> str:
    name, told, last = lines_of(heads, cells)
    return f".PP\n{name}\n.RS 4\n" + (f"{told}\n.br\n" if told else "") + f"{last}\n.RE\n"


def page(name: str, text: str) -> str:
    text = text.replace("\\fC", "\\fB")
    text = re.sub(r"(\.TH .*\n)", r"\1.nr HY 0\n.nh\n.ad l\n", text, count=1)
    # The line before the rows ends in a full stop: tbl's format of the columns.
    text = re.sub(
        r"^\.TS\n(?:.*[^.]\n)+.*\.\n(?P<rows>(?:(?!\.TE$).*\n)*)\.TE\n", table, text, flags=re.M
    )
    # A heading begins a paragraph.
    text = re.sub(r"^(\.S[HS]\n.*\n)\.[LP]P\n", r"\1", text, flags=re.M)
    return re.sub(
        r"^\.SH\n(.*)\n",
        rf".SH NAME\n{name} \\- \1\n.SH DESCRIPTION\n",
        text,
        count=1,
        flags=re.M,
    )


if __name__ == "__main__":
    sys.stdout.write(page(sys.argv[1], sys.stdin.read()))
