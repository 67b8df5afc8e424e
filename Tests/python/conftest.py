"""What every test stands on: a library, a clean pair of servers, and directories of its own."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path
from typing import Any, Awaitable, Callable, Iterator

import pytest
from common import ROOT, own_environment, pytest_configure  # noqa: F401

import damsession
from damsession.sandbox import Sandbox

#: Opens a session with the usual options of a system; keywords go before them. Closed after the test.
Opener = Callable[..., damsession.Session]

#: Opens a session with the usual options, runs a coroutine function on it in an event loop, and closes it.
Runner = Callable[..., Any]


class Memory:
    """How much more of the machine's memory this process took at its peak than when this was made."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        self._before = self._peak()

    def grown(self) -> int:
        return self._peak() - self._before

    def _peak(self) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024


def descriptors() -> int:
    """How many descriptors this process has open."""
    return len(os.listdir("/proc/self/fd"))


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


@pytest.fixture
def run(photoshelter: Opener) -> Runner:
    def runner(work: Callable[[damsession.AsyncSession], Awaitable[Any]], **options: Any) -> Any:
        async def main() -> Any:
            complaints: list[Any] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            threads = threading.active_count()
            async with damsession.AsyncSession(photoshelter(**options)) as session:
                result = await work(session)
                assert threading.active_count() == threads
            assert session.closed and complaints == []
            return result

        return asyncio.run(asyncio.wait_for(main(), 60))

    return runner


def _opener(**usual: Any) -> Iterator[Opener]:
    opened: list[damsession.Session] = []

    def opener(**options: Any) -> damsession.Session:
        session = damsession.open(**{**usual, **options})
        opened.append(session)
        return session

    yield opener
    for session in opened:
        session.close()
