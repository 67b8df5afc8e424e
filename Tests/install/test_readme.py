"""The README of each package: it is for who has just installed that one, names what is there, and
its commands work against the sandbox.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from common import ROOT
from conftest import PAGES, run, version

from damsession.sandbox import Sandbox

PACKAGES = ("tarball", "prefix", "libdamsession-dev", "damsession", "python3-damsession")


def blocks(readme: str, language: str = "sh") -> str:
    return "".join(re.findall(rf"^```{language}\n(.*?)^```$", readme, re.M | re.S))


def work(sandbox: Sandbox, home: Path, readme: str, folder: Path) -> str:
    """What its commands print, in that folder, one behind the other."""
    user = "solo@example.com"
    options = {
        "SYSTEM": "photoshelter",
        "URL": sandbox.photoshelter,
        "USER": user,
        "PASSWORD": sandbox.accounts["photoshelter"][user]["password"],
        "API_KEY": sandbox.api_key,
        "CA_FILE": sandbox.ca_file,
    }
    environment = {f"DAMSESSION_{name}": value for name, value in options.items()}
    done = subprocess.run(
        ["sh", "-eu", "-c", f"{blocks(readme)}\nman -w 3 dam_session_open damsession"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tarball(dam_sandbox: Sandbox, unpacked: Path, tmp_path: Path) -> None:
    readme = (unpacked / "README.md").read_text("utf-8")
    said = work(dam_sandbox, tmp_path, readme, unpacked)
    assert said.count('"Gallery"') >= 2
    assert f"{unpacked}/share/man/man3/dam_session_open.3\n" in said
    table = re.findall(r"^\| (`.*)", readme, re.M)
    named = [name for row in table for name in re.findall(r"`([\w./-]+)`", row)]
    assert len(named) > 5
    doc = unpacked / "share/doc/damsession"
    assert all((unpacked / name).exists() or (doc / name).exists() for name in named)
    assert [path.relative_to(unpacked) for path in unpacked.rglob("README*")] == [Path("README.md")]


def test_a_prefix(dam_sandbox: Sandbox, prefix: Path, tmp_path: Path) -> None:
    readme = (prefix / "share/doc/damsession/README.md").read_text("utf-8")
    said = work(dam_sandbox, tmp_path, readme, tmp_path)
    assert said.count('"Gallery"') >= 2
    named = re.findall(rf"`({prefix}[^`]*)`", readme)
    assert len(named) >= 5 and all(Path(name).exists() for name in named)


def test_folders_that_were_chosen(tmp_path: Path) -> None:
    run("make", "install", f"DESTDIR={tmp_path}", "prefix=/opt/dam", "docdir=/opt/words")
    readme = (tmp_path / "opt/words/README.md").read_text("utf-8")
    assert "cc /opt/words/examples/first.c" in readme and str(tmp_path) not in readme
    assert (tmp_path / "opt/words/examples/first.c").exists()
    assert "`/opt/dam/lib/libdamsession.so.1`" in readme
    assert os.stat(tmp_path / "opt/words/README.md").st_mode & 0o777 == 0o644


@pytest.mark.parametrize("package", PACKAGES)
def test_a_readme_is_short_and_about_its_package(package: str) -> None:
    folders = ("BINDIR", "LIBDIR", "INCLUDEDIR", "MANDIR", "DOCDIR")
    values = [f"VERSION={version()}", *(f"{name}=/{name}" for name in folders)]
    text = run("bindings/packages/readme.sh", package, *values)
    assert text.startswith(f"# damsession {version()}\n") and text.count("\n") < 80
    assert (
        "<!--" not in text and "](" not in text and "@" not in text.replace("ada@example.com", "")
    )
    for word in ("make ", "bindings/", "swift", "Tests/"):
        assert word not in text
    has = {"tarball": "cs", "prefix": "cs", "libdamsession-dev": "c", "damsession": "s"}
    assert ("cc " in text) == ("c" in has.get(package, ""))
    assert ("damsession get " in text) == ("s" in has.get(package, ""))
    assert ("import damsession" in text) == (package == "python3-damsession")
    pages = set(re.findall(r"(?:help |damsession-|guide\.)(\w[\w-]*)`?[:,\"`]", text))
    assert pages & {page.stem for page in PAGES}


def test_a_name_without_a_value_is_told() -> None:
    done = subprocess.run(
        ["bindings/packages/readme.sh", "damsession", "VERSION=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "@DOCDIR@" in done.stderr
