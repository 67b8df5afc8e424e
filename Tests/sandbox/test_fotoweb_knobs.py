"""Every value of every FotoWeb knob and of those of all systems."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import pytest
import requests
from conftest import AGENT, LOGOUT, FotoWebClient, PhotoShelterClient, set_cookies
from scenarios import Scenario, Scenarios
from test_fotoweb_guide import fresh_token, ids

from damsession.sandbox import Sandbox

Make = Callable[[], FotoWebClient]
knobs = Scenarios("FotoWeb", "All")


def assert_refused(response: requests.Response, variant: str) -> None:
    assert response.status_code == int(variant[:3])
    if variant == "302-login":
        assert response.headers["Location"].startswith("/fotoweb/views/login?to=%2Ffotoweb%2F")
    if variant.endswith("html"):
        assert response.headers["Content-Type"].startswith("text/html")
        assert '<input type="password"' in response.text


def assert_guest(response: requests.Response) -> None:
    assert response.status_code == 200
    assert "<UserName>guest</UserName>" in response.text
    assert 'read="true" download="false"' in response.text


@knobs.reach("revoked")
def revoked(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    stranger = make()
    stranger.cookie = "FWSession=never+issued=="
    sandbox.revoke()
    for one in (client, stranger):
        if value == "guest":
            assert_guest(one.agent())
        else:
            assert_refused(one.agent(), value)
    assert [entry["verdict"] for entry in sandbox.log()[-2:]] == ["revoked", "refused"]


@knobs.reach("login-refused")
def login_refused(sandbox: Sandbox, make: Make, value: str) -> None:
    assert_refused(make().post_login(password="wrong"), value)
    assert_refused(make().post_login("nobody", "x"), value)
    assert_refused(make().agent(u="ada", p="wrong"), value)
    assert_refused(make().agent(lt="x"), value)
    state = sandbox.state()["fotoweb"]
    assert state["logins_refused"] == 4
    assert state["failed_logins_by_user"] == {"ada": 2, "nobody": 1}


def assert_down(response: requests.Response, variant: str) -> None:
    statuses = {"ok": 200, "maintenance-page": 200, "login-page": 200, "redirect": 302}
    assert response.status_code == (statuses.get(variant) or int(variant))
    assert response.headers.get("Location") == (
        "/fotoweb/offline" if variant == "redirect" else None
    )
    if variant.endswith("page"):
        assert response.headers["Content-Type"].startswith("text/html")
    assert ('<input type="password"' in response.text) == (variant == "login-page")


@knobs.reach("login")
def login(sandbox: Sandbox, make: Make, value: str) -> None:
    for password in ("", "wrong"):
        response = make().post_login(password=password)
        if value == "ok" and password:
            return
        assert_down(response, value)
        assert set_cookies(response) == [] or value == "ok"
    assert make().agent(lt=fresh_token(sandbox)).status_code == 200
    assert make().agent(u="ada", p="ada-password").status_code == 200
    state = sandbox.state()["fotoweb"]
    assert (state["logins_refused"], state["failed_logins_by_user"]) == (0, {})


@knobs.reach("archive")
def archive(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    in_query = make().agent(u="ada", p="ada-password")
    for response in (client.agent(), client.agent("/5000/Search"), in_query):
        assert_down(response, value)
    fresh = make().agent(lt=fresh_token(sandbox))
    assert_down(fresh, value)
    # It was let in, and then it met what is down.
    assert len(set_cookies(fresh)) == 1
    # What is not let in does not get there.
    assert make().agent(u="ada", p="wrong").status_code == 401
    assert sandbox.log()[-1]["verdict"] == "refused"


@knobs.reach("limit-reached")
def limit_reached(sandbox: Sandbox, make: Make, value: str) -> None:
    sandbox.knobs(token_limit=1, login_refused="403")
    make().login()
    response = make().post_login()
    assert response.status_code == (200 if value == "200-html" else 403)
    assert set_cookies(response) == []
    told = "maximum number of devices" in response.text
    assert told == (value != "as-refused")
    assert sandbox.log()[-1]["verdict"] == "limit"


@knobs.reach("second-cookie")
def second_cookie(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    assert client.agent().status_code == 200
    assert ("; " in client.cookie) == (value == "on")
    if value == "on":
        client.cookie = client.cookie.split("; ")[0]
        assert client.agent().status_code == 401


@knobs.reach("cookie-attributes")
def cookie_attributes(sandbox: Sandbox, make: Make, value: str) -> None:
    (line,) = set_cookies(make().post_login())
    attributes = [part.partition("=")[0] for part in line.split("; ")[1:]]
    full = ["Path", "HttpOnly", "Secure", "Expires"]
    assert attributes == {"path": ["Path"], "plain": [], "full": full}[value]
    logout = make().http.get(sandbox.fotoweb + LOGOUT)
    assert ("; Path=/;" in set_cookies(logout)[0]) == (value != "plain")


@knobs.reach("resend-token")
def resend_token(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    again = [line.partition(";")[0] for line in set_cookies(client.agent())]
    assert again == ([client.cookie] if value == "same" else [])


@knobs.reach("token-limit", 2)
def token_limit(sandbox: Sandbox, make: Make, value: str) -> None:
    assert [make().post_login().status_code for _ in range(3)] == [200, 200, 401]


@knobs.reach("login-token-tolerance", 120)
def login_token_tolerance(sandbox: Sandbox, make: Make, value: str) -> None:
    late = fresh_token(sandbox, start=-600, end=-60)
    assert make().agent(lt=late).status_code == 200
    too_late = fresh_token(sandbox, start=-600, end=-180)
    assert make().agent(lt=too_late).status_code == 401


@knobs.reach("login-token-max-life", 100)
def login_token_max_life(sandbox: Sandbox, make: Make, value: str) -> None:
    assert make().agent(lt=fresh_token(sandbox, start=-50, end=40)).status_code == 200
    assert make().agent(lt=fresh_token(sandbox, start=-60, end=60)).status_code == 401


@knobs.reach("legacy-query-names")
def legacy_query_names(sandbox: Sandbox, make: Make, value: str) -> None:
    response = make().agent(username="ada", password="ada-password")
    assert response.status_code == (200 if value == "on" else 401)
    assert make().agent(u="ada", p="ada-password").status_code == 200


@knobs.reach("dead-cookie-with-lt")
def dead_cookie_with_lt(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    sandbox.revoke()
    response = client.agent(lt=fresh_token(sandbox))
    used = value == "use-lt"
    assert response.status_code == (200 if used else 401)
    assert len(set_cookies(response)) == (1 if used else 0)


@knobs.reach("missing-session-fotoweb")
def missing_session(sandbox: Sandbox, make: Make, value: str) -> None:
    sandbox.knobs(revoked="403")
    response = make().agent()
    if value == "as-revoked":
        assert_refused(response, "403")
        return
    assert_guest(response)
    found = make().agent("/5000/Search")
    assert 'TotalHits="20"' in found.text
    assert make().agent("/5000/Download", Id=ids(found.text)[0]).status_code == 403


@knobs.reach("logout-fotoweb")
def logout_fotoweb(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    url, headers = sandbox.fotoweb + LOGOUT, {"Cookie": client.cookie}
    for method in ("GET", "POST"):
        response = client.http.request(method, url, headers=headers)
        assert response.status_code == (404 if value == "absent" else 200)
        assert len(set_cookies(response)) == (0 if value == "absent" else 1)
    assert client.agent().status_code == (401 if value == "revoke" else 200)
    state = sandbox.state()["fotoweb"]
    assert (state["logouts"], state["tokens_revoked"]) == {
        "clear-cookie": (2, 0), "revoke": (2, 1), "absent": (0, 0),
    }[value]  # fmt: skip


@knobs.reach("agent-method")
def agent_method(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    url, headers = sandbox.fotoweb + AGENT + "/Information", {"Cookie": client.cookie}
    response = client.http.post(url, headers=headers)
    assert response.status_code == (200 if value == "any" else 405)
    assert response.headers.get("Allow") == (None if value == "any" else "GET")
    assert client.agent().status_code == client.http.head(url, headers=headers).status_code == 200


@knobs.reach("root-search")
def root_search(sandbox: Sandbox, make: Make, value: str) -> None:
    root = ElementTree.fromstring(make().login().agent("/Search", Search="photos").text)
    assert root.tag == ("FileList" if value == "files" else "ArchiveList")
    assert root.get("TotalHits") == ("60" if value == "files" else None)


@knobs.reach("preview-urls")
def preview_urls(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    root = ElementTree.fromstring(client.agent("/5000/Search", PreviewSize="9").text)
    url = root.findtext("File/PreviewLinks/PreviewUrl") or ""
    assert url.startswith("http://" if value == "http" else "https://")
    # The https form of the same URL works.
    https = re.sub("^http:", "https:", url)
    assert client.http.get(https, headers={"Cookie": client.cookie}).content[:2] == b"\xff\xd8"


@knobs.reach("xml-charset")
def xml_charset(sandbox: Sandbox, make: Make, value: str) -> None:
    for path in ("", "/Information", "/5000/Search"):
        response = make().login().agent(path)
        kind = "text/xml" if value == "none" else f"text/xml; charset={value}"
        assert response.headers["Content-Type"] == kind
        text = response.content.decode("utf-8" if value == "none" else value)
        assert ElementTree.fromstring(response.content).tag in text


@knobs.reach("lockout-after", 3)
def lockout_after(sandbox: Sandbox, make: Make, value: str) -> None:
    for _ in range(3):
        make().post_login(password="wrong")
    assert make().post_login().status_code == 401
    assert sandbox.state()["fotoweb"]["lockouts"] == 1


@knobs.reach("lockout-seconds", 60)
def lockout_seconds(sandbox: Sandbox, make: Make, value: str) -> None:
    sandbox.knobs(lockout_after=3)
    lockout_after(sandbox, make, value)
    sandbox.knobs(clock_skew=61)
    assert make().post_login().status_code == 200


@knobs.reach("throttle", 7)
def throttle(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    member = PhotoShelterClient(sandbox).login(mode="token")
    for response in (client.agent(), member.call("mem/user/session")):
        assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    state = sandbox.state()
    assert [state[one]["throttled"] for one in ("photoshelter", "fotoweb")] == [1, 1]


@knobs.reach("clock-skew", -86400)
def clock_skew(sandbox: Sandbox, make: Make, value: str) -> None:
    response = make().agent(u="ada", p="ada-password")
    said = parsedate_to_datetime(response.headers["Date"]).timestamp()
    assert abs(said - (time.time() - 86400)) < 60


@knobs.reach("storm", 3)
def storm(sandbox: Sandbox, make: Make, value: str) -> None:
    client = make().login()
    assert [client.agent().status_code for _ in range(4)] == [200, 200, 401, 401]
    sandbox.knobs(storm=1)
    client = make().login()
    assert [client.agent().status_code for _ in range(2)] == [200, 401]  # a new token is spared
    sandbox.knobs(storm=3)
    member = PhotoShelterClient(sandbox).login(mode="token")
    statuses = [member.call("mem/user/session").status_code for _ in range(4)]
    assert statuses == [200, 200, 400, 400]
    assert sandbox.state()["photoshelter"]["expiries"] == 1


@knobs.reach("latency", 60)
def latency(sandbox: Sandbox, make: Make, value: str) -> None:
    started = time.monotonic()
    make().agent()
    assert time.monotonic() - started >= 0.06


@pytest.mark.parametrize(("knob", "value", "scenario"), knobs.cases, ids=knobs.names)
def test_knob(
    dam_sandbox: Sandbox, fotoweb: Make, knob: str, value: str, scenario: Scenario
) -> None:
    dam_sandbox.knobs(**{knob: value})
    scenario(dam_sandbox, fotoweb, value)


def test_no_value_is_left_out() -> None:
    assert knobs.missing() == []
