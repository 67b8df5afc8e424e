"""`damsession.httpx.DamAuth` and `client.stream`: a body that cannot contain a verdict is streamed,
one that can is read and judged.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Callable

import httpx
import pytest
from conftest import Memory, Opener

import damsession
from damsession.httpx import DamAuth
from damsession.sandbox import Sandbox
from damsession.sandbox.content import Slice

SIZE = 50_000_000

#: Streams one GET of a path; (status, hash of the body, how many responses came before, whether it
#: was read beforehand).
Fetch = Callable[[damsession.Session, str], tuple[int, str, int, bool]]


@pytest.fixture(params=["sync", "async"])
def fetch(request: pytest.FixtureRequest, dam_sandbox: Sandbox) -> Fetch:
    context = ssl.create_default_context(cafile=dam_sandbox.ca_file)
    base = dam_sandbox.photoshelter + "/psapi/v3/"

    def blocking(session: damsession.Session, path: str) -> tuple[int, str, int, bool]:
        seen = hashlib.sha256()
        with (
            httpx.Client(verify=context, auth=DamAuth(session)) as http,
            http.stream("GET", base + path) as response,
        ):
            was_read = response.is_stream_consumed
            for piece in response.iter_bytes():
                seen.update(piece)
            return response.status_code, seen.hexdigest(), len(response.history), was_read

    async def waiting(session: damsession.Session, path: str) -> tuple[int, str, int, bool]:
        seen = hashlib.sha256()
        async with httpx.AsyncClient(verify=context, auth=DamAuth(session)) as http:
            async with http.stream("GET", base + path) as response:
                was_read = response.is_stream_consumed
                async for piece in response.aiter_bytes():
                    seen.update(piece)
                return response.status_code, seen.hexdigest(), len(response.history), was_read

    return (
        blocking if request.param == "sync" else lambda *arguments: asyncio.run(waiting(*arguments))
    )


def digest(size: int) -> str:
    found = hashlib.sha256()
    for piece in Slice("I0001", 0, size).chunks():
        found.update(piece)
    return found.hexdigest()


def test_memory_does_not_grow_with_the_response(photoshelter: Opener, fetch: Fetch) -> None:
    with photoshelter() as session:
        fetch(session, "mem/image/I0001/download?size=1000000")
        memory = Memory()
        found = fetch(session, f"mem/image/I0001/download?size={SIZE}")
        assert memory.grown() < 12_000_000
    assert found == (200, digest(SIZE), 0, False)


def test_what_is_not_read_is_observed_all_the_same(
    photoshelter: Opener, dam_sandbox: Sandbox, fetch: Fetch
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    with photoshelter(lock_timeout=5) as session:
        for _ in range(3):
            assert fetch(session, "mem/image/I0001/download?size=1000")[:2] == (200, digest(1000))
        assert session.get("mem/user/session").ok
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


@pytest.mark.parametrize(
    "expired", ["400-class", "401-empty", "200-class", "200-html", "302-login"]
)
def test_no_verdict_reaches_the_program(
    photoshelter: Opener, dam_sandbox: Sandbox, fetch: Fetch, expired: str
) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.knobs(expired=expired)
        dam_sandbox.expire()
        assert fetch(session, "mem/image/I0001/download?size=100000") == (
            200,
            digest(100_000),
            1,
            False,
        )


@pytest.mark.parametrize(
    ("kind", "was_read"),
    [
        ("application/json", True),
        ("application/problem+json; charset=utf-8", True),
        ("TEXT/HTML; charset=utf-8", True),
        ("application/atom+xml", True),
        ("text/plain", True),
        ("", True),
        ("image/jpeg", False),
        ("application/octet-stream", False),
        ("text/csv", False),
    ],
)
def test_the_type_of_a_success_decides(
    photoshelter: Opener, dam_sandbox: Sandbox, fetch: Fetch, kind: str, was_read: bool
) -> None:
    with photoshelter(authentication="token") as session:
        session.login()
        for status in (200, 404):
            dam_sandbox.fault(
                "status", status=status, headers={"Content-Type": kind}, body="x", match="user"
            )
            found = fetch(session, "mem/user/x")
            assert found == (status, hashlib.sha256(b"x").hexdigest(), 0, was_read or status == 404)
