"""`make install`, as packagers and users of C, CMake and shells meet it: in empty directories, with
nothing of the source tree in reach.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from common import ROOT
from conftest import PAGES, exported, files, run, version

PROGRAM = """\
#include <damsession.h>
#include <stdio.h>

int main(void)
{
    return puts(dam_version()) < 0;
}
"""
CMAKE = """\
cmake_minimum_required(VERSION 3.16)
project(consumer C)
find_package(damsession {wanted} CONFIG REQUIRED)
add_executable(consumer consumer.c)
target_link_libraries(consumer PRIVATE damsession::damsession)
"""
EXAMPLES = sorted((ROOT / "bindings" / "examples").glob("*.*"))


@pytest.fixture
def consumer(tmp_path: Path) -> Path:
    (tmp_path / "consumer.c").write_text(PROGRAM, "ascii")
    return tmp_path


def test_pkg_config(prefix: Path, consumer: Path) -> None:
    at = {"PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
    assert run("pkg-config", "--modversion", "damsession", more=at).strip() == version()
    flags = run("pkg-config", "--cflags", "--libs", "damsession", more=at).split()
    run("cc", "consumer.c", "-o", "consumer", *flags, folder=consumer)
    found = run("./consumer", folder=consumer, more={"LD_LIBRARY_PATH": str(prefix / "lib")})
    assert found.strip() == version()


@pytest.mark.parametrize("wanted", ["", "1.0", "1.0.0"])
def test_cmake(prefix: Path, consumer: Path, wanted: str) -> None:
    (consumer / "CMakeLists.txt").write_text(CMAKE.format(wanted=wanted), "ascii")
    run("cmake", "-S", ".", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}", folder=consumer)
    run("cmake", "--build", "build", folder=consumer)
    assert run("build/consumer", folder=consumer).strip() == version()


@pytest.mark.parametrize("wanted", ["2.0", "1.999", "0.9"])
def test_cmake_finds_no_other_version(prefix: Path, consumer: Path, wanted: str) -> None:
    (consumer / "CMakeLists.txt").write_text(CMAKE.format(wanted=wanted), "ascii")
    with pytest.raises(AssertionError, match="compatible with"):
        run("cmake", "-S", ".", "-B", "build", f"-DCMAKE_PREFIX_PATH={prefix}", folder=consumer)


def test_the_command_finds_its_library(prefix: Path) -> None:
    assert run(str(prefix / "bin" / "damsession"), "--version").count(version()) == 2


def test_the_command_is_hardened(prefix: Path) -> None:
    said = run("readelf", "-dW", "--dyn-syms", str(prefix / "bin" / "damsession"))
    assert "BIND_NOW" in said and "__stack_chk_fail" in said and re.search(r" __\w+_chk@", said)


def test_what_root_installs_was_built_before() -> None:
    """Files of root's in the source tree would be in its owner's way."""
    built = run("make", "-n", "-B", "lib")
    pages = [f".build/man/damsession-{page.stem}.7" for page in PAGES]
    assert all(f">{page}\n" in built for page in [*pages, ".build/man/damsession.3"]), built
    assert "bindings/c/functions.py" in built


@pytest.mark.parametrize("place", ["lib64", "lib/any-linux-gnu", "bin"])
def test_the_command_finds_it_in_another_folder(tmp_path: Path, place: str) -> None:
    prefix = tmp_path / "before"
    run("make", "install", f"PREFIX={prefix}", f"LIBDIR={prefix / place}")
    moved = prefix.rename(tmp_path / "behind")
    assert run(str(moved / "bin" / "damsession"), "--version").count(version()) == 2


def test_as_a_packager(tmp_path: Path) -> None:
    tmp_path /= "a folder"
    multiarch = run("cc", "-print-multiarch").strip()
    words = [f"DESTDIR={tmp_path}", "PREFIX=/usr", f"LIBDIR=/usr/lib/{multiarch}"]
    run("make", "notices")
    run("make", "install", *words)
    share, library = "usr/share", f"usr/lib/{multiarch}"
    assert files(tmp_path) == sorted(
        [
            "usr/bin/damsession",
            "usr/include/damsession.h",
            f"{library}/libdamsession.so",
            f"{library}/libdamsession.so.1",
            f"{library}/cmake/damsession/damsession-config.cmake",
            f"{library}/cmake/damsession/damsession-config-version.cmake",
            f"{library}/pkgconfig/damsession.pc",
            f"{share}/bash-completion/completions/damsession",
            f"{share}/fish/vendor_completions.d/damsession.fish",
            f"{share}/zsh/site-functions/_damsession",
            f"{share}/man/man1/damsession.1",
            f"{share}/man/man3/damsession.3",
            *(f"{share}/man/man3/{name}.3" for name in exported()),
            *(f"{share}/man/man7/damsession-{page.stem}.7" for page in PAGES),
            f"{share}/doc/damsession/CHANGELOG.md",
            f"{share}/doc/damsession/LICENSE",
            f"{share}/doc/damsession/NOTICES",
            f"{share}/doc/damsession/README.md",
            *(f"{share}/doc/damsession/examples/{path.name}" for path in EXAMPLES),
        ]
    )
    for name in ("pkgconfig/damsession.pc", "cmake/damsession/damsession-config.cmake"):
        text = (tmp_path / library / name).read_text("utf-8")
        assert f"/{library}" in text and str(tmp_path) not in text and "@LIBDIR@" not in text
    assert os.readlink(tmp_path / library / "libdamsession.so") == "libdamsession.so.1"
    # Where the loader looks anyway, a path of its own is what packagers remove.
    assert "RUNPATH" not in run("readelf", "-dW", str(tmp_path / "usr/bin/damsession"))
    run("make", "uninstall", *words)
    assert files(tmp_path) == []


def test_what_is_in_the_tarball(tarball: Path) -> None:
    with tarfile.open(tarball) as archive:
        entries = archive.getmembers()
    assert {(each.uid, each.gid, each.mtime) for each in entries} == {(0, 0, entries[0].mtime)}
    assert [each.name for each in entries] == sorted(each.name for each in entries)


def test_the_tarball_works_where_it_is_unpacked(unpacked: Path, consumer: Path) -> None:
    root = unpacked
    assert run(str(root / "bin" / "damsession"), "--version").count(version()) == 2
    assert {"LICENSE", "NOTICES"} <= set(os.listdir(root / "share" / "doc" / "damsession"))
    at = {"PKG_CONFIG_PATH": str(root / "lib" / "pkgconfig")}
    flags = run("pkg-config", "--cflags", "--libs", "damsession", more=at).split()
    run("cc", "consumer.c", "-o", "consumer", *flags, folder=consumer)
    (consumer / "CMakeLists.txt").write_text(CMAKE.format(wanted=version()), "ascii")
    run("cmake", "-S", ".", "-B", "build", f"-DCMAKE_PREFIX_PATH={root}", folder=consumer)
    run("cmake", "--build", "build", folder=consumer)
    assert run("build/consumer", folder=consumer).strip() == version()


def test_flags_of_the_builder_are_honoured() -> None:
    said = run("make", "-Bn", ".build/bin/damsession", "CFLAGS=-O0 -g3", "LDFLAGS=-Wl,-z,now")
    assert re.search(r"^cc .*-O0 -g3 .*-Wl,-z,now ", said, re.M)


def test_what_is_missing_is_said_where_there_is_no_apt(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in (
        "bash",
        "sh",
        "make",
        "cc",
        "as",
        "ld",
        "python3",
        "date",
        "expr",
        "uname",
        "id",
        "find",
        "sed",
        "mkdir",
    ):
        found = shutil.which(name)
        if found is not None:
            (tmp_path / "bin" / name).symlink_to(found)
    done = subprocess.run(
        ["make", f"BUILD={tmp_path / 'build'}", "lib"],
        cwd=ROOT,
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "there is no apt-get here" in done.stderr
    for name in ("swift", "strip", "patchelf", "lowdown", "pkg-config"):
        assert f"make: {name} is missing: " in done.stderr
    assert "make: cc is missing" not in done.stderr and "swift build" not in done.stdout


@pytest.mark.parametrize(
    "line, offered",
    [
        ("damsession log", {"login", "logout"}),
        ("damsession login x --rot", {"--rotation"}),
        ("damsession login x --rotation ", {"serialize", "newest"}),
        ("damsession help kee", {"keepalive"}),
        ("damsession help trou", {"troubleshooting"}),
    ],
)
def test_completion_for_fish(prefix: Path, line: str, offered: set[str]) -> None:
    script = prefix / "share" / "fish" / "vendor_completions.d" / "damsession.fish"
    path = {"PATH": f"{prefix / 'bin'}:{os.environ['PATH']}"}
    said = run("fish", "-c", f"source {script}; complete -C '{line}'", more=path)
    assert {each.split("\t")[0] for each in said.splitlines()} >= offered
    assert "password" not in said
