"""What users of requests look for in a response: `status_code`, `reason`, `url`, `links`."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from conftest import Opener, Runner
from test_response import made

import damsession
from damsession import _site
from damsession.sandbox import Sandbox


def test_the_package_has_the_version_of_its_library() -> None:
    assert damsession.__version__ == damsession.version()


@pytest.mark.parametrize(
    ("status", "reason"),
    [(200, "OK"), (404, "Not Found"), (429, "Too Many Requests"), (299, ""), (999, ""), (0, "")],
)
def test_the_status_by_its_other_names(status: int, reason: str) -> None:
    response = made(status=status)
    assert (response.status_code, response.reason) == (response.status, reason) == (status, reason)


URLS: list[tuple[str, dict[str, Any], str]] = [
    ("echo", {}, "/psapi/v3/echo"),
    ("echo?a=1", {"params": {"b": "ü c"}}, "/psapi/v3/echo?a=1&b=%C3%BC+c"),
    ("/psapi/v3/echo?x=/y://z", {}, "/psapi/v3/echo?x=/y://z"),
    ("echo?to=https://other.example/", {}, "/psapi/v3/echo?to=https://other.example/"),
]


@pytest.mark.parametrize(("path", "options", "url"), URLS)
@pytest.mark.parametrize("authentication", ["token", "token-in-url"])
def test_the_url_is_what_was_asked_for_without_secrets(
    photoshelter: Opener,
    dam_sandbox: Sandbox,
    authentication: str,
    path: str,
    options: dict[str, Any],
    url: str,
) -> None:
    with photoshelter(authentication=authentication, api_key_in="parameter") as session:
        response = session.get(path, **options)
        assert response.url == session.state.origin + url
        with session.stream("GET", path, **options) as stream:
            assert (stream.url, stream.status_code, stream.reason) == (response.url, 200, "OK")
        assert session.get(response.url).url == response.url
    seen = dam_sandbox.log()[-1]
    path, _, query = url.partition("?")
    assert seen["path"] == path and seen["query_string"].startswith(query)


def test_the_url_of_fotoweb_is_below_the_archive_agent(
    fotoweb: Opener, dam_sandbox: Sandbox
) -> None:
    with fotoweb(authentication="query") as session:
        response = session.get("Information")
    assert response.url == dam_sandbox.fotoweb + dam_sandbox.log()[-1]["path"]
    assert "ada-password" in dam_sandbox.log()[-1]["query_string"]


def test_the_url_follows_the_options(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    url = dam_sandbox.photoshelter
    with photoshelter(url=url + "/", api_path="/psapi/v3.0") as session:
        assert session.get("echo").url == f"{url}/psapi/v3.0/echo"
        assert dam_sandbox.log()[-1]["path"] == "/psapi/v3.0/echo"


@pytest.mark.parametrize("authentication", ["token", "token-in-url"])
def test_the_url_is_where_redirects_led(
    photoshelter: Opener, dam_sandbox: Sandbox, authentication: str
) -> None:
    with photoshelter(authentication=authentication) as session:
        url = dam_sandbox.photoshelter + "/psapi/v3/echo?page=2"
        response = session.get("mem/redirect", params={"to": url})
        assert (response.status, response.url) == (200, url)
        with session.stream("GET", "mem/redirect", params={"to": url}) as stream:
            assert stream.url == url
        elsewhere = dam_sandbox.fotoweb + "/cdn/x.jpg?w=1"
        assert session.get("mem/redirect", params={"to": elsewhere}).url == elsewhere
        secret = session.get("mem/redirect", params={"to": url + "&auth_token=canary"})
        assert secret.status == 200 and "canary" not in secret.url


def test_every_system_has_its_defaults() -> None:
    systems = next(option for option in damsession.options() if option.name == "system").choices
    assert set(_site._DEFAULTS) == set(systems)
    with damsession.open(
        system="photoshelter", user="a", api_key="k", store="memory", environment=False
    ) as session:
        assert session._site.url("/") == session.state.origin + "/"


def test_asyncio_has_them_too(run: Runner, dam_sandbox: Sandbox) -> None:
    async def work(session: damsession.AsyncSession) -> None:
        response = await session.get("echo", params={"a": "1"})
        assert response.url == f"{dam_sandbox.photoshelter}/psapi/v3/echo?a=1"
        async with session.stream("GET", "echo") as stream:
            assert (stream.url, stream.reason) == (response.url.partition("?")[0], "OK")

    run(work)


NEXT = {"url": "/g?page=2", "rel": "next"}
LINKS: list[tuple[bytes, dict[str, dict[str, str]]]] = [
    (b'Link: </g?page=2>; rel="next"', {"next": NEXT}),
    (b"Link: </g?page=2>;rel=next", {"next": NEXT}),
    (
        b'Link: </g?page=2>; rel="next", <https://a.example/,;/>; rel=last; title="a, b; \\"c\\""',
        {
            "next": NEXT,
            "last": {"url": "https://a.example/,;/", "rel": "last", "title": 'a, b; "c"'},
        },
    ),
    (b'Link: </g?page=2>; rel="next"\r\nLink: </a>; REL="Up"', {
        "next": NEXT, "up": {"url": "/a", "rel": "Up"},
    }),
    (b'Link: </a>; rel="start up"', dict.fromkeys(
        ("start", "up"), {"url": "/a", "rel": "start up"}
    )),
    (b'Link: </a>; rel=up; rel=down; crossorigin', {
        "up": {"url": "/a", "rel": "up", "crossorigin": ""},
    }),
    (b"Link: </a>", {"/a": {"url": "/a"}}),
    (b"Link: nonsense, </g?page=2>; rel=next", {"next": NEXT}),
    (b'Link: </a; rel="next"', {}),
    (b'Link: ,,"', {}),
    (b"X: y", {}),
]  # fmt: skip


@pytest.mark.parametrize(("header", "links"), LINKS)
def test_links(header: bytes, links: dict[str, dict[str, str]]) -> None:
    assert made(headers=header + b"\r\n").links == links


def test_links_of_the_server(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    next_page = '</psapi/v3/mem/gallery/query?page=2>; rel="next"'
    with photoshelter() as session:
        session.login()
        dam_sandbox.answer(200, [("Link", next_page)], match="gallery")
        response = session.get("mem/gallery/query")
        assert session.get(response.links["next"]["url"]).ok
    assert dam_sandbox.log()[-1]["query_string"] == "page=2"


def test_a_response_is_pickled_without_the_secrets_of_its_session(photoshelter: Opener) -> None:
    with photoshelter() as session:
        response = session.get("echo")
        secrets = session._site.secrets
        assert secrets.shows_in("it is solo-password")
    copy = pickle.loads(pickle.dumps(response))
    assert (copy.status, copy.url, copy.content) == (200, response.url, response.content)
    assert not copy._asked.site.secrets.shows_in("it is solo-password")
