"""The notices of what is linked in: all there, and nothing linked in without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from common import ROOT

SCRIPT = ROOT / "bindings" / "packages" / "notices.py"
ARCHIVES = ROOT / ".build" / "ship" / "archives.tsv"
CHECKOUTS = ROOT / ".build" / "ship" / "checkouts"


def notices(archives: Path, checkouts: Path = CHECKOUTS) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, SCRIPT, archives, checkouts]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_all_are_there() -> None:
    done = notices(ARCHIVES)
    assert done.returncode == 0, done.stderr
    lines = {line.strip() for line in done.stdout.splitlines()}
    assert lines >= {
        "## Runtime Library Exception to the Apache 2.0 License: ##",
        "UNICODE LICENSE V3",
        "The SwiftCrypto Project",
        "Copyright 2014 The BoringSSL Authors",
        "The eXtended Keccak Code Package (XKCP)",
        "GCC RUNTIME LIBRARY EXCEPTION",
        "GNU GENERAL PUBLIC LICENSE",
        "Version 3, 29 June 2007",
    }
    # A licence that is only referred to is no notice in full.
    assert "END OF TERMS AND CONDITIONS" in lines


@pytest.mark.parametrize(
    "row, said",
    [
        ("3\t3\t{swift}/lib_FoundationICU.a", "lib_FoundationICU.a of the toolchain is linked in"),
        ("3\t3\t{here}/libown.a", "libown.a is linked in and comes with no package"),
        ("3\t0\t{here}/libown.a", None),
    ],
)
def test_what_nobody_knows_is_an_error(tmp_path: Path, row: str, said: str | None) -> None:
    text = ARCHIVES.read_text("utf-8")
    (core,) = {
        line.split("\t")[2] for line in text.splitlines() if line.endswith("/libswiftCore.a")
    }
    (tmp_path / "archives").write_text(
        text + row.format(swift=Path(core).parent, here=tmp_path) + "\n", "utf-8"
    )
    done = notices(tmp_path / "archives")
    assert done.returncode == (0 if said is None else 1)
    assert said is None or said in done.stderr


def test_sources_without_a_licence_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "stranger").mkdir()
    done = notices(ARCHIVES, tmp_path)
    assert done.returncode == 1 and "stranger has no licence file" in done.stderr


def test_without_the_linkers_list(tmp_path: Path) -> None:
    done = notices(tmp_path / "archives")
    assert done.returncode == 1 and "archives: No such file or directory" in done.stderr
