"""Wraps comments that begin with the same mark on every line, and those of C."""

from __future__ import annotations

import re

from wrapping import wrapped


def fix_lines(lines: list[str], mark: str, width: int) -> list[str]:
    """Comments that begin with `mark` on every line: `//` and `#`."""
    done: list[str] = []
    pattern = re.compile(rf"(\s*(?:{mark})) (?=\s*\S)")
    at = 0
    while at < len(lines):
        match = pattern.match(lines[at])
        end = at
        while match and end < len(lines) and lines[end].startswith(match[0]):
            end += 1
        if match:
            done += wrapped(
                [line[len(match[0]) :] for line in lines[at:end]], match[0], match[0], width
            )
        else:
            done.append(lines[at])
        at = max(end, at + 1)
    return done


#: Where a comment of C begins: on a line of its own, or beside code without texts.
ALONE = re.compile(r"(\s*)(/\*\*?)(?: |$)")
BESIDE = re.compile(r"([^\"]*\S\s+)(/\*\*?<?) ")


def fix_blocks(lines: list[str], width: int) -> list[str]:
    """Comments of C."""
    done: list[str] = []
    at = 0
    while at < len(lines):
        match = ALONE.match(lines[at]) or BESIDE.match(lines[at])
        end = next((n for n in range(at, len(lines)) if "*/" in lines[n]), at) + 1
        block = lines[at:end]
        if match and block[-1].endswith("*/") and any(len(line) > width for line in block):
            done += fix_block(block, match, width)
            at = end
        else:
            done.append(lines[at])
            at += 1
    return done


def fix_block(block: list[str], opener: re.Match[str], width: int) -> list[str]:
    """One comment of C. What stands before its second line stands before every other one."""
    is_opened_alone = block[0].strip() == opener[2]
    is_closed_alone = block[-1].strip() == "*/"
    body = block[is_opened_alone : len(block) - is_closed_alone]
    if not is_closed_alone:
        body[-1] = body[-1].removesuffix("*/").rstrip()
    others = (
        re.match(r"\s+(?:\* )?(?=\S)", line) for line in block[1 : len(block) - is_closed_alone]
    )
    known = next(filter(None, others), None)
    rest = known[0] if known else " " * len(opener[0])
    first = rest if is_opened_alone else opener[0]
    texts = [
        line.removeprefix(rest) if line.startswith(rest) else line.strip(" *") for line in body
    ]
    texts[0] = body[0][len(first) :]
    fixed = wrapped(texts, first, rest, width, "" if is_closed_alone else " */")
    return [*block[:is_opened_alone], *fixed, *block[len(block) - is_closed_alone :]]
