"""FotoWare with other HTTP clients and in event loops: the session renews itself during a request
of theirs, once for all of them, and its token goes nowhere else.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import ssl
from typing import Any

import httpx
import pytest
import requests
from conftest import Client, Opener, consented
from test_fotoware_faults import bearers, counts, refreshes, sent
from test_own_http_clients import Kept
from test_own_http_secrets import told_by_error, told_by_response

import damsession
from damsession._authorize import Authorization
from damsession.sandbox import Sandbox


@pytest.fixture
def session(fotoware: Opener, dam_sandbox: Sandbox) -> damsession.Session:
    return consented(dam_sandbox, fotoware())


def tokens(sandbox: Sandbox, *more: str) -> set[str]:
    """Everything that must not be seen: access tokens, refresh tokens."""
    access = {value.partition(" ")[2] for one in sandbox.log() for value in bearers(one)}
    return {*access, *refreshes(sandbox), *more} - {""}


def test_a_session_is_renewed_during_a_request(
    session: damsession.Session, dam_sandbox: Sandbox, client: Client
) -> None:
    old, url = session.token(), dam_sandbox.fotoware + "/fotoweb/me"
    for _ in range(2):
        assert client(session, "GET", url).json()["user"] == "ada"
    dam_sandbox.expire(system="fotoware")
    assert client(session, "GET", url).json()["user"] == "ada"
    new = session.token()
    assert [bearers(one) for one in sent(dam_sandbox, "/fotoweb/me")] == [[f"Bearer {old}"]] * 3 + [
        [f"Bearer {new}"]
    ]
    assert len(refreshes(dam_sandbox)) == 1 and session.statistics.renewals == 1


def test_a_body_is_sent_again_after_a_renewal(
    session: damsession.Session, dam_sandbox: Sandbox, client: Client
) -> None:
    dam_sandbox.expire(system="fotoware")
    found = client(session, "POST", dam_sandbox.fotoware + "/fotoweb/echo", data={"name": "again"})
    assert found.json()["form"] == {"name": "again"}
    assert [one["status"] for one in sent(dam_sandbox, "/fotoweb/echo")] == [401, 200]


def test_no_token_goes_to_another_server(
    session: damsession.Session, dam_sandbox: Sandbox, client: Client
) -> None:
    """Nor after a redirect at home, and a renewal on the way."""
    home, elsewhere = dam_sandbox.fotoware, dam_sandbox.fotoweb + "/elsewhere"
    dam_sandbox.answer(302, [("Location", home + "/fotoweb/archives")], match="/fotoweb/me")
    dam_sandbox.fault("expire", match="archives")
    dam_sandbox.answer(302, [("Location", elsewhere)], match="archives")
    client(session, "GET", home + "/fotoweb/me")
    assert [one["status"] for one in sent(dam_sandbox, "/fotoweb/archives")] == [401, 302]
    assert bearers(sent(dam_sandbox, "/fotoweb/archives")[-1]) == [f"Bearer {session.token()}"]
    (there,) = sent(dam_sandbox, "/elsewhere")
    assert bearers(there) == []
    with pytest.raises(damsession.Insecure):
        client(session, "GET", elsewhere)


@pytest.mark.parametrize("kind", ["requests", "httpx", "httpx-async"])
@pytest.mark.parametrize("redirects", [10, 0])
def test_a_client_that_follows_redirects_takes_no_token_elsewhere(
    fotoware: Opener, dam_sandbox: Sandbox, kind: str, redirects: int
) -> None:
    """Whoever follows: the library, or what it leaves, requests; httpx then does not."""
    session = consented(dam_sandbox, fotoware(redirects=redirects))
    dam_sandbox.answer(302, [("Location", dam_sandbox.fotoweb + "/elsewhere")], match="/fotoweb/me")
    (found,) = Kept(kind, dam_sandbox).get(
        session, dam_sandbox.fotoware + "/fotoweb/me", follow=True
    )
    there = sent(dam_sandbox, "/elsewhere")
    assert len(there) == int(redirects > 0 or kind == "requests")
    assert [value for one in there for value in bearers(one)] == []
    assert [one for one in tokens(dam_sandbox) if one in "\n".join(told_by_response(found))] == []


def test_no_token_stays_in_what_clients_keep(
    session: damsession.Session, dam_sandbox: Sandbox, client: Client
) -> None:
    url = dam_sandbox.fotoware + "/fotoweb/me"
    dam_sandbox.expire(system="fotoware")
    found = client(session, "GET", url)
    assert found.status_code == 200 and (
        isinstance(found, httpx.Response) or [one.status_code for one in found.history] == [401]
    )
    told = list(told_by_response(found))
    dam_sandbox.fault("reset", match="/fotoweb/me")
    with pytest.raises((requests.RequestException, httpx.HTTPError)) as caught:
        client(session, "GET", url)
    told.append(told_by_error(caught.value))
    dam_sandbox.revoke(system="fotoware")
    with pytest.raises(damsession.ConsentNeeded) as ended:
        client(session, "GET", url)
    told.append(told_by_error(ended.value))
    seen = tokens(dam_sandbox)
    assert len(seen) >= 4 and [one for one in seen if one in "\n".join(told)] == []


def test_what_a_renewal_comes_to_is_raised(
    session: damsession.Session, dam_sandbox: Sandbox, client: Client
) -> None:
    url = dam_sandbox.fotoware + "/fotoweb/me"
    dam_sandbox.knobs(license="missing")
    with pytest.raises(damsession.LicenseMissing):
        client(session, "GET", url)
    dam_sandbox.knobs(license="ok", authorization_header="stripped")
    with pytest.raises(damsession.SessionInvalid, match="proxy"):
        client(session, "GET", url)
    assert counts(dam_sandbox)["renewals"] == 1


def test_many_threads_of_requests_renew_once(
    session: damsession.Session, dam_sandbox: Sandbox
) -> None:
    from damsession.requests import DamAuth

    options: Any = {
        "auth": DamAuth(session),
        "verify": dam_sandbox.ca_file,
        "allow_redirects": False,
    }
    dam_sandbox.expire(system="fotoware")
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        url = dam_sandbox.fotoware + "/fotoweb/me"
        found = list(pool.map(lambda _: requests.get(url, **options), range(32)))
    assert [one.status_code for one in found] == [200] * 32
    assert counts(dam_sandbox)["renewals"] == 1


@pytest.mark.parametrize("way", ["aopen", "httpx"])
@pytest.mark.parametrize("ends", ["off", "on"])
def test_many_tasks_renew_once(fotoware: Opener, dam_sandbox: Sandbox, way: str, ends: str) -> None:
    """Under `renewal_ends_access` the renewal ends the old token while requests with it run."""
    from damsession.httpx import DamAuth

    dam_sandbox.knobs(renewal_ends_access=ends)
    session = consented(dam_sandbox, fotoware())
    url = dam_sandbox.fotoware + "/fotoweb/me"

    async def with_aopen() -> list[int]:
        async with damsession.AsyncSession(session) as ours:
            found = await asyncio.gather(*(ours.get("me") for _ in range(32)))
            return [one.status for one in found]

    async def with_httpx() -> list[int]:
        context = ssl.create_default_context(cafile=dam_sandbox.ca_file)
        async with httpx.AsyncClient(auth=DamAuth(session), verify=context) as http:
            found = await asyncio.gather(*(http.get(url) for _ in range(32)))
            return [one.status_code for one in found]

    dam_sandbox.expire(system="fotoware")
    dam_sandbox.fault("delay", seconds=0.3, match="oauth2/token")  # so that more are refused
    assert asyncio.run(with_aopen() if way == "aopen" else with_httpx()) == [200] * 32
    state = counts(dam_sandbox)
    assert state["refused"] > 1
    assert (state["renewals"], state["renewals_refused"], state["consents"]) == (1, 0, 1)


def test_the_headers_serve_another_client(
    session: damsession.Session, dam_sandbox: Sandbox
) -> None:
    """They do not renew themselves: whoever asks for them again gets those of the new session."""
    options: Any = {"verify": dam_sandbox.ca_file}
    url = dam_sandbox.fotoware + "/fotoweb/me"
    old = session.headers()
    assert requests.get(url, headers=old, **options).json()["user"] == "ada"
    dam_sandbox.expire(system="fotoware")
    assert requests.get(url, headers=old, **options).status_code == 401
    session.keepalive()
    assert session.headers() != old
    assert requests.get(url, headers=session.headers(), **options).status_code == 200
    assert counts(dam_sandbox)["renewals"] == 1


def test_what_is_observed_renews_the_session(
    session: damsession.Session, dam_sandbox: Sandbox
) -> None:
    """As the adapters do it: authorize, send, observe, send again."""
    url, ca_file = dam_sandbox.fotoware + "/fotoweb/me", dam_sandbox.ca_file
    dam_sandbox.expire(system="fotoware")
    authorization = Authorization(session, "GET", url, [], False)
    authorization.begin()
    seen = []
    for again in (True, False):
        given = authorization.read()
        found = requests.get(given.url, headers=dict(given.headers), verify=ca_file)
        seen.append(found.status_code)
        head = [(name.encode(), value.encode()) for name, value in found.headers.items()]
        assert authorization.observe(found.status_code, head, found.content, True) is again
    assert seen == [401, 200] and counts(dam_sandbox)["renewals"] == 1
