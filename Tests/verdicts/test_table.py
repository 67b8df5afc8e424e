"""Plays every row of the verdict table, with each of its authentications, by the real library
against the sandbox.

The sandbox counts what a row costs. What is remembered shows in a second session with the same
store, while the server is well again: it must not send a refused password, it waits if the outcome
was unclear, and else it may try.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import table
from table import Row

import damsession
from damsession import Status, _abi
from damsession._library import library
from damsession.sandbox import Sandbox

PATHS = {"photoshelter": "mem/gallery/query", "fotoweb": "Search"}
ORGANIZATION = "O0000CAPYBARA0003"
LATER = 3600
ROWS = table.rows()
PLAYS = [
    pytest.param(row, one, id=f"{row.system}: {row.stage}: {row.name} ({one})")
    for row in ROWS
    for one in row.authentications
]


def options(sandbox: Sandbox, row: Row, authentication: str, store: Path) -> dict[str, Any]:
    given: dict[str, Any] = {
        "system": row.system,
        "authentication": authentication,
        "store": str(store),
    }
    given["ca_file"] = sandbox.ca_file
    if row.system == "photoshelter":
        given.update(
            url=sandbox.photoshelter,
            user="one@example.com",
            password="one-password",
            api_key=sandbox.api_key,
        )
    elif authentication == "login-token":
        given.update(url=sandbox.fotoweb, user="ada", encryption_secret=sandbox.encryption_secret)
    else:
        given.update(url=sandbox.fotoweb, user="ada", password="ada-password")
    if row.stage == "organization":
        given["organization"] = ORGANIZATION
    return {**given, **{name.replace("-", "_"): value for name, value in row.options.items()}}


class Counted:
    """What a session had cost before, and has cost since."""

    def __init__(
        self, sandbox: Sandbox, session: damsession.Session, row: Row, authentication: str
    ) -> None:
        self._sandbox, self._session, self._authentication = sandbox, session, authentication
        self._has_tokens = authentication in ("device-token", "login-token")
        self._entries = len(sandbox.log())
        self.before, self._tokens, self._questions = (
            session.state,
            self._ledger(),
            session.statistics.keepalives,
        )

    def _ledger(self) -> int:
        return len(self._session.device_tokens) if self._has_tokens else 0

    def costs(self) -> tuple[int, int, int]:
        """Logins, confirmations, device tokens."""
        kinds = [_kind(entry) for entry in self._sandbox.log(self._entries)]
        logins, questions = kinds.count("login"), kinds.count("confirmation")
        if self._authentication == "query":  # there a login is the same request
            asked = self._session.statistics.keepalives - self._questions
            logins, questions = questions - asked, asked
        return logins, questions, self._ledger() - self._tokens


def _kind(entry: dict[str, Any]) -> str:
    path = entry["path"]
    if path.endswith(("/mem/authenticate", "/Login.fwx")) or "lt" in entry["query"]:
        # A redirect may lead here as well, without anything to log in with.
        return "login" if entry["form"] or "lt" in entry["query"] else "request"
    return "confirmation" if path.endswith(("/mem/user/session", "/Information")) else "request"


def arrange(sandbox: Sandbox, row: Row, secret: str) -> None:
    """Makes the server odd where the row says so."""
    other = sandbox.fotoweb if row.system == "photoshelter" else sandbox.photoshelter
    later = formatdate(time.time() + LATER, usegmt=True)
    fill = {"{other}": other, "{secret}": quote(secret, safe=""), "{later}": later}
    headers = []
    for name, value in row.headers:
        for place, text in fill.items():
            value = value.replace(place, text)
        headers.append((name, value))

    if any(value == "{later}" for _, value in row.headers):
        # Or the sandbox refuses what is made for that time.
        sandbox.knobs(clock_skew=LATER)

    def answer(stage: str) -> None:
        sandbox.answer(
            row.status,
            headers,
            row.body,
            system=row.system,
            stage=stage,
            count=1 if row.times == "once" else 0,
        )

    if row.stage == "confirmation":
        sandbox.answer(403, system=row.system, stage="request", count=0)
    if row.stage == "login again":
        assert (sandbox.expire() if row.system == "photoshelter" else sandbox.revoke()) == 1
    stages = {
        "proof": ["keepalive"], "login again": ["login"], "upload": ["request"], "redirect": ["request"],
        "confirmation": ["keepalive"], "everything": ["request", "keepalive"], "probe": ["keepalive"], "observe": [],
    }  # fmt: skip
    for stage in stages.get(row.stage, [row.stage]):
        answer(stage)


def observe(session: damsession.Session, row: Row) -> int:
    """Reports the row's response as one to a request of the caller's own; its status if it is to
    be delivered.
    """
    observation, result = _abi.dam_observation(), ctypes.c_int32()
    observation.http_status = row.status
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in row.headers]
    observation.headers, observation.header_count = _abi.header_list(headers), len(headers)
    body = row.body.encode()
    observation.body, observation.body_size, observation.is_whole = body, len(body), 1
    with session._handle as handle:
        library().dam_session_observe(
            handle, None, observation, ctypes.byref(result), _abi.dam_error()
        )
    return 0 if result.value == _abi.DAM_OBSERVE_REPLAY else row.status


def act(session: damsession.Session, row: Row) -> tuple[int, str]:
    """Does what the row's caller does: the HTTP status that it gets, and how a logout ended."""
    path = PATHS[row.system]
    http, logout = 0, ""
    if row.stage in ("login", "organization", "proof"):
        session.login()
    elif row.stage == "keepalive":
        session.keepalive()
    elif row.stage == "logout":
        logout = session.logout().name.lower()
    elif row.stage == "observe":
        http = observe(session, row)
    elif row.stage == "upload":
        http = session.post(path, data=iter([b"x"])).status
    elif row.stage == "probe":
        http = session.post("mem/gallery/G1", data=b"x" * 65_536).status
    else:
        http = session.get(path).status
    return http, logout


