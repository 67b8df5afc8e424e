"""Each kind of failure is an exception of its own, with what a program needs to react."""

from __future__ import annotations

import pickle
import socket
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"password": "wrong"}, damsession.CredentialsRefused),
        ({"password": None}, damsession.CredentialsNeeded),
        (
            {"user": "second@example.com", "password": "second-password"},
            damsession.SecondFactorRequired,
        ),
        ({"api_key": "wrongwrong1"}, damsession.ApiKeyRefused),
        ({"organization": "O0000NOBODY000009"}, damsession.OrganizationRefused),
        ({"ca_file": None}, damsession.TLSError),
    ],
)
def test_a_login_that_fails_says_why(
    photoshelter: Opener, options: dict[str, Any], expected: type[damsession.DamError]
) -> None:
    with photoshelter(**options) as session:
        with pytest.raises(expected) as caught:
            session.get("mem/user/session")
        assert type(caught.value) is expected and caught.value.message


def test_a_refused_password_is_not_tried_again(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    with photoshelter(password="wrong") as session:
        for _ in range(3):
            with pytest.raises(damsession.CredentialsRefused):
                session.login()
        assert session.state.refused
        assert dam_sandbox.state()["photoshelter"]["logins_refused"] == 1
        with pytest.raises(damsession.CredentialsRefused):
            session.login(again=True)
    assert dam_sandbox.state()["photoshelter"]["logins_refused"] == 2


def test_fotoweb_refuses_too(fotoweb: Opener) -> None:
    with fotoweb(password="wrong") as session, pytest.raises(damsession.CredentialsRefused):
        session.get("Information")


def test_throttling_says_when_to_come_back(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.knobs(throttle=7)
        with pytest.raises(damsession.Throttled) as caught:
            session.get("mem/user/session")
    assert (caught.value.http_status, caught.value.retry_after) == (429, 7)


def test_an_error_without_numbers_has_none() -> None:
    with pytest.raises(damsession.NotFound) as caught:
        damsession.open("nobody")
    assert (caught.value.http_status, caught.value.retry_after) == (None, None)


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    [
        ({"name": "status", "status": 503}, {}, damsession.ServerFault),
        ({"name": "truncate"}, {}, damsession.TransferError),
        ({"name": "drop-after-processing"}, {}, damsession.TransferError),
        ({"name": "delay", "seconds": 5}, {"timeout": 0.05}, damsession.Timeout),
    ],
)
def test_what_happens_on_the_way_is_told_apart(
    photoshelter: Opener,
    dam_sandbox: Sandbox,
    fault: dict[str, Any],
    options: dict[str, Any],
    expected: type[damsession.DamError],
) -> None:
    with photoshelter(rotation="newest", authentication="token") as session:
        session.login()
        dam_sandbox.fault(**fault, match="gallery")
        with pytest.raises(expected):
            session.post("mem/gallery/G1", data={"name": "x"}, **options)


def test_a_post_on_a_connection_that_died_is_not_sent_again(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    with photoshelter(authentication="token") as session:
        session.login()  # and the connection is reused
        dam_sandbox.fault("drop-after-processing", match="gallery")
        with pytest.raises(damsession.TransferError):
            session.post("mem/gallery/G1", data={"name": "x"})
    assert dam_sandbox.state()["photoshelter"]["writes"] == 1


def test_nobody_there_is_a_connect_error(photoshelter: Opener) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and does not listen
        with photoshelter(url=f"https://127.0.0.1:{unused.getsockname()[1]}") as session:
            with pytest.raises(damsession.ConnectError) as caught:
                session.login()
    assert isinstance(caught.value, damsession.NetworkError)


def test_a_large_response_is_refused(photoshelter: Opener) -> None:
    with photoshelter(response_limit="1K", authentication="token") as session:
        with pytest.raises(damsession.TooLarge):
            session.get("mem/image/I0001/download")


def test_another_origin_gets_nothing(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    with photoshelter(authentication="token") as session:
        for url in (
            f"{dam_sandbox.fotoweb}/x",
            "https://other.example/x",
            f"{dam_sandbox.photoshelter_http}/x",
        ):
            with pytest.raises(damsession.Insecure):
                session.get(url)
        session.get(f"{dam_sandbox.photoshelter}/psapi/v3/mem/user/session").raise_for_status()


@pytest.mark.parametrize(
    "path",
    [
        "mem/authenticate",
        "mem/authenticate/logout?x=y",
        "/psapi/v3/mem/organization/O1/authenticate",
        "mem/organization/logout",
        "mem/%61uthenticate",
    ],
)
def test_the_sessions_own_endpoints_are_not_the_programs(
    photoshelter: Opener, dam_sandbox: Sandbox, path: str
) -> None:
    with photoshelter() as session, pytest.raises(damsession.ArgumentError):
        session.post(path)
    assert dam_sandbox.log() == []


def test_fotowebs_login_is_not_the_programs(fotoweb: Opener, dam_sandbox: Sandbox) -> None:
    with fotoweb() as session, pytest.raises(damsession.ArgumentError):
        session.post("/fotoweb/cmdrequest/login.fwx", data={"u": "ada", "p": "ada-password"})
    assert dam_sandbox.log() == []


@pytest.mark.parametrize(
    "path",
    [
        "a b",
        "a#b",
        "//other.example/x",
        "ä",
        "a\0",
        "a\ud800",
        "a\r\nb",
        "a/../b",
        "./a",
        "a/%2e%2e/b",
        "a/.?b",
    ],
)
def test_malformed_paths_are_refused(photoshelter: Opener, path: str) -> None:
    with photoshelter() as session, pytest.raises(damsession.ArgumentError):
        session.get(path)


@pytest.mark.parametrize(
    "request_options",
    [
        {"headers": {"X\r\nY": "z"}},
        {"headers": {"X": "y\r\nZ: 1"}},
        {"headers": {"X": "y\0"}},
        {"headers": {"Cookie": "a=b"}},
        {"headers": {"X-PS-Auth-Token": "stolen"}},
        {"content_type": "text/plain\r\nX: y", "data": b""},
        {"image": "no handle"},
        {"timeout": 0},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"timeout": 1e9},
        {"data": b"", "json": {}},
        {"params": {"a": "\ud800"}},
        {"data": {"a": "\ud800"}},
        {"data": "\ud800"},
    ],
)
def test_malformed_requests_are_refused(
    photoshelter: Opener, request_options: dict[str, Any]
) -> None:
    with photoshelter() as session, pytest.raises(damsession.ArgumentError):
        session.request("POST", "mem/user/session", **request_options)


@pytest.mark.parametrize("method", ["", "GET IT", "G\r\nT", "GÉT"])
def test_malformed_methods_are_refused(photoshelter: Opener, method: str) -> None:
    with photoshelter() as session, pytest.raises(damsession.ArgumentError):
        session.request(method, "mem/user/session")


def test_exceptions_survive_pickling() -> None:
    error = damsession.Throttled(47, 429, 7, "too many requests")
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is damsession.Throttled
    assert (copy.status, copy.http_status, copy.retry_after, str(copy)) == (
        47,
        429,
        7,
        "too many requests",
    )


def test_a_status_of_the_future_is_a_plain_error() -> None:
    from damsession import _abi
    from damsession._check import failure

    error = _abi.dam_error()
    error.retry_after, error.message = -1, b"something new"
    found = failure(99, error)
    assert (type(found), found.status, str(found)) == (damsession.DamError, 99, "something new")
