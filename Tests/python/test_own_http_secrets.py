"""Bring your own HTTP: what requests and httpx hand to the program contains no secret.

The tests look at what an error tracker would see: exceptions with their causes and the local
variables of every frame, responses, logs.
"""

from __future__ import annotations

import logging
import traceback
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests
from conftest import Client, Opener
from test_own_http_breaks import refuse, refuse_later
from test_secrets import values_of_cookies

import damsession
from damsession.sandbox import Sandbox

GALLERY = "/psapi/v3/mem/gallery/G1?own=query"
ARCHIVE = "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/5000/Search?Search=own"
MODES = ["cookie", "token", "token-in-url", "query"]


class Desk:
    """A session of one authentication, a request for it, and what must not be seen."""

    def __init__(self, photoshelter: Opener, fotoweb: Opener, sandbox: Sandbox, mode: str) -> None:
        self._sandbox = sandbox
        self._open, self.mode = fotoweb if mode == "query" else photoshelter, mode
        self.session = self.open()
        self.session.login()
        self.url = sandbox.fotoweb + ARCHIVE if mode == "query" else sandbox.photoshelter + GALLERY
        self.own = self.url.partition("?")[2]

    def open(self, **options: Any) -> damsession.Session:
        session: damsession.Session = self._open(authentication=self.mode, **options)
        return session

    def seen(self, *texts: str) -> list[str]:
        """Which secrets are in them. One that the journal has seen was really sent."""
        sent = "\n".join(f"{one['query_string']} {one['headers']}" for one in self._sandbox.log())
        secrets = {self._sandbox.api_key, "ada-password", *values_of_cookies(self._sandbox)}
        for entry in self._sandbox.log():
            secrets.update(entry["query"].get("auth_token", []))
            secrets.update(
                value for name, value in entry["headers"] if name.lower() == "x-ps-auth-token"
            )
        assert any(secret in sent for secret in secrets)
        told = "\n".join(texts)
        forms = {
            form for secret in secrets for form in (secret, requests.utils.quote(secret, safe=""))
        }
        return sorted(form for form in forms if form in told)


@pytest.fixture(params=MODES)
def desk(
    request: pytest.FixtureRequest, photoshelter: Opener, fotoweb: Opener, dam_sandbox: Sandbox
) -> Desk:
    return Desk(photoshelter, fotoweb, dam_sandbox, request.param)


def told_by_request(request: Any) -> Iterator[str]:
    yield from (repr(request), str(request.url), repr(request.url), repr(dict(request.headers)))
    yield repr(getattr(request.headers, "raw", ""))


def told_by_response(response: Any) -> Iterator[str]:
    yield from (repr(response), str(response.url))
    yield from told_by_request(response.request)
    for one in response.history:
        yield from told_by_response(one)
    if getattr(response, "next_request", None) is not None:
        yield from told_by_request(response.next_request)
    if hasattr(response, "raw"):
        yield str(response.raw.geturl())


