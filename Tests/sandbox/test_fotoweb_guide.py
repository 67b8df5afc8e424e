"""Independent clients log in to FotoWeb by the three methods of the guide."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from conftest import AGENT, LOGIN, LOGOUT, Curl, FotoWebClient, set_cookies

from damsession.sandbox import Sandbox
from damsession.sandbox.login_token import make

Make = Callable[[], FotoWebClient]
USERS = ("kåre.øst", "ada", "DOMAIN\\user", "owner")


def fresh_token(sandbox: Sandbox, user: str = "ada", start: float = -60, end: float = 600) -> str:
    now = time.time()
    return make(user, now + start, now + end, sandbox.encryption_secret)


def ids(text: str) -> list[str]:
    return re.findall(r'<File Name="[^"]*" Id="([^"]*)"', text)


@pytest.mark.parametrize("user", USERS)
def test_method_1_with_curl(dam_sandbox: Sandbox, curl: Curl, user: str) -> None:
    password = dam_sandbox.accounts["fotoweb"][user]["password"]
    text = curl(
        "-G", "--data-urlencode", f"u={user}", "--data-urlencode", f"p={password}",
        dam_sandbox.fotoweb + AGENT + "/5000/Information",
    )  # fmt: skip
    assert f"<UserName>{user}</UserName>" in text
    entry = dam_sandbox.log()[-1]
    assert entry["flags"] == ["password-in-url"] and entry["set_cookies"] == []


@pytest.mark.parametrize("user", USERS)
def test_method_2_with_curl(dam_sandbox: Sandbox, curl: Curl, user: str) -> None:
    password = dam_sandbox.accounts["fotoweb"][user]["password"]
    head = curl(
        "-D", "-", "--data-urlencode", f"u={user}", "--data-urlencode", f"p={password}",
        dam_sandbox.fotoweb + LOGIN,
    )  # fmt: skip
    assert head.startswith("HTTP/1.1 200 OK")
    match = re.search(r"^Set-Cookie: (FWSession=[^;\s]+)(?:;|\s*$)", head, re.MULTILINE)
    assert match is not None
    for _ in range(2):
        text = curl("-H", f"Cookie: {match.group(1)}", dam_sandbox.fotoweb + AGENT + "/Information")
        assert f"<UserName>{user}</UserName>" in text
    assert dam_sandbox.state()["fotoweb"]["tokens_live_by_user"] == {user: 1}


@pytest.mark.parametrize("user", USERS[:3])
def test_method_3_with_curl(dam_sandbox: Sandbox, curl: Curl, user: str) -> None:
    token = fresh_token(dam_sandbox, user)
    response = curl(
        "-D", "-", "-G", "--data-urlencode", f"lt={token}",
        dam_sandbox.fotoweb + AGENT + "/5000/Search",
    )  # fmt: skip
    cookie = re.search(r"^Set-Cookie: (FWSession=[^;\s]+)(?:;|\s*$)", response, re.MULTILINE)
    assert cookie is not None and len(ids(response)) == 20
    text = curl("-H", f"Cookie: {cookie.group(1)}", dam_sandbox.fotoweb + AGENT + "/Information")
    assert f"<UserName>{user}</UserName>" in text


def test_login_token_beside_a_valid_cookie_is_ignored(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    client = fotoweb().login()
    for token in (fresh_token(dam_sandbox), "nonsense"):
        response = client.agent(lt=token)
        assert response.status_code == 200 and set_cookies(response) == []
    state = dam_sandbox.state()["fotoweb"]
    assert (state["tokens_created"], state["login_tokens_ignored"]) == (1, 2)


def test_every_login_token_makes_a_device_token(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    token = fresh_token(dam_sandbox)
    cookies = [set_cookies(fotoweb().agent(lt=token))[0] for _ in range(2)]
    assert cookies[0] != cookies[1]
    assert dam_sandbox.state()["fotoweb"]["tokens_live_by_user"] == {"ada": 2}


def test_login_token_depends_on_the_servers_clock(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    dam_sandbox.knobs(clock_skew=-3600)
    early = fotoweb().agent(lt=fresh_token(dam_sandbox))
    assert early.status_code == 401
    assert dam_sandbox.log()[-1]["flags"] == ["login-token-in-url", "login token: not valid yet"]
    right = fotoweb().agent(lt=fresh_token(dam_sandbox, start=-3660, end=-3000))
    assert right.status_code == 200


def test_login_tokens_that_do_not_work(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    now = time.time()
    bad = [
        fresh_token(dam_sandbox, "owner"),
        fresh_token(dam_sandbox, "nobody"),
        make("ada", now - 60, now + 600, "other secret"),
        make("ada", now - 60, now + 600, dam_sandbox.encryption_secret, widget=True),
        "",
    ]
    for token in bad:
        assert fotoweb().agent(lt=token).status_code == 401
    assert dam_sandbox.state()["fotoweb"]["tokens_created"] == 0


def test_login_takes_a_posted_form_only(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    http, url = fotoweb().http, dam_sandbox.fotoweb + LOGIN
    credentials = {"u": "ada", "p": "ada-password"}
    assert http.get(url, params=credentials).status_code == 405
    assert http.post(url, params=credentials).status_code == 401
    multipart = {name: (None, value) for name, value in credentials.items()}
    assert http.post(url, files=multipart).status_code == 401
    latin = "u=k%E5re.%F8st&p=p%E4ssw%F6rd%3B%26%3D%2B%2541"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert http.post(url, data=latin, headers=form).status_code == 401


def test_there_is_no_logout(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    # What older pages link to takes the cookie away; the device token is as good as before.
    client = fotoweb().login()
    response = client.http.get(dam_sandbox.fotoweb + LOGOUT, headers={"Cookie": client.cookie})
    (line,) = set_cookies(response)
    assert response.status_code == 200
    assert line.startswith("FWSession=; Path=/; Expires=Thu, 01 Jan 1970")
    assert client.agent().status_code == 200
    state = dam_sandbox.state()["fotoweb"]
    assert (state["logouts"], state["tokens_live_by_user"]) == (1, {"ada": 1})


def test_device_limit(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    clients = [fotoweb().login() for _ in range(10)]
    assert fotoweb().post_login().status_code == 401
    assert fotoweb().agent(lt=fresh_token(dam_sandbox)).status_code == 401
    assert fotoweb().post_login("kåre.øst").status_code == 200
    assert all(client.agent().status_code == 200 for client in clients)
    state = dam_sandbox.state()["fotoweb"]
    assert (state["limit_refusals"], state["lockouts"]) == (2, 0)
    assert dam_sandbox.revoke("ada") == 10
    assert fotoweb().post_login().status_code == 200


def test_lockout(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    client = fotoweb()
    for number in range(10):
        refused = (
            client.post_login(password="wrong") if number % 2 else client.agent(u="ada", p="wrong")
        )
        assert refused.status_code == 401
    assert client.post_login().status_code == 401
    assert client.agent(u="ada", p="ada-password").status_code == 401
    assert client.agent(lt=fresh_token(dam_sandbox)).status_code == 401
    assert {entry["verdict"] for entry in dam_sandbox.log(10)} == {"locked"}
    assert dam_sandbox.state()["fotoweb"]["lockouts"] == 1
    dam_sandbox.knobs(clock_skew=3601)
    assert client.post_login().status_code == 200


def test_the_dead_token_stays_dead(dam_sandbox: Sandbox, fotoweb: Make) -> None:
    client = fotoweb().login()
    image = ids(client.agent("/5000/Search").text)[0]
    assert dam_sandbox.revoke() == 1
    assert client.agent().status_code == 401
    assert dam_sandbox.log()[-1]["verdict"] == "revoked"
    assert client.login().agent("/5000/FileInfo", Id=image).status_code == 404
