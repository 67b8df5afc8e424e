"""Addresses of the server: versions of IP, literal addresses, a Unix socket. nginx logs where a
connection came from.
"""

from __future__ import annotations

import socket
import time

import pytest
from conftest import Site
from processes import free_ports

import damsession


@pytest.mark.parametrize("version, peer", [("4", "127.0.0.1"), ("6", "::1")])
def test_a_version_of_ip_can_be_chosen(site: Site, version: str, peer: str) -> None:
    session = site.session(ip=version)
    assert session.get("/address").text == peer
    assert {entry["peer"] for entry in site.access_log} == {peer}  # the login too


@pytest.mark.parametrize("url, peer", [("ipv4_url", "127.0.0.1"), ("ipv6_url", "::1")])
def test_a_literal_address_is_a_server(site: Site, url: str, peer: str) -> None:
    address: str = getattr(site, url)
    session = site.session(url=address)
    assert session.get("mem/user/session").ok
    assert session.get(f"{address}/address").text == peer
    assert session.get("/redirect/302/absolute/address").text == peer  # the same origin again
    assert session.state.origin == address and {entry["peer"] for entry in site.access_log} == {
        peer
    }
    assert {entry["host"] for entry in site.access_log} == {address.partition("//")[2]}


def test_a_literal_address_of_the_wrong_version(site: Site) -> None:
    for url, version in ((site.ipv4_url, "6"), (site.ipv6_url, "4")):
        with pytest.raises(damsession.ConnectError):
            site.session(url=url, ip=version).login()
    assert site.access_log == []


def test_sessions_of_different_versions_share_no_connection(site: Site) -> None:
    four, six = site.session(ip="4"), site.session(ip="6")  # one identity
    assert [session.get("/address").text for session in (four, six, four, six)] == [
        "127.0.0.1",
        "::1",
    ] * 2


def test_a_unix_socket_stands_for_the_server(site: Site) -> None:
    session = site.session(unix_socket=site.unix_socket)
    assert session.get("mem/user/session").ok and session.get("/address").text == "unix:"
    assert {entry["peer"] for entry in site.access_log} == {"unix:"}
    assert {entry["host"] for entry in site.access_log} == {site.url.partition("//")[2]}


def test_a_unix_socket_stands_for_its_server_alone(site: Site) -> None:
    session = site.session(unix_socket=site.unix_socket)
    assert session.get("/redirect/302/other/x").text == "other\n"
    assert [entry["peer"] for entry in site.at(site.ports.other)] in (["127.0.0.1"], ["::1"])


def test_the_certificate_counts_on_a_unix_socket_too(site: Site) -> None:
    with pytest.raises(damsession.TLSError):
        site.session(unix_socket=site.unix_socket, url="https://elsewhere.example").login()
    with pytest.raises(damsession.ConnectError):
        site.session(unix_socket=site.unix_socket.with_name("absent")).login()
    assert site.access_log == []


def test_nobody_there(site: Site) -> None:
    with pytest.raises(damsession.ConnectError):
        site.session(url=f"https://localhost:{free_ports(1)[0]}").login()
    with pytest.raises(damsession.ConnectError):
        site.session(url="https://nowhere.invalid").login()


def test_nobody_answers(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        # The system accepts for it; no handshake ever comes.
        begin = time.monotonic()
        with pytest.raises(damsession.Timeout):
            site.session(
                url=f"https://127.0.0.1:{deaf.getsockname()[1]}", connect_timeout=1
            ).login()
        assert 0.9 <= time.monotonic() - begin < 5
