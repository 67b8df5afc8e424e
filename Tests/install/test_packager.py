"""What a packager says to make, and what the packages say to others."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from common import ROOT

SYSTEMS = ("PhotoShelter", "FotoWeb", "FotoWare")
DEBIAN = ROOT / "bindings" / "packages" / "debian"
#: Those with a description.
CONTROL = sorted(path for path in DEBIAN.iterdir() if "\nDescription: " in path.read_text("utf-8"))


def make(
    *words: str, folder: Path = ROOT, code: int = 0, **more: str
) -> subprocess.CompletedProcess[str]:
    """What it says; it must end with the code."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **more}
    done = subprocess.run(
        ["make", *words], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def files(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if not each.is_dir()}


def test_folders_in_small_letters(tmp_path: Path) -> None:
    words = (f"DESTDIR={tmp_path}", "prefix=/opt/dam", "libdir=/opt/dam/lib64", "mandir=/opt/man")
    make("install", *words)
    found = files(tmp_path)
    assert {each for each in found if not each.startswith(("opt/dam/", "opt/man/"))} == set()
    assert {"opt/dam/bin/damsession", "opt/dam/include/damsession.h"} <= found
    assert {"opt/dam/lib64/libdamsession.so.1", "opt/man/man1/damsession.1"} <= found
    at = tmp_path / "opt/dam/lib64/pkgconfig/damsession.pc"
    assert "prefix=/opt/dam\nlibdir=/opt/dam/lib64\n" in at.read_text("utf-8")
    make("uninstall", *words)
    assert files(tmp_path) == set()


def test_large_letters_go_first(tmp_path: Path) -> None:
    make("install", f"DESTDIR={tmp_path}", "PREFIX=/usr", "prefix=/opt/dam")
    assert {each.split("/")[0] for each in files(tmp_path)} == {"usr"}


@pytest.mark.parametrize("target", ["install", "uninstall"])
@pytest.mark.parametrize(
    "word, named",
    [
        ("PREFIX=here", "PREFIX"),
        ("PREFIX=~/here", "PREFIX"),
        ("PREFIX={}/a folder", "PREFIX"),
        ("LIBDIR=lib64", "LIBDIR"),
        ("MANDIR=man", "MANDIR"),
    ],
)
def test_a_folder_that_cannot_be(tmp_path: Path, target: str, word: str, named: str) -> None:
    """It would go into what pkg-config and CMake are told, and into other folders."""
    words = (f"DESTDIR={tmp_path}/stage", word.format(tmp_path))
    said = make(target, *words, code=2).stderr
    assert re.search(rf"\b{named} is .*a path from / on, without blanks", said), said
    assert files(tmp_path) == set()


def test_clean_removes_all_that_was_built(tmp_path: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "Makefile", "Tests/*.mk", "bindings", "include"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name, follow_symlinks=False)
    before = files(tmp_path)
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    wheel = [*pip, "-w", ".build/wheel", "./bindings/sandbox"]
    subprocess.run(wheel, cwd=tmp_path, check=True, capture_output=True)
    assert files(tmp_path) > before
    make("clean", folder=tmp_path)
    assert files(tmp_path) == before


def test_what_is_linked_in_is_installed_with_its_terms(tmp_path: Path) -> None:
    """Who passes on what `make install` leaves behind must pass them on, too."""
    make("notices")
    make("install", f"DESTDIR={tmp_path}", "PREFIX=/usr")
    notices = tmp_path / "usr/share/doc/damsession/NOTICES"
    assert "UNICODE LICENSE V3" in notices.read_text("utf-8")
    make("uninstall", f"DESTDIR={tmp_path}", "PREFIX=/usr")
    assert files(tmp_path) == set()


@pytest.mark.parametrize(
    "environment, is_said",
    [
        ({}, True),
        ({"DEBFULLNAME": "Ada"}, True),
        ({"DEBEMAIL": "ada@example.org"}, True),
        ({"DEBFULLNAME": "Ada", "DEBEMAIL": "ada@example.org"}, False),
        ({"MAINTAINER": "Ada <ada@example.org>"}, False),
    ],
)
def test_packages_of_nobody(environment: dict[str, str], is_said: bool) -> None:
    said = make("-n", "deb", **environment).stderr
    assert ("DEBFULLNAME and DEBEMAIL" in said) is is_said, said


def test_deb_test_asks_for_no_browser() -> None:
    assert "chromium" not in make("-Bn", "deb-test").stdout


def test_wheels_are_named_once_they_are_built() -> None:
    assert re.search(r"^printf .*\.whl", make("-n", "wheel").stdout, re.M)


@pytest.mark.parametrize("path", CONTROL, ids=lambda path: path.name)
def test_descriptions_of_debians_packages(path: Path) -> None:
    synopsis, _, extended = path.read_text("utf-8").partition("\nDescription: ")[2].partition("\n")
    assert all(system in synopsis and system in extended for system in SYSTEMS)
    assert len(synopsis) < 80 and max(map(len, extended.splitlines())) <= 80


@pytest.mark.parametrize(
    "name, pattern",
    [
        ("c/damsession.pc.in", r"Description: .*"),
        ("python/pyproject.toml", r"description = .*"),
        ("sandbox/pyproject.toml", r"description = .*"),
        ("python/README.md", r"# .*\n\n(.+\n)+"),
        ("sandbox/README.md", r"# .*\n\n(.+\n)+"),
        ("shell/damsession.1", r"^damsession \\-.*"),
        ("shell/help.c", r"Keeps scripts .*"),
    ],
)
def test_other_descriptions(name: str, pattern: str) -> None:
    found = re.search(pattern, (ROOT / "bindings" / name).read_text("utf-8"), re.M)
    assert found is not None and all(system in found[0] for system in SYSTEMS)


def test_debians_packages_are_four() -> None:
    names = {"damsession", "libdamsession1", "libdamsession-dev", "python3-damsession"}
    assert {path.name for path in CONTROL} == names


def test_no_address_is_made_up() -> None:
    """There is none for the project yet. What names one in its place cannot be anybody's."""
    listed = subprocess.run(
        ["git", "grep", "-IhoiE", r"[/@][a-z0-9.-]*damsession[a-z0-9-]*\.[a-z.]+[a-z]\b"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    ends = (".com", ".org", ".io", ".dev", ".net", ".example")
    hosts = {found[1:] for found in listed.stdout.splitlines() if found.lower().endswith(ends)}
    assert hosts == {"damsession.example"}
    for name in ("python", "sandbox"):
        assert "urls]" not in (ROOT / "bindings" / name / "pyproject.toml").read_text("utf-8")
