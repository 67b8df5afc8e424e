"""Fixtures for pytest: one pair of servers per run, clean for every test.

Use it with `pytest_plugins = ["damsession.sandbox.pytest_plugin"]`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .client import Sandbox


@pytest.fixture(scope="session")
def dam_sandbox_process() -> Iterator[Sandbox]:
    """The servers, started once; tests should ask for `dam_sandbox`."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def dam_sandbox(dam_sandbox_process: Sandbox) -> Iterator[Sandbox]:
    """The servers as just started: no sessions, no log, default knobs."""
    dam_sandbox_process.reset()
    yield dam_sandbox_process
