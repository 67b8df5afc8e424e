"""The table as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby

from results import Line

EXPLANATION = """\
Times are of one request (or one run, or one large body): medians of turns that ours and the peers take one after the
other. "times" is ours / the peer's, the median of the ratios turn by turn, and in brackets its quartiles; instructions
are callgrind's, of ours / the peer's. "of" is the most that is wanted. ! marks what is missed. "same options" are those
that damsession sets, and the same precaution where libcurl is 7.84.0 to 8.0.1: a handle for each request (curl issue
11101). "handle kept" leaves that out. Small requests: client and server share one processor, so that work is measured
and not how fast processors wake each other.
"""


def _time(microseconds: float) -> str:
    if microseconds >= 100_000:
        return f"{microseconds / 1e6:.2f} s"
    if microseconds >= 1000:
        return f"{microseconds / 1000:.1f} ms"
    return f"{microseconds:.0f} us"


def _count(instructions: int | None) -> str:
    if instructions is None:
        return ""
    if instructions >= 10_000_000:
        return f"{instructions / 1e6:.1f}M"
    return f"{instructions / 1000:.0f}K"


def _wanted(most: float | None) -> str:
    return "" if most is None else f"{most:.2f}"


def _cells(line: Line) -> list[str]:
    ratio, instructions = line.ratio, line.instructions
    peaks = [line.our_peak, line.their_peak]
    memory = [f"{peak / 1024:.0f} MiB" if peak is not None else "" for peak in peaks]
    return [
        "!" if line.is_missed else "",
        line.peer,
        _time(line.ours.middle),
        _time(line.theirs.middle),
        f"{ratio.middle:.2f}",
        f"({ratio.low:.2f}-{ratio.high:.2f})",
        _wanted(line.wanted),
        "" if instructions is None else f"{instructions:.2f}",
        _wanted(line.wanted_instructions),
        _count(line.our_instructions),
        _count(line.their_instructions),
        *memory,
        line.note,
    ]


_HEAD = ["", "beside", "ours", "peer's", "times", "", "of", "instr.", "of", "ours", "peer's"]
_HEAD += ["memory", "peer's", ""]
#: The columns of words.
_LEFT = (0, 1, 13)


def text(lines: Sequence[Line], about: Mapping[str, str]) -> str:
    cells = [_cells(line) for line in lines]
    widths = [max(map(len, column)) for column in zip(_HEAD, *cells)]

    def written(words: Sequence[str]) -> str:
        padded = (
            word.ljust(width) if at in _LEFT else word.rjust(width)
            for at, (word, width) in enumerate(zip(words, widths))
        )
        return "  ".join(padded).rstrip() + "\n"

    parts = ["".join(f"{name}: {value}\n" for name, value in about.items()), EXPLANATION]
    table = written(_HEAD)
    numbered = groupby(zip(lines, cells), lambda pair: (pair[0].row, pair[0].title))
    for (name, title), pairs in numbered:
        table += f"{title} [{name}]\n" + "".join(written(words) for _, words in pairs)
    return "\n".join([*parts, table])


def as_json(lines: Sequence[Line], about: Mapping[str, str]) -> str:
    rows = [{**asdict(line), "instructions": line.instructions} for line in lines]
    return json.dumps({"about": about, "lines": rows}, indent=1) + "\n"