def told_by_error(error: BaseException) -> str:
    """An exception, as far as anybody can see into it."""
    told = [
        "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    ]
    chain: list[Any] = [error]
    for one in chain:
        told += [str(one), repr(one), repr(one.args), repr(vars(one))]
        for name in ("request", "response"):
            try:
                found = getattr(one, name)
            except (AttributeError, RuntimeError):
                found = None
            if found is not None:
                told += told_by_request(found) if name == "request" else told_by_response(found)
        frames = [frame for frame, _ in traceback.walk_tb(one.__traceback__)][1:]
        told += [
            f"{frame.f_code.co_name}: {value!r}"
            for frame in frames
            for value in frame.f_locals.values()
        ]
        more = (one.__cause__, one.__context__, *one.args, *vars(one).values())
        chain += [
            other for other in more if isinstance(other, BaseException) and other not in chain
        ]
    return "\n".join(told)


WAYS: dict[str, Callable[[Sandbox], Any]] = {
    "no response": lambda sandbox: sandbox.fault("reset"),
    "half a response": lambda sandbox: sandbox.fault("truncate"),
    "a verdict": lambda sandbox: sandbox.answer(503, [("X-A", "b")], "busy"),
    "too late": lambda sandbox: sandbox.fault("delay", seconds=60.0),
    "no connection": lambda sandbox: None,
    "a hook": lambda sandbox: sandbox.answer(404),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_in_an_exception(
    desk: Desk, dam_sandbox: Sandbox, client: Client, way: str, request: pytest.FixtureRequest
) -> None:
    options: dict[str, Any] = {"timeout": 0.5} if way == "too late" else {}
    if way == "no connection":
        options["verify"] = True  # nobody else trusts the sandbox
    if way == "a hook":
        later = "async" in request.node.callspec.params["client"]
        options["hooks"] = {"response": [refuse_later if later else refuse]}
    assert client(desk.session, "GET", desk.url).status_code == 200
    WAYS[way](dam_sandbox)
    try:
        client(desk.session, "GET", desk.url, **options)
    except (requests.RequestException, httpx.HTTPError, damsession.ServerFault) as error:
        told = told_by_error(error)
    assert desk.seen(told) == []


def test_the_programs_own_exception_is_left_alone(
    desk: Desk, dam_sandbox: Sandbox, client: Client
) -> None:
    def fail() -> None:
        precious = "kept"
        raise LookupError(f"what about ?this={precious}")

    try:
        fail()
    except LookupError as own:
        dam_sandbox.fault("reset")
        with pytest.raises((requests.ConnectionError, httpx.TransportError)):
            client(desk.session, "GET", desk.url)
        assert own.args == ("what about ?this=kept",)
        (frame,) = [frame for frame, _ in traceback.walk_tb(own.__traceback__)][1:]
        assert frame.f_locals["precious"] == "kept"


def test_no_secret_in_a_response(desk: Desk, dam_sandbox: Sandbox, client: Client) -> None:
    dam_sandbox.expire()
    responses = [client(desk.session, "GET", desk.url)]
    dam_sandbox.answer(302, [("Location", f"{desk.url}&again=1")])
    responses.append(client(desk.session, "GET", desk.url))
    dam_sandbox.answer(304)
    responses.append(client(desk.session, "GET", desk.url))
    assert [response.status_code for response in responses] == [200, 200, 304]
    assert desk.seen(*(text for response in responses for text in told_by_response(response))) == []
    assert all(str(response.url).startswith(desk.url.partition("?")[0]) for response in responses)
    assert str(responses[0].url) == desk.url == str(responses[0].request.url)
    dam_sandbox.answer(404)
    missing = client(desk.session, "GET", desk.url)
    with pytest.raises((requests.HTTPError, httpx.HTTPStatusError)) as caught:
        missing.raise_for_status()
    assert desk.own in str(caught.value) and desk.seen(str(caught.value)) == []


def test_no_secret_in_a_response_that_redirects(
    desk: Desk, dam_sandbox: Sandbox, client: Client
) -> None:
    """httpx makes the next request from the one that was sent; it is for the program to send."""
    dam_sandbox.answer(302, [("Location", "https://elsewhere.example/x")])
    response = client(desk.open(redirects=0), "GET", desk.url)
    assert response.status_code == 302
    assert desk.seen(*told_by_response(response)) == []
    if isinstance(response, httpx.Response):
        assert (
            response.next_request is not None
            and str(response.next_request.url) == "https://elsewhere.example/x"
        )


def test_httpx_logs_no_secret(desk: Desk, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)  # as many programs do: httpx logs whole URLs then
    response = client(desk.session, "GET", desk.url)
    if isinstance(response, httpx.Response):
        (line,) = [one.getMessage() for one in caplog.records if one.name == "httpx"]
        assert desk.own in line
    assert desk.seen(caplog.text) == []


def test_urllib3_is_warned_of(
    desk: Desk,
    dam_sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    recwarn: pytest.WarningsRecorder,
) -> None:
    """It logs URLs at DEBUG, and nobody can stop it; once is enough."""
    from damsession.requests import DamAuth

    options: Any = {
        "auth": DamAuth(desk.session),
        "verify": dam_sandbox.ca_file,
        "allow_redirects": False,
    }
    warnings.simplefilter("default", damsession.SecretWarning)
    told = []
    for level in (logging.INFO, logging.DEBUG):
        caplog.set_level(level, "urllib3")
        for _ in range(2):
            requests.get(desk.url, **options)
        told.append([one.category for one in recwarn])
    assert told == [
        [],
        [damsession.SecretWarning] if desk.mode in ("token-in-url", "query") else [],
    ]
    # It is as bad as that.
    assert bool(desk.seen(caplog.text)) == (desk.mode in ("token-in-url", "query"))
