"""Who may use `/_sandbox/`, and what its page and its stream give away. The page itself is tested
in a browser, in Tests/window.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from conftest import FotoWebClient, PhotoShelterClient
from fotoware_client import REVOKE, TOKEN, FotoWareClient

from damsession.sandbox import Sandbox
from damsession.sandbox.disguise import Disguise
from damsession.sandbox.journal import Entry


def port(url: str) -> int:
    found = urlsplit(url).port
    assert found is not None
    return found


def ask(sandbox: Sandbox, method: str, name: str, **headers: str) -> requests.Response:
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    return requests.request(method, sandbox.window + name, headers=given)


GUESTS: list[tuple[dict[str, str], int]] = [
    ({}, 200),
    ({"Host": "localhost"}, 200),
    ({"Host": "LocalHost:1"}, 200),
    ({"Host": "localhost.:1"}, 200),
    ({"Host": "127.0.0.1:8080"}, 200),
    ({"Host": "[::1]:8080"}, 200),
    ({"Host": "evil.example"}, 421),
    ({"Host": "localhost.evil.example:80"}, 421),
    ({"Host": "localhost@evil.example"}, 421),
    ({"Host": "127.0.0.1.evil.example"}, 421),
    ({"Host": "[::1"}, 421),
    ({"Host": "localhost:1", "Origin": "http://localhost:1"}, 200),
    ({"Host": "localhost:1", "Origin": "http://localhost:2"}, 403),
    ({"Host": "localhost:1", "Origin": "https://localhost:1"}, 403),
    ({"Host": "localhost:1", "Origin": "null"}, 403),
    ({"Origin": "https://evil.example"}, 403),
    ({"Sec_Fetch_Site": "none"}, 200),
    ({"Sec_Fetch_Site": "same-origin"}, 200),
    ({"Sec_Fetch_Site": "same-site"}, 403),
    ({"Sec_Fetch_Site": "cross-site"}, 403),
]


@pytest.mark.parametrize(("headers", "status"), GUESTS)
@pytest.mark.parametrize(
    ("method", "name"), [("GET", "log"), ("GET", ""), ("POST", "expire"), ("POST", "nothing")]
)
def test_who_may_come_in(
    dam_sandbox: Sandbox, method: str, name: str, headers: dict[str, str], status: int
) -> None:
    PhotoShelterClient(dam_sandbox).login()
    response = ask(dam_sandbox, method, name, **headers)
    assert response.status_code == (404 if name == "nothing" and status == 200 else status)
    if status != 200:
        assert "error" in response.json() and "password" not in response.text
        assert dam_sandbox.state()["photoshelter"]["sessions_live"] == 1
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_a_host_of_ones_own_is_let_in() -> None:
    with Sandbox("--host=photos.example.com", "--plain-http") as sandbox:
        local = f"http://localhost:{port(sandbox.window)}/_sandbox/state"
        for host, status in (("photos.example.com", 200), ("other.example.com", 421)):
            assert requests.get(local, headers={"Host": host}).status_code == status


def test_the_page_loads_nothing_else(dam_sandbox: Sandbox) -> None:
    response = ask(dam_sandbox, "GET", "")
    page, policy = response.text, response.headers["Content-Security-Policy"]
    assert not re.search(r'(?:src|href)="(?!#|data:)', page) and "@import" not in page
    assert "innerHTML" not in page and not re.search(r"\son\w+=\"", page)
    assert policy.startswith("default-src 'none';") and "unsafe" not in policy
    for element in ("style", "script"):
        (text,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.S)
        found = b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{found}'" in policy


@pytest.fixture
def events(dam_sandbox: Sandbox) -> Iterator[Callable[[str], Any]]:
    """Gives the next event of a name."""
    with requests.get(dam_sandbox.window + "events", stream=True, timeout=20) as response:
        lines = response.iter_lines(chunk_size=1, decode_unicode=True)

        def following(name: str) -> Any:
            for line in lines:
                if line == f"event: {name}":
                    return json.loads(next(lines).removeprefix("data: "))
            raise AssertionError("the stream ended")

        yield following


def test_the_stream_tells_of_every_change(
    dam_sandbox: Sandbox, events: Callable[[str], Any]
) -> None:
    start = events("start")
    assert {one["name"] for one in start["knobs"]} == set(dam_sandbox.state()["knobs"])
    assert events("state")["sessions"] == []
    member = PhotoShelterClient(dam_sandbox).login("one@example.com")
    (login,) = events("requests")
    assert (login["user"], login["status"], login["system"]) == (
        "one@example.com", 200, "photoshelter",
    )  # fmt: skip
    (session,) = events("state")["sessions"]
    assert session["hash"] in [one["hash"] for one in login["set"]]
    member.call("mem/user/session")
    (request,) = events("requests")
    assert session["hash"] in [one["hash"] for one in request["sent"]]
    dam_sandbox.expire()
    while events("state")["sessions"]:
        pass
    device = FotoWebClient(dam_sandbox).login()
    (token,) = events("state")["tokens"]
    assert (token["token"], token["user"]) == (1, "ada")
    device.http.close()
    member.http.close()
    dam_sandbox.reset()
    assert events("start") == start
    assert events("state")["tokens"] == []


def test_what_changes_by_time_alone_is_told(
    dam_sandbox: Sandbox, events: Callable[[str], Any]
) -> None:
    dam_sandbox.knobs(idle_limit=1)
    with PhotoShelterClient(dam_sandbox).login().http:
        while not events("state")["sessions"]:
            pass
        while events("state")["sessions"]:
            pass


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/psapi/v3/mem/image/I1", "/psapi/v3/mem/image/I1"),
        ("/fotoweb/fwbin/fotoweb_isapi.dll", "/fotoweb/fwbin/fotoweb_isapi.dll"),
        ("/a/ada-password/b", "/a/#/b"),
        ("/a/%61da-password", "/a/#"),
        ("/sandboxkey1", "/#"),
        (f"/{'x' * 41}", "/#"),
        ("/<b>", "/#"),
        ("/\x1b[1m", "/#"),
        ("*", "#"),
    ],
)
def test_paths_are_shown_without_secrets(path: str, shown: str) -> None:
    assert re.sub(r"#[0-9a-f]{8}", "#", Disguise().path(path)) == shown


def test_a_hash_tells_secrets_apart_and_no_process_knows_anothers() -> None:
    one, other = Disguise(), Disguise()
    assert one.hash("a") == one.hash("a") != one.hash("b")
    assert one.hash("a") != other.hash("a") and one.hash("") == ""


def test_a_user_that_is_none_is_not_shown() -> None:
    entry = Entry()
    entry.sequence, entry.time, entry.system, entry.method = 1, 0.0, "fotoweb", "GET"
    entry.target, entry.headers, entry.form, entry.status = "/x?ada-password&q=1", b"", (), 200
    entry.verdict, entry.user, entry.flags, entry.set_cookies = "ok", "typed by mistake", (), ()
    shown = Disguise().request(entry)
    assert re.fullmatch("[0-9a-f]{8}", shown["user"])
    assert shown["parameters"][1] == "q" and "password" not in json.dumps(shown)


def test_secrets_of_oauth_are_hashed_wherever_they_are(
    dam_sandbox: Sandbox, events: Callable[[str], Any]
) -> None:
    client = FotoWareClient(dam_sandbox).login()
    with client.http:
        client.get("/fotoweb/echo")
        client.http.get(
            f"{dam_sandbox.fotoware}/fotoweb/echo", params={"access_token": client.access}
        )
        client.renew()
        client.post(REVOKE, token=client.access, **client.identity())
        client.post(TOKEN, client_secret="of somebody else")
    seen: list[Any] = []
    while len(seen) < 8:
        seen += events("requests")
    sent = [{one["name"]: one["hash"] for one in row["sent"]} for row in seen]
    assert [list(one) for one in sent] == [
        [], [], ["code", "code_verifier"], ["Authorization"], ["access_token"], ["refresh_token"],
        ["token"], ["client_secret"],
    ]  # fmt: skip
    # One token, three places.
    assert sent[3]["Authorization"] == sent[4]["access_token"] == sent[6]["token"]
