"""Proxies by option and by environment. The proxy's log shows whether it was used, and must contain
no secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import Site
from processes import free_ports
from proxies import Microsocks, Tinyproxy

import damsession


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Tinyproxy]:
    with Tinyproxy(tmp_path / "tinyproxy") as proxy:
        yield proxy


@pytest.fixture
def socks(tmp_path: Path) -> Iterator[Microsocks]:
    with Microsocks(tmp_path / "microsocks") as proxy:
        yield proxy


def works(session: damsession.Session, site: Site) -> bool:
    """A session lives, and the server saw it."""
    return (
        session.get("mem/user/session").ok
        and site.access_log[-1]["uri"] == "/psapi/v3/mem/user/session"
    )


def test_an_http_proxy_sees_a_tunnel_and_nothing_else(site: Site, http: Tinyproxy) -> None:
    session = site.session(proxy=http.url)
    assert works(session, site) and works(session, site)
    secrets = ["solo", "SSphotoshelter", site.sandbox.api_key, "psapi"]
    log = http.output.read_text()
    assert set(http.seen) == {f"CONNECT {urlsplit(site.url).netloc} HTTP/1.1"}
    assert all(secret not in log for secret in secrets)


def test_a_socks_proxy_is_given_the_name(site: Site, socks: Microsocks) -> None:
    assert works(site.session(proxy=socks.url), site)
    assert set(socks.seen) == {urlsplit(site.url).netloc}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_environment_names_a_proxy(
    site: Site, http: Tinyproxy, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, http.url)
    assert works(site.session(), site) and http.seen != []


@pytest.mark.parametrize("exception", ["localhost", "*", "elsewhere.example,localhost"])
def test_the_environment_names_exceptions(
    site: Site, http: Tinyproxy, monkeypatch: pytest.MonkeyPatch, exception: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", http.url)
    monkeypatch.setenv("NO_PROXY", exception)
    assert works(site.session(), site) and http.seen == []


def test_the_option_overrules_the_environment(
    site: Site, http: Tinyproxy, socks: Microsocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", http.url)
    assert works(site.session(proxy="none"), site) and http.seen == []
    assert works(site.session(proxy=socks.url), site) and http.seen == [] and socks.seen != []


def test_the_proxy_holds_for_other_origins_too(site: Site, http: Tinyproxy) -> None:
    site.session(proxy=http.url).get("/redirect/302/other/x").raise_for_status()
    hosts = {line.split()[1] for line in http.seen}
    assert hosts == {urlsplit(site.url).netloc, urlsplit(site.other_url).netloc}


def test_a_socket_stands_for_the_server_whatever_the_proxy(
    site: Site, http: Tinyproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", http.url)
    assert works(site.session(unix_socket=site.unix_socket), site) and http.seen == []


def test_plain_http_to_this_machine_stays_on_it(
    site: Site, http: Tinyproxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", http.url)
    with pytest.raises(damsession.Insecure):  # says PhotoShelter, as the vendor's would
        site.session(url=site.sandbox.photoshelter_http, allow_loopback_http=True).login()
    assert http.seen == []  # the password is not for a proxy to read


def test_a_password_of_a_proxy_is_no_option(site: Site) -> None:
    with pytest.raises(damsession.OptionError, match="HTTPS_PROXY") as caught:
        # Options are shown and remembered.
        site.session(proxy="http://ada:proxy-password@127.0.0.1:1")
    assert "proxy-password" not in str(caught.value)


def test_a_proxy_that_wants_a_password_gets_it(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Tinyproxy(tmp_path / "locked", login="ada proxy-password") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//ada:proxy-password@"))
        assert works(site.session(), site) and proxy.seen != []


def test_a_proxy_that_gets_a_wrong_password_refuses(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Tinyproxy(tmp_path / "locked", login="ada proxy-password") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//ada:wrong-one@"))
        with pytest.raises(damsession.ConnectError) as caught:
            site.session().login()
    assert "wrong-one" not in str(caught.value) and site.access_log == []


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_a_proxy_that_is_not_there(site: Site, scheme: str) -> None:
    with pytest.raises(damsession.ConnectError):
        site.session(proxy=f"{scheme}://127.0.0.1:{free_ports(1)[0]}").login()
    with pytest.raises(damsession.ConnectError):
        site.session(proxy=f"{scheme}://nowhere.invalid:1").login()
    assert site.access_log == []


def test_a_proxy_that_refuses(site: Site, tmp_path: Path) -> None:
    with (
        Tinyproxy(tmp_path / "strict", refused="localhost") as proxy,
        pytest.raises(damsession.ConnectError),
    ):
        site.session(proxy=proxy.url).login()
    assert proxy.seen != [] and site.access_log == []  # nothing was sent


def test_a_server_that_an_http_proxy_cannot_reach(site: Site, http: Tinyproxy) -> None:
    with pytest.raises(damsession.ConnectError):
        site.session(url=f"https://localhost:{free_ports(1)[0]}", proxy=http.url).login()


def test_a_server_that_a_socks_proxy_cannot_reach(site: Site, socks: Microsocks) -> None:
    with pytest.raises(damsession.ConnectError):
        site.session(url=f"https://localhost:{free_ports(1)[0]}", proxy=socks.url).login()


def test_a_broken_proxy_is_not_gone_around(site: Site) -> None:
    session = site.session()
    assert works(session, site)  # there is a connection that could be used
    with pytest.raises(damsession.ConnectError):
        site.session(proxy=f"http://127.0.0.1:{free_ports(1)[0]}").get("mem/user/session")
    assert works(session, site)
