"""What public clients of OAuth2 get wrong, one test each: none of it happens here.

The faults are those of programs that anybody can read: plug-ins, SDKs and caches for FotoWare and
PhotoShelter. Each test is named by the fault.
"""

from __future__ import annotations

import base64
import json
import logging
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from common import ROOT, wait_for
from conftest import Opener, consented
from test_secrets import Heard

import damsession
from damsession.sandbox import Sandbox

TOKEN = "/fotoweb/oauth2/token"
REVOKE = "/fotoweb/oauth2/revoke"
LICENCE = {
    "error": "access_denied",
    "error_description": "The site is not licensed for use of third-party applications",
}

#: A program: says that it is ready, waits for a line, and then makes one request.
PROGRAM = """
import damsession
with damsession.open() as session:
    print("ready", flush=True)
    input()
    session.get("me").raise_for_status()
    print(session.statistics.renewals, session.statistics.waits)
"""


def counts(sandbox: Sandbox) -> dict[str, int]:
    found: dict[str, int] = sandbox.state()["fotoware"]
    return found


def sent(sandbox: Sandbox, path: str) -> list[dict[str, Any]]:
    """The requests for this path."""
    return [entry for entry in sandbox.log() if entry["path"] == path]


def refreshes(sandbox: Sandbox) -> list[str]:
    """The refresh tokens that were sent, in order."""
    fields = [entry["form"] for entry in sent(sandbox, TOKEN)]
    return [form["refresh_token"][0] for form in fields if "refresh_token" in form]


def bearers(entry: dict[str, Any]) -> list[str]:
    """Every header Authorization of a request."""
    return [value for name, value in entry["headers"] if name.lower() == "authorization"]


# ---- Secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["body", "header"])
def test_a_native_application_sends_a_client_secret(
    fotoware: Opener, dam_sandbox: Sandbox, place: str
) -> None:
    session = fotoware(client_secret="canary-secret", client_secret_in=place, revoke_path=REVOKE)
    consented(dam_sandbox, session)
    dam_sandbox.expire(system="fotoware")
    assert session.get("me").ok
    assert session.logout() is damsession.LogoutResult.SERVER
    posted = [*sent(dam_sandbox, TOKEN), *sent(dam_sandbox, REVOKE)]
    assert len(posted) == 3  # the consent, the renewal, the logout
    assert [entry for entry in posted if bearers(entry) or "client_secret" in entry["form"]] == []
    encoded = base64.b64encode(b"sandbox-native:canary-secret").decode()
    told = str(dam_sandbox.log())
    assert "canary-secret" not in told and encoded not in told


def test_a_secret_travels_in_a_url(fotoware: Opener, dam_sandbox: Sandbox) -> None:
    """Servers and proxies keep URLs. The sandbox flags each that holds one."""
    session = consented(dam_sandbox, fotoware(revoke_path=REVOKE))
    dam_sandbox.expire(system="fotoware")
    assert session.get("me").ok
    session.logout()
    script = dam_sandbox.clients["script"]
    with fotoware(
        authentication="script", client_id=script["id"], client_secret=script["secret"]
    ) as other:
        assert other.get("me").ok
    assert [entry["flags"] for entry in dam_sandbox.log() if entry["flags"]] == []
    assert [path for path in (TOKEN, REVOKE, "/fotoweb/me") if not sent(dam_sandbox, path)] == []


