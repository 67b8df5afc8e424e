"""Asynchronous iterables as `data=`: they are read piece by piece in the event loop, and never
twice if they cannot begin anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from conftest import Memory, Runner

import damsession
from damsession.sandbox import Sandbox

FORM = "application/x-www-form-urlencoded"


class Mine(Exception):
    """An exception that damsession knows nothing of."""


async def pieces(*given: Any) -> AsyncIterator[Any]:
    for piece in given:
        await asyncio.sleep(0)
        yield piece


class Anew:
    """Can be asked again and again, as a file can."""

    def __init__(self, *given: bytes) -> None:
        self.given, self.begun = given, 0

    def __aiter__(self) -> AsyncIterator[bytes]:
        self.begun += 1
        return pieces(*self.given)


async def post(session: damsession.AsyncSession, data: Any, **options: Any) -> str:
    response = await session.post("mem/gallery/G1", data=data, **{"content_type": FORM, **options})
    return str(response.raise_for_status().json()["data"]["Gallery"]["name"])


@pytest.mark.parametrize(
    "given",
    [
        (b"name=whole",),
        (b"name", b"", b"=", b"", b"", b"who", b"le", b""),
        (bytearray(b"name="), memoryview(b"whole")),
    ],
)
def test_pieces_are_sent_and_empty_ones_are_no_end(
    run: Runner, dam_sandbox: Sandbox, given: tuple[Any, ...]
) -> None:
    assert run(lambda session: post(session, pieces(*given))) == "whole"
    assert "content-length" not in {name.lower() for name, _ in dam_sandbox.log()[-1]["headers"]}


def test_one_without_pieces_is_an_empty_body(run: Runner) -> None:
    assert run(lambda session: post(session, pieces())).startswith("Gallery of solo@example.com")


def test_it_is_no_form_by_default(run: Runner, dam_sandbox: Sandbox) -> None:
    run(lambda session: session.post("mem/gallery/G1", data=pieces(b"x")))
    assert dict(dam_sandbox.log()[-1]["headers"])["Content-Type"] == "application/octet-stream"


def test_a_piece_may_be_waited_for(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        here: asyncio.Queue[bytes] = asyncio.Queue()

        async def slow() -> AsyncIterator[bytes]:
            while piece := await here.get():
                yield piece

        task = asyncio.ensure_future(post(session, slow()))
        for piece in (b"name=", b"sl", b"ow", b""):
            for _ in range(3):  # others go on meanwhile
                assert (await session.get("mem/user/session")).ok
            here.put_nowait(piece)
        assert await task == "slow"

    run(work, authentication="token")


def test_memory_does_not_grow_with_the_body(run: Runner) -> None:
    begin = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n'

    async def large() -> AsyncIterator[bytes]:
        yield begin
        for _ in range(64):
            yield bytes(1 << 20)
        yield b"\r\n--b--\r\n"

    async def work(session: damsession.AsyncSession) -> None:
        await session.get("mem/user/session")
        memory = Memory()
        response = await session.post(
            "mem/image/upload", data=large(), content_type="multipart/form-data; boundary=b"
        )
        assert response.json()["data"]["Image"][0]["file_size"] == str(64 << 20)
        assert memory.grown() < 8_000_000

    run(work)


def test_what_it_raises_comes_out(run: Runner) -> None:
    async def broken(error: BaseException) -> AsyncIterator[bytes]:
        yield b"x"
        raise error

    async def wait_for_the_cancelled() -> AsyncIterator[bytes]:
        yield b"x"
        never = asyncio.get_running_loop().create_future()
        never.cancel()
        await never

    async def work(session: damsession.AsyncSession) -> None:
        with pytest.raises(Mine) as caught:
            await post(session, broken(mine := Mine("mine")))
        assert caught.value is mine
        with pytest.raises(asyncio.CancelledError):
            await post(session, wait_for_the_cancelled())
        assert await post(session, pieces(b"name=later")) == "later"

    run(work)


@pytest.mark.parametrize("piece", ["text", 7, None, [b"x"]])
def test_a_piece_that_is_no_bytes_is_refused(run: Runner, piece: Any) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        with pytest.raises(TypeError, match="bytes"):
            await post(session, pieces(b"x", piece))

    run(work)


def test_what_has_one_life_is_not_sent_again(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.login()
        dam_sandbox.expire()
        with pytest.raises(damsession.ReplayImpossible):
            await post(session, pieces(b"name=", b"once"))
        assert await post(session, pieces(b"name=", b"repeated")) == "repeated"

    run(work)
    assert dam_sandbox.state()["photoshelter"]["writes"] == 1


def test_what_can_begin_anew_is_sent_again(run: Runner, dam_sandbox: Sandbox) -> None:
    data = Anew(b"name=", b"", b"again")

    async def work(session: damsession.AsyncSession) -> None:
        await session.login()
        dam_sandbox.expire()
        assert await post(session, data) == "again"

    run(work)
    assert data.begun == 2 and dam_sandbox.state()["photoshelter"]["writes"] == 1


def test_nobody_waits_for_a_piece_once_the_request_is_over(run: Runner) -> None:
    ended: list[type[BaseException]] = []

    async def endless(waiting: asyncio.Event) -> AsyncIterator[bytes]:
        yield b"x"
        waiting.set()
        try:
            await asyncio.get_running_loop().create_future()
        except BaseException as error:
            ended.append(type(error))
            raise

    async def work(session: damsession.AsyncSession) -> None:
        waiting = asyncio.Event()
        task = asyncio.ensure_future(post(session, endless(waiting)))
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while not ended:
            await asyncio.sleep(0)

    run(work)
    assert ended == [asyncio.CancelledError]


def test_a_request_has_one_body(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        others: list[Any] = [{"json": {}}, {"files": {"file": b"x"}}]
        for other in others:
            data = pieces(b"x")
            with pytest.raises(damsession.ArgumentError):
                await session.post("mem/gallery/G1", data=data, **other)

    run(work)
