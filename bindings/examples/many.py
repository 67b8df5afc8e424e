"""Asks for a hundred galleries at once, on one thread, with one login for all of them.

Options come from the environment.
"""

import asyncio

import damsession


async def main() -> None:
    async with damsession.aopen(system="photoshelter", authentication="token") as session:
        galleries = [session.get(f"mem/gallery/G{number}") for number in range(100)]
        responses = await asyncio.gather(*galleries)
        print(sum(response.ok for response in responses), "galleries")
        async with session.stream("GET", "mem/image/I1/download") as response:
            async for piece in response.raise_for_status().stream():
                print(len(piece), "bytes of", response.headers["Content-Length"])


asyncio.run(main())
