"""What the tests of installing use: what `make install` and `make dist` leave behind, and commands
that see nothing of the source tree.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from common import ROOT

HEADER = (ROOT / "include" / "damsession.h").read_text("utf-8")
PAGES = sorted((ROOT / "bindings" / "pages").glob("*.md"))


def run(*command: str, folder: Path = ROOT, more: Mapping[str, str] | None = None) -> str:
    """What it prints; it must succeed."""
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **(more or {})}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if not each.is_dir())


@pytest.fixture(scope="session")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it was installed by `make install PREFIX=...`."""
    place = tmp_path_factory.mktemp("prefix")
    run("make", "install", f"PREFIX={place}")
    return place


@pytest.fixture(scope="session")
def tarball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That of `make dist`."""
    place = tmp_path_factory.mktemp("dist")
    run("make", "-s", "dist", f"DIST={place}")
    (packed,) = place.glob(f"damsession-{version()}-linux-*.tar.gz")
    return packed


@pytest.fixture(scope="session")
def unpacked(tarball: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is in it."""
    place = tmp_path_factory.mktemp("unpacked")
    run("tar", "xzf", str(tarball), "-C", str(place))
    return place / tarball.name.removesuffix(".tar.gz")


def version() -> str:
    found = re.search(r'#define DAM_VERSION "(.*)"', HEADER)
    assert found is not None
    return found[1]


def exported() -> list[str]:
    return re.findall(
        r"^    (dam_\w+);", (ROOT / "Sources/DamABI/exports.map").read_text("utf-8"), re.M
    )
