"""httpbin's echo: it received what the program meant. The session is in test_cookies.py."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from conftest import Site

import damsession

BINARY = bytes(range(256)) * 300


def echoed(response: damsession.Response) -> Any:
    """What httpbin says that it was sent."""
    return response.raise_for_status().json()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_the_method_arrives(site: Site, method: str) -> None:
    assert echoed(site.session().request(method, "/httpbin/anything/a"))["method"] == method


@pytest.mark.parametrize("method", ["CONNECT", "TRACE"])
def test_what_is_for_proxies_is_not_sent(site: Site, method: str) -> None:
    with pytest.raises(damsession.ArgumentError, match=method):
        site.session().request(method, "/httpbin/anything")


def test_head_and_options_have_their_own_responses(site: Site) -> None:
    session = site.session()
    head = session.head("/httpbin/get")
    assert (head.status, head.content) == (200, b"") and int(head.headers["Content-Length"]) > 0
    assert "PATCH" in session.request("OPTIONS", "/httpbin/anything").headers["Allow"]


def test_the_query_arrives(site: Site) -> None:
    fields = {"a b": ["1", "zwei & drei"], "ü": "ä+%41", "empty": ""}
    response = echoed(site.session().get("/httpbin/anything?first=1%2B1", params=fields))
    assert response["args"] == {
        "first": "1+1",
        "a b": ["1", "zwei & drei"],
        "ü": "ä+%41",
        "empty": "",
    }
    assert response["url"].startswith("http://") and "first=1%2B1" in site.access_log[-1]["uri"]


def test_the_path_arrives_as_it_was_written(site: Site) -> None:
    site.session().get("/httpbin/anything/a%2Fb%20c//d;e=f").raise_for_status()
    assert site.access_log[-1]["uri"] == "/httpbin/anything/a%2Fb%20c//d;e=f"


def test_headers_arrive(site: Site) -> None:
    mine = [("X-Mine", "1"), ("X-Empty", ""), ("Accept", "image/webp"), ("X-Umlaut", "ü")]
    response = echoed(site.session().get("/httpbin/headers", headers=mine))["headers"]
    assert (response["X-Mine"], response["X-Empty"], response["Accept"]) == ("1", "", "image/webp")
    assert response["X-Umlaut"].encode("latin-1").decode("utf-8") == "ü"


def test_the_program_says_who_it_is(site: Site) -> None:
    session = site.session()
    assert (
        echoed(session.get("/httpbin/user-agent"))["user-agent"]
        == f"damsession/{damsession.version()}"
    )
    assert (
        echoed(session.get("/httpbin/user-agent", headers={"User-Agent": "mine/1"}))["user-agent"]
        == "mine/1"
    )


def test_bodies_arrive(site: Site) -> None:
    session = site.session()
    document = {"a": [1, None, "ü"]}
    response = echoed(session.post("/httpbin/anything", json=document))
    assert (
        response["json"] == document and response["headers"]["Content-Type"] == "application/json"
    )
    response = echoed(session.put("/httpbin/anything", data={"a": ["1", "zwei ü"], "b": "&="}))
    assert response["form"] == {"a": ["1", "zwei ü"], "b": "&="}
    response = echoed(
        session.patch("/httpbin/anything", data=BINARY, content_type="image/x-made-up")
    )
    assert base64.b64decode(response["data"].partition(",")[2]) == BINARY
    assert response["headers"]["Content-Type"] == "image/x-made-up"
    # A POST without a body says that it has none.
    response = echoed(session.post("/httpbin/anything"))
    assert (response["data"], response["headers"].get("Content-Length", "0")) == ("", "0")
    response = echoed(session.delete("/httpbin/anything", data="text"))
    assert response["method"] == "DELETE" and response["form"] == {"text": ""}


def test_a_stream_of_unknown_size_arrives(site: Site) -> None:
    for version in ("2", "1.1"):
        response = echoed(
            site.session(http=version).post("/httpbin/anything", data=iter([b"one ", b"", b"two"]))
        )
        assert response["data"] == "one two"


def test_a_form_with_files_arrives(site: Site) -> None:
    files: Any = {
        "text": ("a.txt", b"one", "text/plain"),
        "binary": ('ü "b".bin', BINARY),
        "empty": ("c", b""),
    }
    response = echoed(
        site.session().post("/httpbin/anything", data={"field": ["1", "zwei ü"]}, files=files)
    )
    assert response["form"] == {"field": ["1", "zwei ü"]}
    assert response["headers"]["Content-Type"].startswith("multipart/form-data; boundary=")
    assert (response["files"]["text"], response["files"]["empty"]) == ("one", "")
    assert base64.b64decode(response["files"]["binary"].partition(",")[2]) == BINARY


def test_text_is_decoded(site: Site) -> None:
    response = site.session().get("/httpbin/encoding/utf8").raise_for_status()
    assert "∮ E⋅da = Q" in response.text and "charset=utf-8" in response.headers["Content-Type"]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "brotli"])
def test_codings_are_undone(site: Site, coding: str) -> None:
    response = site.session().get(f"/httpbin/{coding}").raise_for_status()
    assert response.headers["Content-Encoding"] == {"brotli": "br"}.get(coding, coding)
    assert (
        json.loads(response.content)[{"gzip": "gzipped", "deflate": "deflated"}.get(coding, coding)]
        is True
    )
