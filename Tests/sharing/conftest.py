"""What the tests of sharing use: servers, crews of processes, C helpers, and stores by name.

Sharing means single flight, locks, crashes, forks, and one session in many threads and processes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from common import ROOT, compile_c, wait_for
from crew import Crew, Worker

from damsession.sandbox import Sandbox

HERE = Path(__file__).resolve().parent
#: Workers import the package that the tests import.
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "bindings" / "python"), str(HERE)])

ADA = "correct horse & battery=staple%41+ü"
AARDVARK, BADGER = "O0000AARDVARK0001", "O0000BADGER000002"


class Kind(NamedTuple):
    """A system with an authentication, a small request that needs a session, and what the path
    of a login holds.
    """

    system: str
    authentication: str
    path: str
    login: str

    def __str__(self) -> str:
        return self.authentication


COOKIE = Kind("photoshelter", "cookie", "mem/user/session", "mem/authenticate")
TOKEN = Kind("photoshelter", "token", "mem/user/session", "mem/authenticate")
DEVICE = Kind("fotoweb", "device-token", "Information", "Login.fwx")
LOGIN_TOKEN = Kind("fotoweb", "login-token", "Information", "Information")
KINDS = [COOKIE, TOKEN, DEVICE, LOGIN_TOKEN]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the file store of this test is; not there yet."""
    return tmp_path / "sessions"


class Stage:
    """The servers, and the options for sessions at them."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self._crews: list[Crew] = []

    def options(self, kind: Kind, **more: Any) -> dict[str, Any]:
        """A session of the kind, in the test's own folder."""
        sandbox = self.sandbox
        options: dict[str, Any] = {
            "system": kind.system,
            "authentication": kind.authentication,
            "ca_file": sandbox.ca_file,
            "store": str(self.folder),
        }
        if kind.system == "photoshelter":
            options.update(
                url=sandbox.photoshelter,
                user="ada@example.com",
                password=ADA,
                api_key=sandbox.api_key,
            )
        elif kind.authentication == "login-token":
            options.update(
                url=sandbox.fotoweb, user="ada", encryption_secret=sandbox.encryption_secret
            )
        else:
            options.update(url=sandbox.fotoweb, user="ada", password="ada-password")
        return {**options, **more}

    def crew(
        self, count: int, kind: Kind, *, environment: Any = None, before: Any = None, **options: Any
    ) -> Crew:
        """So many processes, ready. They end with the test."""
        crew = Crew(count, self.options(kind, **options), environment=environment, before=before)
        self._crews.append(crew)
        return crew

    def worker(self, kind: Kind, **options: Any) -> Worker:
        """One process, ready."""
        return self.crew(1, kind, **options).workers[0]

    def expire(self, kind: Kind) -> None:
        """Ends every session of the kind's system at the server."""
        ended = self.sandbox.expire() if kind.system == "photoshelter" else self.sandbox.revoke()
        assert ended > 0

    def expire_in_the_middle(self, crew: Crew, kind: Kind) -> None:
        """Ends the sessions while every process of the crew makes requests; all are answered."""
        before = self.sandbox.state()["log"]["arrived"]
        processes = len(crew.workers)
        crew.tell("get", kind.path, threads=8, rounds=15)
        self.wait_for_requests(before + 50 * processes)
        self.expire(kind)
        assert crew.hear().all_answered(processes * 8 * 15)
        # The expiry may have come after the last of them.
        assert crew.do("get", kind.path).all_answered(processes)

    def delay(self, match: str, seconds: float = 20.0) -> Callable[[], None]:
        """The next request whose path holds `match` waits at the server. Returns what waits
        until it is there.
        """
        self.sandbox.fault("delay", seconds=seconds, match=match)
        return lambda: wait_for(lambda: self.sandbox.state()["faults"] == [])

    def wait_for_requests(self, count: int) -> None:
        """Returns when so many requests have arrived at the servers, answered or not."""
        wait_for(lambda: self.sandbox.state()["log"]["arrived"] >= count)

    def count(self, system: str) -> dict[str, Any]:
        counted: dict[str, Any] = self.sandbox.state()[system]
        return counted

    def close(self) -> None:
        for crew in self._crews:
            crew.close()


@pytest.fixture
def stage(dam_sandbox: Sandbox, folder: Path) -> Iterator[Stage]:
    made = Stage(dam_sandbox, folder)
    yield made
    made.close()


@pytest.fixture
def alone(folder: Path) -> Iterator[Stage]:
    """A stage with servers of its own: for requests that are delayed, and so would be counted in
    a later test.
    """
    with Sandbox() as sandbox:
        made = Stage(sandbox, folder)
        yield made
        made.close()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Compiles C files of this folder: `compiled("name", "a.c", ..., shared=True)`; the path of
    the result.
    """
    made: dict[str, str] = {}
    out = tmp_path_factory.mktemp("compiled")

    def compile_once(name: str, *sources: str, shared: bool = False) -> str:
        if name not in made:
            flags = ("-shared", "-fPIC") if shared else ()
            made[name] = compile_c(out / name, *(HERE / source for source in sources), flags=flags)
        return made[name]

    return compile_once
