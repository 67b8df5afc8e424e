"""Puts the shared library and the command into the wheel; everything else about the package is in
pyproject.toml.

It builds nothing: `make lib` at the root of the source tree does. If DAMSESSION_LIBRARY names
another library, that goes in. What is linked into it is on terms that NOTICES tells: `make wheel`
gathers them, and a wheel for others must have them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

SONAME = "libdamsession.so.1"
BUILD = Path(__file__).resolve().parents[2] / ".build"


def built(path: Path) -> Path:
    """The path. SystemExit: it has not been built."""
    if not path.is_file():
        raise SystemExit(
            f"damsession: {path} is missing. Run `make lib` in the source tree's root and try again."
        )
    return path


def library() -> Path:
    chosen = os.environ.get("DAMSESSION_LIBRARY")
    return built(Path(chosen) if chosen else BUILD / "lib" / SONAME)


def put_command(place: Path) -> None:
    """Copies the command, which finds its library one folder above from then on."""
    place.parent.mkdir(exist_ok=True)
    shutil.copyfile(built(BUILD / "bin" / "damsession"), place)
    place.chmod(0o755)  # whoever built it may have had another umask
    try:
        subprocess.run(["strip", place], check=True)
        subprocess.run(["patchelf", "--set-rpath", "$ORIGIN/..", place], check=True)
    except FileNotFoundError as error:
        raise SystemExit(f"damsession: {error.filename} is missing: install it") from None


class BuildWithLibrary(build_py):
    """Copies the library beside the modules, where the package looks for it first."""

    def _more(self) -> dict[str, Path]:
        """What is no module, and where it goes."""
        names = {"library": SONAME, "command": "bin/damsession"}
        if (BUILD / "notices" / "NOTICES").is_file():
            names["notices"] = "NOTICES"
        return {key: Path(self.build_lib, "damsession", name) for key, name in names.items()}

    def run(self) -> None:
        if self.editable_mode:  # it uses the source tree, which stays free of built files
            return super().run()
        found = library()
        # A module removed since the last build would travel along.
        shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()
        more = self._more()
        shutil.copyfile(found, more["library"])
        put_command(more["command"])
        if "notices" in more:
            shutil.copyfile(BUILD / "notices" / "NOTICES", more["notices"])

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """With what is no module, so that every installer knows of it."""
        more = [] if self.editable_mode else [str(path) for path in self._more().values()]
        return [*super().get_outputs(include_bytecode), *more]


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
