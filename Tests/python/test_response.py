"""Requests and responses in Python: queries, bodies, headers, text."""

from __future__ import annotations

import ctypes
import json
from types import MappingProxyType
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession import _abi
from damsession._secrets import Secrets
from damsession._site import Asked, Site
from damsession.sandbox import Sandbox

SITE = Site("photoshelter", "", "", Secrets())


def made(body: bytes = b"", headers: bytes = b"", status: int = 200) -> damsession.Response:
    """A response out of thin air."""
    view = _abi.dam_response_view()
    lines = [line.partition(b":") for line in headers.splitlines()]
    pairs = [(name, value.strip(b" ")) for name, _, value in lines]
    kept = ctypes.create_string_buffer(body), _abi.header_list(pairs)
    view.http_status, view.body_size, view.header_count = status, len(body), len(pairs)
    view.body, view.headers = (ctypes.cast(buffer, ctypes.c_void_p) for buffer in kept)
    return damsession.Response(view, Asked(SITE, "GET", b"mem/x"))


def test_headers_are_a_mapping_in_any_case() -> None:
    headers = made(headers=b"Content-Type: a/b\r\nX-One:  1 \r\nx-one: 2\r\nEmpty:\r\n").headers
    assert dict(headers) == {"Content-Type": "a/b", "X-One": "1, 2", "Empty": ""}
    assert headers["x-ONE"] == "1, 2" and headers.get_all("X-one") == ["1", "2"]
    assert "EMPTY" in headers and "absent" not in headers
    assert headers.get("absent") is None and headers.get_all("absent") == [] and len(headers) == 3
    with pytest.raises(KeyError):
        headers["absent"]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_headers_are_read_in_both_encodings(encoding: str) -> None:
    block = "Name: Kåre\r\n".encode(encoding)
    assert made(headers=block).headers["name"] == "Kåre"
    # One line says nothing of another.
    assert made(headers=block + b"X: b\xff\r\n" + "Y: ø\r\n".encode()).headers["y"] == "ø"
    assert made(headers=block + b"X: b\xff\r\n").headers["name"] == "Kåre"


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        (b"", "å".encode(), "å"),
        (b"text/html; charset=ISO-8859-1", "å".encode("latin-1"), "å"),
        (b'text/xml; charset="utf-16"', "å".encode("utf-16"), "å"),
        (b"text/plain;CHARSET = Latin1 ; format=flowed", "å".encode("latin-1"), "å"),
        (b'text/plain; title="; charset=\\"utf-16"; charset=latin-1', "å".encode("latin-1"), "å"),
        (b'text/plain; charset="l\\atin-1"', "å".encode("latin-1"), "å"),
        (b"text/plain; charset=latin-1; charset=utf-8", "å".encode("latin-1"), "å"),
        (b"text/plain; xcharset=latin-1; charset=", "å".encode(), "å"),
        (b"text/plain; charset=klingon", "å".encode(), "å"),
        (b"text/plain; charset=undefined", "å".encode(), "å"),
        (b"text/plain; charset=base64", "å".encode(), "å"),
        (b'text/plain; charset="latin-1', "å".encode("latin-1"), "å"),
        (b"text/plain", b"\xff", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_text_is_decoded_as_the_header_says(content_type: bytes, body: bytes, text: str) -> None:
    assert made(body, b"Content-Type: " + content_type + b"\r\n").text == text


@pytest.mark.parametrize(
    ("status", "ok"), [(199, False), (200, True), (299, True), (302, False), (404, False)]
)
def test_ok_is_2xx(status: int, ok: bool) -> None:
    response = made(status=status, headers=b"Retry-After: 5\r\n")
    assert response.ok is ok
    if ok:
        assert response.raise_for_status() is response
        return
    with pytest.raises(damsession.HTTPStatusError, match=f"{status} to GET mem/x") as caught:
        response.raise_for_status()
    error = caught.value
    assert (error.status, error.http_status, error.retry_after, error.response) == (
        0,
        status,
        5,
        response,
    )


def test_a_4xx_is_a_response(photoshelter: Opener) -> None:
    with photoshelter() as session:
        response = session.get("mem/nothing/here?secret=1")
        assert (response.status, response.ok) == (404, False)
        with pytest.raises(damsession.HTTPStatusError) as caught:
            response.raise_for_status()
        assert str(caught.value) == (
            "the server answered 404 to GET mem/nothing/here: There is nothing here. (NotFoundErr)"
        )
        assert caught.value.detail == "There is nothing here. (NotFoundErr)"


def test_redirects_are_followed(photoshelter: Opener) -> None:
    with photoshelter() as session:
        assert (
            session.get("mem/redirect", params={"to": "/psapi/v3/mem/user/session"}).status == 200
        )


def test_a_redirect_comes_back_as_it_is_where_none_is_to_be_followed(photoshelter: Opener) -> None:
    with photoshelter(redirects=0) as session:
        response = session.get("mem/redirect", params={"to": "/psapi/v3/mem/user/session"})
        assert response.status == 302 and response.headers["location"]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_every_verb_is_sent(photoshelter: Opener, method: str) -> None:
    with photoshelter() as session:
        assert getattr(session, method)("echo").json()["data"]["method"] == method.upper()


def test_head_has_no_body(photoshelter: Opener) -> None:
    with photoshelter() as session:
        response = session.head("mem/user/session")
        assert (response.status, response.content) == (200, b"")


PARAMS: list[tuple[Any, dict[str, str]]] = [
    ({"a": "b c&d", "é": "ü", "none": None, "n": 1}, {"a": "b c&d", "é": "ü", "n": "1"}),
    ([("a", "1"), ("b", "2")], {"a": "1", "b": "2"}),
    (MappingProxyType({"a": "{image}"}), {"a": "{image}"}),
    ({}, {}),
]


@pytest.mark.parametrize(("params", "seen"), PARAMS)
@pytest.mark.parametrize("path", ["echo", "echo?first=0"])
def test_params_become_the_query(
    photoshelter: Opener, path: str, params: Any, seen: dict[str, str]
) -> None:
    with photoshelter() as session:
        query = session.get(path, params=params).raise_for_status().json()["data"]["query"]
    assert query == {**({"first": "0"} if "?" in path else {}), **seen}


def sent(sandbox: Sandbox) -> dict[str, Any]:
    """The last request as the server saw it, with headers by lower-case name."""
    entry = sandbox.log()[-1]
    return {**entry, "headers": {name.lower(): value for name, value in entry["headers"]}}


BODIES: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (
        {"data": {"a": ["1", "2"], "é": "ü&"}},
        "application/x-www-form-urlencoded",
        {"a": ["1", "2"], "é": ["ü&"]},
    ),
    ({"data": "a=1"}, "application/x-www-form-urlencoded", {"a": ["1"]}),
    ({"data": bytearray(b"a=1")}, "application/x-www-form-urlencoded", {"a": ["1"]}),
    ({"data": memoryview(b"\0\1"), "content_type": "image/x-made-up"}, "image/x-made-up", {}),
    ({"data": b"", "headers": {"content-type": "text/plain"}}, "text/plain", {}),
    ({"json": {"a": "ü"}}, "application/json", {"a": ["ü"]}),
    ({"json": [], "content_type": "application/x+json"}, "application/x+json", {}),
]


