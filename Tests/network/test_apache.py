"""Sessions at a server that was not written for this project: Apache renews an encrypted cookie
with every response, as PhotoShelter does.

Its logs count the logins. Apache keeps no list of sessions: a cookie is valid until it is too old,
also one that was superseded or logged out. How a stricter server reacts to those is tested with the
sandbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from apache import Apache, Entry, handed_on, logins, value
from apache_conf import Members
from certificates import Certificates
from crowds import Crowd
from processes import held_ports
from ways import WAYS, Blocking, Wrapper

ROTATIONS = ["serialize", "newest"]
PAGE = "mem/gallery"


class Site:
    """Apache as one test sees it."""

    def __init__(self, apache: Apache, port: int, lazy_port: int) -> None:
        self._apache = apache
        self._port = port
        self.lazy_port = lazy_port  #: renews only cookies that are some minutes old
        self._begin = len(apache.log())

    def arrived(self) -> list[Entry]:
        return self._apache.arrived()[self._begin :]

    def log(self) -> list[Entry]:
        return self._apache.log()[self._begin :]

    def accepts(self, cookie: str) -> bool:
        return self._apache.accepts(self._port, cookie)

    def options(self, **more: Any) -> dict[str, Any]:
        return self._apache.options(**{"port": self._port, **more})


@pytest.fixture(scope="module")
def apache(certificates: Certificates) -> Iterator[tuple[Apache, int, int]]:
    with held_ports(2) as (port, lazy_port):
        with Apache(certificates, Members(port), Members(lazy_port, interval=300)) as apache:
            yield apache, port, lazy_port


@pytest.fixture
def site(apache: tuple[Apache, int, int]) -> Site:
    return Site(*apache)


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("http", ["1.1", "2"])
@pytest.mark.parametrize("way", WAYS)
def test_login_pages_and_logout(site: Site, way: type[Any], http: str, rotation: str) -> None:
    with closing(way(site.options(rotation=rotation, http=http))) as session:
        assert [session.get(path) for path in (PAGE, "mem/none", PAGE)] == ["200", "404", "200"]
        session.keepalive()
        assert logins(site.arrived()) == 1
        assert session.logout() == "SERVER"
        assert session.get(PAGE) == "200" and logins(site.arrived()) == 2
    entries = site.log()
    first, second = entries[:-2], entries[-2:]
    # The missing page's cookie too, and the last one to the logout.
    assert handed_on(first) and handed_on(second)
    assert first[-1]["path"] == "/psapi/v3/mem/authenticate/logout" and first[-1]["user"] == "-"
    assert {entry["protocol"] for entry in entries} == {"HTTP/1.1" if http == "1.1" else "HTTP/2.0"}


def test_many_take_turns_with_each_cookie(site: Site, folder: Path) -> None:
    with Crowd(folder, site.options(rotation="serialize")) as crowd:
        assert crowd.ask(PAGE, rounds=5) == {"200": 5 * crowd.size}
    entries = site.log()
    assert logins(entries) == 1 and len(entries) == 1 + 5 * crowd.size
    assert handed_on(entries)


def test_many_at_once_share_the_newest_cookie(site: Site, folder: Path) -> None:
    with Crowd(folder, site.options(rotation="newest")) as crowd:
        assert crowd.ask(PAGE, rounds=5) == {"200": 5 * crowd.size}
    entries = site.log()
    assert logins(entries) == 1 and len(entries) == 1 + 5 * crowd.size
    brought = {value(entry["new_cookie"]) for entry in entries}
    assert {value(entry["cookie"]) for entry in entries if entry["cookie"] != "-"} <= brought


def test_apache_accepts_a_superseded_cookie_and_the_library_sends_none(site: Site) -> None:
    with closing(Blocking(site.options())) as session:
        assert [session.get(PAGE) for _ in range(3)] == ["200"] * 3
        oldest = site.arrived()[1]["cookie"]
        assert site.accepts(oldest)
        assert session.get(PAGE) == "200"
    entries = site.log()
    assert entries.pop(4)["cookie"] == oldest and handed_on(entries) and logins(entries) == 1


@pytest.mark.parametrize("way", WAYS)
def test_responses_without_a_new_cookie_keep_the_old_one(site: Site, way: type[Any]) -> None:
    with closing(way(site.options(port=site.lazy_port))) as session:
        assert [session.get(path) for path in (PAGE, "mem/none", PAGE)] == ["200", "404", "200"]
    login, *others = site.log()
    assert logins([login]) == 1 and {entry["new_cookie"] for entry in others} == {"-"}
    assert {value(entry["cookie"]) for entry in others} == {value(login["new_cookie"])} and len(
        others
    ) == 3


def test_a_wrong_password_is_refused_once_whoever_asks(site: Site, tmp_path: Path) -> None:
    options = site.options(store=str(tmp_path / "sessions"))
    for way in (*WAYS, Wrapper):
        with closing(way({**options, "password": "not it"})) as session:
            assert session.get(PAGE) == "CREDENTIALS_REFUSED"
    assert len(site.arrived()) == logins(site.arrived()) == 1
    assert Wrapper(options).get(PAGE) == "200"
    assert [entry["status"] for entry in site.log()] == ["401", "200", "200"] and logins(
        site.log()
    ) == 2


@pytest.mark.parametrize("way", WAYS)
def test_what_one_may_not_see_costs_no_login(site: Site, way: type[Any]) -> None:
    """Apache says 401 to a member who is not the right one, in a page that says nothing of
    sessions.
    """
    with closing(way(site.options())) as session:
        assert session.get(PAGE) == "200"
        assert [session.get("mem/forbidden") for _ in range(3)] == ["401"] * 3
        assert session.get(PAGE) == "200"
    assert logins(site.log()) == 1 and handed_on(site.log())
