"""The server's own words in an HTTPStatusError: what is shown, what is cut, and that no secret is
among them.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Opener
from test_response import made

import damsession
from damsession.sandbox import Sandbox


def detail(body: bytes, content_type: str = "application/json", status: int = 400) -> str:
    response = made(body, f"Content-Type: {content_type}\r\n".encode(), status)
    with pytest.raises(damsession.HTTPStatusError) as caught:
        response.raise_for_status()
    said = caught.value.detail
    assert str(caught.value) == f"the server answered {status} to GET mem/x" + (
        said and f": {said}"
    )
    return said


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"error": {"class": "NoErr", "message": "No such file."}}, "No such file. (NoErr)"),
        ({"error": {"message": " two\n\tlines "}}, "two lines"),
        ({"error": "invalid_grant"}, "invalid_grant"),
        ({"errors": [{"title": "Gone"}, {"title": "Second"}]}, "Gone"),
        ({"title": "Not yours", "detail": "It is locked."}, "It is locked."),
        ({"message": "red \x1b[31m and \u202e turned"}, "red [31m and turned"),
        ({"message": "half a pair \ud800"}, "half a pair"),
        ({"status": "error"}, ""),
        ({"error": {"message": 5}}, ""),
        ({"error": [[[["deep"]]]]}, ""),
        (["listed"], "listed"),
        (7, ""),
    ],
)
def test_the_message_of_json(document: Any, words: str) -> None:
    assert detail(json.dumps(document).encode()) == words


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"Bad request\n", "text/plain", "Bad request"),
        ("Zu spät".encode("latin-1"), "text/plain; charset=latin-1", "Zu spät"),
        (b"<html><title>T</title><style>p {}</style><p>A &amp; b<p>c", "text/html", "A & b c"),
        (b"<html><title>Forbidden</title><script>x()</script>", "text/html", "Forbidden"),
        (b"<r><message>No &lt;file&gt;</message><code>4</code></r>", "text/xml", "No <file>"),
        (b'{"error": "e"', "application/problem+json", ""),
        (b'{"detail": "e"}', "application/problem+json", "e"),
        (b"\xff\xd8\xff", "image/jpeg", ""),
        (b"", "text/plain", ""),
        (b"[" * 60_000, "application/json", ""),
        (b'"' + b"x" * 70_000 + b'"', "application/json", ""),
    ],
)
def test_the_text_of_others(body: bytes, content_type: str, words: str) -> None:
    assert detail(body, content_type) == words


def test_it_is_cut() -> None:
    said = detail(b"word " * 100_000, "text/plain")
    assert len(said) <= 200 and said.startswith("word word") and said.endswith("wo...")


@pytest.mark.parametrize("piece", [b"<style ", b"<!--", b"<message", b"<", b"&", b"<a b='", b"]]>"])
def test_a_hostile_page_costs_little(piece: bytes) -> None:
    began = time.process_time()
    detail(piece * (60_000 // len(piece)), "text/html")
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("not at https://a.example/x?auth_token=abc today", "not at https://a.example/x?... today"),
        ("p=abc&u=ada was refused", "p=... was refused"),
        ('the token: abc, "key": x9', 'the token: ..., "key": ...'),
        ("Cookie: SS=abc; path=/", "Cookie: ...; path=..."),
        ("Authorization: Bearer abc, Basic: d", "Authorization: Bearer ..., Basic: d"),
        ("the bearer abc", "the bearer ..."),
        ("session 0a1b2c3d4e5f is over", "session ... is over"),
        ("eyJhbGciOiJIUzI1NiJ9.e30.Z5c is bad", "... is bad"),
        ("QmFzZVNpeHR5Rm91ckxvbmdXb3Jk", "..."),
        ("Gallery G0000XYZ9876 is not in GABCDEFG1", "Gallery ... is not in ..."),
        ("The image is 12345678 bytes, at most 2,000,000", "The image is 12345678 bytes, at most "
         "2,000,000"),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_left_out(said: str, shown: str) -> None:
    assert detail(json.dumps({"message": said}).encode()) == shown


def test_what_the_program_asked_for_is_shown(photoshelter: Opener) -> None:
    with photoshelter() as session:
        response = session.get("mem/gallery/G0000XYZ9876/nothing")
        response.content = b'{"message": "no G0000XYZ9876, but G0000XYZ9877"}'
        with pytest.raises(damsession.HTTPStatusError, match="no G0000XYZ9876, but \\.\\.\\."):
            response.raise_for_status()


CANARY = "Plain Words: Only"


def refused(session: damsession.Session, sandbox: Sandbox, words: str) -> str:
    session.login()
    body = json.dumps({"error": {"message": words}})
    sandbox.fault("status", status=418, body=body, match="gallery")
    with pytest.raises(damsession.HTTPStatusError) as caught:
        session.get("mem/gallery/query").raise_for_status()
    assert caught.value.http_status == 418
    return str(caught.value)


def words_with(secret: str) -> list[str]:
    from urllib.parse import quote, quote_plus

    return [f"You sent {spelled} to us" for spelled in (secret, quote(secret), quote_plus(secret))]


def change_password(sandbox: Sandbox) -> None:
    """Any password is good for a login that the test answers itself."""
    token = {"status": "ok", "data": {"token": "t0k3n" * 8}}
    sandbox.answer(200, [("Content-Type", "application/json")], json.dumps(token), stage="login")


@pytest.mark.parametrize("way", ["keyword", "callback", "environment", "folder"])
def test_the_servers_words_never_hold_the_password(
    photoshelter: Opener,
    dam_sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    way: str,
) -> None:
    options: dict[str, Any] = {"password": None}
    if way == "keyword":
        options["password"] = CANARY
    elif way == "callback":
        options["credentials"] = lambda prompt: CANARY.encode()
    elif way == "environment":
        monkeypatch.setenv("DAMSESSION_PASSWORD", CANARY)
    else:
        (tmp_path / "password").write_text(CANARY + "\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    change_password(dam_sandbox)
    with photoshelter(authentication="token", **options) as session:
        for words in words_with(CANARY):
            shown = refused(session, dam_sandbox, words)
            assert shown == "the server answered 418 to GET mem/gallery/query"
        assert refused(session, dam_sandbox, "Another word").endswith("query: Another word")


def test_the_servers_words_never_hold_tokens_and_keys(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    with photoshelter(authentication="token") as session:
        for secret in (session.token(), dam_sandbox.api_key, "solo-password"):
            for words in words_with(secret):
                assert secret not in refused(session, dam_sandbox, words)


def test_the_servers_words_never_hold_a_cookie(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    with photoshelter() as session:
        session.get("mem/user/session")
        pair = dam_sandbox.log()[-1]["set_cookies"][0].split(";")[0]
        for words in (pair, pair.partition("=")[2], f"Cookie: {pair}"):
            assert pair.partition("=")[2] not in refused(session, dam_sandbox, f"got {words}")