def outcome(action: Callable[[], tuple[int, str]]) -> tuple[Status, int, str, int | None]:
    try:
        http, logout = action()
    except damsession.DamError as error:
        return Status(error.status), error.http_status or 0, "", error.retry_after
    return Status.OK, http, logout, None


def what_became(before: damsession.State, after: damsession.State) -> str:
    if not after.logged_in:
        return "gone" if before.logged_in else "none"
    if not before.logged_in:
        return "opened"
    return "kept" if after.generation == before.generation else "replaced"


def jar(session: damsession.Session, authentication: str) -> list[str]:
    """The cookies that the session would send."""
    if authentication in ("query", "token-in-url") or not session.state.logged_in:
        return []
    return session.headers().get("Cookie", "").split("; ")


@pytest.mark.parametrize(("row", "authentication"), PLAYS)
def test_row(dam_sandbox: Sandbox, tmp_path: Path, row: Row, authentication: str) -> None:
    given = options(dam_sandbox, row, authentication, tmp_path / "store")
    with damsession.open(**given) as session:
        if row.stage not in ("login", "organization", "proof"):
            session.get(PATHS[row.system]).raise_for_status()
        counted = Counted(dam_sandbox, session, row, authentication)
        arrange(dam_sandbox, row, given.get("password") or given["encryption_secret"])
        result, http, logout, retry_after = outcome(lambda: act(session, row))
        costs, after = counted.costs(), session.state
        cookies = (
            ("adopted" if row.cookie in jar(session, authentication) else "ignored")
            if row.cookie
            else ""
        )
    assert (result, http, logout) == (row.result, row.http_status, row.logout)
    assert retry_after == (row.retry_after if row.remembered != "unclear" else None)
    assert costs == (row.logins, row.confirmations, row.tokens)
    assert (what_became(counted.before, after), cookies) == (row.session, row.cookies)
    check_memory(dam_sandbox, row, given, after.logged_in)


def check_memory(sandbox: Sandbox, row: Row, given: dict[str, Any], has_session: bool) -> None:
    """A second session of the same store; the server is well, and knows no session."""
    sandbox.reset()
    with damsession.open(**given) as session:
        counted = Counted(sandbox, session, row, given["authentication"])
        if row.remembered == "nothing":
            session.login()
            assert counted.costs()[0] == (not has_session)
            return
        result, _, _, wait = outcome(lambda: (session.get(PATHS[row.system]).status, ""))
        refused = {
            "wrong": Status.CREDENTIALS_REFUSED, "second-factor": Status.SECOND_FACTOR, "unclear": Status.SERVER
        }  # fmt: skip
        assert (result, counted.costs()[0]) == (refused[row.remembered], 0)
        assert (1 <= (wait or 0) <= 60) == (row.remembered == "unclear")
        if not has_session:
            assert sandbox.log() == []


def test_the_table_is_large_enough_and_every_stage_is_played() -> None:
    assert len(ROWS) >= 90
    assert {row.stage for row in ROWS} == set(table.STAGES)


def test_the_printed_table_is_up_to_date() -> None:
    assert table.README.read_text("utf-8") == table.printed(), (
        "run PYTHONPATH=bindings/python python Tests/verdicts/table.py"
    )
