"""Asks for a hundred galleries at once, on one thread, with one login for all of them.

It refuses to wait for one after the other. Options come from the environment.
"""

import asyncio

import damsession


async def main() -> None:
    async with damsession.aopen(system="photoshelter", authentication="token") as session:
        galleries = [session.get(f"mem/gallery/G{number}") for number in range(100)]
        answers = await asyncio.gather(*galleries)
        print(sum(answer.ok for answer in answers), "galleries")
        async with session.stream("GET", "mem/image/I1/download") as answer:
            async for piece in answer.raise_for_status().stream():
                print(len(piece), "bytes of", answer.headers["Content-Length"])


asyncio.run(main())
