"""Servers of others, started: each for the length of a `with`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
# What starts servers, and processes that have a session, is where it was needed first.
sys.path += [str(TESTS / "network"), str(TESTS / "sharing")]
os.environ["PYTHONPATH"] = str(TESTS.parent / "bindings" / "python")

from glewlwyd import Glewlwyd  # noqa: E402
from processes import held_ports  # noqa: E402
from synapse import Synapse  # noqa: E402


@contextmanager
def glewlwyd() -> Iterator[Glewlwyd]:
    with held_ports(1) as (port,), Glewlwyd(port) as started:
        yield started


@contextmanager
def synapse() -> Iterator[Synapse]:
    with held_ports(2) as (port, own_port), Synapse(port, own_port) as started:
        yield started
