"""The table as a picture, for the README: a bar for each peer that budgets or readers ask about, as
long as ours takes times the peer's time. What is compared with itself, or is as well shown by a
larger size, is left to the table.

Text stays text; the colours are readable on white and on black.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from results import Line

INK, FASTER, SLOWER = "#7d8590", "#2da44e", "#d4813a"
#: Peers beside the first of a row that readers ask about.
ALSO = ("requests", "httpx", "HTTPie")


#: Rows that it leaves out.
LEFT_OUT = ("sessions-", "records-", "processes", "-256M")


def shown(lines: Sequence[Line]) -> list[Line]:
    """The first peer of each row, and those of ALSO."""
    rows: set[str] = set()
    found = []
    for line in lines:
        is_first = line.row not in rows
        rows.add(line.row)
        if (is_first or line.peer in ALSO) and not any(part in line.row for part in LEFT_OUT):
            found.append(line)
    return found


def draw(lines: Sequence[Line], about: Mapping[str, str], path: Path) -> None:
    # Only here: bench-check has no matplotlib.
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "damsession",
            "font.family": "sans-serif",
            "font.size": 9,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )
    from matplotlib import pyplot

    bars = shown(lines)
    figure, axes = pyplot.subplots(figsize=(8, 0.26 * len(bars) + 1.2))
    for at, line in enumerate(bars):
        ratio = line.ratio.middle
        # From 1, which is as fast as the peer.
        axes.barh(at, ratio - 1, left=1, height=0.62, color=FASTER if ratio <= 1 else SLOWER)
        axes.hlines(at, line.ratio.low, line.ratio.high, color=INK, linewidth=1)
        label = f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"
        beyond = max(ratio, line.ratio.high) if ratio > 1 else min(ratio, line.ratio.low)
        side = 1 if ratio > 1 else -1
        axes.annotate(
            label,
            (beyond, at),
            xytext=(4 * side, 0),
            textcoords="offset points",
            va="center",
            ha="left" if side > 0 else "right",
            fontsize=8,
        )
    axes.set_xscale("log")
    axes.axvline(1, color=INK, linewidth=1)
    ticks = [tick for tick in (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10) if _fits(tick, bars)]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    # Room for the numbers beyond the bars.
    axes.set_xlim(ticks[0] * 0.6, ticks[-1] * 1.25)
    axes.set_yticks(range(len(bars)), [f"{line.title} / {line.peer}" for line in bars])
    axes.tick_params(length=0)
    axes.invert_yaxis()
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlabel(
        "time of damsession / time of the peer, median of turns and quartiles; left of 1: faster\n"
        f"{about['versions']}, {about['server']}, {about['date'].split()[0]}",
        fontsize=8,
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    nobody = {"Creator": None, "Date": None, "Format": None, "Type": None}
    figure.savefig(path, transparent=True, bbox_inches="tight", metadata=nobody)
    pyplot.close(figure)
    path.write_text(_shortened(path.read_text("utf-8")), "utf-8")


def _shortened(text: str) -> str:
    """The same picture: places to a tenth of a point, and a path in one line. Words stay."""

    def short(attribute: re.Match[str]) -> str:
        places = re.sub(r"\d+\.\d+", lambda place: f"{float(place[0]):.1f}", attribute[0])
        return places.replace(" \n", " ").replace("\n", " ")

    return re.sub(r'(?<= d=)"[^"]*"', short, text)


def _fits(tick: float, bars: Sequence[Line]) -> bool:
    """Whether bars come as far, or nearly."""
    low = min(line.ratio.low for line in bars) / 2.5
    high = max(line.ratio.high for line in bars) * 2.5
    return low <= tick <= high
