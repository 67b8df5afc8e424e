"""Bring your own HTTP, when something breaks: a cookie that has arrived is kept, and the session
stays free for others.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import gc
import gzip
import logging
import pickle
import ssl
import warnings
import weakref
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
from conftest import Client, Opener

import damsession
from damsession.sandbox import Sandbox

SESSION = "/psapi/v3/mem/user/session"
GALLERY = "/psapi/v3/mem/gallery/G1"
DOWNLOAD = "/psapi/v3/mem/image/I0001/download"
OK = '{"status": "ok", "data": {}}'
BROKEN = (requests.exceptions.ChunkedEncodingError, httpx.RemoteProtocolError)


def elsewhere(work: Callable[[], Any]) -> Any:
    """What `work` gives on a thread that knows nothing of this one's requests."""
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


@pytest.mark.parametrize("rotation", ["serialize", "newest"])
def test_a_body_that_breaks_loses_no_cookie(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client, rotation: str
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    with photoshelter(rotation=rotation) as session:
        session.login()
        dam_sandbox.fault("truncate")
        with pytest.raises(BROKEN):
            client(session, "GET", SESSION)
        assert client(session, "GET", SESSION).status_code == 200
        assert session.get("mem/user/session").ok
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["stale_cookie_refusals"]) == (1, 0)


