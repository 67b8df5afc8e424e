"""Prints damsession(3), made of the header, so that it cannot drift from it.

    manual.py HEADER DATE

The comment at the header's beginning becomes the description and the conventions; each part of the
header a section: every declaration as it stands there, and below it its comment.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

WIDTH = 73  # of 80 columns, the first seven of which are empty.


def text(words: str) -> str:
    """Prose, so that troff takes nothing in it for a request."""
    return "\n".join(
        ("\\&" if line[:1] in (".", "'") else "") + line
        for line in words.replace("\\", "\\e").splitlines()
    )


def code(lines: str) -> str:
    """Lines that stay as they are, and can be copied."""
    return text(lines).replace("-", "\\-")


def prose(comment: str) -> str:
    """How it is aligned in the header is of no use here."""
    words = " ".join(re.sub(r"^ \* ?", "", comment, flags=re.M).split())
    return text("\n".join(textwrap.wrap(words, 78, break_on_hyphens=False)))


def fold(lines: str) -> str:
    """The same for a terminal of 80 columns: where a line is too wide, the comments of all of them
    stand below what they are about.
    """
    if max(map(len, lines.splitlines())) <= WIDTH:
        return lines
    lines = re.sub(r",\n {9,}(?=\S)", ", ", lines)
    lines = re.sub(r"^( *)/\*\* ((?:.|\n)*?)\s*\*/", above, lines, flags=re.M)
    lines = re.sub(r"^( *)(\S.*?) */\*\*<\s*((?:.|\n)*?)\s*\*/", below, lines, flags=re.M)
    return "\n".join(narrow for line in lines.splitlines() for narrow in parted(line))


def comment(sign: str, words: str, indent: str) -> str:
    whole = f"{sign} {' '.join(words.split())} */"
    return textwrap.fill(
        whole, WIDTH, initial_indent=indent, subsequent_indent=indent + " " * (len(sign) + 1)
    )


def below(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\n{comment('/**<', found[3], found[1] + '    ')}"


def above(found: re.Match[str]) -> str:
    return comment("/**", found[2], found[1])


def parted(line: str) -> Iterator[str]:
    """A declaration goes on behind a comma."""
    indent = " " * (len(line) - len(line.lstrip()))
    end = " \\" if line.startswith("#define") else ""
    room = WIDTH + 1 - len(end)
    while len(line) > WIDTH and (comma := line.rfind(", ", 0, room)) > 0 and "/*" not in line:
        yield line[: comma + 1] + end
        line = f"{indent}    {line[comma + 2 :]}"
    yield line


def beginning(comment: str) -> Iterator[str]:
    """Paragraphs, headings in capitals, and entries of two columns."""
    lines = [re.sub(r"^ \* ?", "", line).rstrip() for line in comment.splitlines()]
    for part in "\n".join(lines).split("\n\n"):
        if heading := re.match(r"([A-Z]{2,})\b", part):
            yield f".SH {heading[1]}\n{prose(part[heading.end() :].lstrip(', '))}:"
        elif re.match(r"  \S", part):
            for name, words in re.findall(r"^  (\S.*?)  +((?:.+\n?)(?:^ {4,}.+\n?)*)", part, re.M):
                yield f".TP\n.B {name}\n{prose(words)}"
        else:
            yield f".PP\n{prose(part)}"


def declarations(section: str) -> Iterator[tuple[str, str]]:
    """Each comment, and what it is about: as many lines as hang together."""
    lines = section.splitlines()
    at = 0
    while at < len(lines):
        if not lines[at].startswith("/**"):
            at += 1
            continue
        begin = at
        while "*/" not in lines[at]:
            at += 1
        at += 1
        comment = "\n".join(lines[begin:at])
        depth, begin = 0, at
        while at < len(lines) and (depth > 0 or lines[at].strip()):
            bare = re.sub(r"/\*.*?\*/", "", lines[at])
            depth += bare.count("{") - bare.count("}")
            at += 1
        yield re.sub(r"^/\*\* ?|\*/$", "", comment), "\n".join(lines[begin:at])


def beginning_of_page(name: str, header: str, date: str) -> Iterator[str]:
    version = re.search(r'#define DAM_VERSION "(.*)"', header)
    if version is None:
        sys.exit(f"{sys.argv[0]}: this is not damsession.h")
    yield f'.\\" Made of damsession.h by {Path(sys.argv[0]).name}.'
    yield f'.TH {name.upper()} 3 "{date}" "damsession {version[1]}" "Library Functions Manual"'
    # No word is parted or stretched: they are names, mostly. HY is what .EE goes back to.
    yield ".nr HY 0\n.nh\n.ad l"


def page(header: str, date: str) -> Iterator[str]:
    yield from beginning_of_page("damsession", header, date)
    first = re.match(r"/\*\n(.*?)\n \*/", header, re.DOTALL)
    if first is None:
        sys.exit("manual.py: the header does not begin with a comment")
    title, _, rest = first[1].partition("\n *\n")
    what = title.partition(" - ")[2].rstrip(".")
    yield f".SH NAME\ndamsession \\- {text(what)}"
    yield ".SH LIBRARY\n.B libdamsession\n(\\fB\\-ldamsession\\fR, pkg\\-config damsession)"
    yield ".SH SYNOPSIS\n.B #include <damsession.h>"
    yield ".SH DESCRIPTION"
    yield from beginning(rest)
    parts = re.split(r"/\* ---- (.+?) -+ \*/", header)
    for name, section in zip(parts[1::2], parts[2::2]):
        yield f".SH {name.upper()}"
        for comment, lines in declarations(section):
            yield f".PP\n.EX\n{code(fold(lines))}\n.EE\n.PP\n{prose(comment)}"
    yield ".SH SEE ALSO\nEach function has a page of its own, such as\n.BR dam_session_open (3).\n.PP"
    yield ".BR damsession (1),\n.BR damsession\\-concurrency (7),\n.BR damsession\\-troubleshooting (7)"


if __name__ == "__main__":
    pages = "\n".join(page(Path(sys.argv[1]).read_text("utf-8"), sys.argv[2]))
    # A heading begins a paragraph.
    print(re.sub(r"^(\.SH .*\n)\.PP\n", r"\1", pages, flags=re.M))
