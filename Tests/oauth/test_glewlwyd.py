"""glewlwyd as a site of FotoWare's: by options alone. A person consents, the session renews itself,
and a logout revokes it; each kind of program, and each place for its secret.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import glewlwyd_conf as conf
import pytest
import records
from common import WRAPPER, wait_for
from glewlwyd import Glewlwyd
from issuer import LIFE

import damsession

PROGRAMS: dict[str, dict[str, Any]] = {
    "native": {"authentication": "native", "client_id": conf.NATIVE},
    **{
        f"web, secret in the {place}": {
            "authentication": "web",
            "client_id": client,
            "client_secret": conf.SECRETS[client],
            "client_secret_in": place,
        }
        for client, place in ((conf.POSTS, "body"), (conf.BASIC, "header"))
    },
}


def consented(glewlwyd: Glewlwyd, store: Path | str, **more: Any) -> damsession.Session:
    session = damsession.open(**glewlwyd.options(store=store, **more))
    session.finish_consent(glewlwyd.consent(session.begin_consent()))
    return session


def subject(session: damsession.Session) -> str:
    """Whose access token it is, as the server says."""
    return str(session.get("userinfo").raise_for_status().json()["sub"])


def test_each_kind_of_program_renews_its_session(glewlwyd: Glewlwyd, tmp_path: Path) -> None:
    with ExitStack() as stack:
        sessions = [
            stack.enter_context(consented(glewlwyd, tmp_path / kind, **program))
            for kind, program in PROGRAMS.items()
        ]
        first = [(session.token(), subject(session)) for session in sessions]
        ends = [session.state.expires_at for session in sessions]
        assert all(end and abs(end.timestamp() - time.time() - LIFE) < 4 for end in ends)
        wait_for(lambda: all(end and time.time() >= end.timestamp() for end in ends))
        for session, (token, person) in zip(sessions, first):
            assert subject(session) == person and session.token() != token
            assert session.statistics.renewals == 1 and session.state.renewable


def test_remembered_options_are_enough(glewlwyd: Glewlwyd, tmp_path: Path) -> None:
    """No line of a program is about this server; and the command goes on with the session."""
    damsession.save("site", **glewlwyd.options(store=tmp_path / "store"))
    with damsession.open("site") as session:
        session.finish_consent(glewlwyd.consent(session.begin_consent()))
        ends = session.state.expires_at
    assert ends is not None
    wait_for(lambda: time.time() >= ends.timestamp())
    issued = len(glewlwyd.issues())
    command = [WRAPPER, "get", "site", "userinfo"]
    assert json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["sub"]
    assert len(glewlwyd.issues()) == issued + 1


def test_what_the_server_ends_early_is_renewed(glewlwyd: Glewlwyd) -> None:
    web = PROGRAMS["web, secret in the body"]
    with consented(glewlwyd, "memory", **web) as session:
        glewlwyd.revoke(session.token(), conf.POSTS)
        response = session.get("userinfo")
        assert (response.status, response.replays) == (200, 1)


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_logout_revokes_the_refresh_token(glewlwyd: Glewlwyd, tmp_path: Path, kind: str) -> None:
    with consented(glewlwyd, tmp_path, **PROGRAMS[kind]) as session:
        refresh_token = records.read(records.session(tmp_path))["secret"]["refresh_token"]
        assert glewlwyd.takes(refresh_token)
        # RFC 7009 lets every program revoke, glewlwyd only those that have a secret.
        revokes = kind != "native"
        result = damsession.LogoutResult.SERVER if revokes else damsession.LogoutResult.UNCONFIRMED
        assert session.logout() == result
        assert glewlwyd.takes(refresh_token) == (not revokes)


def test_an_answer_to_an_earlier_question_is_none(glewlwyd: Glewlwyd) -> None:
    with damsession.open(**glewlwyd.options(store="memory")) as session:
        address = glewlwyd.consent(session.begin_consent())
        question = session.begin_consent()
        with pytest.raises(damsession.ConsentNeeded, match="last question"):
            session.finish_consent(address)
        session.finish_consent(glewlwyd.consent(question))
        assert session.get("userinfo").ok


def test_a_code_is_typed_at_another_machine(glewlwyd: Glewlwyd, tmp_path: Path) -> None:
    with damsession.open(**glewlwyd.options(store=tmp_path)) as session:
        asked = session.begin_device_consent()
        assert asked.url.startswith("http://127.0.0.1")
        with pytest.raises(damsession.ConsentNeeded, match="nobody has consented yet") as error:
            session.poll_consent()
        assert error.value.retry_after == 1
    glewlwyd.type_code(asked.code, conf.NATIVE)
    with damsession.open(**glewlwyd.options(store=tmp_path)) as session:  # another program
        wait_for(lambda: polled(session))
        assert subject(session) and session.state.renewable


def polled(session: damsession.Session) -> bool:
    """Whether there is a session; asks as often as the server wants it."""
    try:
        session.poll_consent()
    except damsession.ConsentNeeded as error:
        assert error.retry_after, "the person has consented"
        time.sleep(error.retry_after)
        return False
    return True


def test_a_code_is_waited_for_in_an_event_loop(glewlwyd: Glewlwyd, tmp_path: Path) -> None:
    async def desk() -> None:
        async with damsession.aopen(**glewlwyd.options(store=tmp_path)) as session:
            asked = await session.begin_device_consent()
            with pytest.raises(damsession.ConsentNeeded, match="nobody has consented yet") as error:
                await session.poll_consent()
            await asyncio.to_thread(glewlwyd.type_code, asked.code, conf.NATIVE)
            said = error.value
            while said.retry_after:  # as often as the server wants it
                await asyncio.sleep(said.retry_after)
                try:
                    return await session.poll_consent()
                except damsession.ConsentNeeded as again:
                    said = again
            raise AssertionError("the person has consented")

    asyncio.run(desk())
    with damsession.open(**glewlwyd.options(store=tmp_path)) as session:
        assert subject(session) and session.state.renewable


def test_another_program_does_not_spend_the_token(glewlwyd: Glewlwyd, tmp_path: Path) -> None:
    """glewlwyd would take it, and give its successor to nobody."""
    web = PROGRAMS["web, secret in the body"]
    with consented(glewlwyd, tmp_path) as desk:
        ends = desk.state.expires_at
        with damsession.open(**glewlwyd.options(store=tmp_path, **web)) as job:
            with pytest.raises(damsession.ConsentNeeded, match="must consent first"):
                job.get("userinfo")
            assert ends is not None
            wait_for(lambda: time.time() >= ends.timestamp())
            with pytest.raises(damsession.ConsentNeeded):
                job.get("userinfo")
        assert subject(desk) and desk.statistics.renewals == 1


def test_a_code_that_was_used_asks_for_consent(glewlwyd: Glewlwyd, tmp_path: Path) -> None:
    with damsession.open(**glewlwyd.options(store=tmp_path / "one")) as session:
        address = glewlwyd.consent(session.begin_consent())
        wrong = address.replace("code=", "code=x")
        with pytest.raises(damsession.ConsentNeeded, match="what the consent has brought"):
            session.finish_consent(wrong)
