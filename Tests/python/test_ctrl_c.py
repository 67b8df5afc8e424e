"""Ctrl-C in blocking calls, at any moment, beside the handlers that applications install."""

from __future__ import annotations

import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Opener

import damsession

SLOW = "mem/slow?seconds=30"


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def pressed_in(session: damsession.Session) -> threading.Thread:
    """Presses when a request has begun."""
    before = session.statistics.requests

    def run() -> None:
        while session.statistics.requests == before:
            time.sleep(0.01)
        press()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.fixture
def session(photoshelter: Opener) -> damsession.Session:
    session = photoshelter(authentication="token", store="memory")
    session.login()
    return session


@pytest.fixture
def handle() -> Iterator[Callable[[Any], Any]]:
    before = signal.getsignal(signal.SIGINT)
    yield lambda handler: signal.signal(signal.SIGINT, handler)
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("told", [False, True])
def test_none_is_lost_and_none_is_left(
    session: damsession.Session, told: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    options: Any = {"progress": lambda *_: None} if told else {}
    session.get("echo", **options)
    begin = time.monotonic()
    session.get("echo", **options)
    usual = time.monotonic() - begin
    for number in range(60):  # at moments from before a request to after it
        timer = threading.Timer(usual * 1.5 * number / 60, press)
        with pytest.raises(KeyboardInterrupt):
            timer.start()
            while True:
                session.get("echo", **options)
        timer.join()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert session.get("echo").ok
    assert "Exception ignored" not in capfd.readouterr().err


def test_a_handler_of_the_application_runs_and_stays(
    session: damsession.Session, handle: Callable[[Any], Any]
) -> None:
    canceller = damsession.Canceller()

    def stop(*_: Any) -> None:
        canceller.cancel()

    handle(stop)
    thread = pressed_in(session)
    with pytest.raises(damsession.Cancelled):
        session.get(SLOW, canceller=canceller)
    thread.join()
    assert signal.getsignal(signal.SIGINT) is stop


def test_who_ignores_it_gets_the_response(
    session: damsession.Session, handle: Callable[[Any], Any]
) -> None:
    handle(signal.SIG_IGN)
    thread = pressed_in(session)
    assert session.get("mem/slow?seconds=0.5").ok
    thread.join()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_handler_that_a_callback_installs_stays(
    session: damsession.Session, handle: Callable[[Any], Any]
) -> None:
    def stop(*_: Any) -> None:
        pass

    session.get("echo", progress=lambda *_: handle(stop))
    assert signal.getsignal(signal.SIGINT) is stop
    handle(signal.default_int_handler)


def test_it_ends_a_call_in_a_callback_of_another(
    photoshelter: Opener, session: damsession.Session
) -> None:
    other, ended = photoshelter(authentication="token", store="memory"), []

    def ask(*_: Any) -> None:
        try:
            session.get(SLOW)
        except KeyboardInterrupt as error:
            ended.append(error)
            raise

    thread = pressed_in(session)
    with pytest.raises(KeyboardInterrupt) as caught:
        other.get("echo", progress=ask)
    thread.join()
    assert ended == [caught.value]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_call_of_another_thread_goes_on(session: damsession.Session) -> None:
    responses: queue.Queue[damsession.Response] = queue.Queue()
    thread = pressed_in(session)
    other = threading.Thread(target=lambda: responses.put(session.get("mem/slow?seconds=1")))
    with pytest.raises(KeyboardInterrupt):
        other.start()  # here, because it is pressed as soon as the request has begun
        responses.get()
    assert responses.get().ok
    thread.join()
    other.join()
