"""A request from before a reset does not act after it: the next test would see the effect of a
request that it never sent.

A client that gives up leaves its request in the server. In each of these tests the request waits at
another place when the reset comes: for a fault, for the latency, for the rest of its body, in an
endpoint.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Any

import pytest
from conftest import LOGIN, PhotoShelterClient
from fotoware_client import TOKEN
from photoshelter_v4_client import V4

from damsession.sandbox import Sandbox

PSAPI = "/psapi/v3/mem/authenticate"
PSAPI_FORM = b"email=solo@example.com&password=solo-password&mode=token"
FOTOWEB_FORM = b"u=ada&p=ada-password"
FOTOWARE_FORM = (
    b"grant_type=client_credentials&client_id=sandbox-script"
    b"&client_secret=script-secret%2F%2B%3D%26%252B"
)
FORM = "application/x-www-form-urlencoded"
UPLOAD = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n--B--\r\n'


class Abandoned:
    """A request on a connection of its own, whose client may send less than it promised."""

    def __init__(self, sandbox: Sandbox, system: str) -> None:
        port = int(getattr(sandbox, system).rpartition(":")[2])
        context = ssl.create_default_context(cafile=sandbox.ca_file)
        plain = socket.create_connection(("localhost", port), timeout=60)
        self._socket = context.wrap_socket(plain, server_hostname="localhost")
        self._sandbox = sandbox

    def send(
        self, path: str, body: bytes, kind: str = FORM, sent: int | None = None, token: str = ""
    ) -> None:
        """Sends the head and `sent` bytes of the body (None: all); the server has them after it."""
        before = self._sandbox.state()["log"]["arrived"]
        head = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Type: {kind}"]
        head += [f"X-PS-Api-Key: {self._sandbox.api_key}", f"X-PS-Auth-Token: {token}"]
        head += [f"Content-Length: {len(body)}", "", ""]
        self._socket.sendall("\r\n".join(head).encode() + body[:sent])
        while self._sandbox.state()["log"]["arrived"] == before:
            pass

    def answer(self, rest: bytes = b"") -> bytes:
        """What comes back for the rest: nothing, if the server has let go."""
        with self._socket, contextlib.suppress(OSError):
            self._socket.sendall(rest)
            return self._socket.recv(1)
        return b""


@pytest.mark.parametrize(
    ("system", "path", "form"),
    [
        ("photoshelter", PSAPI, PSAPI_FORM),
        ("fotoweb", LOGIN, FOTOWEB_FORM),
        ("fotoware", TOKEN, FOTOWARE_FORM),
        ("photoshelter", V4 + "authenticate", PSAPI_FORM),
    ],
    ids=["photoshelter", "fotoweb", "fotoware", "photoshelter-v4"],
)
@pytest.mark.parametrize("waits", ["fault", "latency", "body"])
def test_an_abandoned_login_does_not_log_in_after_a_reset(
    dam_sandbox: Sandbox, system: str, path: str, form: bytes, waits: str
) -> None:
    fresh = dam_sandbox.state()
    if waits == "fault":
        dam_sandbox.fault("delay", seconds=20.0)
    if waits == "latency":
        dam_sandbox.knobs(latency=20_000)
    sent = 5 if waits == "body" else len(form)
    request = Abandoned(dam_sandbox, system)
    request.send(path, form, sent=sent)
    dam_sandbox.reset()
    assert request.answer(form[sent:]) == b""
    assert dam_sandbox.state() == fresh
    assert dam_sandbox.log() == []


@pytest.mark.parametrize("path", ["mem/slow?seconds=20", "mem/image/upload"])
def test_an_abandoned_request_leaves_no_trace_after_a_reset(
    dam_sandbox: Sandbox, path: str
) -> None:
    fresh = dam_sandbox.state()
    member = PhotoShelterClient(dam_sandbox).login(mode="token")
    token = str(member.http.headers["X-PS-Auth-Token"])
    sent: Any = 20 if path.endswith("upload") else len(UPLOAD)
    request = Abandoned(dam_sandbox, "photoshelter")
    request.send(f"/psapi/v3/{path}", UPLOAD, "multipart/form-data; boundary=B", sent, token)
    dam_sandbox.reset()
    assert request.answer(UPLOAD[sent:]) == b""
    assert dam_sandbox.state() == fresh
    assert dam_sandbox.log() == []
