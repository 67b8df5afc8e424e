"""What the tests of OAuth2 use: servers of others, each started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import servers
from glewlwyd import Glewlwyd
from synapse import Synapse


@pytest.fixture(scope="session")
def glewlwyd() -> Iterator[Glewlwyd]:
    with servers.glewlwyd() as started:
        yield started


@pytest.fixture(scope="session")
def synapse() -> Iterator[Synapse]:
    with servers.synapse() as started:
        yield started
