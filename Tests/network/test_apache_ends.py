"""How sessions of Apache end: by idleness, and by a new pass-phrase, which ends all of them at
once.

One end causes one login, whoever notices it, and every request gets its response. Apache's log
counts the logins. To know when a session has been idle too long, the test asks Apache itself until
it refuses the cookie.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from apache import USERS, Apache, logins
from apache_conf import REFUSAL, Members
from certificates import Certificates
from common import wait_for
from crowds import Crowd
from processes import held_ports
from ways import WAYS, Wrapper

PAGE = "mem/gallery"
ROTATIONS = ["serialize", "newest"]
IDLE = 3
WRAPPERS = 4


class Rest:
    """Sessions of each way and rotation, who have seen a page; and a server that lets nobody rest
    for long.

    With HTTP/1.1, of which Apache's log knows at once what was answered: the cookies that the
    sessions hold.
    """

    def __init__(self, apache: Apache, port: int, stack: ExitStack) -> None:
        self._apache, self._port = apache, port
        self._begin = len(apache.log())
        kinds = [(way, rotation) for way in WAYS for rotation in ROTATIONS]
        self.sessions: list[Any] = [
            stack.enter_context(
                closing(way(apache.options(port, user, rotation=rotation, http="1.1")))
            )
            for user, (way, rotation) in zip(USERS, kinds, strict=True)
        ]
        assert self.pages() == ["200"] * len(USERS) and self.logins() == len(USERS)
        entries = apache.log()[self._begin :]
        self._cookies = {entry["user"]: entry["new_cookie"].partition(";")[0] for entry in entries}
        assert len(self._cookies) == len(USERS)

    def pages(self) -> list[str]:
        return [session.get(PAGE) for session in self.sessions]

    def is_over(self) -> bool:
        """Whether Apache refuses every cookie that the sessions held at the beginning."""
        return not any(
            self._apache.accepts(self._port, cookie) for cookie in self._cookies.values()
        )

    def logins(self) -> int:
        return logins(self._apache.arrived()[self._begin :])


@pytest.fixture(scope="module")
def impatient(certificates: Certificates) -> Iterator[tuple[Apache, int]]:
    with held_ports(1) as (port,), Apache(certificates, Members(port, idle=IDLE)) as apache:
        yield apache, port


@pytest.fixture
def rest(impatient: tuple[Apache, int]) -> Iterator[Rest]:
    with ExitStack() as stack:
        yield Rest(*impatient, stack)


def test_who_rests_too_long_logs_in_once(rest: Rest) -> None:
    wait_for(rest.is_over)
    for _ in range(2):
        assert rest.pages() == ["200"] * len(USERS)
        assert rest.logins() == 2 * len(USERS)


def test_use_and_keepalives_keep_a_session(rest: Rest) -> None:
    """Some are used and some are only kept, until the cookies of the beginning are too old. Whoever
    comes too late on a slow machine may log in again; nobody else.
    """
    late, used = 0, [time.monotonic()] * len(USERS)
    while not rest.is_over():
        for number, session in enumerate(rest.sessions):
            begin = time.monotonic()
            if number % 2 == 0:
                assert session.get(PAGE) == "200"
            else:
                session.keepalive()
            late += time.monotonic() - used[number] >= IDLE - 1  # Apache counts whole seconds
            used[number] = begin
    assert len(USERS) <= rest.logins() <= len(USERS) + late


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("refusal", [REFUSAL, None], ids=["class", "page"])
def test_a_new_pass_phrase_costs_one_login_in_all(
    certificates: Certificates, folder: Path, refusal: str | None, rotation: str
) -> None:
    """It ends every session at once; threads, loops and programs that were just started find out
    together.
    """
    with (
        held_ports(1) as (port,),
        Apache(certificates, Members(port, "first", refusal=refusal)) as apache,
    ):
        options = apache.options(port, rotation=rotation)
        with Crowd(folder, options) as crowd, ThreadPoolExecutor(WRAPPERS) as pool:
            for count, passphrase in enumerate(["second", "third", "fourth"], 1):
                started = [pool.submit(Wrapper(options).get, PAGE) for _ in range(WRAPPERS)]
                assert crowd.ask(PAGE, rounds=2) == {"200": 2 * crowd.size}
                assert [one.result() for one in started] == ["200"] * WRAPPERS
                assert logins(apache.arrived()) == count
                apache.restart(Members(port, passphrase, refusal=refusal))
