"""A program that obeys lines: "OPERATION ARGUMENT" in, "STATUS HTTP SIZE TEXT" out.

With the argument "loop" it works in an event loop. Options come from the environment. SIZE is that
of the response, or Retry-After for an error; TEXT is the beginning of the response's body, or the
library's message, as Python writes it. `play.py` judges the result.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable
from typing import Any

import damsession

UPLOAD = b"upload" * 50_000

#: Both kinds of session have these methods; those of one for an event loop are to be awaited.
OPERATIONS: dict[str, Callable[[Any, str], Any]] = {
    "login": lambda session, _: session.login(),
    "insist": lambda session, _: session.login(again=True),
    "get": lambda session, path: session.get(path),
    "head": lambda session, path: session.head(path),
    "stream": lambda session, path: session.get(path, stream_to=lambda piece: None),
    "post": lambda session, path: session.post(path, data={"a": "b"}),
    "upload": lambda session, path: session.post(
        path, data=UPLOAD, content_type="application/octet-stream"
    ),
    "broken": lambda session, path: session.download(path, "file", headers={"X-Break": "1"}),
    "download": lambda session, path: session.download(path, "file"),
    "resume": lambda session, path: session.download(path, "file", resume=True),
    "keepalive": lambda session, _: session.keepalive(),
    "logout": lambda session, _: session.logout(),
}


async def main(opens: Callable[[], Any], close: str) -> None:
    session = opens()
    for line in iter(sys.stdin.readline, ""):
        operation, _, path = line.rstrip("\n").partition(" ")
        try:
            if operation == "open":
                await waited(getattr(session, close)())
                session, response = opens(), None
            else:
                response = await waited(OPERATIONS[operation](session, path))
            print(in_words(response), flush=True)
        except damsession.DamError as error:
            name = damsession.Status(error.status).name
            print(
                f"{name} {error.http_status or 0} {error.retry_after or 0} {str(error)!r}",
                flush=True,
            )
    await waited(getattr(session, close)())


async def waited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def in_words(response: object) -> str:
    if isinstance(response, damsession.Response):
        return f"OK {response.status} {len(response.content)} {response.content[:400]!r}"
    return f"OK 200 0 {str(response)!r}"


if __name__ == "__main__":
    opens, close = (
        (damsession.aopen, "aclose") if "loop" in sys.argv else (damsession.open, "close")
    )
    asyncio.run(main(opens, close))
