"""Faults strike the requests they are meant for, in the way they say."""

from __future__ import annotations

import socket
from typing import Callable

import pytest
import requests
from conftest import FotoWebClient, PhotoShelterClient, set_cookies
from damsession.sandbox import Sandbox, SandboxError
from damsession.sandbox.faults import TABLE

PhotoShelters = Callable[[], PhotoShelterClient]
FotoWebs = Callable[[], FotoWebClient]


@pytest.fixture
def client(photoshelter: PhotoShelters) -> PhotoShelterClient:
    return photoshelter().login()


def test_reset_never_reaches_the_system(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    dam_sandbox.fault("reset")
    with pytest.raises(requests.ConnectionError):
        client.call("mem/user/session")
    assert client.call("mem/user/session").status_code == 200
    struck, _ = dam_sandbox.log()[-2:]
    assert (struck["status"], struck["verdict"], struck["set_cookies"]) == (0, "fault:reset", [])


def test_reset_is_a_tcp_reset(dam_sandbox: Sandbox) -> None:
    dam_sandbox.fault("reset")
    port = int(dam_sandbox.photoshelter_http.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /psapi/v3/echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_drop_after_processing_rotates_all_the_same(
    dam_sandbox: Sandbox, client: PhotoShelterClient
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    dam_sandbox.fault("drop-after-processing")
    with pytest.raises(requests.ConnectionError):
        client.call("mem/gallery/G1", "DELETE")
    assert dam_sandbox.state()["photoshelter"]["writes"] == 1
    assert client.call("mem/user/session").status_code == 400
    assert dam_sandbox.log()[-1]["verdict"] == "stale-cookie"


@pytest.mark.parametrize("path", ["mem/user/session", "mem/image/I1/download?size=300000"])
def test_truncate(dam_sandbox: Sandbox, client: PhotoShelterClient, path: str) -> None:
    dam_sandbox.fault("truncate")
    answer = client.call(path, stream=True)
    promised = int(answer.headers["Content-Length"])
    with pytest.raises(
        requests.exceptions.ChunkedEncodingError, match=f"{promised // 2} bytes read"
    ):
        answer.content  # noqa: B018


def test_garbage(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("garbage")
    with pytest.raises(requests.ConnectionError):
        client.call("mem/user/session")


def test_status(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("status", status=302, headers={"Location": "/x"}, body="moved")
    answer = client.call("mem/user/session")
    assert (answer.status_code, answer.headers["Location"], answer.text) == (302, "/x", "moved")


def test_retry_after(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("retry-after", status=429, seconds=5)
    answer = client.call("mem/user/session")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")


def test_delay(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("delay", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        client.call("mem/user/session", timeout=0.05)
    dam_sandbox.fault("delay", seconds=0.01)
    assert client.call("mem/user/session").status_code == 200


def test_empty_body(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("empty-body")
    answer = client.call("mem/user/session")
    assert (answer.status_code, answer.content, len(set_cookies(answer))) == (200, b"", 1)


def test_huge_header(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("huge-header", size=60_000)
    assert len(client.call("mem/user/session").headers["X-Sandbox-Huge"]) == 60_000


def test_cookie_bomb(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    # More lines than Python's own HTTP client takes; it is a bomb.
    dam_sandbox.fault("cookie-bomb", lines=80)
    assert len(set_cookies(client.call("mem/user/session"))) == 81
    dam_sandbox.fault("cookie-bomb")
    with pytest.raises(requests.ConnectionError):
        client.call("mem/user/session")
    assert len(dam_sandbox.log()[-1]["set_cookies"]) == 201


def test_invalid_utf8(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("invalid-utf8")
    with pytest.raises(UnicodeDecodeError):
        client.call("mem/user/session").content.decode("utf-8")


def test_count_match_and_system(
    dam_sandbox: Sandbox, client: PhotoShelterClient, fotoweb: FotoWebs
) -> None:
    dam_sandbox.fault("status", count=2, match="gallery", status=500)
    dam_sandbox.fault("status", system="fotoweb", status=501)
    paths = ("mem/user/session", "mem/gallery/G1", "mem/gallery/G1", "mem/gallery/G1")
    assert [client.call(path).status_code for path in paths] == [200, 500, 500, 200]
    assert fotoweb().agent().status_code == 501
    assert dam_sandbox.state()["faults"] == []
    assert dam_sandbox.state()["photoshelter"]["faults"] == 2


@pytest.mark.parametrize("name", TABLE)
def test_every_fault_can_be_queued(dam_sandbox: Sandbox, name: str) -> None:
    dam_sandbox.fault(name, count=3)
    (queued,) = dam_sandbox.state()["faults"]
    assert queued == {"fault": name, "left": 3, "match": "", "system": "", **TABLE[name].arguments}


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"name": "explode"}, "faults: reset,"),
        ({"name": "reset", "count": 0}, "count"),
        ({"name": "reset", "count": True}, "count"),
        ({"name": "reset", "seconds": 1}, "allowed: none"),
        ({"name": "delay", "seconds": "1"}, "type float"),
        ({"name": "delay", "seconds": -1}, "out of range"),
        ({"name": "status", "status": 99}, "200 to 599"),
        ({"name": "status", "headers": {"A": "b\r\nc"}}, "printable"),
        ({"name": "reset", "match": 5}, "match"),
        ({"name": "reset", "system": "imap"}, "photoshelter or fotoweb"),
    ],
)
def test_bad_faults(dam_sandbox: Sandbox, wanted: dict, reason: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(SandboxError, match=reason):
        dam_sandbox.fault(**wanted)
    assert dam_sandbox.state()["faults"] == []
