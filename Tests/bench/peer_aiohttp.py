"""Small requests, 64 in flight on one event loop, by aiohttp."""

from __future__ import annotations

import asyncio

import aiohttp
from orders import HEADERS, URL, check, obey_async

WIDTH = 64


async def main() -> None:
    connector = aiohttp.TCPConnector(limit=WIDTH)
    async with aiohttp.ClientSession(connector=connector, headers=HEADERS) as session:

        async def ask(count: int) -> None:
            for _ in range(count):
                async with session.get(URL) as response:
                    check(response.status, await response.read())

        async def crowd(count: int) -> None:
            await asyncio.gather(*(ask(count // WIDTH) for _ in range(WIDTH)))

        await crowd(2 * WIDTH)
        await obey_async(crowd)


asyncio.run(main())
