"""httpbin's echo: what it says it was sent is what was meant. Refuses to look at the session:
see test_cookies.py.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from conftest import Site

import damsession

BINARY = bytes(range(256)) * 300


def echoed(answer: damsession.Response) -> Any:
    """What httpbin says that it was sent."""
    return answer.raise_for_status().json()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_the_method_arrives(site: Site, method: str) -> None:
    if method == "TRACE":  # nginx refuses it itself, as an answer like any other
        assert site.session().request(method, "/httpbin/anything").status == 405
        return
    assert echoed(site.session().request(method, "/httpbin/anything/a"))["method"] == method


def test_head_and_options_have_their_own_answers(site: Site) -> None:
    session = site.session()
    head = session.head("/httpbin/get")
    assert (head.status, head.content) == (200, b"") and int(head.headers["Content-Length"]) > 0
    assert "PATCH" in session.request("OPTIONS", "/httpbin/anything").headers["Allow"]


def test_the_query_arrives(site: Site) -> None:
    fields = {"a b": ["1", "zwei & drei"], "ü": "ä+%41", "empty": ""}
    answer = echoed(site.session().get("/httpbin/anything?first=1%2B1", params=fields))
    assert answer["args"] == {
        "first": "1+1",
        "a b": ["1", "zwei & drei"],
        "ü": "ä+%41",
        "empty": "",
    }
    assert answer["url"].startswith("http://") and "first=1%2B1" in site.access_log[-1]["uri"]


def test_the_path_arrives_as_it_was_written(site: Site) -> None:
    site.session().get("/httpbin/anything/a%2Fb%20c//d;e=f").raise_for_status()
    assert site.access_log[-1]["uri"] == "/httpbin/anything/a%2Fb%20c//d;e=f"


def test_headers_arrive(site: Site) -> None:
    mine = [("X-Mine", "1"), ("X-Empty", ""), ("Accept", "image/webp"), ("X-Umlaut", "ü")]
    answer = echoed(site.session().get("/httpbin/headers", headers=mine))["headers"]
    assert (answer["X-Mine"], answer["X-Empty"], answer["Accept"]) == ("1", "", "image/webp")
    assert answer["X-Umlaut"].encode("latin-1").decode("utf-8") == "ü"


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
    answer = echoed(session.post("/httpbin/anything", json=document))
    assert answer["json"] == document and answer["headers"]["Content-Type"] == "application/json"
    answer = echoed(session.put("/httpbin/anything", data={"a": ["1", "zwei ü"], "b": "&="}))
    assert answer["form"] == {"a": ["1", "zwei ü"], "b": "&="}
    answer = echoed(session.patch("/httpbin/anything", data=BINARY, content_type="image/x-made-up"))
    assert base64.b64decode(answer["data"].partition(",")[2]) == BINARY
    assert answer["headers"]["Content-Type"] == "image/x-made-up"
    # A POST without a body says that it has none.
    answer = echoed(session.post("/httpbin/anything"))
    assert (answer["data"], answer["headers"].get("Content-Length", "0")) == ("", "0")
    answer = echoed(session.delete("/httpbin/anything", data="text"))
    assert answer["method"] == "DELETE" and answer["form"] == {"text": ""}


def test_a_stream_of_unknown_size_arrives(site: Site) -> None:
    for version in ("2", "1.1"):
        answer = echoed(
            site.session(http=version).post("/httpbin/anything", data=iter([b"one ", b"", b"two"]))
        )
        assert answer["data"] == "one two"


def test_a_form_with_files_arrives(site: Site) -> None:
    files: Any = {
        "text": ("a.txt", b"one", "text/plain"),
        "binary": ('ü "b".bin', BINARY),
        "empty": ("c", b""),
    }
    answer = echoed(
        site.session().post("/httpbin/anything", data={"field": ["1", "zwei ü"]}, files=files)
    )
    assert answer["form"] == {"field": ["1", "zwei ü"]}
    assert answer["headers"]["Content-Type"].startswith("multipart/form-data; boundary=")
    assert (answer["files"]["text"], answer["files"]["empty"]) == ("one", "")
    assert base64.b64decode(answer["files"]["binary"].partition(",")[2]) == BINARY


def test_text_is_decoded(site: Site) -> None:
    answer = site.session().get("/httpbin/encoding/utf8").raise_for_status()
    assert "∮ E⋅da = Q" in answer.text and "charset=utf-8" in answer.headers["Content-Type"]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "brotli"])
def test_codings_are_undone(site: Site, coding: str) -> None:
    answer = site.session().get(f"/httpbin/{coding}").raise_for_status()
    assert answer.headers["Content-Encoding"] == {"brotli": "br"}.get(coding, coding)
    assert (
        json.loads(answer.content)[{"gzip": "gzipped", "deflate": "deflated"}.get(coding, coding)]
        is True
    )
