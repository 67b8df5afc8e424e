"""`Session.stream`: the head first, then pieces as fast as they are read. A refused session shows
in no piece, and other requests of the session go on.

How streams end early is in test_stream_ends.py. No test here looks inside of a stream object.
"""

from __future__ import annotations

import hashlib
import itertools
from typing import Any

import pytest
from conftest import Memory, Opener

import damsession
from damsession.sandbox import Sandbox
from damsession.sandbox.content import Slice

SIZE = 3_000_000
DOWNLOAD = f"mem/image/I0001/download?size={SIZE}"
CONTENT = Slice("I0001", 0, SIZE).read()
LARGE = 64_000_000
SESSIONS = [{}, {"authentication": "token"}, {"rotation": "newest"}]


def test_the_head_is_there_before_the_body(photoshelter: Opener) -> None:
    with photoshelter() as session, session.stream("GET", DOWNLOAD) as response:
        assert (response.status, response.ok, response.generation) == (
            200,
            True,
            session.state.generation,
        )
        assert (
            response.headers["content-length"] == str(SIZE) and "Set-Cookie" not in response.headers
        )
        assert response.response is not None and response.response.content == b""
        assert response.raise_for_status() is response
        assert response.read() == CONTENT
        assert response.read() == b"" and next(iter(response), None) is None


def test_the_head_is_there_although_the_body_is_not(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    with (
        photoshelter() as session,
        session.stream("GET", f"mem/image/I0001/download?size={1 << 40}") as response,
    ):
        # Which nobody could have waited for.
        assert response.headers["Content-Length"] == str(1 << 40)


def test_pieces_are_bytes_and_none_is_empty(photoshelter: Opener) -> None:
    with photoshelter() as session, session.stream("GET", DOWNLOAD) as response:
        pieces = list(response)
    assert {type(piece) for piece in pieces} == {bytes} and all(pieces) and len(pieces) > 10
    assert b"".join(pieces) == CONTENT


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_every_method_is_streamed_with_its_body(photoshelter: Opener, method: str) -> None:
    with (
        photoshelter() as session,
        session.stream(method, "mem/gallery/G1", data=[b"name=", b"mine"]) as response,
    ):
        assert b'"deleted"' in response.read() and response.ok


def test_a_response_without_a_body_has_no_pieces(photoshelter: Opener) -> None:
    with photoshelter() as session, session.stream("HEAD", DOWNLOAD) as response:
        assert (response.status, list(response)) == (200, [])


def test_memory_does_not_grow_with_the_response(photoshelter: Opener) -> None:
    seen = hashlib.sha256()
    with photoshelter() as session:
        session.get(DOWNLOAD)
        memory = Memory()
        with session.stream("GET", f"mem/image/I0001/download?size={LARGE}") as response:
            for number, piece in enumerate(response):
                seen.update(piece)
                if number % 200 == 0:  # somebody else has a turn, and the stream waits
                    session.get("mem/user/session")
        assert memory.grown() < 8_000_000
    assert seen.digest() == _digest(LARGE)


def _digest(size: int) -> bytes:
    found = hashlib.sha256()
    for piece in Slice("I0001", 0, size).chunks():
        found.update(piece)
    return found.digest()


def test_what_is_no_success_is_in_the_response(photoshelter: Opener) -> None:
    with photoshelter() as session, session.stream("GET", "mem/nothing") as response:
        assert (response.status, response.ok, list(response)) == (404, False, [])
        assert response.response is not None and response.response.json()["status"] == "error"
        with pytest.raises(damsession.HTTPStatusError, match="404 to GET mem/nothing"):
            response.raise_for_status()


@pytest.mark.parametrize(
    "expired", ["400-class", "401-empty", "200-class", "200-html", "302-login"]
)
def test_no_verdict_is_among_the_pieces(
    photoshelter: Opener, dam_sandbox: Sandbox, expired: str
) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.knobs(expired=expired)
        dam_sandbox.expire()
        with session.stream("GET", DOWNLOAD) as response:
            assert response.response is not None and response.response.replays == 1
            assert response.generation == session.state.generation
            assert response.read() == CONTENT
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 2


def test_a_session_that_ends_meanwhile_ends_no_stream(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    with photoshelter() as session, session.stream("GET", DOWNLOAD) as response:
        first = next(response)
        dam_sandbox.expire()
        assert session.get("mem/user/session").replays == 1
        assert first + response.read() == CONTENT


@pytest.mark.parametrize("options", SESSIONS)
def test_two_streams_and_other_requests_take_turns(
    photoshelter: Opener, dam_sandbox: Sandbox, options: Any
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    got = bytearray(), bytearray()
    with photoshelter(**options) as session:
        with session.stream("GET", DOWNLOAD) as one, session.stream("GET", DOWNLOAD) as other:
            for number, pieces in enumerate(itertools.zip_longest(one, other, fillvalue=b"")):
                got[0].extend(pieces[0])
                got[1].extend(pieces[1])
                if number % 10 == 0:
                    session.get("mem/user/session").raise_for_status()
    assert list(map(bytes, got)) == [CONTENT, CONTENT]
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


def test_fotoweb_streams_too(fotoweb: Opener, dam_sandbox: Sandbox) -> None:
    with fotoweb() as session:
        session.login()
        dam_sandbox.revoke()
        with session.stream("GET", "Information") as response:
            assert b"<UserName>ada</UserName>" in response.read() and response.generation == 2


def test_a_stream_that_is_no_success_has_its_body_like_a_response(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    body = b'{"what": "gone"}'
    session = photoshelter()
    session.login()
    dam_sandbox.answer(404, [("Content-Type", "application/json")], body.decode())
    with session.stream("GET", "mem/image/I1/download") as response:
        assert not response.ok and list(response) == []
        assert (response.content, response.text) == (body, body.decode())
        assert response.json() == {"what": "gone"}
    with session.stream("GET", "mem/user/session") as response:
        for use in (lambda: response.content, lambda: response.text, response.json):
            with pytest.raises(RuntimeError, match="read"):
                use()
