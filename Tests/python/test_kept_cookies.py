"""A request that is given up after the head of its response arrived keeps the cookie of that head.
The sandbox refuses every older cookie, so that a lost one shows as a second login.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox

PATH = "mem/user/session"


@pytest.fixture(params=["serialize", "newest"])
def session(
    request: pytest.FixtureRequest, photoshelter: Opener, dam_sandbox: Sandbox
) -> damsession.Session:
    """One that is logged in. The next response stops half-way, and stays so."""
    dam_sandbox.knobs(old_cookie="refuse")
    opened = photoshelter(rotation=request.param)
    assert opened.get(PATH).ok
    dam_sandbox.fault("stall", match=PATH)
    return opened


def arrived(then: Callable[[], Any]) -> Callable[..., None]:
    """A progress function that does something once, when a part of the body is here."""
    done: list[bool] = []

    def progress(down: int, *_: Any) -> None:
        if down > 0 and not done:
            done.append(True)
            then()

    return progress


@pytest.fixture
def kept(photoshelter: Opener, dam_sandbox: Sandbox) -> Callable[[], bool]:
    """Asks whether a session from the store gets its response without another login."""

    def ask() -> bool:
        with photoshelter() as other:
            assert other.get(PATH).ok
        counted = dam_sandbox.state()["photoshelter"]
        return bool(counted["logins_ok"] == 1 and counted["stale_cookie_refusals"] == 0)

    return ask


async def cancelled(work: Coroutine[Any, Any, Any], begun: asyncio.Event) -> None:
    """Runs `work` as a task, and cancels it when `begun` is set."""
    task = asyncio.ensure_future(work)
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_cancelled_task(session: damsession.Session, kept: Callable[[], bool]) -> None:
    async def work() -> None:
        async with damsession.AsyncSession(session) as one:
            begun = asyncio.Event()
            await cancelled(one.get(PATH, progress=arrived(begun.set)), begun)

    asyncio.run(work())
    assert kept()


def test_a_stream_that_waits_for_the_rest(
    session: damsession.Session, kept: Callable[[], bool]
) -> None:
    async def work() -> None:
        async with damsession.AsyncSession(session) as one:
            begun = asyncio.Event()

            async def take() -> None:
                async with one.stream("GET", PATH, progress=arrived(begun.set)):
                    pass

            await cancelled(take(), begun)

    asyncio.run(work())
    assert kept()


def test_a_session_that_is_closed(session: damsession.Session, kept: Callable[[], bool]) -> None:
    async def work() -> None:
        begun = asyncio.Event()
        async with damsession.AsyncSession(session) as one:
            task = asyncio.ensure_future(one.get(PATH, progress=arrived(begun.set)))
            await begun.wait()
        with pytest.raises(damsession.Cancelled):
            await task

    asyncio.run(work())
    assert kept()


def test_a_session_that_nobody_closes(
    session: damsession.Session, kept: Callable[[], bool]
) -> None:
    """The event loop just ends, with a request under way; the garbage collector takes it all."""

    async def work() -> None:
        begun = asyncio.Event()
        task = asyncio.ensure_future(
            damsession.AsyncSession(session).get(PATH, progress=arrived(begun.set))
        )
        await begun.wait()
        task.get_loop().set_exception_handler(lambda *_: None)  # which would complain of the task

    loop = asyncio.new_event_loop()
    loop.run_until_complete(work())
    loop.close()
    del loop
    gc.collect()
    assert kept()


def test_a_canceller(session: damsession.Session, kept: Callable[[], bool]) -> None:
    canceller = damsession.Canceller()
    with pytest.raises(damsession.Cancelled):
        session.get(PATH, canceller=canceller, progress=arrived(canceller.cancel))
    assert kept()


def test_ctrl_c_in_a_stream(session: damsession.Session, kept: Callable[[], bool]) -> None:
    begun = threading.Event()

    def press() -> None:
        begun.wait(10)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=press)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        with session.stream("GET", PATH, progress=arrived(begun.set)):
            pass
    thread.join()
    assert kept()
