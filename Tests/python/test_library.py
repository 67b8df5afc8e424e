"""Finding the shared library: when it is loaded, where it is searched, and the error if it is
missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from common import ROOT

PACKAGE = ROOT / "bindings" / "python"


def python(program: str, **environment: str) -> str:
    """What a fresh Python prints, with nothing in its environment but this."""
    environment = {"PYTHONPATH": str(PACKAGE), "PATH": os.environ["PATH"], **environment}
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def load(path: object) -> str:
    """What is said when the library at `path` is asked for."""
    program = (
        "import damsession\n"
        "try: print('loaded', damsession.version())\n"
        "except ImportError as error: print(type(error).__name__, error)"
    )
    return python(program, DAMSESSION_LIBRARY=str(path))


def build(source: str, into: Path) -> Path:
    code = into / "fake.c"
    code.write_text(source)
    library = into / "libfake.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(code)], check=True)
    return library


def test_import_loads_nothing() -> None:
    program = (
        "import damsession, damsession.sandbox, damsession._library as l\n"
        "print(l._loaded, 'damsession.so' in open('/proc/self/maps').read())"
    )
    assert python(program, DAMSESSION_LIBRARY="/nowhere").split() == ["None", "False"]


def test_import_takes_no_asyncio_along_and_yet_has_all_names() -> None:
    program = (
        "import sys, damsession\n"
        "print(sorted({'asyncio', 'concurrent.futures', 'logging', 'subprocess'} & set(sys.modules)))\n"
        "from damsession import *\n"
        "print(aopen is damsession.aopen, AsyncSession.__name__, set(damsession.__all__) <= set(dir(damsession)))\n"
        "print(hasattr(damsession, 'nothing'))"
    )
    assert python(program).split() == ["[]", "True", "AsyncSession", "True", "False"]


def test_what_the_variable_names_is_loaded_and_nothing_else(tmp_path: Path) -> None:
    assert load(os.environ["DAMSESSION_LIBRARY"]).startswith("loaded 1.")
    said = load(tmp_path / "absent.so")
    assert said.startswith("LibraryNotFound") and "absent.so" in said and "the system" not in said


def test_every_place_is_listed_with_its_reason() -> None:
    program = (
        "import damsession\ntry: damsession.names()\nexcept ImportError as error: print(error)"
    )
    said = python(program)
    assert "  beside the package: " in said and "damsession/libdamsession.so.1" in said
    assert "  the system: " in said
    assert "DAMSESSION_LIBRARY" in said


def test_a_failure_is_not_remembered(tmp_path: Path) -> None:
    program = (
        "import damsession, os\n"
        "try: damsession.version()\n"
        "except damsession.LibraryNotFound: os.environ['DAMSESSION_LIBRARY'] = os.environ['LATER']\n"
        "print(damsession.version())"
    )
    said = python(program, DAMSESSION_LIBRARY="/nowhere", LATER=os.environ["DAMSESSION_LIBRARY"])
    assert said.startswith("1.")


def test_another_library_is_told_from_ours(tmp_path: Path) -> None:
    assert "dam_version" in load(build("int something(void) { return 0; }", tmp_path))


@pytest.mark.parametrize("version", ["0.9.9", "2.0.0"])
def test_a_library_of_another_major_version_is_refused(version: str, tmp_path: Path) -> None:
    from damsession._abi import FUNCTIONS

    others = "".join(f"void {name}(void) {{}}\n" for name in FUNCTIONS if name != "dam_version")
    said = load(
        build(f'const char *dam_version(void) {{ return "{version}"; }}\n{others}', tmp_path)
    )
    assert said.startswith("LibraryNotFound") and f"version {version}" in said
