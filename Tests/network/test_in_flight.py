"""A thousand requests at once on one thread, of two sessions, with an expiry in between and some
that fail.

They are made in C with poll and with epoll, and in asyncio, with the usual number of descriptors
and with half of it. Each response must be that of its own request: it contains what only that
request asked for. The speed is printed beside that of aiohttp, but not judged.
"""

from __future__ import annotations

import asyncio
import os
import resource
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from conftest import Site
from programs import Talk, compiled, environment

import damsession

COUNT = 1000
# So many are answered when the sessions end; those on the wire by then are far fewer than those
# left.
PAUSE = 300
BROKEN, FAILED = range(5, COUNT, 100), range(50, COUNT, 200)


class Request(NamedTuple):
    """A request of one of the sessions, and what its response holds; "!" and a status if there is
    none.
    """

    session: int
    path: str
    wanted: str


class Traffic(NamedTuple):
    """Two sessions and their requests, by turns."""

    sessions: list[dict[str, str]]
    requests: list[Request]


def photoshelter(site: Site, **options: str) -> dict[str, str]:
    sandbox = site.sandbox
    usual = {
        "system": "photoshelter",
        "url": sandbox.photoshelter,
        "ca-file": sandbox.ca_file,
        "store": "memory",
    }
    return {
        **usual,
        "user": "solo@example.com",
        "password": "solo-password",
        "api-key": sandbox.api_key,
        **options,
    }


def fotoweb(site: Site) -> dict[str, str]:
    usual = {
        "system": "fotoweb",
        "url": site.sandbox.fotoweb,
        "ca-file": site.sandbox.ca_file,
        "store": "memory",
    }
    return {**usual, "user": "ada", "password": "ada-password"}


def gallery(session: int, number: int) -> Request:
    if number in BROKEN:
        return Request(session, f"mem/gallery/broken-{number}", "!DAM_ERR_TRANSFER")
    if number in FAILED:
        return Request(session, f"mem/gallery/failed-{number}", "!DAM_ERR_SERVER")
    return Request(session, f"mem/gallery/G{number:04}", f'"G{number:04}"')


def search(session: int, number: int) -> Request:
    if number in BROKEN:
        return Request(session, f"Photos/Search?MaxHits=1&Skip={number % 60}", "!DAM_ERR_TRANSFER")
    if number in FAILED:
        return Request(session, f"Graphics/Search?MaxHits=1&Skip={number % 60}", "!DAM_ERR_SERVER")
    return Request(session, f"5000/Search?MaxHits=1&PreviewSize={number}", f' Size="{number}"')


@pytest.fixture(params=["tokens", "cookies"])
def traffic(request: pytest.FixtureRequest, site: Site) -> Traffic:
    """Tokens: of both systems. Cookies: one session adopts the newest, the other one sends one
    request at a time.
    """
    if request.param == "tokens":
        sessions, kinds = (
            [photoshelter(site, authentication="token"), fotoweb(site)],
            [gallery, search],
        )
    else:
        serialized = photoshelter(site, user="one@example.com", password="one-password")
        sessions, kinds = [photoshelter(site, rotation="newest"), serialized], [gallery, gallery]
    requests = [kinds[number % 2](number % 2, number) for number in range(COUNT)]
    for one in requests:
        if one.wanted == "!DAM_ERR_TRANSFER":
            site.sandbox.fault("truncate", match=one.path.partition("?")[0])
        elif one.wanted == "!DAM_ERR_SERVER":
            site.sandbox.fault("status", status=500, match=one.path.partition("?")[0])
    return Traffic(sessions, requests)


def ended(site: Site) -> int:
    """Ends every session at the servers; how many there were."""
    return site.sandbox.expire() + site.sandbox.revoke()


def counted(site: Site, name: str) -> int:
    state = site.sandbox.state()
    return int(state["photoshelter"][name]) + int(state["fotoweb"].get(name, 0))


def one_login_an_expiry(site: Site) -> bool:
    refusals = counted(site, "logins_refused") + counted(site, "stale_cookie_refusals")
    return counted(site, "logins_ok") == 4 and refusals == 0


