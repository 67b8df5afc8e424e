"""How a `Session.stream` ends early: it is left, the connection breaks, a callback, a canceller or
Ctrl-C stops it, or the session is closed.

Whatever ends it, nothing stays behind: no connection, no descriptor, no session in use.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Opener, descriptors

import damsession
from damsession.sandbox import Sandbox

SIZE = 5_000_000
DOWNLOAD = f"mem/image/I0001/download?size={SIZE}"
ENDLESS = f"mem/image/I0001/download?size={1 << 40}"
SLOW = "mem/slow?seconds=50"


class Mine(Exception):
    """An exception that damsession knows nothing of."""


@pytest.fixture
def session(photoshelter: Opener) -> Iterator[damsession.Session]:
    """One that was used, and that is as free after the test as it was before."""
    with photoshelter() as session:
        session.get("mem/user/session")
        before = descriptors()
        yield session
        assert descriptors() <= before and not session._handle._calls
        if not session.closed:
            assert session.get("mem/user/session").ok


@pytest.mark.parametrize("take", [0, 1, 5])
def test_one_that_is_left_early_gives_everything_back(
    session: damsession.Session, take: int
) -> None:
    for _ in range(3):
        with session.stream("GET", ENDLESS) as response:
            assert all(next(response) for _ in range(take))


def test_one_that_is_left_by_an_exception_does_so_too(session: damsession.Session) -> None:
    with pytest.raises(Mine), session.stream("GET", ENDLESS):
        raise Mine("mine")


def test_one_that_breaks_off_says_so_after_what_came(
    session: damsession.Session, dam_sandbox: Sandbox
) -> None:
    dam_sandbox.fault("truncate", match="download")
    got = 0
    with session.stream("GET", DOWNLOAD) as response:
        with pytest.raises(damsession.TransferError):
            for piece in response:
                got += len(piece)
        assert (got, response.status, response.ok) == (SIZE // 2, 200, True)
        with pytest.raises(damsession.TransferError):
            response.read()


def test_one_that_never_begins_raises_at_once(
    session: damsession.Session, dam_sandbox: Sandbox
) -> None:
    entered = False
    dam_sandbox.fault("status", status=503, match="download")
    for kind, path in [(damsession.ServerFault, DOWNLOAD), (damsession.ArgumentError, "a b")]:
        with pytest.raises(kind), session.stream("GET", path):
            entered = True
    assert not entered


@pytest.mark.parametrize("what", ["progress", "data"])
@pytest.mark.parametrize("error", [Mine("mine"), KeyboardInterrupt()])
def test_what_a_callback_raises_comes_out(
    session: damsession.Session, what: str, error: BaseException
) -> None:
    def fail(*_: Any) -> Iterator[bytes]:
        raise error

    def broken() -> Iterator[bytes]:
        yield b"x"
        raise error

    options: Any = {"progress": fail} if what == "progress" else {"data": broken()}
    with pytest.raises(type(error)) as caught:
        with session.stream("POST", "mem/gallery/G1", **options) as response:
            response.read()
    assert caught.value is error


def test_what_credentials_raise_comes_out(photoshelter: Opener) -> None:
    def ask(prompt: damsession.Prompt) -> str:
        raise Mine("mine")

    with photoshelter(password=None, credentials=ask) as session:
        before = descriptors()
        with pytest.raises(Mine), session.stream("GET", DOWNLOAD):
            pass
        assert descriptors() == before


def test_a_canceller_ends_it_from_another_thread(session: damsession.Session) -> None:
    canceller, started = damsession.Canceller(), threading.Event()

    def end() -> None:
        started.wait(10)
        canceller.cancel()

    other = threading.Thread(target=end)
    other.start()
    with pytest.raises(damsession.Cancelled):
        with session.stream("GET", ENDLESS, canceller=canceller) as response:
            for _ in response:
                started.set()
    other.join()


def press(when: threading.Event) -> threading.Thread:
    """A thread that presses Ctrl-C."""

    def run() -> None:
        when.wait(10)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_ctrl_c_ends_one_that_waits_for_its_head(session: damsession.Session) -> None:
    handler, waiting = signal.getsignal(signal.SIGINT), threading.Event()
    thread = press(waiting)
    with pytest.raises(KeyboardInterrupt):
        with session.stream("GET", SLOW, progress=lambda *_: waiting.set()):
            pass
    thread.join()
    assert signal.getsignal(signal.SIGINT) is handler


def test_ctrl_c_ends_one_that_is_busy(session: damsession.Session) -> None:
    for number in (1, 2, 3, 10, 100):  # it meets the stream inside and outside of C
        begun = threading.Event()
        thread = press(begun)
        with pytest.raises(KeyboardInterrupt):
            with session.stream("GET", ENDLESS) as response:
                for count, _ in enumerate(response, 1):
                    if count == number:
                        begun.set()
        thread.join()


def test_one_is_used_inside_of_its_with(session: damsession.Session) -> None:
    fresh = session.stream("GET", DOWNLOAD)
    assert fresh.response is None
    uses: list[Any] = [
        lambda one: one.status,
        lambda one: one.headers,
        next,
        lambda one: one.read(),
    ]
    for use in uses:
        with pytest.raises(RuntimeError, match="inside of its `with`"):
            use(fresh)
    with fresh as response:
        next(response)
    assert response.status == 200  # what is known stays known
    for use in uses[2:]:
        with pytest.raises(RuntimeError, match="inside of its `with`"):
            use(response)
    with fresh as again:  # a new request
        assert len(again.read()) == SIZE


def test_a_closed_session_has_none_but_lets_one_end(session: damsession.Session) -> None:
    with session.stream("GET", DOWNLOAD) as response:
        next(response)
        session.close()
        assert len(response.read()) > SIZE // 2
    with pytest.raises(ValueError, match="closed"), session.stream("GET", DOWNLOAD):
        pass
