"""Small requests, 64 in flight on one event loop, by damsession."""

from __future__ import annotations

import asyncio

from orders import PATH, check, obey_async

import damsession

WIDTH = 64


async def main() -> None:
    async with damsession.aopen() as session:

        async def ask(count: int) -> None:
            for _ in range(count):
                response = await session.get(PATH)
                check(response.status, response.content)

        async def crowd(count: int) -> None:
            await asyncio.gather(*(ask(count // WIDTH) for _ in range(WIDTH)))

        await crowd(2 * WIDTH)
        await obey_async(crowd)


asyncio.run(main())
