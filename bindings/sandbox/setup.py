"""Takes the modules from the binding's folder, and the version from the binding: the two are
released together, and work apart.
"""

from __future__ import annotations

import re
from pathlib import Path

from setuptools import setup

PYTHON = Path(__file__).resolve().parents[1] / "python"

found = re.search(
    r'^HEADER_VERSION\b.*"(.+)"', (PYTHON / "damsession" / "_abi.py").read_text("utf-8"), re.M
)
if found is None:
    raise SystemExit(f"damsession-sandbox: {PYTHON}/damsession/_abi.py names no HEADER_VERSION")

setup(
    version=found[1],
    # Not the binding: programs in C and shell scripts are tested without it.
    install_requires=["aiohttp>=3.9", "trustme>=1.1"],
    packages=["damsession.sandbox"],
    package_dir={"damsession.sandbox": "../python/damsession/sandbox"},
    package_data={"damsession.sandbox": ["*.html"]},
)
