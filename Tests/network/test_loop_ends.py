"""In the event loop, too, a request that must end ends at once, not at the next event of something
else.

A callback that stops and a response that is too large end the transfer from within, a canceller
ends it from outside. The shortest timer that could hide a fault takes 200 ms, so whatever is faster
has not waited for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from conftest import Site

import damsession

PICTURE = "mem/image/I1/download?size=200000"
LONGEST = 0.15
TIMES = 9  # of which some may meet a busy machine


class Stop(Exception):
    """What a callback of the application raises."""


def stop(*_: Any) -> None:
    raise Stop


def cancelled() -> dict[str, Any]:
    canceller = damsession.Canceller()
    return {"canceller": canceller, "progress": lambda *_: canceller.cancel()}


@pytest.mark.parametrize("fresh", [False, True], ids=["kept-connection", "fresh-connection"])
@pytest.mark.parametrize(
    "more, error",
    [
        (lambda: {"stream_to": stop}, Stop),
        (lambda: {"progress": stop}, Stop),
        (cancelled, damsession.Cancelled),
        (dict, damsession.TooLarge),
    ],
    ids=["callback-stops", "progress-stops", "cancelled", "too-large"],
)
def test_it_ends_at_once(
    site: Site, more: Callable[[], dict[str, Any]], error: type[BaseException], fresh: bool
) -> None:
    sandbox = site.sandbox
    options = {"url": sandbox.photoshelter, "ca_file": sandbox.ca_file}
    if error is damsession.TooLarge:
        options["response_limit"] = "1000"

    async def main() -> int:
        session, in_time = (
            damsession.AsyncSession(site.session(authentication="token", **options)),
            0,
        )
        await session.get("mem/user/session")
        for _ in range(TIMES):
            if not fresh:
                assert (await session.get("mem/user/session")).ok
            try:
                await asyncio.wait_for(session.get(PICTURE, **more()), LONGEST)
            except error:
                in_time += 1
            except TimeoutError:
                pass
        assert session._loop is not None
        await session._loop.close()
        return in_time

    assert asyncio.run(main()) > TIMES / 2
