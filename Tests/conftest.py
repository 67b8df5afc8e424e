"""What every test in Python uses: the sandbox's fixtures, and an environment without the user's
settings.
"""

from __future__ import annotations

import os
from pathlib import Path

import common  # noqa: F401 - says which library is tested
import pytest

from damsession.sandbox import pytest_plugin

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.is_registered(pytest_plugin):
        # It is, where the package is installed.
        config.pluginmanager.register(pytest_plugin)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if (
            name.startswith("DAMSESSION_")
            and name != "DAMSESSION_LIBRARY"
            or name.lower() in _PROXIES
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
