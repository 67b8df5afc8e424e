"""The manual as it is installed: without a finding of mandoc, readable at 80 columns, with all of
the header.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import HEADER, PAGES, exported, run, version

MANUAL = (
    "man1/damsession.1",
    "man3/damsession.3",
    *(f"man7/damsession-{page.stem}.7" for page in PAGES),
)


@pytest.mark.parametrize("name", MANUAL)
def test_manual_pages(prefix: Path, name: str) -> None:
    page = prefix / "share" / "man" / name
    run("mandoc", "-Tlint", "-W", "warning", str(page))
    assert re.search(
        rf'^\.TH "?(?:DAMSESSION|{page.stem})"? "?[137]"? "\d{{4}}-\d\d-\d\d" "damsession {version()}"',
        page.read_text("utf-8"),
        re.M,
    )
    assert re.search(rf"^\.SH NAME\n{page.stem} \\- \w", page.read_text("utf-8"), re.M)


def read_at_80_columns(page: Path) -> list[str]:
    """The lines that man shows, without a warning or a parted word."""
    shown = subprocess.run(
        ["man", "-l", "--warnings=w", str(page)],
        env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANPAGER": "cat"},
        capture_output=True,
        text=True,
    )
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert len(lines) > 15 and not [line for line in lines if line.endswith("\N{HYPHEN}")]
    return lines


@pytest.mark.parametrize("name", MANUAL)
def test_manual_pages_at_80_columns(prefix: Path, name: str) -> None:
    """As man shows them: without a warning, a parted word, or a gap in a sentence. Examples are as
    wide as they are in the pages, so that they can be copied.
    """
    lines = read_at_80_columns(prefix / "share" / "man" / name)
    wide = [line for line in lines if len(line) > 80]
    assert not [
        line for line in wide if "7" not in name or "\N{BOX DRAWINGS LIGHT VERTICAL}" in line
    ]
    if name.endswith(".3"):
        conventions = "\n".join(lines).partition("\nCONVENTIONS\n")[2].partition("\nVERSION\n")[0]
        assert not re.findall(r"\S {4,}\S.*", re.sub(r"^ {7}\S+ +", "", conventions, flags=re.M))


def test_a_table_that_is_too_wide_is_a_list(prefix: Path) -> None:
    page = prefix / "share" / "man" / "man7" / "damsession-reference.7"
    text = run("mandoc", "-Tutf8", "-Owidth=80", str(page))
    text = re.sub(r".\x08", "", text)
    assert re.search(
        r"\n( +)timeout\n\1 +Values: seconds; Default: 0\n\1 +Meaning: How long one", text
    )


def test_the_manual_of_the_library_has_all_of_the_header(prefix: Path) -> None:
    text = run("mandoc", "-Tascii", str(prefix / "share" / "man" / "man3" / "damsession.3"))
    text = re.sub(r".\x08", "", text)
    functions = set(re.findall(r"\b(dam_\w+)\(", re.sub(r"/\*.*?\*/", "", HEADER, flags=re.S)))
    constants = set(re.findall(r"\bDAM_[A-Z_]+ = \d+", HEADER))
    missing = [each for each in functions if f"{each}(" not in text]
    missing += [each for each in constants if each not in text]
    assert len(functions) > 50 and len(constants) > 40 and missing == []


def test_every_function_has_its_page(prefix: Path) -> None:
    """With its declaration as in the header, and pages behind it that are there."""
    declared = [" ".join(each.split()) for each in re.findall(r"^\w[^;{]*\);", HEADER, re.M)]
    pages = {path.name for path in (prefix / "share" / "man").rglob("*.?")}
    assert len(exported()) > 50
    for name in exported():
        found = run("man", "-w", "3", name, more={"MANPATH": str(prefix / "share" / "man")})
        assert Path(found.strip()).name == f"{name}.3"
        shown = re.sub(r".\x08", "", run("mandoc", "-Tascii", "-Owidth=200", found.strip()))
        text = " ".join(shown.split())
        (declaration,) = [each for each in declared if f"{name}(" in each.partition(")")[0]]
        assert f" SYNOPSIS #include <damsession.h> {declaration} DESCRIPTION " in text
        assert re.search(rf"^NAME\n +{name} - [^ ].*[^ .]\n", shown, re.M)
        told, others = text.partition(" SEE ALSO ")[::2]
        behind = re.findall(r"([\w-]+)\((\d)\)[,\s]", others.rpartition(" damsession 1.")[0] + " ")
        assert ("damsession", "3") in behind and (name, "3") not in behind
        assert {f"{page}.{section}" for page, section in behind} <= pages
        mentioned = set(re.findall(r"\bdam_\w+", told)) & set(exported()) - {name}
        assert mentioned <= {page for page, _ in behind}, name


def test_a_page_has_the_structs_that_its_function_takes(prefix: Path) -> None:
    for name, types in (
        (
            "dam_session_request",
            ["const char *path;", "dam_request_flags", "dam_progress_callback"],
        ),
        ("dam_response_get", ["} dam_response_view;"]),
        ("dam_session_login", ["DAM_LOGIN_AGAIN = 1"]),
        ("dam_loop_request", ["(*dam_done_callback)("]),
    ):
        shown = run("mandoc", "-Tascii", str(prefix / "share" / "man" / "man3" / f"{name}.3"))
        shown = re.sub(r".\x08", "", shown)
        assert all(each in shown for each in types), shown
        assert "typedef struct dam_error" not in shown


def test_pages_of_functions_can_be_read(prefix: Path) -> None:
    folder = prefix / "share" / "man" / "man3"
    pages = [str(folder / f"{name}.3") for name in exported()]
    run("mandoc", "-Tlint", "-W", "warning", *pages)
    told = run("lexgrog", *pages).splitlines()  # for man -k
    assert [line.split('"')[1].split(" - ")[0] for line in told] == exported()
    assert all(line.count("(") == line.count(")") for line in told)
    for name in exported():
        lines = read_at_80_columns(folder / f"{name}.3")
        assert not [line for line in lines if len(line) > 80], name
        assert f'.TH {name.upper()} 3 "' in (folder / f"{name}.3").read_text("utf-8")
