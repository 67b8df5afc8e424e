"""Fixtures for pytest: one set of servers per run, reset for every test.

Use them with `pytest_plugins = ["damsession.sandbox.pytest_plugin"]`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .client import Sandbox


@pytest.fixture(scope="session")
def dam_sandbox_process() -> Iterator[Sandbox]:
    """The servers, started once per run. A test uses `dam_sandbox`."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def dam_sandbox(dam_sandbox_process: Sandbox) -> Iterator[Sandbox]:
    """The servers as they are after a start: no sessions, an empty log, default knobs."""
    dam_sandbox_process.reset()
    yield dam_sandbox_process
