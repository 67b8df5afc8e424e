"""Responses of every kind from httpbin: statuses, lengths, ranges, limits, and time-outs."""

from __future__ import annotations

import time

import pytest
from conftest import Site

import damsession

#: Those that the header calls errors; 401 and 403 are asked about, and then responses.
THROTTLED, FAULTS = [429], [500, 501, 502, 503, 504, 507]
RESPONSES = [
    200,
    201,
    202,
    203,
    204,
    206,
    300,
    304,
    400,
    402,
    404,
    405,
    406,
    409,
    410,
    411,
    413,
    415,
    418,
    422,
    451,
]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", RESPONSES)
def test_ordinary_statuses_are_responses(site: Site, method: str, status: int) -> None:
    assert site.session().request(method, f"/httpbin/status/{status}").status == status
    assert site.sandbox.state()["photoshelter"]["logins_ok"] == 1


@pytest.mark.parametrize("status", THROTTLED + FAULTS)
def test_the_servers_trouble_is_an_error(site: Site, status: int) -> None:
    kind = damsession.Throttled if status in THROTTLED else damsession.ServerFault
    with pytest.raises(kind) as caught:
        site.session().get(f"/httpbin/status/{status}")
    assert caught.value.http_status == status and caught.value.retry_after is None


def test_forbidden_is_a_response_while_the_session_lives(site: Site) -> None:
    response = site.session().get("/httpbin/status/403")
    assert (response.status, response.replays) == (403, 0)
    # The question that settled it.
    assert site.access_log[-1]["uri"] == "/psapi/v3/mem/user/session"


def test_unauthorized_is_a_response_while_the_session_lives(site: Site) -> None:
    response = site.session().get("/httpbin/status/401")
    assert (response.status, response.replays) == (401, 0)
    assert site.access_log[-1]["uri"] == "/psapi/v3/mem/user/session"
    assert site.sandbox.state()["photoshelter"]["logins_ok"] == 1


def test_other_statuses_can_be_chosen(site: Site) -> None:
    response = site.session(invalid_status="419").get("/httpbin/status/401")
    assert (response.status, response.replays) == (401, 0)


@pytest.mark.parametrize("version", ["2", "1.1"])
def test_a_response_without_a_length_arrives(site: Site, version: str) -> None:
    session = site.session(http=version)
    response = session.get("/httpbin/stream-bytes/100000?seed=7&chunk_size=1000").raise_for_status()
    again: list[bytes] = []
    session.get(
        "/httpbin/stream-bytes/100000?seed=7&chunk_size=10000", stream_to=again.append
    ).raise_for_status()
    assert "Content-Length" not in response.headers
    assert len(response.content) == 100_000 and b"".join(again) == response.content
    lines = session.get("/httpbin/stream/20").raise_for_status().content.splitlines()
    assert len(lines) == 20


def test_ranges_of_another_maker(site: Site) -> None:
    session = site.session()
    whole = session.get("/httpbin/range/1000").raise_for_status().content
    response = session.get("/httpbin/range/1000", headers={"Range": "bytes=100-199"})
    assert (response.status, response.content) == (206, whole[100:200])
    assert session.get("/httpbin/range/1000", headers={"Range": "bytes=2000-"}).status == 416


def test_a_response_over_the_limit_is_refused(site: Site) -> None:
    session = site.session(response_limit="50K")
    assert session.get("/httpbin/bytes/51200").ok
    for endless in ("/httpbin/bytes/51201", "/httpbin/stream-bytes/51201"):
        with pytest.raises(damsession.TooLarge) as caught:
            session.get(endless)
        assert caught.value.http_status == 200
    pieces: list[bytes] = []
    # Streams have no limit.
    session.get("/httpbin/stream-bytes/51201", stream_to=pieces.append).raise_for_status()
    assert len(b"".join(pieces)) == 51_201


@pytest.mark.parametrize("how", ["option", "request"])
def test_the_time_for_a_request_runs_out(site: Site, how: str) -> None:
    session = site.session(timeout=1 if how == "option" else None)
    session.login()
    begin = time.monotonic()
    with pytest.raises(damsession.Timeout):
        session.get("/httpbin/delay/10", timeout=0.3 if how == "request" else None)
    assert time.monotonic() - begin < 5
    assert session.get("/httpbin/get").ok


def test_a_response_in_time_is_a_response(site: Site) -> None:
    assert site.session(timeout=10, idle_timeout=5).get("/httpbin/delay/1").ok


@pytest.mark.parametrize("path", ["delay/10", "drip?delay=0&duration=20&numbytes=2"])
def test_a_transfer_that_stands_still_is_given_up(site: Site, path: str) -> None:
    session = site.session(idle_timeout=1)
    session.login()
    begin = time.monotonic()
    with pytest.raises(damsession.Timeout):
        session.get(f"/httpbin/{path}")
    assert time.monotonic() - begin < 9


def test_a_transfer_that_drips_is_waited_for(site: Site) -> None:
    response = site.session(idle_timeout=1).get("/httpbin/drip?delay=0&duration=2&numbytes=20")
    assert (response.status, len(response.content)) == (200, 20)
