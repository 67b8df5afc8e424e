"""Bring your own HTTP, with one client for many requests: its cookie jar and the redirects that it
follows by itself get none of the session's secrets.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
from conftest import Opener
from test_own_http_secrets import GALLERY, told_by_request
from test_secrets import values_of_cookies

from damsession.sandbox import Sandbox

Made = Callable[[], Any]


class Kept:
    """A client that is kept: its responses and exceptions in turn, and its cookies at the end."""

    def __init__(self, kind: str, sandbox: Sandbox) -> None:
        self._kind, self._sandbox = kind, sandbox
        self.cookies: Any = None

    def get(self, session: Any, *urls: str, follow: bool = False, hook: Any = None) -> list[Any]:
        if self._kind == "httpx-async":
            return asyncio.run(self._in_a_task(session, urls, follow, hook))
        context = ssl.create_default_context(cafile=self._sandbox.ca_file)
        if self._kind == "httpx":
            from damsession.httpx import DamAuth as ForHttpx

            hooks = {"response": [] if hook is None else [hook]}
            with httpx.Client(
                auth=ForHttpx(session), verify=context, follow_redirects=follow, event_hooks=hooks
            ) as http:
                found = [self._outcome(lambda url=url: http.get(url)) for url in urls]
                self.cookies = http.cookies.jar
                return found
        from damsession.requests import DamAuth

        with requests.Session() as kept:
            kept.auth, options = DamAuth(session), {"verify": self._sandbox.ca_file}
            if hook is not None:
                kept.hooks["response"].append(lambda response, **_: hook(response))
            found = [
                self._outcome(lambda url=url: kept.get(url, allow_redirects=follow, **options))
                for url in urls
            ]
            self.cookies = kept.cookies
            return found

    async def _in_a_task(self, session: Any, urls: Any, follow: bool, hook: Any) -> list[Any]:
        from damsession.httpx import DamAuth

        async def later(response: Any) -> None:
            hook(response)

        context = ssl.create_default_context(cafile=self._sandbox.ca_file)
        found = []
        async with httpx.AsyncClient(
            auth=DamAuth(session),
            verify=context,
            follow_redirects=follow,
            event_hooks={"response": [] if hook is None else [later]},
        ) as http:
            for url in urls:
                try:
                    found.append(await http.get(url))
                except httpx.HTTPError as error:
                    found.append(error)
            self.cookies = http.cookies.jar
        return found

    @staticmethod
    def _outcome(send: Made) -> Any:
        try:
            return send()
        except (requests.RequestException, httpx.HTTPError) as error:
            return error


@pytest.fixture(params=["requests", "httpx", "httpx-async"])
def kept(request: pytest.FixtureRequest, dam_sandbox: Sandbox) -> Kept:
    return Kept(request.param, dam_sandbox)


def test_the_sessions_cookies_stay_out_of_the_client(
    photoshelter: Opener, dam_sandbox: Sandbox, kept: Kept
) -> None:
    url = dam_sandbox.photoshelter + GALLERY
    found = kept.get(photoshelter(), url, url, url)
    assert [one.status_code for one in found] == [200, 200, 200]
    assert all("cookie" not in one.request.headers for one in found)
    assert values_of_cookies(dam_sandbox) and list(kept.cookies) == []


def test_a_request_that_failed_has_no_cookie(
    photoshelter: Opener, dam_sandbox: Sandbox, kept: Kept
) -> None:
    url, seen = dam_sandbox.photoshelter + GALLERY, []

    def hook(response: Any) -> None:
        seen.append(response)
        if len(seen) == 2:
            dam_sandbox.fault("reset")

    found = kept.get(photoshelter(), url, url, url, hook=hook)
    assert isinstance(found[2], (requests.ConnectionError, httpx.TransportError))
    told = "\n".join(told_by_request(found[2].request))
    assert not [value for value in values_of_cookies(dam_sandbox) if value in told]
    assert "cookie" not in found[2].request.headers and list(kept.cookies) == []


@pytest.mark.parametrize("authentication", ["cookie", "token"])
@pytest.mark.parametrize("redirects", [10, 0])
def test_a_client_that_follows_redirects_takes_no_secret_elsewhere(
    photoshelter: Opener, dam_sandbox: Sandbox, kept: Kept, authentication: str, redirects: int
) -> None:
    """The library follows, before the client does. What it leaves, requests follows bare, and httpx
    not at all.
    """
    session = photoshelter(authentication=authentication, redirects=redirects)
    session.login()
    dam_sandbox.answer(302, [("Location", dam_sandbox.fotoweb + "/elsewhere")])
    (found,) = kept.get(session, dam_sandbox.photoshelter + GALLERY, follow=True)
    if redirects == 0 and isinstance(found, httpx.Response):
        assert found.status_code == 302 and found.headers["location"].endswith("/elsewhere")
        return
    (there,) = [one for one in dam_sandbox.log() if one["path"] == "/elsewhere"]
    names = {name.lower() for name, _ in there["headers"]}
    assert not names & {"cookie", "x-ps-api-key", "x-ps-auth-token", "authorization"}


def test_a_client_that_follows_redirects_stays_logged_in(
    photoshelter: Opener, dam_sandbox: Sandbox, kept: Kept
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    url, session = dam_sandbox.photoshelter + GALLERY, photoshelter()
    session.login()
    dam_sandbox.answer(302, [("Location", url + "&again=1")])
    found = kept.get(session, url, url, follow=True)
    assert [one.status_code for one in found] == [200, 200]
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1
