"""What every test here uses: the library, a pair of servers that was reset, and folders of its
own.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin

import httpx
import pytest
import requests

import damsession
from damsession.sandbox import Sandbox

#: Opens a session with the usual options of a system; keywords go before them. Closed after the
#: test.
Opener = Callable[..., damsession.Session]

#: Opens a session with the usual options, runs a coroutine function on it in an event loop, and
#: closes it.
Runner = Callable[..., Any]


class Client(Protocol):
    """An HTTP client that sends one request with `DamAuth`; options are its own, and `hooks` see
    the response.
    """

    def __call__(
        self, session: damsession.Session, method: str, url: str, **options: Any
    ) -> Any: ...


class Memory:
    """How much more of the machine's memory this process took at its peak than when this was
    made.
    """

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
        system="fotoweb",
        url=dam_sandbox.fotoweb,
        user="ada",
        password="ada-password",
        ca_file=dam_sandbox.ca_file,
    )


@pytest.fixture
def fotoware(dam_sandbox: Sandbox) -> Iterator[Opener]:
    """Nobody has consented yet: `consented` does."""
    yield from _opener(
        system="fotoware",
        url=dam_sandbox.fotoware,
        client_id=dam_sandbox.clients["native"]["id"],
        ca_file=dam_sandbox.ca_file,
    )


def consented(sandbox: Sandbox, session: damsession.Session) -> damsession.Session:
    """The session, after a person has let the program in."""
    session.finish_consent(sandbox.consent(session.begin_consent()))
    return session


@pytest.fixture(params=["requests", "httpx", "httpx-async"])
def client(request: pytest.FixtureRequest, dam_sandbox: Sandbox) -> Client:
    def with_requests(session: damsession.Session, method: str, url: str, **options: Any) -> Any:
        from damsession.requests import DamAuth

        with requests.Session() as http:
            http.auth = DamAuth(session)
            options = {"allow_redirects": False, "verify": dam_sandbox.ca_file, **options}
            return http.request(method, urljoin(dam_sandbox.photoshelter, url), **options)

    def of_httpx(options: dict[str, Any]) -> dict[str, Any]:
        verify = options.pop("verify", None)
        context = (
            ssl.create_default_context(cafile=dam_sandbox.ca_file) if verify is None else verify
        )
        return {"verify": context, "event_hooks": options.pop("hooks", {})}

    def with_httpx(session: damsession.Session, method: str, url: str, **options: Any) -> Any:
        from damsession.httpx import DamAuth

        with httpx.Client(auth=DamAuth(session), **of_httpx(options)) as http:
            return http.request(method, urljoin(dam_sandbox.photoshelter, url), **options)

    def with_asyncio(session: damsession.Session, method: str, url: str, **options: Any) -> Any:
        from damsession.httpx import DamAuth

        async def main() -> Any:
            async with httpx.AsyncClient(auth=DamAuth(session), **of_httpx(options)) as http:
                return await http.request(method, urljoin(dam_sandbox.photoshelter, url), **options)

        return asyncio.run(main())

    found: dict[str, Client] = {
        "requests": with_requests,
        "httpx": with_httpx,
        "httpx-async": with_asyncio,
    }
    return found[request.param]


@pytest.fixture
def run(photoshelter: Opener) -> Runner:
    def runner(work: Callable[[damsession.AsyncSession], Awaitable[Any]], **options: Any) -> Any:
        async def main() -> Any:
            complaints: list[Any] = []
            asyncio.get_running_loop().set_exception_handler(
                lambda _, context: complaints.append(context)
            )
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
