"""One session used by many: threads, processes, forked children, and handles that are closed while
they are in use.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from common import ROOT
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox

PROGRAM = """
import damsession, sys
url, ca_file, api_key = sys.argv[1:]
options = {"system": "photoshelter", "url": url, "user": "solo@example.com", "api_key": api_key, "ca_file": ca_file}
with damsession.open(**options) as session:
    response = session.get("mem/user/session").raise_for_status()
    print(response.generation, session.statistics.logins)
"""


@pytest.mark.parametrize("authentication", ["cookie", "token"])
def test_a_stored_session_needs_no_login_in_another_process(
    photoshelter: Opener, dam_sandbox: Sandbox, authentication: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    monkeypatch.setenv("DAMSESSION_AUTHENTICATION", authentication)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "bindings" / "python"))
    with photoshelter() as session:
        session.login()
        for _ in range(2):
            # The other one has no password at hand, and its rotated cookie comes back here.
            arguments = dam_sandbox.photoshelter, dam_sandbox.ca_file, dam_sandbox.api_key
            command = [sys.executable, "-c", PROGRAM, *arguments]
            printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            assert printed.split() == ["1", "0"]
            session.get("mem/user/session").raise_for_status()
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["refused"]) == (1, 0)


@pytest.mark.parametrize("authentication", ["cookie", "token"])
def test_a_forked_child_goes_on_with_the_session(
    photoshelter: Opener, dam_sandbox: Sandbox, authentication: str
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    with photoshelter(authentication=authentication) as session:
        session.get("mem/user/session").raise_for_status()
        for _ in range(2):
            child = multiprocessing.get_context("fork").Process(
                target=lambda: session.get("mem/user/session").raise_for_status()
            )
            child.start()
            child.join(20)
            assert child.exitcode == 0
            session.get("mem/user/session").raise_for_status()
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["refused"]) == (1, 0)


def test_a_fork_during_a_call_leaves_the_child_free(photoshelter: Opener) -> None:
    with photoshelter(store="memory") as session:
        with session._handle:  # as another thread may use it at the moment of the fork
            child = multiprocessing.get_context("fork").Process(target=lambda: session.login())
            child.start()
        child.join(20)
        assert child.exitcode == 0


@pytest.mark.parametrize(
    "options", [{"authentication": "token"}, {"rotation": "serialize"}, {"rotation": "newest"}]
)
def test_threads_log_in_once_per_expiry(
    photoshelter: Opener, dam_sandbox: Sandbox, options: dict[str, str]
) -> None:
    threads, rounds = 8, 3

    def expire() -> None:
        dam_sandbox.expire()

    begin, end = (
        threading.Barrier(threads, expire, timeout=20),
        threading.Barrier(threads, timeout=20),
    )
    with photoshelter(**options) as session:

        def work(_: int) -> None:
            for _ in range(rounds):
                begin.wait()
                session.get("mem/user/session").raise_for_status()
                end.wait()

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
        assert session.statistics.requests == threads * rounds
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == rounds


def test_closing_does_not_pull_the_session_from_under_a_call(photoshelter: Opener) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow_answer(prompt: damsession.Prompt) -> str:
        inside.set()
        assert go_on.wait(10)
        return "solo-password"

    session = photoshelter(password=None, credentials=slow_answer)
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(session.get, "mem/user/session")
        assert inside.wait(10)
        session.close()
        with pytest.raises(ValueError, match="closed"):
            session.get("mem/user/session")
        assert session._handle._free.alive  # the call is still inside
        go_on.set()
        assert response.result(10).ok
    assert not session._handle._free.alive  # and has freed it on its way out


def test_a_callback_may_close_its_own_session(photoshelter: Opener) -> None:
    def answer(prompt: damsession.Prompt) -> str:
        session.close()
        return "solo-password"

    session = photoshelter(password=None, credentials=answer)
    assert session.get("mem/user/session").ok
    assert session.closed


def test_a_closed_session_says_so_everywhere(photoshelter: Opener) -> None:
    session = photoshelter()
    session.close()
    session.close()
    for use in (
        lambda: session.get("x"),
        session.login,
        session.logout,
        session.forget,
        session.headers,
        session.token,
        lambda: session.state,
        lambda: session.statistics,
        lambda: session.organizations,
        lambda: session.bind_image("x"),
        lambda: session.resolve_image("x"),
        lambda: session.stale(["x"]),
        session.keepalive,
        lambda: session.device_tokens,
    ):
        with pytest.raises(ValueError, match="closed"):
            use()


def test_a_forgotten_session_is_freed_by_the_collector() -> None:
    session = damsession.open(system="photoshelter", user="x", api_key="k", store="memory")
    free = session._handle._free
    assert free.alive
    del session
    gc.collect()
    assert not free.alive


def test_a_session_left_open_is_silent_at_exit() -> None:
    program = (
        "import damsession\n"
        "session = damsession.open(system='photoshelter', user='x', api_key='k', store='memory', log=True,\n"
        "    credentials=lambda prompt: None)\n"
        "cycle = [session]; cycle.append(cycle)"
    )
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "bindings" / "python")}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
