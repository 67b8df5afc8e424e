"""Attributes that responses and sessions of requests and httpx have: they are here, or the error
says what to write in their place.
"""

from __future__ import annotations

import pickle
from typing import Any

import httpx
import pytest
import requests
from conftest import Opener, Runner
from test_response import made

import damsession
from damsession.sandbox import Sandbox

#: What no program looks for: how it is made inside, and what belongs to its client.
INNER = {
    "connection", "default_encoding", "extensions", "is_informational", "is_stream_consumed", "stream",
}  # fmt: skip


def names(*kinds: Any) -> list[str]:
    found = {name for kind in kinds for name in dir(kind) if not name.startswith("_")}
    return sorted(found - INNER)


REQUESTS = requests.Response()
RESPONSES = names(REQUESTS, httpx.Response(200, request=httpx.Request("GET", "https://x")))
SESSIONS = [
    "auth",
    "cert",
    "cookies",
    "mount",
    "options",
    "params",
    "proxies",
    "trust_env",
    "verify",
]


def told(owner: Any, name: str) -> str:
    """What the error says after the words that Python itself has; "": the attribute is there."""
    try:
        getattr(owner, name)
    except AttributeError as error:
        head, _, rest = str(error).partition("; ")
        assert head == f"{type(owner).__name__!r} object has no attribute {name!r}" and rest
        return rest
    return ""


@pytest.mark.parametrize("name", RESPONSES)
def test_names_of_responses(photoshelter: Opener, name: str) -> None:
    assert len(RESPONSES) > 30
    response = made(b"x")
    told(response, name)
    with photoshelter() as session, session.stream("GET", "mem/nothing") as stream:
        told(stream, name)


@pytest.mark.parametrize("name", RESPONSES)
def test_names_of_streams_for_asyncio(run: Runner, name: str) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        async with session.stream("GET", "mem/nothing") as stream:
            assert "`for piece" not in told(stream, name)

    run(work)


@pytest.mark.parametrize("name", SESSIONS)
def test_names_of_sessions(photoshelter: Opener, name: str) -> None:
    session = photoshelter()
    assert told(session, name)
    assert told(damsession.AsyncSession(session), name)


def test_other_names_are_as_everywhere() -> None:
    for name in ("nothing", "contnet", "_private", "__len__"):
        with pytest.raises(AttributeError) as caught:
            getattr(made(), name)
        assert str(caught.value) == f"'Response' object has no attribute {name!r}"
        assert caught.value.obj is not None and caught.value.name == name  # for "Did you mean"
    assert pickle.loads(pickle.dumps(made(b"x"))).content == b"x"


def test_pieces_of_a_size() -> None:
    response = made(b"abcdefg")
    assert list(response.iter_content(3)) == [b"abc", b"def", b"g"]
    assert list(response.iter_content()) == list(response) == [b"abcdefg"]
    assert list(made().iter_content(1)) == []
    for size in (0, -1):
        with pytest.raises(ValueError, match="chunk_size must be"):
            response.iter_content(size)


def test_pieces_of_a_stream(photoshelter: Opener) -> None:
    path = "mem/image/I0001/download?size=300001"
    with photoshelter() as session:
        whole = session.get(path).content
        with session.stream("GET", path) as stream:
            pieces = list(stream.iter_content(chunk_size=1000))
        assert b"".join(pieces) == whole and max(map(len, pieces)) == 1000
        with session.stream("GET", path) as stream:
            assert b"".join(stream.iter_content()) == whole
            assert stream.encoding == session.get(path).encoding


@pytest.mark.parametrize(
    ("headers", "encoding"),
    [
        (b"Content-Type: text/html; charset=ISO-8859-1\r\n", "ISO-8859-1"),
        (b"Content-Type: text/html\r\n", "utf-8"),
        (b"", "utf-8"),
    ],
)
def test_the_encoding(headers: bytes, encoding: str) -> None:
    assert made(headers=headers).encoding == encoding
    with pytest.raises(AttributeError):
        made().encoding = "latin-1"  # type: ignore[misc]


def test_a_redirect_that_was_not_followed(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    to = {"to": dam_sandbox.photoshelter + "/psapi/v3/echo"}
    with photoshelter(redirects=0) as session:
        assert session.get("mem/redirect", params=to).is_redirect
        with session.stream("GET", "mem/redirect", params=to) as stream:
            assert stream.is_redirect and not stream.ok
    assert not made(status=200, headers=b"Location: /x\r\n").is_redirect
    assert not made(status=304, headers=b"Location: /x\r\n").is_redirect
    assert not made(status=302).is_redirect
