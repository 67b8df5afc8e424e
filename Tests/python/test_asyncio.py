"""asyncio: many requests on one thread, cancellation, and to which request an exception belongs.

Bodies and streams are in test_async_bodies.py and test_async_stream.py. Nothing here starts a
thread.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Opener, Runner

import damsession
from damsession.sandbox import Sandbox

DOWNLOAD = "mem/image/I0001/download?size=5000000"


class Mine(Exception):
    """An exception that damsession knows nothing of."""


def test_aopen_takes_the_arguments_of_open(dam_sandbox: Sandbox) -> None:
    async def main() -> None:
        options = {
            "user": "solo@example.com",
            "api_key": dam_sandbox.api_key,
            "ca_file": dam_sandbox.ca_file,
        }
        url = dam_sandbox.photoshelter
        async with damsession.aopen(
            system="photoshelter", url=url, password="solo-password", **options
        ) as session:
            assert (await session.get("mem/user/session")).raise_for_status().json()["data"]
            assert "solo@example.com" in repr(session)

    asyncio.run(main())


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_every_verb_is_sent(run: Runner, method: str) -> None:
    response = run(lambda session: getattr(session, method)("echo"))
    assert response.json()["data"]["method"] == method.upper()


@pytest.mark.parametrize("options", [{"authentication": "token"}, {"rotation": "newest"}])
def test_many_at_once_log_in_once(
    run: Runner, dam_sandbox: Sandbox, options: dict[str, str]
) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        for _ in range(2):
            paths = ["mem/user/session", "mem/nothing"] * 500
            responses = await asyncio.gather(*(session.get(path) for path in paths))
            assert [response.status for response in responses] == [200, 404] * 500
            dam_sandbox.expire()

    run(work, **options)
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 2


def test_errors_go_to_their_own_request(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.get("mem/user/session")
        dam_sandbox.fault("truncate", match="gallery")

        def fail(*_: Any) -> None:
            raise Mine("mine")

        found = await asyncio.gather(
            session.get("mem/user/session"),
            session.post("mem/gallery/G1", data=[b"x"]),
            session.get(DOWNLOAD, stream_to=fail),
            session.get("a b"),
            return_exceptions=True,
        )
        kinds = [type(one) for one in found]
        assert kinds == [
            damsession.Response,
            damsession.TransferError,
            Mine,
            damsession.ArgumentError,
        ]

    run(work, authentication="token")


def test_what_credentials_raise_goes_to_those_who_wait(run: Runner) -> None:
    def credentials(prompt: damsession.Prompt) -> str:
        raise Mine("mine")

    async def work(session: damsession.AsyncSession) -> None:
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: complaints.append(context)
        )
        with pytest.raises(Mine):
            await session.get("mem/user/session")
        assert complaints == []

    run(work, password=None, credentials=credentials)


def test_a_cancelled_task_cancels_its_transfer(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.get("mem/user/session")
        started = asyncio.Event()
        slow = session.get("mem/slow?seconds=50", progress=lambda *_: started.set())
        task = asyncio.ensure_future(slow)
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await session.get("mem/user/session")).ok
        assert session._loop is not None and not session._loop._transfers

    run(work, authentication="token")


def test_closing_ends_what_is_under_way(run: Runner) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        task = asyncio.ensure_future(session.get("mem/slow?seconds=50"))
        while not session._loop or not session._loop._transfers:
            await asyncio.sleep(0)
        await session.aclose()
        with pytest.raises(damsession.Cancelled):
            await task
        with pytest.raises(ValueError, match="closed"):
            await session.get("mem/user/session")

    run(work)


def test_a_session_belongs_to_one_event_loop(photoshelter: Opener) -> None:
    session = damsession.AsyncSession(photoshelter())
    first = asyncio.new_event_loop()
    first.run_until_complete(session.get("mem/user/session"))

    async def other() -> None:
        with pytest.raises(RuntimeError, match="one event loop"):
            await session.get("mem/user/session")

    asyncio.run(other())
    first.run_until_complete(session.aclose())
    first.close()
