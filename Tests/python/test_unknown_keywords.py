"""Keywords that there are not: the error names the method that was called, and what to write in
place of a keyword of requests or httpx.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Opener

import damsession

VERBS = ["get", "head", "post", "put", "patch", "delete"]
OF_OTHERS = {
    "allow_redirects": "redirects=0",
    "follow_redirects": "redirects=0",
    "verify": "ca_file=",
    "stream": "stream()",
    "auth": "user=",
    "cookies": "its own cookies",
    "proxies": "proxy=",
    "cert": "client_certificate=",
    "content": "data=",
}


def call(session: Any, method: str, keyword: str) -> Any:
    more = {"request": ("GET",), "stream": ("GET",)}.get(method, ())
    where = ("file",) if method == "download" else ()
    return getattr(session, method)(*more, "echo", *where, **{keyword: "c4n4ry"})


@pytest.mark.parametrize("method", [*VERBS, "request", "stream", "download"])
def test_the_method_is_named(photoshelter: Opener, method: str) -> None:
    async def waiting() -> None:
        called = call(damsession.AsyncSession(session), method, "param")
        await called

    session = photoshelter()
    for kind, use in (
        ("Session", lambda: call(session, method, "param")),
        ("AsyncSession", lambda: asyncio.run(waiting())),
    ):
        with pytest.raises(TypeError) as caught:
            use()
        told = f"{kind}.{method}() got an unexpected keyword argument 'param'"
        assert str(caught.value) == f"{told}; did you mean 'params'?"


@pytest.mark.parametrize("keyword", OF_OTHERS)
def test_what_others_call_it(photoshelter: Opener, keyword: str) -> None:
    for method in ("get", "request"):
        with pytest.raises(TypeError) as caught:
            call(photoshelter(), method, keyword)
        assert f"'{keyword}'; " in str(caught.value) and OF_OTHERS[keyword] in str(caught.value)
        assert "c4n4ry" not in str(caught.value)


@pytest.mark.parametrize(
    ("keyword", "told"),
    [
        ("verify", "ca_file="),
        ("ca", "ca_file="),
        ("username", "user="),
        ("base_url", "url="),
        ("auth", "user="),
        ("proxies", "proxy="),
    ],
)
def test_what_others_call_an_option(keyword: str, told: str) -> None:
    for use in (damsession.open, damsession.aopen):
        with pytest.raises(damsession.OptionError) as caught:
            use(system="photoshelter", **{keyword: False})
        assert str(caught.value).startswith(f'there is no option "{keyword}"; ')
        assert told in str(caught.value)


def test_what_is_for_other_methods_is_refused(photoshelter: Opener) -> None:
    session: Any = photoshelter()
    with pytest.raises(TypeError, match=r"Session\.download\(\) .* 'data'"):
        session.download("echo", "file", data=b"x")
    with pytest.raises(TypeError, match=r"Session\.stream\(\) .* 'stream_to'"):
        session.stream("GET", "echo", stream_to=print)
