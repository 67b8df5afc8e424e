"""Prints the notices of what is linked into the shared library, each in full.

Usage: notices.py ARCHIVES CHECKOUTS. ARCHIVES is what the linker wrote down (lld's
--print-archive-stats): an archive whose owner is not known here is an error, so that nothing is
linked in unnoticed. CHECKOUTS are the sources of the packages that SwiftPM compiled. Texts come
from the toolchain, from the sources, and from the system's packages; what none of them has is in
`licences` beside this file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMMON = Path("/usr/share/common-licenses")
LINE = "=" * 80
#: What is in the toolchain's archives. All of it is the Swift project's, under one licence.
SWIFT = {
    "libswiftCore.a": "Swift's run time and standard library, with parts of LLVM",
    "libswift_Concurrency.a": "Swift's concurrency",
    "libswift_StringProcessing.a": "Swift's string processing",
    "libswift_RegexParser.a": "Swift's parser of regular expressions",
    "libswiftSynchronization.a": "Swift's atomic values",
    "libswiftGlibc.a": "Swift's view of glibc",
    "libswiftSwiftOnoneSupport.a": "Swift's support for programs that are not optimized",
    "libFoundationEssentials.a": "swift-foundation, FoundationEssentials",
    "lib_FoundationCShims.a": "swift-foundation, its part in C",
    "lib_FoundationCollections.a": "swift-collections",
    "libdispatch.a": "swift-corelibs-libdispatch",
    "libBlocksRuntime.a": "the run time of blocks, from swift-corelibs-libdispatch",
}
WORDS = re.compile(r"copyright|licen[cs]e|permission|public domain|redistribution", re.I)
#: The permission itself, which the licence beside the sources already gives in full.
APACHE = re.compile(r"Licensed under the Apache License|SPDX-License-Identifier: Apache-2\.0\b")


def sections(archives: Path, checkouts: Path) -> Iterator[tuple[str, str]]:
    """Headings and texts, in an order that does not change from build to build."""
    found = linked(archives)
    toolchain = Path(tool("swift")).resolve().parents[2]
    swift = sorted(path.name for path in found if path.is_relative_to(toolchain))
    if unknown := [name for name in swift if name not in SWIFT]:
        sys.exit(
            f"notices: {', '.join(unknown)} of the toolchain is linked in: say in {__file__} what it is,"
            " and see to its licence"
        )
    yield (
        "The run time of Swift (" + "; ".join(SWIFT[name] for name in swift) + ")",
        "Copyright (c) 2014 - 2026 Apple Inc. and the Swift project authors\n\n"
        + text(toolchain / "usr" / "share" / "swift" / "LICENSE.txt"),
    )
    yield (
        "Tables made of the Unicode Character Database, in Swift's standard library",
        text(HERE / "licences" / "Unicode-3.0.txt"),
    )
    for checkout in sorted(path for path in checkouts.iterdir() if path.is_dir()):
        yield from of_checkout(checkout)
    packages = {package_of(path) for path in found if not path.is_relative_to(toolchain)}
    yield from of_system(packages)


def linked(archives: Path) -> set[Path]:
    """The archives that something was taken from."""
    rows = [line.split("\t") for line in text(archives).splitlines()[1:]]
    if not rows:
        sys.exit(f"notices: {archives} lists no archive; `make lib` writes it")
    return {Path(path).resolve() for _, taken, path in rows if int(taken)}


def of_checkout(checkout: Path) -> Iterator[tuple[str, str]]:
    """Its own licence and notices, then those of what it has taken over from others."""
    own = [path for name in ("LICENSE*", "NOTICE*") for path in sorted(checkout.glob(name))]
    if not own:
        sys.exit(f"notices: {checkout} has no licence file")
    yield checkout.name, "\n\n".join(text(path) for path in own)
    for folder in sorted((checkout / "Sources").glob("C*")):
        if folder.is_dir() and (notices := in_sources(folder)):
            yield (
                f"{checkout.name}, {folder.name}: notices in its sources\n"
                "(where they name the Apache License, Version 2.0, it is the one above)",
                notices,
            )


def in_sources(folder: Path) -> str:
    """Each notice at the beginning of a source, once, with all of its copyright lines."""
    owners: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".c", ".cc", ".h", ".inc", ".S", ".swift"}:
            for notice in comments(path.read_text("utf-8", "replace")):
                lines = notice.splitlines()
                whose = {
                    line.strip()
                    for line in lines
                    if re.match(r"\s*(SPDX-\S+ )?copyright", line, re.I)
                }
                rest = "\n".join(line for line in lines if line.strip() not in whose).strip()
                owners.setdefault(
                    APACHE.search(rest) and "Apache License, Version 2.0" or rest, set()
                ).update(whose)
    return f"\n\n{'-' * 40}\n\n".join(
        "\n".join([*sorted(whose), *([""] if whose and rest else []), rest])
        for rest, whose in sorted(owners.items())
    )


def comments(source: str) -> Iterator[str]:
    """The comments at a source's beginning that speak of rights, without their marks."""
    begin = re.match(r"(\s*(/\*.*?\*/|//[^\n]*\n|#[^\n]*\n))*", source, re.S)
    for block in re.findall(r"/\*.*?\*/|(?:[ \t]*//[^\n]*\n)+", begin[0] if begin else "", re.S):
        bare = re.sub(r"^[ \t]*(/\*+|\*+/|\*|//+)[ \t]?|\*+/", "", block, flags=re.M)
        if WORDS.search(bare):
            yield bare.strip()


def of_system(packages: set[str]) -> Iterator[tuple[str, str]]:
    """The notices of the system's packages, and the licences they refer to."""
    by_text: dict[str, list[str]] = {}
    for package in sorted(packages):
        by_text.setdefault(text(Path("/usr/share/doc", package, "copyright")), []).append(package)
    for notice, names in by_text.items():
        yield ", ".join(names) + " (linked in in part)", notice
    # Manuals, which are under the GFDL, are not linked in.
    wanted = {
        (COMMON / name.rstrip(".")).resolve().name
        for notice in by_text
        for name in re.findall(rf"{COMMON}/([\w.-]+)", notice)
        if not name.startswith("GFDL")
    }
    for name in sorted(wanted):
        yield name, text(COMMON / name)


def package_of(path: Path) -> str:
    """The package of the system that an archive came with."""
    if not shutil.which("dpkg-query"):
        sys.exit(
            f"notices: {path} is linked in, and without dpkg-query nobody knows on which terms"
        )
    done = subprocess.run(
        ["dpkg-query", "-S", str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"notices: {path} is linked in and comes with no package: {done.stderr.strip()}")
    return done.stdout.split(":")[0]


def tool(name: str) -> str:
    return shutil.which(name) or sys.exit(f"notices: {name} is not in the PATH")


def text(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip() + "\n"
    except OSError as error:
        sys.exit(f"notices: {path}: {error.strerror}")


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit("usage: notices.py ARCHIVES CHECKOUTS")
    print("What is linked into libdamsession.so.1 beside damsession itself, and on which terms.")
    for heading, body in sections(Path(sys.argv[1]), Path(sys.argv[2])):
        print(f"\n{LINE}\n{heading}\n{LINE}\n\n{body.rstrip()}")


if __name__ == "__main__":
    main()
