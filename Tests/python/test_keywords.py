"""The typed keywords are those of the library. What a type checker makes of them is in Tests/types,
which the suite `types` checks.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import damsession

GENERATOR = Path(__file__).resolve().parents[1] / "types" / "keywords.py"


def test_the_keywords_are_printed_from_the_librarys_table() -> None:
    script = runpy.run_path(str(GENERATOR))
    written = script["MODULE"].read_text(encoding="utf-8")
    assert written == script["module"](), "run Tests/types/keywords.py --write"


def test_every_option_is_a_keyword() -> None:
    named = {option.keyword for option in damsession.options()}
    beside = {"credentials", "log", "environment"}
    assert set(damsession.OpenOptions.__annotations__) == named | beside
