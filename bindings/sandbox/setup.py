"""Takes the modules from the binding's folder, and the version from the binding: the two are
released together, and work apart.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PYTHON = Path(__file__).resolve().parents[1] / "python"


class BuildAnew(build_py):
    """Without what an earlier build has left: a module removed since then would travel along."""

    def run(self) -> None:
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


found = re.search(
    r'^HEADER_VERSION\b.*"(.+)"', (PYTHON / "damsession" / "_abi.py").read_text("utf-8"), re.M
)
if found is None:
    raise SystemExit(f"damsession-sandbox: {PYTHON}/damsession/_abi.py names no HEADER_VERSION")

setup(
    version=found[1],
    cmdclass={"build_py": BuildAnew},
    # Not the binding: programs in C and shell scripts are tested without it.
    install_requires=["aiohttp>=3.9", "trustme>=1.1"],
    packages=["damsession.sandbox"],
    package_dir={"damsession.sandbox": "../python/damsession/sandbox"},
    package_data={"damsession.sandbox": ["*.html"]},
)