def test_a_stream_that_breaks_loses_no_cookie(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    from damsession.requests import DamAuth

    dam_sandbox.knobs(old_cookie="refuse")
    options: Any = {"stream": True, "allow_redirects": False, "verify": dam_sandbox.ca_file}
    with photoshelter() as session:
        for size in (1000, 300_000):  # within what is looked at for a verdict, and beyond
            dam_sandbox.fault("truncate", match="download")
            url = f"{dam_sandbox.photoshelter}{DOWNLOAD}?size={size}"
            with (
                requests.get(url, auth=DamAuth(session), **options) as response,
                pytest.raises(BROKEN),
            ):
                assert sum(map(len, response.iter_content(100))) < size
            assert session.get("mem/user/session").ok
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


def test_what_the_head_says_counts_though_the_body_breaks(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client
) -> None:
    half = {
        "headers": [("Content-Length", "100"), ("Connection", "close")],
        "body": "half",
        "match": "gallery",
    }
    with photoshelter() as session:
        dam_sandbox.answer(503, **half)
        with pytest.raises(damsession.ServerFault):
            client(session, "GET", GALLERY)
        dam_sandbox.answer(404, **half)
        with pytest.raises(BROKEN):
            client(session, "GET", GALLERY)
        dam_sandbox.expire()
        dam_sandbox.answer(401, **half)
        # requests can throw a broken response away and send again, httpx cannot.
        with contextlib.suppress(httpx.RemoteProtocolError):
            assert client(session, "GET", GALLERY).status_code == 200
        assert client(session, "GET", GALLERY).status_code == 200
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 2


def refuse(response: Any, **options: Any) -> None:
    """What programs hang into their clients."""
    response.raise_for_status()


async def refuse_later(response: Any) -> None:
    refuse(response)


def test_a_response_hook_that_raises_loses_no_cookie(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client, request: pytest.FixtureRequest
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    hook = refuse_later if "async" in request.node.callspec.params["client"] else refuse
    with photoshelter() as session:
        with pytest.raises((requests.HTTPError, httpx.HTTPStatusError)):
            client(session, "GET", "/psapi/v3/mem/nothing", hooks={"response": [hook]})
        assert session.get("mem/user/session").ok
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


WAYS: dict[str, Callable[[Sandbox], Any]] = {
    "no response": lambda sandbox: sandbox.fault("reset", match="gallery"),
    "no response any more": lambda sandbox: sandbox.fault("drop-after-processing", match="gallery"),
    "no HTTP": lambda sandbox: sandbox.fault("garbage", match="gallery"),
    "half a response": lambda sandbox: sandbox.fault("truncate", match="gallery"),
    "a verdict": lambda sandbox: sandbox.answer(503, match="gallery"),
    "too late": lambda sandbox: sandbox.fault("delay", seconds=60.0, match="gallery"),
    "no connection": lambda sandbox: None,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_stored_exception_holds_no_session(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client, way: str
) -> None:
    options: dict[str, Any] = {"timeout": 0.5} if way == "too late" else {}
    if way == "no connection":
        options["verify"] = True  # nobody else trusts the sandbox
    with photoshelter(rotation="serialize", lock_timeout=1) as session:
        session.login()
        WAYS[way](dam_sandbox)
        with pytest.raises(
            (requests.RequestException, httpx.TransportError, damsession.ServerFault)
        ) as caught:
            client(session, "POST", GALLERY, data={"name": "x"}, **options)
        stored = caught.value, caught.value.__traceback__  # as a program keeps it, or a debugger
        assert elsewhere(lambda: session.get("mem/user/session")).ok
        assert elsewhere(lambda: client(session, "GET", SESSION)).status_code == 200
        assert stored


@pytest.mark.parametrize("match", ["authenticate", "user/session"])
def test_a_cancelled_task_holds_no_session(
    photoshelter: Opener, dam_sandbox: Sandbox, match: str
) -> None:
    """The session's own work goes on in its thread; what it yields then is let go there, and not
    under its feet.
    """
    from damsession.httpx import DamAuth

    async def cancel(session: damsession.Session) -> None:
        context = ssl.create_default_context(cafile=dam_sandbox.ca_file)
        async with httpx.AsyncClient(verify=context, auth=DamAuth(session)) as http:
            before = dam_sandbox.state()["log"]["arrived"]
            task = asyncio.ensure_future(http.get(dam_sandbox.photoshelter + GALLERY))
            while dam_sandbox.state()["log"]["arrived"] < before + (
                1 if match == "authenticate" else 2
            ):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError) as caught:
                await task
            assert elsewhere(lambda: session.get("mem/user/session")).ok
            assert caught.value

    with photoshelter(rotation="serialize", lock_timeout=30) as session:
        if match != "authenticate":
            session.login()
            dam_sandbox.answer(403, match="gallery")  # a suspicion, which the library looks into
        dam_sandbox.fault("delay", seconds=1.0, match=match)
        asyncio.run(cancel(session))


def test_who_is_watched_is_not_kept(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    """The adapters of a `requests.Session` are told apart from others, and go with it at once,
    sockets and all.
    """
    from damsession.requests import DamAuth

    with photoshelter(authentication="token") as session:
        http = requests.Session()
        http.auth = DamAuth(session)
        for _ in range(3):
            assert (
                http.get(dam_sandbox.photoshelter + SESSION, verify=dam_sandbox.ca_file).status_code
                == 200
            )
        assert pickle.loads(pickle.dumps(http.adapters)).keys() == http.adapters.keys()
        kept = [weakref.ref(adapter) for adapter in http.adapters.values()]
        gc.disable()
        try:
            del http
            assert [one() for one in kept] == [None, None]
        finally:
            gc.enable()


def test_nobody_to_watch(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    """Prepared outside of a `requests.Session`, it is let go by the thread's next request."""
    from damsession.requests import DamAuth

    with photoshelter(rotation="serialize", lock_timeout=1) as session, requests.Session() as http:
        for fault in ("reset", ""):
            ask = requests.Request(
                "GET", dam_sandbox.photoshelter + SESSION, auth=DamAuth(session)
            ).prepare()
            if fault:
                dam_sandbox.fault(fault, match="user/session")
                with pytest.raises(requests.ConnectionError):
                    http.send(ask, verify=dam_sandbox.ca_file)
            else:
                assert http.send(ask, verify=dam_sandbox.ca_file).status_code == 200


def chunked(data: bytes, size: int) -> bytes:
    pieces = [data[at : at + size] for at in range(0, len(data), size)] + [b""]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


@pytest.mark.parametrize("kind", ["image/jpeg", "application/json"])
@pytest.mark.parametrize("size", [50_000, 65_536, 100_000, 1_000_000])
def test_chunks_and_compression_are_no_matter(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client, kind: str, size: int
) -> None:
    data = bytes(range(256)) * 1000
    headers = [("Content-Type", kind), ("Transfer-Encoding", "chunked")]
    dam_sandbox.answer(200, headers, chunked(data, size), match="download")
    packed = chunked(gzip.compress(data, 0), size)
    dam_sandbox.answer(200, [*headers, ("Content-Encoding", "gzip")], packed, match="download")
    with photoshelter(authentication="token") as session:
        for _ in range(2):
            assert client(session, "GET", DOWNLOAD).content == data


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_requests_raw_stream_is_a_file(
    photoshelter: Opener, dam_sandbox: Sandbox, encoding: str
) -> None:
    from damsession.requests import DamAuth

    lines = [b"line %d\n" % number for number in range(20_000)]
    data = b"".join(lines)
    headers = [
        ("Content-Type", "text/plain"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Encoding", encoding),
    ]
    body = gzip.compress(data, 0) if encoding else data
    dam_sandbox.answer(
        200, headers[: 3 if encoding else 2], chunked(body, 10_000), match="download", count=0
    )
    options: Any = {"stream": True, "allow_redirects": False, "verify": dam_sandbox.ca_file}
    reads: list[Callable[[Any], bytes]] = [
        lambda raw: raw.read(),
        lambda raw: b"".join(iter(lambda: raw.read(1000), b"")),
        lambda raw: b"".join(raw),
        lambda raw: raw.readline() + raw.read(10) + b"".join(raw.stream(999)),
    ]
    with photoshelter(authentication="token") as session:
        for read in reads:
            with requests.get(
                dam_sandbox.photoshelter + DOWNLOAD, auth=DamAuth(session), **options
            ) as response:
                assert read(response.raw) == data


def test_a_latin1_byte_loses_no_cookie(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client
) -> None:
    dam_sandbox.knobs(old_cookie="refuse")
    dam_sandbox.fault("latin1-header", count=0)
    with photoshelter() as session:
        for _ in range(3):
            assert client(session, "GET", SESSION).headers["X-Sandbox-Place"] == "Troms\u00f8"
            assert session.get("mem/user/session").headers["x-sandbox-place"] == "Troms\u00f8"
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["stale_cookie_refusals"]) == (1, 0)


def test_a_latin1_byte_in_a_cookies_line_loses_no_cookie(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client
) -> None:
    line = "SSphotoshelter_com_mem=fresh; path=/; comment=Troms\u00f8"
    dam_sandbox.answer(200, [("Set-Cookie", line), ("X-More", "\u00ff")], OK, match="gallery")
    with photoshelter() as session:
        assert client(session, "GET", GALLERY).status_code == 200
        assert session.headers()["Cookie"].startswith("SSphotoshelter_com_mem=fresh; ")


def test_own_headers_keep_their_bytes(
    photoshelter: Opener, dam_sandbox: Sandbox, client: Client
) -> None:
    """As the client would have sent them without damsession."""
    with photoshelter(authentication="token") as session:
        client(session, "GET", GALLERY, headers={"X-Mine": b"b\xe5"})
        sent = {name.lower(): value for name, value in dam_sandbox.log()[-1]["headers"]}
    assert sent["x-mine"] == "b\u00e5"


@pytest.mark.parametrize("interrupts", [KeyboardInterrupt, SystemExit])
def test_ctrl_c_while_the_body_comes_loses_no_cookie(
    photoshelter: Opener,
    dam_sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    interrupts: type[BaseException],
) -> None:
    from damsession.httpx import DamAuth as ForHttpx
    from damsession.requests import DamAuth

    def interrupt(*_: Any, **__: Any) -> Any:
        raise interrupts

    dam_sandbox.knobs(old_cookie="refuse")
    url = dam_sandbox.photoshelter + SESSION
    context = ssl.create_default_context(cafile=dam_sandbox.ca_file)
    with photoshelter(lock_timeout=1) as session, monkeypatch.context() as patched:
        patched.setattr("urllib3.response.HTTPResponse.stream", interrupt)
        patched.setattr(httpx.Response, "read", interrupt)
        with pytest.raises(interrupts) as kept:
            requests.get(
                url, auth=DamAuth(session), verify=dam_sandbox.ca_file, allow_redirects=False
            )
        with (
            pytest.raises(interrupts) as kept_too,
            httpx.Client(verify=context, auth=ForHttpx(session)) as http,
        ):
            http.get(url)
        assert elsewhere(lambda: session.get("mem/user/session")).ok
        assert kept.value and kept_too.value
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1


def test_a_warning_that_is_an_error_holds_no_session(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    """What stops a request before it is sent leaves nothing behind: the request is the program's
    again.
    """
    from damsession.requests import DamAuth

    url = dam_sandbox.photoshelter + SESSION
    logging.getLogger("urllib3.connectionpool").setLevel(logging.DEBUG)
    try:
        with photoshelter(authentication="token-in-url") as session, warnings.catch_warnings():
            warnings.simplefilter("error", damsession.SecretWarning)
            ask = requests.Request("GET", url).prepare()
            with pytest.raises(damsession.SecretWarning):
                ask.prepare_auth(DamAuth(session))
            assert ask.url == url
    finally:
        logging.getLogger("urllib3.connectionpool").setLevel(logging.NOTSET)
