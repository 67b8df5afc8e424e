"""Queries as clients of the Archive Agent write them, and what they find."""

from __future__ import annotations

import pytest

from damsession.sandbox.archive_files import FILES
from damsession.sandbox.archive_query import QueryError, parse

UNIQUE = dict(FILES[7].texts)[187]


def found(query: str) -> list[int]:
    test = parse(query)
    return [file.number for file in FILES if test(file)]


ALL = list(range(120))
ODD, EVEN = ALL[1::2], ALL[::2]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", ALL),
        ("  ", ALL),
        ("xlastword", ALL),
        ("PHOTOS", ALL[:60]),
        ("photos_0007", [7]),
        ("photos_001?", ALL[10:20]),
        ('"photos*1 æ&b"', ALL[1:60:10]),
        ("caption æøå", ALL),
        ("picture upright", ODD),
        ("upright AND photos", ODD[:30]),
        ("upright or across", ALL),
        ("photos OR graphics AND upright", ALL[:60] + ODD[30:]),
        ("(photos OR graphics) AND upright", ODD),
        ("NOT upright", EVEN),
        ("photos AND NOT NOT across", EVEN[:30]),
        ('"Ada Aardvark"', ALL),
        ('"Aardvark Ada"', []),
        ('"not" photos', []),
        ('"("', []),
        ("nothing", []),
        ("(IPTC025 contains (upright))", ODD),
        ("(IPTC2:25 contains (UPRIGHT made-up))", ODD),
        ("IPTC25 contains (upright) photos_0001", [1]),
        ("(IPTC025 contains (photos))", []),
        (f"(IPTC187 contains ({UNIQUE}))", [7]),
        (f'IPTC187 contains ("{UNIQUE}")', [7]),
        ("(photos) AND NOT (IPTC187 contains (xnoword))", ALL[:60]),
        ("IPTC103 contains (xnoword)", ALL),
        ("(FQYFN contains (graphics_0060))", [60]),
        ("(FQYFD contains (20231114))", ALL),
        ("(FQYFD contains (20231101~~20231130))", ALL),
        ("(FQYFD contains (20231201~~20231231))", []),
        ("(FQYIC contains (made))", []),
        ("photos contains", []),
    ],
)
def test_query(query: str, numbers: list[int]) -> None:
    assert found(query) == numbers


@pytest.mark.parametrize(
    "query",
    ["(", ")", "(photos", "photos)", "()", "photos AND", "OR photos", "NOT", '"photos',
     "a AND OR b", "IPTC25 contains (upright", "(" * 5000, "NOT " * 5000 + "a"],
)  # fmt: skip
def test_what_is_no_query(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


def test_the_deepest_query_is_answered() -> None:
    assert found("(" * 49 + "photos_0001" + ")" * 49) == [1]
    assert found("NOT " * 98 + "photos_0001") == [1]
