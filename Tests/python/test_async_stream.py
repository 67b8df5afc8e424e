"""`AsyncSession.stream`: the head first, pieces as fast as they are read, and what ends a stream
early.

The tests are those of test_stream.py and test_stream_ends.py for blocking streams, on one thread.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from conftest import Memory, Runner, descriptors

import damsession
from damsession.sandbox import Sandbox
from damsession.sandbox.content import Slice

SIZE = 3_000_000
DOWNLOAD = f"mem/image/I0001/download?size={SIZE}"
CONTENT = Slice("I0001", 0, SIZE).read()
ENDLESS = f"mem/image/I0001/download?size={1 << 40}"
LARGE = 64_000_000
SLOW = "mem/slow?seconds=50"


class Mine(Exception):
    """An exception that damsession knows nothing of."""


async def is_free(session: damsession.AsyncSession) -> bool:
    """Whether nothing is under way, and the session sends requests again."""
    assert session._loop is not None
    return not session._loop._transfers and (await session.get("mem/user/session")).ok


def test_the_head_is_there_before_the_body(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        async with session.stream("GET", ENDLESS) as response:
            assert (response.status, response.ok, response.generation) == (
                200,
                True,
                session.sync_session.state.generation,
            )
            assert (
                response.headers["Content-Length"] == str(1 << 40)
                and "Set-Cookie" not in response.headers
            )
            assert response.response is not None and response.response.content == b""
            assert response.raise_for_status() is response and response.stream() is response

    run(work)


def test_pieces_are_bytes_and_none_is_empty(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        async with session.stream("GET", DOWNLOAD) as response:
            pieces = [piece async for piece in response.stream()]
            assert await response.read() == b""
        assert {type(piece) for piece in pieces} == {bytes} and all(pieces) and len(pieces) > 10
        assert b"".join(pieces) == CONTENT

    run(work)


def test_memory_does_not_grow_while_nobody_asks(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.get(DOWNLOAD)
        memory, seen, expected = Memory(), hashlib.sha256(), hashlib.sha256()
        async with session.stream("GET", f"mem/image/I0001/download?size={LARGE}") as response:
            for _ in range(50):  # the loop turns, and the stream waits
                await session.get("mem/user/session")
            async for piece in response:
                seen.update(piece)
        assert memory.grown() < 8_000_000
        for chunk in Slice("I0001", 0, LARGE).chunks():
            expected.update(chunk)
        assert seen.digest() == expected.digest()

    run(work)


def test_many_streams_take_turns_with_requests(run: Runner, dam_sandbox: Sandbox) -> None:
    async def one(session: damsession.AsyncSession) -> bytes:
        async with session.stream("GET", DOWNLOAD) as response:
            assert (await session.get("mem/user/session")).ok
            return await response.read()

    async def work(session: damsession.AsyncSession) -> None:
        assert await asyncio.gather(*(one(session) for _ in range(10))) == [CONTENT] * 10

    dam_sandbox.knobs(old_cookie="refuse")
    run(work)
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


@pytest.mark.parametrize("expired", ["401-empty", "200-class", "200-html", "302-login"])
def test_no_verdict_is_among_the_pieces(run: Runner, dam_sandbox: Sandbox, expired: str) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.login()
        dam_sandbox.knobs(expired=expired)
        dam_sandbox.expire()
        async with session.stream("GET", DOWNLOAD) as response:
            assert response.response is not None and response.response.replays == 1
            assert await response.read() == CONTENT

    run(work)


def test_what_is_no_success_is_in_the_response(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        async with session.stream("GET", "mem/nothing") as response:
            assert (response.status, response.ok, await response.read()) == (404, False, b"")
            assert response.response is not None and response.response.json()["status"] == "error"
            with pytest.raises(damsession.HTTPStatusError):
                response.raise_for_status()

    run(work)


def test_one_that_is_left_early_gives_everything_back(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.get("mem/user/session")
        before = descriptors()
        for take in (0, 1, 5):
            async with session.stream("GET", ENDLESS) as response:
                assert all([await response.__anext__() for _ in range(take)])
            with pytest.raises(Mine):
                async with session.stream("GET", ENDLESS):
                    raise Mine("mine")
        assert await is_free(session) and descriptors() == before

    run(work)


def test_one_that_breaks_off_says_so_after_what_came(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.login()
        dam_sandbox.fault("truncate", match="download")
        got = 0
        async with session.stream("GET", DOWNLOAD) as response:
            with pytest.raises(damsession.TransferError):
                async for piece in response:
                    got += len(piece)
            assert (got, response.status) == (SIZE // 2, 200)

    run(work)


def test_what_callbacks_raise_comes_out(run: Runner) -> None:
    def fail(*_: Any) -> None:
        raise Mine("progress")

    async def broken() -> AsyncIterator[bytes]:
        yield b"x"
        raise Mine("data")

    async def work(session: damsession.AsyncSession) -> None:
        options: list[Any] = [{"progress": fail}, {"data": broken()}]
        for option in options:
            with pytest.raises(Mine, match=next(iter(option))):
                async with session.stream("POST", "mem/gallery/G1", **option) as response:
                    await response.read()
        assert await is_free(session)

    run(work)


@pytest.mark.parametrize("path", [SLOW, ENDLESS])
def test_a_cancelled_task_leaves_its_stream(run: Runner, path: str) -> None:
    async def use(session: damsession.AsyncSession, waiting: asyncio.Event) -> None:
        async with session.stream("GET", path, progress=lambda *_: waiting.set()) as response:
            async for _ in response:
                waiting.set()

    async def work(session: damsession.AsyncSession) -> None:
        waiting = asyncio.Event()
        task = asyncio.ensure_future(use(session, waiting))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await is_free(session)

    run(work, authentication="token")


def test_closing_the_session_ends_it(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        async with session.stream("GET", ENDLESS) as response:
            await session.aclose()
            with pytest.raises(damsession.Cancelled):
                await response.read()
        with pytest.raises(ValueError, match="closed"):
            async with session.stream("GET", DOWNLOAD):
                pass

    run(work)


def test_one_is_used_inside_of_its_with(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        response = session.stream("GET", DOWNLOAD)
        assert response.response is None
        for left in (False, True):
            with pytest.raises(RuntimeError, match="inside of its `with`"):
                await response.read()
            if not left:
                with pytest.raises(RuntimeError, match="inside of its `with`"):
                    response.raise_for_status()
                async with response:
                    await response.__anext__()
        assert response.status == 200

    run(work)
