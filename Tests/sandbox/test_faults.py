"""Faults happen to the requests that they are queued for, and do what their help text says."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
import requests
from conftest import LOGOUT, FotoWebClient, PhotoShelterClient, set_cookies

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
    response = client.call(path, stream=True)
    promised = int(response.headers["Content-Length"])
    with pytest.raises(
        requests.exceptions.ChunkedEncodingError, match=f"{promised // 2} bytes read"
    ):
        response.content  # noqa: B018


def test_stall(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("stall")
    response = client.call("mem/user/session", stream=True)
    half = int(response.headers["Content-Length"]) // 2
    assert len(response.raw.read(half)) == half
    response.close()
    assert client.call("mem/user/session").ok


def test_garbage(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("garbage")
    with pytest.raises(requests.ConnectionError):
        client.call("mem/user/session")


def test_status(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("status", status=302, headers={"Location": "/x"}, body="moved")
    response = client.call("mem/user/session")
    assert (response.status_code, response.headers["Location"], response.text) == (
        302,
        "/x",
        "moved",
    )


def test_response_is_sent_to_the_byte(dam_sandbox: Sandbox) -> None:
    headers = [("Set-Cookie", "a=1"), ("Content-Type", "x/y"), ("set-cookie", "b=2"),
               ("X-Place", "Troms\xf8"), ("Set-Cookie", "a=3")]  # fmt: skip
    dam_sandbox.answer(418, headers, b"\0\xff\r\n", match="echo", count=2)
    port = int(dam_sandbox.photoshelter_http.rpartition(":")[2])
    expected = (
        b"HTTP/1.1 418 I'm a Teapot\r\nSet-Cookie: a=1\r\nContent-Type: x/y\r\nset-cookie: b=2\r\n"
        b"X-Place: Troms\xf8\r\nSet-Cookie: a=3\r\nContent-Length: 4\r\n\r\n\0\xff\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        for _ in range(2):  # the connection is kept
            connection.sendall(b"GET /psapi/v3/echo HTTP/1.1\r\nHost: localhost\r\n\r\n")
            got = b""
            while len(got) < len(expected):
                got += connection.recv(4096)
            assert got == expected
    assert dam_sandbox.log()[-1]["set_cookies"] == ["a=1", "b=2", "a=3"]


def test_response_until_a_reset(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.answer(503, body="busy", stage="keepalive", count=0)
    responses = [client.call("mem/user/session") for _ in range(3)]
    assert [(one.status_code, one.text) for one in responses] == [(503, "busy")] * 3
    assert client.call("mem/gallery/G1").status_code == 200
    dam_sandbox.reset()
    assert client.call("echo").status_code == 200


@pytest.mark.parametrize("stage", ["login", "organization", "keepalive", "request", "logout"])
def test_stages_of_photoshelter(
    dam_sandbox: Sandbox, client: PhotoShelterClient, stage: str
) -> None:
    dam_sandbox.answer(418, stage=stage, system="photoshelter", count=0)
    paths = {
        "login": "mem/authenticate",
        "organization": "mem/organization/O0000BADGER000002/authenticate",
        "keepalive": "mem/user/session",
        "request": "mem/gallery/query",
        "logout": "mem/authenticate/logout",
    }
    struck = [name for name, path in paths.items() if client.call(path).status_code == 418]
    assert struck == [stage]


@pytest.mark.parametrize("stage", ["login", "keepalive", "request", "logout"])
def test_stages_of_fotoweb(dam_sandbox: Sandbox, fotoweb: FotoWebs, stage: str) -> None:
    client = fotoweb().login()
    dam_sandbox.answer(418, stage=stage, count=0)
    cases: list[tuple[Callable[[], requests.Response], set[str]]] = [
        (client.post_login, {"login"}),
        (lambda: client.agent(lt="x"), {"login"}),
        (lambda: client.agent("/Information"), {"keepalive"}),
        # With the credentials in the query the first request is the login.
        (lambda: client.agent("/Information", u="ada", p="x"), {"login", "keepalive"}),
        (lambda: client.agent("/5000/Search"), {"request"}),
        (lambda: client.agent("/5000/Information", u="ada", p="x"), {"request"}),
        (lambda: client.http.get(dam_sandbox.fotoweb + LOGOUT), {"logout"}),
    ]
    for ask, stages in cases:
        assert (ask().status_code == 418) == (stage in stages)


def test_retry_after(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("retry-after", status=429, seconds=5)
    response = client.call("mem/user/session")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "5")


def test_delay(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("delay", seconds=30)
    with pytest.raises(requests.ReadTimeout):
        client.call("mem/user/session", timeout=0.05)
    dam_sandbox.fault("delay", seconds=0.01)
    assert client.call("mem/user/session").status_code == 200


def test_empty_body(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("empty-body")
    response = client.call("mem/user/session")
    assert (response.status_code, response.content, len(set_cookies(response))) == (200, b"", 1)


def test_cut_body(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    whole = client.call("mem/gallery/G1").content
    dam_sandbox.fault("cut-body")
    response = client.call("mem/gallery/G1")
    assert response.content == whole[: len(whole) // 2] and len(set_cookies(response)) == 1
    dam_sandbox.fault("cut-body")
    assert len(client.call("mem/image/I1/download?size=300").content) == 150


@pytest.mark.parametrize("name", ["maintenance-page", "login-page"])
def test_pages(dam_sandbox: Sandbox, client: PhotoShelterClient, name: str) -> None:
    dam_sandbox.fault(name, status=503)
    response = client.call("mem/image/I1/download")
    assert response.status_code == 503 and len(set_cookies(response)) == 1
    assert response.headers["Content-Type"].startswith("text/html")
    assert ('<input type="password"' in response.text) == (name == "login-page")


@pytest.mark.parametrize("mode", ["cookie", "token"])
def test_expire_strikes_between_login_and_organization(
    dam_sandbox: Sandbox, photoshelter: PhotoShelters, mode: str
) -> None:
    path = "mem/organization/O0000BADGER000002/authenticate"
    dam_sandbox.fault("expire", stage="organization", count=2)
    responses = [photoshelter().login(mode=mode).call(path) for _ in range(3)]
    assert [one.status_code for one in responses] == [400, 400, 200]
    assert [one["verdict"] for one in dam_sandbox.log()[1::2]] == ["expired", "expired", "ok"]
    assert dam_sandbox.state()["photoshelter"]["sessions_live"] == 1


def test_expire_revokes_the_device_token(dam_sandbox: Sandbox, fotoweb: FotoWebs) -> None:
    first, second = fotoweb().login(), fotoweb().login()
    dam_sandbox.fault("expire", stage="keepalive")
    assert [one.agent().status_code for one in (first, second)] == [401, 200]
    assert dam_sandbox.state()["fotoweb"]["tokens_revoked"] == 1


def test_latin1_header(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("latin1-header", count=2)
    for path in ("mem/user/session", "mem/image/I1/download"):
        response = client.call(path)
        assert response.raw.headers["X-Sandbox-Place"] == "Troms\xf8"
        assert response.status_code == 200 and len(set_cookies(response)) == 1 and response.content


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


def test_junk_cookies(dam_sandbox: Sandbox, client: PhotoShelterClient) -> None:
    dam_sandbox.fault("junk-cookies", lines=30)
    lines = set_cookies(client.call("mem/user/session"))
    assert [line.partition("=")[0] for line in lines[:30]] == [f"junk{n}" for n in range(30)]
    assert lines[30].startswith("SSphotoshelter_com_mem=") and len(lines) == 31


def test_large_cookie(dam_sandbox: Sandbox, fotoweb: FotoWebs, photoshelter: PhotoShelters) -> None:
    dam_sandbox.fault("large-cookie", size=9000, count=2)
    (line,) = set_cookies(fotoweb().post_login())
    assert len(line) == 9000 + len("FWSession=; Path=/")
    deleted, live, companion = set_cookies(photoshelter().authenticate())
    assert "=deleted; expires" in deleted and len(live) == len(companion) + 19 > 9000
    assert live.endswith("x; path=/")


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
    where = {"match": "", "system": "", "stage": ""}
    assert queued == {"fault": name, "left": 3, **where, **TABLE[name].arguments}


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"name": "explode"}, "faults: reset,"),
        ({"name": "reset", "count": -1}, "count"),
        ({"name": "reset", "stage": "lunch"}, "login, organization, keepalive, request, logout"),
        ({"name": "answer", "headers": [["A", "b\r\nc"]]}, "line breaks"),
        ({"name": "answer", "headers": [["A", "\u20ac"]]}, "Latin-1"),
        ({"name": "answer", "headers": [["A"]]}, "pairs"),
        ({"name": "answer", "base64": "=="}, "base64"),
        ({"name": "reset", "count": True}, "count"),
        ({"name": "reset", "seconds": 1}, "allowed: none"),
        ({"name": "delay", "seconds": "1"}, "type float"),
        ({"name": "delay", "seconds": -1}, "out of range"),
        ({"name": "status", "status": 99}, "200 to 599"),
        ({"name": "status", "headers": {"A": "b\r\nc"}}, "printable"),
        ({"name": "reset", "match": 5}, "match"),
        ({"name": "reset", "system": "imap"}, "photoshelter, fotoweb, fotoware"),
    ],
)
def test_bad_faults(dam_sandbox: Sandbox, wanted: dict, reason: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(SandboxError, match=reason):
        dam_sandbox.fault(**wanted)
    assert dam_sandbox.state()["faults"] == []
