"""What `make format` does to comments, and what it must leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from comments import fixed, wide

LONG = "word " * 22 + "end"


def fix(suffix: str, text: str) -> list[str]:
    path = Path("a" + suffix)
    once = fixed(path, text)
    assert fixed(path, once) == once
    assert wide(path, once) == []
    return once.split("\n")


@pytest.mark.parametrize(
    ("suffix", "text", "before"),
    [
        (".swift", f"  /// {LONG} end.", "  /// "),
        (".c", f"    /* {LONG} end. */", "       "),
        (".c", f"/*\n * {LONG} end of it.\n */", " * "),
        (".h", f"    int a; /**< {LONG}. */", "                "),
        (".py", f"# {LONG}.", "# "),
        (".py", f'"""{LONG}."""', ""),
        (".swift", f"//   1. {LONG} end.", "//      "),
        (".swift", f"//   Word    {LONG}.", "//           "),
    ],
)
def test_a_wide_comment_is_wrapped(suffix: str, text: str, before: str) -> None:
    lines = fix(suffix, text)
    second = lines[2 if lines[0] == "/*" else 1]
    assert second.startswith(before) and second[len(before)].isalpha()
    assert "".join(lines).count("word") == LONG.count("word")


def test_a_paragraph_is_wrapped_to_its_end_and_no_further() -> None:
    text = f"// Short.\n// {LONG} and\n// on\n// more.\n//\n// Another."
    assert fix(".swift", text)[-3:] == ["// more.", "//", "// Another."]


def test_a_label_begins_a_line_on_purpose() -> None:
    text = f"/// {LONG} end.\n/// Threads: {LONG[:98]}"
    assert fix(".swift", text)[-1] == f"/// Threads: {LONG[:98]}"


def test_a_comment_beside_code_gets_a_line_of_its_own() -> None:
    assert fix(".py", f"x = 1  # {LONG[:100]}")[-1] == "x = 1"
    assert fix(".py", f"if x:  # {LONG[:100]}\n    pass")[0] == "if x:"


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".py", f'text = """\n# {LONG} no comment\n"""'),
        (".py", "x = 1  # noqa: " + "E501, " * 20),
        (".py", f"#     {LONG}"),
        (".c", f'const char *text = "/* {LONG} no comment";'),
        (".swift", f"let text = 1 // {LONG}, named but not moved"),
    ],
)
def test_what_is_no_comment_or_set_out_by_hand_stays(suffix: str, text: str) -> None:
    assert fixed(Path("a" + suffix), text) == text


def test_what_is_too_wide_is_named() -> None:
    assert wide(Path("a.c"), f"int a;\n/* a\n {LONG} {LONG} */\nint b;") == [(3, 231)]
    assert wide(Path("a.swift"), f"let a = 1 // {LONG}") == [(1, 126)]
    assert wide(Path("a.swift"), f'let a = "{LONG} {LONG}"') == []
