"""Bring your own HTTP: requests and httpx send; the session authorizes, adopts cookies, and lets
them send again.
"""

from __future__ import annotations

import io
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import Client, Opener

import damsession
from damsession.sandbox import Sandbox
from damsession.sandbox.content import Slice

requests = pytest.importorskip("requests")
httpx = pytest.importorskip("httpx")

API = "/psapi/v3/"
DOWNLOAD = API + "mem/image/I0001/download"


@pytest.mark.parametrize("options", [{"authentication": "token"}, {}, {"rotation": "newest"}])
def test_a_session_is_kept_through_rotation_and_expiry(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client, options: Any
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    with photoshelter(**options) as session:
        for _ in range(2):
            for _ in range(3):
                assert client(session, "GET", API + "mem/user/session").status_code == 200
            dam_sandbox.expire()
        assert session.get("mem/user/session").ok
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["refused"]) == (3, 2)


def test_a_body_is_sent_again(photoshelter: Opener, dam_sandbox: Sandbox, client: Client) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.expire()
        response = client(session, "POST", API + "mem/gallery/G1", data={"name": "again"})
    assert response.json()["data"]["Gallery"]["name"] == "again"


def test_files_are_sent_again(photoshelter: Opener, dam_sandbox: Sandbox, client: Client) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.expire()
        response = client(
            session, "POST", API + "mem/image/upload", files={"file": ("a.jpg", io.BytesIO(b"abc"))}
        )
    assert [one["file_size"] for one in response.json()["data"]["Image"]] == ["3"]


def test_what_cannot_begin_anew_is_not_sent_again(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    from damsession.httpx import DamAuth as ForHttpx
    from damsession.requests import DamAuth

    def pieces() -> Iterator[bytes]:
        yield b"x"

    url = dam_sandbox.photoshelter + API + "mem/gallery/G1"
    context = ssl.create_default_context(cafile=dam_sandbox.ca_file)
    with photoshelter(authentication="token") as session:
        session.login()
        dam_sandbox.expire()
        with pytest.raises(damsession.ReplayImpossible):
            requests.post(
                url,
                data=pieces(),
                auth=DamAuth(session),
                verify=dam_sandbox.ca_file,
                allow_redirects=False,
            )
        dam_sandbox.expire()
        with (
            pytest.raises(damsession.ReplayImpossible),
            httpx.Client(verify=context, auth=ForHttpx(session)) as http,
        ):
            http.post(url, content=pieces())
        assert session.get("mem/user/session").ok
    assert dam_sandbox.state()["photoshelter"]["writes"] == 0


def test_redirects_are_followed_without_secrets(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client
) -> None:
    with photoshelter() as session:
        to = dam_sandbox.photoshelter + API + "mem/user/session"
        assert client(session, "GET", API + "mem/redirect", params={"to": to}).status_code == 200
        client(
            session, "GET", API + "mem/redirect", params={"to": dam_sandbox.fotoweb + "/fotoweb/x"}
        )
        last = dam_sandbox.log()[-1]
        names = {name.lower() for name, _ in last["headers"]}
    assert last["system"] == "fotoweb" and not names & {
        "cookie",
        "x-ps-api-key",
        "x-ps-auth-token",
        "authorization",
    }


def test_verdicts_come_out(photoshelter: Opener, dam_sandbox: Sandbox, client: Client) -> None:
    with photoshelter(password="wrong") as session, pytest.raises(damsession.CredentialsRefused):
        client(session, "GET", API + "mem/user/session")
    with photoshelter() as session:
        with pytest.raises(damsession.Insecure):
            client(session, "GET", dam_sandbox.fotoweb + "/x")
        assert client(session, "GET", API + "mem/nothing").status_code == 404
        dam_sandbox.fault("status", status=503, match="user/session")
        with pytest.raises(damsession.ServerFault):
            client(session, "GET", API + "mem/user/session")


def test_a_response_is_whole(photoshelter: Opener, client: Client) -> None:
    with photoshelter() as session:
        response = client(session, "GET", DOWNLOAD, params={"size": 300_000})
    assert response.content == Slice("I0001", 0, 300_000).read()


@pytest.mark.parametrize(
    "take", [lambda raw: b"".join(raw.iter_content(1000)), lambda raw: raw.raw.read()]
)
def test_requests_may_stream(
    photoshelter: Opener, dam_sandbox: Sandbox, take: Callable[[Any], bytes]
) -> None:
    from damsession.requests import DamAuth

    url = dam_sandbox.photoshelter + DOWNLOAD + "?size=300000"
    with photoshelter() as session:
        session.login()
        dam_sandbox.expire()
        options: Any = {"stream": True, "allow_redirects": False, "verify": dam_sandbox.ca_file}
        with requests.get(url, auth=DamAuth(session), **options) as response:
            assert take(response) == Slice("I0001", 0, 300_000).read()
            assert [one.status_code for one in response.history] == [400]


def test_no_secret_stays_in_the_clients_objects(photoshelter: Opener, client: Client) -> None:
    with photoshelter(authentication="token") as session:
        response = client(session, "GET", API + "mem/user/session")
        secret = session.token()
    if isinstance(response, requests.Response):
        assert secret not in repr(response.request.headers) + response.request.url


def test_a_request_that_failed_does_not_hold_the_session(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client
) -> None:
    with photoshelter(rotation="serialize", lock_timeout=1) as session:
        session.login()
        dam_sandbox.fault("drop-after-processing", match="gallery")
        with pytest.raises((requests.ConnectionError, httpx.TransportError)) as caught:
            client(session, "POST", API + "mem/gallery/G1", data={"name": "x"})
        assert caught.value.request is not None  # the exception is alive, and what it holds
        assert client(session, "GET", API + "mem/user/session").status_code == 200


def test_requests_own_redirects_carry_no_secret(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    from damsession.requests import DamAuth

    with photoshelter(redirects=0, authentication="token") as session:
        url = dam_sandbox.photoshelter + API + "mem/redirect"
        to = {"to": dam_sandbox.fotoweb + "/fotoweb/x"}
        # As it should not be used.
        requests.get(url, params=to, auth=DamAuth(session), verify=dam_sandbox.ca_file)
    last = dam_sandbox.log()[-1]
    assert last["system"] == "fotoweb" and not [
        name for name, _ in last["headers"] if name.lower().startswith("x-ps")
    ]