@pytest.mark.parametrize("how", ["poll", "epoll"])
def test_in_c(site: Site, folder: Path, traffic: Traffic, how: str) -> None:
    lines = [
        "\t".join(["open", *(f"{name}={value}" for name, value in one.items())])
        for one in traffic.sessions
    ]
    lines += [f"get\t{one.session}\t{one.path}\t{one.wanted}" for one in traffic.requests]
    with Talk([compiled(folder, "in_flight.c"), how], environment(site)) as program:
        program.say("\n".join([*lines, f"pause\t{PAUSE}", "go"]))
        assert program.hear() == f"in flight {COUNT}"
        began = time.monotonic()
        assert program.hear() == "pause"
        assert ended(site) == 2
        program.say("go on")
        answered, wrong, replayed, left, descriptors, threads = map(int, program.hear().split())
        print(f"\n{how}: {time.monotonic() - began:.2f} s")
        assert program.process.wait() == 0
    assert (answered, wrong, left, descriptors, threads) == (COUNT, 0, 0, 0, 1)
    assert replayed >= 2 and one_login_an_expiry(site)


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    """As many as most programs have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def descriptors() -> set[str]:
    return {
        f"{one} {os.readlink(f'/proc/self/fd/{one}')}"
        for one in os.listdir("/proc/self/fd")
        if is_open(one)
    }


def is_open(descriptor: str) -> bool:
    """Not so for that of the listing itself, which is closed by now."""
    return os.path.exists(f"/proc/self/fd/{descriptor}")


async def asked(site: Site, traffic: Traffic) -> list[Any]:
    """All responses and errors, in the order of the requests; the sessions end on the way."""
    sessions = [
        damsession.aopen(
            environment=False, **{name.replace("-", "_"): value for name, value in one.items()}
        )
        for one in traffic.sessions
    ]
    answered = 0

    async def ask(one: Request) -> Any:
        nonlocal answered
        try:
            return await sessions[one.session].get(one.path)
        finally:
            answered += 1
            if answered == PAUSE:
                assert ended(site) == 2

    try:
        return await asyncio.gather(*map(ask, traffic.requests), return_exceptions=True)
    finally:
        for session in sessions:
            session.sync_session.forget()
            await session.aclose()


def fits(one: Request, response: Any) -> bool:
    if isinstance(response, damsession.Response):
        return response.status == 200 and one.wanted in response.text
    assert isinstance(response, damsession.DamError), response
    return one.wanted == f"!DAM_ERR_{damsession.Status(response.status).name}"


def test_in_asyncio(site: Site, traffic: Traffic, few_descriptors: None) -> None:
    before, threads = descriptors(), threading.active_count()
    began = time.monotonic()
    responses = asyncio.run(asked(site, traffic))
    print(f"\nasyncio: {time.monotonic() - began:.2f} s")
    assert len(responses) == COUNT
    assert [
        (one, response)
        for one, response in zip(traffic.requests, responses)
        if not fits(one, response)
    ] == []
    assert (
        sum(response.replays for response in responses if isinstance(response, damsession.Response))
        >= 2
    )
    assert one_login_an_expiry(site)
    assert descriptors() == before and threading.active_count() == threads


def test_aiohttp_for_comparison(site: Site) -> None:
    """The same number of requests, of one session, with no more connections."""
    url = f"{site.sandbox.photoshelter}/psapi/v3/mem/gallery/G"
    options = {
        name.replace("-", "_"): value
        for name, value in photoshelter(site, authentication="token").items()
    }
    headers = site.session(**options).headers()

    async def ask() -> list[str]:
        tls = ssl.create_default_context(cafile=site.sandbox.ca_file)
        connector = aiohttp.TCPConnector(limit=64, ssl=tls)
        async with aiohttp.ClientSession(headers=headers, connector=connector) as client:

            async def one(number: int) -> str:
                async with client.get(f"{url}{number}") as response:
                    assert response.status == 200
                    return await response.text()

            return await asyncio.gather(*map(one, range(COUNT)))

    began = time.monotonic()
    responses = asyncio.run(ask())
    print(f"\naiohttp: {time.monotonic() - began:.2f} s")
    assert all(f'"G{number}"' in response for number, response in enumerate(responses))
