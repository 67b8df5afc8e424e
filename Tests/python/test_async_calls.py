"""`AsyncSession.login`, `keepalive`, `logout` and `download`: they do what the blocking calls do,
and leave nothing behind when they are cancelled.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import Runner

import damsession
from damsession.sandbox import Sandbox
from damsession.sandbox.content import Slice

SIZE = 3_000_000
DOWNLOAD = f"mem/image/I0001/download?size={SIZE}"
CONTENT = Slice("I0001", 0, SIZE).read()
HUGE = 1 << 30


class Mine(Exception):
    """An exception that damsession knows nothing of."""


def test_login_keepalive_and_logout(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        assert await session.logout() is damsession.LogoutResult.NONE
        await session.login()
        assert session.state.logged_in and session.statistics.logins == 1
        await session.login()
        await session.keepalive()
        dam_sandbox.expire()
        await session.keepalive()
        assert await session.logout() is damsession.LogoutResult.SERVER
        assert session.state == session.sync_session.state and not session.state.logged_in
        await session.get("mem/user/session")
        dam_sandbox.fault("reset", count=5, match="logout")
        assert await session.logout() is damsession.LogoutResult.UNCONFIRMED

    run(work)
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["logouts"]) == (3, 1)


def test_what_is_not_awaited_is_told() -> None:
    """Each method is here too, or the documentation says where it is, and so does the error."""
    ours, theirs = (
        {name for name in dir(kind) if not name.startswith("_")}
        for kind in (damsession.AsyncSession, damsession.Session)
    )
    told = damsession.AsyncSession.sync_session.__doc__ or ""
    missing = theirs - ours - {"close"}
    assert missing and not [name for name in sorted(missing) if f"`{name}`" not in told]
    session = damsession.aopen(system="photoshelter", user="ada", api_key="k", store="memory")
    for name in missing:
        with pytest.raises(AttributeError, match=rf"'{name}'; it is session\.sync_session\.{name}"):
            getattr(session, name)
    with pytest.raises(AttributeError, match=r"'close'; it is `await session\.aclose\(\)`"):
        session.close  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'blocking'$"):
        session.blocking  # type: ignore[attr-defined]  # noqa: B018
    asyncio.run(session.aclose())


def test_what_may_wait_is_called_in_a_thread(run: Runner, dam_sandbox: Sandbox) -> None:
    """The loop goes on meanwhile, and both need one login."""

    async def work(session: damsession.AsyncSession) -> None:
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(session.sync_session.headers)
            headers, response = await asyncio.gather(
                asyncio.wrap_future(asked), session.get("mem/user/session")
            )
        assert headers and response.ok

    run(work)
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


def test_once_is_once(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.keepalive()  # there is an idle connection, which libcurl would replace
        dam_sandbox.fault("drop-after-processing", match="mem/gallery/G7")
        with pytest.raises(damsession.TransferError):
            await session.get("mem/gallery/G7", once=True)

    run(work)
    assert sum(entry["path"].endswith("mem/gallery/G7") for entry in dam_sandbox.log()) == 1


def test_many_that_log_in_at_once_log_in_once(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await asyncio.gather(
            *(session.login() for _ in range(50)), *(session.keepalive() for _ in range(5))
        )

    run(work)
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


def test_what_was_refused_is_tried_again_on_demand(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        for again in (False, False, True):
            with pytest.raises(damsession.CredentialsRefused):
                await session.login(again)

    run(work, password="wrong")
    assert dam_sandbox.state()["photoshelter"]["logins_refused"] == 2


@pytest.mark.parametrize("call", ["login", "keepalive"])
def test_what_credentials_raise_comes_out(run: Runner, call: str) -> None:
    def ask(prompt: damsession.Prompt) -> str:
        raise Mine("mine")

    async def work(session: damsession.AsyncSession) -> None:
        with pytest.raises(Mine):
            await getattr(session, call)()

    run(work, password=None, credentials=ask)


def test_a_cancelled_login_lets_others_log_in(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        dam_sandbox.fault("delay", seconds=50.0, match="authenticate")
        first = asyncio.ensure_future(session.login())
        while not dam_sandbox.state()["log"]["arrived"]:
            await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        await session.login()
        assert session.sync_session.state.logged_in

    run(work)


def test_a_closed_session_does_none_of_it(run: Runner, tmp_path: Path) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await session.aclose()
        calls: list[Any] = [session.login, session.keepalive, session.logout]
        for call in [*calls, lambda: session.download(DOWNLOAD, tmp_path / "image")]:
            with pytest.raises(ValueError, match="closed"):
                await call()

    run(work)


def test_a_download_appears_whole(run: Runner, dam_sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "image"

    async def work(session: damsession.AsyncSession) -> None:
        assert (await session.download("mem/nothing", path)).status == 404
        dam_sandbox.fault("truncate", match="download")
        with pytest.raises(damsession.TransferError):
            await session.download(DOWNLOAD, path)
        assert [one.name for one in sorted(tmp_path.glob("image*"))] == [
            "image.part",
            "image.part.json",
        ]
        told: list[int] = []
        response = await session.download(
            DOWNLOAD, path, resume=True, keep=True, progress=lambda down, *_: told.append(down)
        )
        assert (response.status, response.content) == (206, b"") and told[-1] == SIZE
        assert path.read_bytes() == CONTENT and [one.name for one in tmp_path.glob("image*")] == [
            "image"
        ]
        with pytest.raises(damsession.ArgumentError):
            await session.download(DOWNLOAD, path, resume=True, keep=True)
        with pytest.raises(damsession.StoreError):
            await session.download(
                "mem/image/I0001/download?size=70000", tmp_path / "absent" / "image"
            )

    run(work)


def test_many_downloads_at_once(run: Runner, tmp_path: Path) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        await asyncio.gather(
            *(session.download(DOWNLOAD, tmp_path / f"image{number}") for number in range(10))
        )

    run(work)
    assert [one.read_bytes() for one in tmp_path.glob("image*")] == [CONTENT] * 10


def test_a_cancelled_download_is_gone_on_with(
    run: Runner, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    path, part = tmp_path / "image", tmp_path / "image.part"

    async def work(session: damsession.AsyncSession) -> None:
        begun = asyncio.Event()
        target = f"mem/image/I0001/download?size={HUGE}"
        first = asyncio.ensure_future(
            session.download(
                target, path, progress=lambda down, *_: begun.set() if down > 1 << 20 else None
            )
        )
        await begun.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        # A turn of the loop, in which the transfer ends.
        assert (await session.get("mem/user/session")).ok
        there = part.stat().st_size
        assert 0 < there < HUGE and not path.exists()

        def enough(down: int, *_: Any) -> None:
            if down > there + (1 << 20):
                raise Mine("enough")

        with pytest.raises(Mine):
            await session.download(target, path, resume=True, progress=enough)
        asked = dict(dam_sandbox.log()[-1]["headers"])
        assert (
            asked["Range"] == f"bytes={there}-"
            and "If-Range" in asked
            and part.stat().st_size > there
        )

    run(work, authentication="token")
