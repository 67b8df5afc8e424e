"""Waits can be ended: for another process that holds the session, for a slow login, for
Retry-After.

None of the tests may take long: each wait would last half a minute.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox

LONG = 30.0


@pytest.fixture
def held(photoshelter: Opener) -> Iterator[Callable[..., damsession.Session]]:
    """Opens sessions of an identity that one request holds until the end of the test."""
    holding, over = threading.Event(), threading.Event()

    def body() -> Iterator[bytes]:
        yield b"x"
        holding.set()
        over.wait(LONG)

    holder = photoshelter()
    holder.get("mem/user/session")
    thread = threading.Thread(target=lambda: holder.post("echo", data=body()))
    thread.start()
    assert holding.wait(LONG)
    yield lambda: photoshelter()
    over.set()
    thread.join(LONG)
    assert not thread.is_alive()


def cancels(request: Callable[[damsession.Canceller], Any]) -> None:
    """Cancelled from another thread, the request ends at once."""
    canceller = damsession.Canceller()
    threading.Timer(0.3, canceller.cancel).start()
    began = time.monotonic()
    with pytest.raises(damsession.Cancelled):
        request(canceller)
    assert time.monotonic() - began < LONG / 3


def test_a_wait_for_a_sibling_ends(held: Callable[..., damsession.Session]) -> None:
    session = held()
    cancels(lambda canceller: session.get("mem/user/session", canceller=canceller))


def test_a_wait_for_a_sibling_process_ends(
    held: Callable[..., damsession.Session], tmp_path: Any, dam_sandbox: Sandbox
) -> None:
    session = held()
    child = os.fork()
    if child == 0:  # which has no flight of its parent's, but meets its lock
        code = 1
        try:
            cancels(lambda canceller: session.get("mem/user/session", canceller=canceller))
            code = 0
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_progress_callback_may_end_a_wait(held: Callable[..., damsession.Session]) -> None:
    session, seen = held(), []

    def progress(*moved: Any) -> None:
        seen.append(moved)
        if len(seen) == 2:
            raise KeyError("mine")

    with pytest.raises(KeyError):
        session.get("mem/user/session", progress=progress)
    assert seen == [(0, None, 0, None)] * 2


def test_a_slow_login_ends(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    dam_sandbox.fault("delay", seconds=LONG, match="authenticate")
    session = photoshelter()
    cancels(lambda canceller: session.get("mem/user/session", canceller=canceller))


def test_a_login_that_was_cancelled_is_no_siblings_failure(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    dam_sandbox.fault("delay", seconds=LONG, match="authenticate")
    responses = []
    session = photoshelter()
    waiting = threading.Thread(target=lambda: responses.append(session.get("mem/user/session")))

    def login(canceller: damsession.Canceller) -> None:
        threading.Timer(0.1, waiting.start).start()  # while the login is under way
        session.get("mem/user/session", canceller=canceller)

    cancels(login)
    waiting.join(LONG)
    assert [response.status for response in responses] == [200]


def test_a_wait_that_the_server_asks_for_ends(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    session = photoshelter(retry_after=int(LONG))
    session.get("mem/user/session")
    dam_sandbox.fault(
        "status", status=429, headers={"Retry-After": str(int(LONG))}, match="session"
    )
    cancels(lambda canceller: session.get("mem/user/session", canceller=canceller))


def test_a_wait_in_an_event_loop_ends(held: Callable[..., damsession.Session]) -> None:
    async def main() -> None:
        async with damsession.AsyncSession(held()) as session:
            canceller = damsession.Canceller()
            asyncio.get_running_loop().call_later(0.3, canceller.cancel)
            with pytest.raises(damsession.Cancelled):
                await asyncio.wait_for(
                    session.get("mem/user/session", canceller=canceller), LONG / 3
                )

    asyncio.run(main())


def test_ctrl_c_ends_a_wait(held: Callable[..., damsession.Session]) -> None:
    session = held()
    pressing = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        pressing.start()
        session.get("mem/user/session")
    assert time.monotonic() - began < LONG / 3
