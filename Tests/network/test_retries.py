"""Repeated requests: only if asked for, only where a repetition is allowed, and not sooner than the
server wishes.

The server's log shows how often something was sent. The waits take from half a second to two.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from conftest import Site
from processes import free_ports

import damsession

THING = "mem/gallery/G1"


def direct(site: Site, **options: Any) -> damsession.Session:
    """At the sandbox itself: nginx would answer 502 where the sandbox resets a connection.
    Logged in.
    """
    session = site.session(
        url=site.sandbox.photoshelter,
        ca_file=site.sandbox.ca_file,
        authentication="token",
        **options,
    )
    session.login()
    return session


def sent(site: Site, method: str, path: str = THING) -> int:
    """How often the sandbox got it."""
    return sum(
        entry["method"] == method and entry["path"].endswith(path) for entry in site.sandbox.log()
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_may_be_repeated_is_tried_again(site: Site, method: str) -> None:
    session = direct(site, retries=1)
    session.keepalive()
    # Without a body, libcurl itself repeats at once what it sent over a connection that had been
    # idle.
    faults = 1 if method == "PUT" else 2
    site.sandbox.fault("reset", count=faults, match=THING)
    assert session.request(method, THING, data=b"name=x" if method == "PUT" else None).ok
    assert sent(site, method) == faults + 1
    assert site.sandbox.state()["photoshelter"]["writes"] == (method != "GET")


def test_trying_again_is_no_replay(site: Site) -> None:
    session = direct(site, retries=1)
    site.sandbox.fault("reset", match=THING)
    # A response tells of newer secrets only; the counter tells of every repetition.
    assert session.put(THING, data=b"name=x").replays == 0
    assert session.statistics.replays == 1 and session.statistics.logins == 1


def test_a_session_that_ends_meanwhile_is_renewed(site: Site) -> None:
    session = direct(site, retries=4)
    site.sandbox.expire()
    site.sandbox.fault("reset", count=2, match=THING)
    # Twice broken off, once refused, and then answered.
    assert session.put(THING, data=b"name=x").ok
    assert sent(site, "PUT") == 4 and session.statistics.logins == 2


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("data", [None, b"name=x"])
def test_what_may_not_be_repeated_is_sent_once(site: Site, method: str, data: Any) -> None:
    session = direct(site, retries=3)
    for fault in ("reset", "drop-after-processing"):
        session.keepalive()  # there is an idle connection, which libcurl would replace
        site.sandbox.fault(fault, match=THING)
        before = sent(site, method)
        with pytest.raises(damsession.TransferError):
            session.request(method, THING, data=data)
        assert sent(site, method) == before + 1


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_the_application_wants_once_is_sent_once(site: Site, method: str) -> None:
    session = direct(site, retries=3)
    for fault in ("reset", "drop-after-processing"):
        session.keepalive()
        site.sandbox.fault(fault, match=THING)
        before = sent(site, method)
        with pytest.raises(damsession.TransferError):
            session.request(method, THING, once=True)
        assert sent(site, method) == before + 1
    # What was refused has not been worked on.
    site.sandbox.expire()
    assert session.request(method, THING, once=True).replays == 1


@pytest.mark.parametrize("path", ["mem/gallery/insert", "mem/image/I1/update?f=x"])
def test_what_writes_by_get_is_sent_once(site: Site, path: str) -> None:
    session = direct(site, retries=3)
    session.keepalive()
    name = path.partition("?")[0]
    site.sandbox.fault("reset", match=name)
    with pytest.raises(damsession.TransferError):
        session.get(path)
    assert sent(site, "GET", name) == 1
    # No way to it either: a redirect that keeps the method.
    site.sandbox.answer(307, [("Location", "/psapi/v3/mem/gallery/insert")], match=THING)
    session.keepalive()
    site.sandbox.fault("reset", match="mem/gallery/insert")
    before = sent(site, "GET", "mem/gallery/insert")
    with pytest.raises(damsession.TransferError):
        session.get(THING)
    assert sent(site, "GET", "mem/gallery/insert") == before + 1


@pytest.mark.parametrize("retries", [0, 2])
def test_nothing_is_tried_for_ever(site: Site, retries: int) -> None:
    session = direct(site, retries=retries)
    site.sandbox.fault("reset", count=100, match=THING)
    begin = time.monotonic()
    with pytest.raises(damsession.TransferError):
        session.get(THING)
    # Each try may be two where a connection had been idle.
    assert retries + 1 <= sent(site, "GET") <= 2 * (retries + 1)
    assert time.monotonic() - begin >= 1.4 * (retries == 2)  # half a second, then a whole one


def test_nginx_hangs_up(site: Site) -> None:
    for version in ("2", "1.1"):
        for method, most in (("GET", 4), ("POST", 1)):
            before = len(site.access_log)
            with pytest.raises(damsession.TransferError):
                site.session(http=version, retries=1).request(method, "/closed/x")
            closed = [entry for entry in site.access_log[before:] if entry["uri"] == "/closed/x"]
            assert 1 <= len(closed) <= most and (method == "POST" or len(closed) >= 2)


def test_what_was_never_sent_is_tried_again_whatever_it_is(site: Site) -> None:
    begin = time.monotonic()
    session = site.session()
    session.login()
    with pytest.raises(damsession.ConnectError):
        site.session(retries=1, proxy=f"http://127.0.0.1:{free_ports(1)[0]}").post(
            THING, data=b"name=x"
        )
    assert time.monotonic() - begin >= 0.5


@pytest.mark.parametrize("status", [429, 503])
def test_nobody_waits_by_default(site: Site, status: int) -> None:
    session = site.session(retries=3)
    session.login()
    site.sandbox.fault("retry-after", status=status, seconds=1, match=THING)
    with pytest.raises(damsession.Throttled) as caught:
        session.get(THING)
    assert (caught.value.http_status, caught.value.retry_after) == (status, 1) and sent(
        site, "GET"
    ) == 1
    assert session.get(THING).ok


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_time_gets_it(site: Site, status: int, method: str) -> None:
    session = site.session(retry_after=1)
    session.login()
    site.sandbox.fault("retry-after", status=status, seconds=1, match=THING)
    begin = time.monotonic()
    # The server says that it did not act, so that anything may be sent again.
    assert session.request(method, THING, data=b"name=x" if method == "POST" else None).ok
    assert 1 <= time.monotonic() - begin < 5 and sent(site, method) == 2


def test_who_asks_for_too_much_time_does_not_get_it(site: Site) -> None:
    session = site.session(retry_after=1)
    session.login()
    site.sandbox.fault("retry-after", seconds=2, match=THING)
    begin = time.monotonic()
    with pytest.raises(damsession.Throttled) as caught:
        session.get(THING)
    assert caught.value.retry_after == 2 and time.monotonic() - begin < 1 and sent(site, "GET") == 1


def test_who_asks_again_and_again_gets_no_more(site: Site) -> None:
    session = site.session(retry_after=1)
    session.login()
    site.sandbox.fault("retry-after", count=100, seconds=0, match=THING)
    with pytest.raises(damsession.Throttled):
        session.get(THING)
    assert sent(site, "GET") == 6


def test_after_a_redirect_it_is_waited_for_as_well(site: Site) -> None:
    session = site.session(retry_after=1)
    session.login()
    site.sandbox.fault("retry-after", seconds=1, match=THING)
    assert session.get(f"/redirect/302/own/psapi/v3/{THING}").ok
    assert sent(site, "GET") == 2
