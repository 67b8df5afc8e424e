"""Puts the shared library into the wheel; everything else about the package is in pyproject.toml.

It builds nothing: `make lib` at the root of the source tree does. If DAMSESSION_LIBRARY names
another, that goes in.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

SONAME = "libdamsession.so.1"


def library() -> Path:
    """The library to put in. SystemExit: it has not been built."""
    chosen = os.environ.get("DAMSESSION_LIBRARY")
    built = (
        Path(chosen) if chosen else Path(__file__).resolve().parents[2] / ".build" / "lib" / SONAME
    )
    if not built.is_file():
        raise SystemExit(
            f"damsession: {built} is missing. Run `make lib` in the source tree's root and try again."
        )
    return built


class BuildWithLibrary(build_py):
    """Copies the library beside the modules, where the package looks for it first."""

    def run(self) -> None:
        if self.editable_mode:  # it uses the source tree, which stays free of built files
            return super().run()
        found = library()
        # A module removed since the last build would travel along.
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        shutil.copyfile(found, Path(self.build_lib, "damsession", SONAME))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """With the library, so that every installer knows of it."""
        bundled = [] if self.editable_mode else [str(Path(self.build_lib, "damsession", SONAME))]
        return [*super().get_outputs(include_bytecode), *bundled]


class PlatformWheel(bdist_wheel):
    """Any Python 3, one platform: the library is called through ctypes, so no Python ABI is
    involved.
    """

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


class BinaryDistribution(Distribution):
    """Says that the wheel is not pure, although setuptools compiles nothing."""

    def has_ext_modules(self) -> bool:
        return True


setup(
    distclass=BinaryDistribution,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
)
