"""What every test stands on: a library, a clean pair of servers, and directories of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

import damsession
from damsession.sandbox import Sandbox, pytest_plugin

ROOT = Path(__file__).resolve().parents[2]

os.environ.setdefault("DAMSESSION_LIBRARY", str(ROOT / ".build" / "lib" / "libdamsession.so.1"))

#: Opens a session with the usual options of a system; keywords go before them. Closed after the test.
Opener = Callable[..., damsession.Session]


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.is_registered(pytest_plugin):  # it is, where the package is installed
        config.pluginmanager.register(pytest_plugin)


@pytest.fixture(autouse=True)
def own_directories(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("DAMSESSION_") and name != "DAMSESSION_LIBRARY":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def photoshelter(dam_sandbox: Sandbox) -> Iterator[Opener]:
    yield from _opener(
        system="photoshelter",
        url=dam_sandbox.photoshelter,
        user="solo@example.com",
        password="solo-password",
        api_key=dam_sandbox.api_key,
        ca_file=dam_sandbox.ca_file,
    )


@pytest.fixture
def fotoweb(dam_sandbox: Sandbox) -> Iterator[Opener]:
    yield from _opener(
        system="fotoweb", url=dam_sandbox.fotoweb, user="ada", password="ada-password", ca_file=dam_sandbox.ca_file
    )


def _opener(**usual: Any) -> Iterator[Opener]:
    opened: list[damsession.Session] = []

    def opener(**options: Any) -> damsession.Session:
        session = damsession.open(**{**usual, **options})
        opened.append(session)
        return session

    yield opener
    for session in opened:
        session.close()