@pytest.mark.parametrize(("options", "content_type", "form"), BODIES)
def test_bodies_are_sent_with_their_type(
    photoshelter: Opener,
    dam_sandbox: Sandbox,
    options: dict[str, Any],
    content_type: str,
    form: dict[str, Any],
) -> None:
    with photoshelter() as session:
        session.post("mem/gallery/G1", **options).raise_for_status()
    request = sent(dam_sandbox)
    assert request["headers"]["content-type"] == content_type
    assert request["form"] == form


def test_a_body_with_nul_bytes_arrives_whole(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    body = bytes(range(256)) * 1000
    with photoshelter() as session:
        session.post("mem/gallery/G1", data=body, content_type="image/jpeg").raise_for_status()
    assert sent(dam_sandbox)["headers"]["content-length"] == str(len(body))


def test_headers_are_sent(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    with photoshelter() as session:
        session.get("echo", headers=[("X-One", "1"), ("X-Two", "zwei ü")]).raise_for_status()
    headers = sent(dam_sandbox)["headers"]
    assert (headers["x-one"], headers["x-two"]) == ("1", "zwei ü")


@pytest.mark.parametrize("body", [b"", b"text", b"\0", b"a\0b", b"a\0", bytes(range(256)) * 99])
def test_a_body_is_copied_whole(body: bytes) -> None:
    assert made(body).content == body


def test_a_large_body_comes_whole(photoshelter: Opener) -> None:
    with photoshelter() as session:
        response = session.get("mem/image/I0001/download").raise_for_status()
        assert len(response.content) == int(response.headers["content-length"])


@pytest.mark.parametrize("size", [0, 1, 65536, 65537, 200_000])
def test_a_response_is_iterated_as_a_stream_is(size: int) -> None:
    body = bytes(index % 251 for index in range(size))
    pieces = list(made(body))
    assert b"".join(pieces) == body and all(0 < len(piece) <= 65536 for piece in pieces)


def test_lines_come_without_their_ends() -> None:
    assert (
        list(made("ä\r\nb\n\nc".encode()).iter_lines()) == ["ä", "b", "", "c"]
        and list(made().iter_lines()) == []
    )


@pytest.mark.parametrize(
    ("body", "told", "position"),
    [
        (b'{"a": "gr\xfc\xdfe"}', "The body is not valid UTF-8", 9),
        ('{"ä": '.encode() + b'"\xff"}', "The body is not valid UTF-8", 7),
        (b"<html>", "Expecting value", 0),
        (b"", "Expecting value", 0),
    ],
)
def test_what_is_no_json_is_one_error(body: bytes, told: str, position: int) -> None:
    with pytest.raises(json.JSONDecodeError, match=told) as caught:
        made(body).json()
    assert caught.value.pos == position


@pytest.mark.parametrize(
    "body", [{"data": b"x"}, {"data": {}}, {"json": [1]}, {"files": {"a": b"x"}}]
)
def test_a_get_with_a_body_is_one(
    photoshelter: Opener, dam_sandbox: Sandbox, body: dict[str, Any]
) -> None:
    photoshelter().get("echo", **body).raise_for_status()
    assert dam_sandbox.log()[-1]["method"] == "GET"