def test_callers_and_logs_get_the_refresh_token(
    fotoware: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    """Nor the client secret: a program that adds headers to its own requests needs neither."""
    web, heard = dam_sandbox.clients["web"], Heard()
    logger = logging.Logger("canary")
    logger.addHandler(heard)
    with fotoware(
        authentication="web", client_id=web["id"], client_secret=web["secret"], log=logger
    ) as session:
        consented(dam_sandbox, session)
        for disturb in (
            lambda: None,
            lambda: dam_sandbox.expire(system="fotoware"),
            lambda: dam_sandbox.fault("reset", match="oauth2/token"),
            lambda: dam_sandbox.expire(system="fotoware"),
            lambda: dam_sandbox.revoke(system="fotoware"),
        ):
            disturb()
            heard.attempt(lambda: session.get("me").headers)
            heard.attempt(lambda: (session.headers(), session.state, session.statistics, session))
            if session.state.logged_in:
                assert session.headers() == {"Authorization": f"Bearer {session.token()}"}
        stored = "".join(path.read_text() for path in tmp_path.rglob("*.record"))
    posted = [entry["form"] for entry in sent(dam_sandbox, TOKEN)]
    names = ("refresh_token", "client_secret", "code", "code_verifier")
    secrets = {form[name][0] for form in posted for name in names if name in form}
    told = "\n".join(heard.text)
    assert "renewed" in told and len(secrets) > 4  # it did listen, and there were some
    assert [secret for secret in secrets if secret in told] == []
    assert web["secret"] not in stored


# ---- Renewals ------------------------------------------------------------------------------------


def test_an_answer_without_a_refresh_token_erases_the_old_one(
    fotoware: Opener, dam_sandbox: Sandbox
) -> None:
    """Under `optional` every second answer brings none."""
    dam_sandbox.knobs(refresh_tokens="optional")
    session = consented(dam_sandbox, fotoware())
    for _ in range(4):
        dam_sandbox.expire(system="fotoware")
        assert session.get("me").ok and session.state.renewable
    used = refreshes(dam_sandbox)
    assert used[0] == used[1] != used[2] == used[3]
    assert counts(dam_sandbox)["consents"] == 1


@pytest.mark.parametrize("written", ["integer", "float", "text"])
def test_a_life_is_stored_as_if_it_were_a_time(
    fotoware: Opener, dam_sandbox: Sandbox, written: str
) -> None:
    """Nor is it forgotten because it is a float, or in quotes."""
    dam_sandbox.knobs(expires_in=written, access_life=5400)
    session = fotoware()
    address = dam_sandbox.consent(session.begin_consent())
    before = int(time.time())
    session.finish_consent(address)
    after = int(time.time())
    expires = session.state.expires_at
    assert expires is not None and before + 5400 <= expires.timestamp() <= after + 5400


def test_nobody_looks_when_a_token_ends(fotoware: Opener, dam_sandbox: Sandbox) -> None:
    """One that has ended by what the server said is not sent any more."""
    dam_sandbox.knobs(access_life=1)
    session = consented(dam_sandbox, fotoware())
    expires = session.state.expires_at
    assert expires is not None
    wait_for(lambda: time.time() >= expires.timestamp())
    assert session.get("me").replays == 0
    assert [entry["verdict"] for entry in sent(dam_sandbox, "/fotoweb/me")] == ["ok"]
    assert len(refreshes(dam_sandbox)) == 1


def test_each_task_takes_a_token_of_its_own(fotoware: Opener, dam_sandbox: Sandbox) -> None:
    """A script's token, too, is kept for the next program."""
    script = dam_sandbox.clients["script"]
    for _ in range(3):
        with fotoware(
            authentication="script", client_id=script["id"], client_secret=script["secret"]
        ) as session:
            assert session.get("me").json()["administrator"]
    assert counts(dam_sandbox)["client_logins"] == 1


class Programs:
    """Processes that share a session, each about to make one request."""

    def __init__(self, count: int) -> None:
        self._running = [
            subprocess.Popen(
                [sys.executable, "-c", PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        for one in self._running:
            assert one.stdout is not None and one.stdout.readline() == "ready\n"

    def go(self) -> list[tuple[int, int]]:
        """All at once; the renewals and the waits of each."""
        for one in self._running:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()
        said = [one.communicate(timeout=30)[0].split() for one in self._running]
        assert [one.returncode for one in self._running] == [0] * len(said)
        return [(int(renewals), int(waits)) for renewals, waits in said]


@pytest.fixture
def environment(dam_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The options of a native application, for processes."""
    for name, value in {
        "DAMSESSION_SYSTEM": "fotoware",
        "DAMSESSION_URL": dam_sandbox.fotoware,
        "DAMSESSION_CLIENT_ID": dam_sandbox.clients["native"]["id"],
        "DAMSESSION_CA_FILE": dam_sandbox.ca_file,
        "PYTHONPATH": str(ROOT / "bindings" / "python"),
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("environment")
def test_each_process_renews_for_itself(fotoware: Opener, dam_sandbox: Sandbox) -> None:
    """And none needs the page of consent again."""
    consented(dam_sandbox, fotoware())
    programs = Programs(6)
    dam_sandbox.expire(system="fotoware")
    assert sum(renewals for renewals, _ in programs.go()) == 1
    assert len(refreshes(dam_sandbox)) == counts(dam_sandbox)["consents"] == 1


@pytest.mark.usefixtures("environment")
def test_two_processes_renew_at_the_same_time(fotoware: Opener, dam_sandbox: Sandbox) -> None:
    """The token endpoint is slow, so that both are refused while the first one renews."""
    consented(dam_sandbox, fotoware())
    programs = Programs(2)
    dam_sandbox.expire(system="fotoware")
    dam_sandbox.fault("delay", seconds=1.0, match="oauth2/token")
    outcome = programs.go()
    assert sorted(renewals for renewals, _ in outcome) == [0, 1]
    assert counts(dam_sandbox)["refused"] == 2 and sum(waits for _, waits in outcome) >= 1
    assert len(refreshes(dam_sandbox)) == 1


# ---- Requests that are sent again ----------------------------------------------------------------


def test_the_old_authorization_goes_out_with_the_replay(
    fotoware: Opener, dam_sandbox: Sandbox
) -> None:
    session = consented(dam_sandbox, fotoware())
    old = session.token()
    dam_sandbox.expire(system="fotoware")
    assert session.get("me", headers={"X-Mine": "kept"}).replays == 1
    first, again = sent(dam_sandbox, "/fotoweb/me")
    assert bearers(first) == [f"Bearer {old}"]
    assert bearers(again) == [f"Bearer {session.token()}"] != bearers(first)
    assert ["X-Mine", "kept"] in first["headers"] and ["X-Mine", "kept"] in again["headers"]
    for name in ("Authorization", "AUTHORIZATION"):
        with pytest.raises(damsession.ArgumentError, match="(?i)authorization"):
            session.get("me", headers={name: "Bearer mine"})


@pytest.mark.parametrize("status", [400, 402, 403, 404, 405, 409, 410, 412, 415, 418, 422, 429])
def test_a_post_is_repeated_on_any_4xx(fotoware: Opener, dam_sandbox: Sandbox, status: int) -> None:
    session = consented(dam_sandbox, fotoware())
    dam_sandbox.answer(status, [("Content-Type", "application/json")], "{}", match="echo")
    if status == 429:
        with pytest.raises(damsession.Throttled):
            session.post("echo", data={"a": "1"})
    else:
        assert session.post("echo", data={"a": "1"}).status == status
    assert len(sent(dam_sandbox, "/fotoweb/echo")) == 1
    assert refreshes(dam_sandbox) == []


@pytest.mark.parametrize("once", [False, True])
def test_a_post_is_not_repeated_though_its_session_was_refused(
    fotoware: Opener, dam_sandbox: Sandbox, once: bool
) -> None:
    """The server has not worked on it, so `once` does not forbid it."""
    session = consented(dam_sandbox, fotoware())
    dam_sandbox.expire(system="fotoware")
    found = session.post("echo", data={"a": "1"}, once=once)
    assert found.replays == 1 and found.json()["form"] == {"a": "1"}
    assert [entry["status"] for entry in sent(dam_sandbox, "/fotoweb/echo")] == [401, 200]


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_what_may_have_been_worked_on_is_sent_twice(
    fotoware: Opener, dam_sandbox: Sandbox, method: str
) -> None:
    """A POST never is; a GET is not with `once`."""
    session = consented(dam_sandbox, fotoware(retries=3))
    dam_sandbox.fault("drop-after-processing", match="echo")
    with pytest.raises(damsession.NetworkError):
        session.request(method, "echo", once=method == "GET")
    assert len(sent(dam_sandbox, "/fotoweb/echo")) == 1


def test_a_403_is_taken_for_the_end_of_the_session(fotoware: Opener, dam_sandbox: Sandbox) -> None:
    """It is about one thing that the user may not have; only the text about the licence says more,
    and no renewal cures that.
    """
    session = consented(dam_sandbox, fotoware())
    denied = {"error": "access_denied", "error_description": "No access to this archive"}
    kind = [("Content-Type", "application/json")]
    dam_sandbox.answer(403, kind, json.dumps(denied), match="archives")
    found = session.get("archives")
    assert found.status == 403 and found.json() == denied and found.replays == 0
    dam_sandbox.answer(403, kind, json.dumps(LICENCE), match="archives")
    with pytest.raises(damsession.LicenseMissing):
        session.get("archives")
    assert session.get("archives").ok
    assert refreshes(dam_sandbox) == [] and len(sent(dam_sandbox, "/fotoweb/archives")) == 3
