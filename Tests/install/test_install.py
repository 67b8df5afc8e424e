"""`make install`, as packagers and users of C, CMake and shells meet it: in empty directories, with
nothing of the source tree in reach.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from common import ROOT

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


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it was installed by `make install PREFIX=...`."""
    place = tmp_path_factory.mktemp("prefix")
    run("make", "install", f"PREFIX={place}")
    return place


@pytest.fixture
def consumer(tmp_path: Path) -> Path:
    (tmp_path / "consumer.c").write_text(PROGRAM, "ascii")
    return tmp_path


def version() -> str:
    found = re.search(r'#define DAM_VERSION "(.*)"', HEADER)
    assert found is not None
    return found[1]


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


def exported() -> list[str]:
    return re.findall(
        r"^    (dam_\w+);", (ROOT / "Sources/DamABI/exports.map").read_text("utf-8"), re.M
    )


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


def test_the_tarball_works_where_it_is_unpacked(tmp_path: Path, consumer: Path) -> None:
    run("make", "-s", "dist", f"DIST={tmp_path / 'dist'}")
    (packed,) = (tmp_path / "dist").glob(f"damsession-{version()}-linux-*.tar.gz")
    with tarfile.open(packed) as archive:
        entries = archive.getmembers()
    assert {(each.uid, each.gid, each.mtime) for each in entries} == {(0, 0, entries[0].mtime)}
    assert [each.name for each in entries] == sorted(each.name for each in entries)
    run("tar", "xzf", str(packed), "-C", str(tmp_path))
    root = tmp_path / packed.name.removesuffix(".tar.gz")
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
