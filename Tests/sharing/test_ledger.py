"""Device tokens are scarce: they are counted, shown, and refused in time. One that cannot be stored
is reported.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from conftest import DEVICE, LOGIN_TOKEN, Kind, Stage

import damsession

BOTH = pytest.mark.parametrize("kind", [DEVICE, LOGIN_TOKEN], ids=str)


@BOTH
def test_tokens_are_listed_and_marked_dead_after_a_revocation(stage: Stage, kind: Kind) -> None:
    worker = stage.worker(kind)
    for _ in range(3):
        worker.do("get", kind.path)
        stage.expire(kind)
    # The last one is revoked too, but no request has met that yet.
    assert [
        token["in_use"]
        for token in worker.do("device_tokens")["values"][0]
        if token["dead_at"] is None
    ] == [True]
    worker.do("get", kind.path)
    sibling = stage.worker(kind)
    listed = sibling.do("device_tokens")["values"][0]
    assert sorted(token["dead_at"] is not None for token in listed) == [False, True, True, True]
    assert [token["in_use"] for token in listed if token["dead_at"] is None] == [True]
    assert sibling.do("look")["state"]["tokens_obtained"] == 1
    assert stage.count("fotoweb")["tokens_created"] == 4
    assert len({token["fingerprint"] for token in listed}) == 4


def test_methods_two_and_three_share_one_token_and_one_ledger(stage: Stage) -> None:
    for kind in (DEVICE, LOGIN_TOKEN, DEVICE):
        assert stage.worker(kind).do("get", kind.path)["errors"] == []
    assert stage.count("fotoweb")["tokens_created"] == 1


@BOTH
def test_the_limit_is_neared_with_a_warning_and_not_crossed(stage: Stage, kind: Kind) -> None:
    worker = stage.worker(kind, token_limit=4, token_reserve=1)
    for count in range(1, 4):
        assert worker.do("login")["errors"] == []
        warned = [
            text
            for _, level, text in worker.do("look")["log"]
            if level == "WARNING" and "of 4" in text
        ]
        assert len(warned) == max(0, count - 1)  # this login takes token 2 of 4, 3 of 4
        worker.do("forget")  # the token still counts at the server
    requests = stage.count("fotoweb")["requests"]
    for asker in (worker, stage.worker(kind, token_limit=4, token_reserve=1)):
        name, text = asker.do("get", kind.path)["errors"][0]
        assert name == "TokenLimitReached"
        assert "3 device tokens" in text and "administrator" in text and "token_reserve" in text
    assert stage.count("fotoweb")["requests"] == requests  # nothing was sent
    assert stage.worker(kind, token_limit=5, token_reserve=1).do("login")["errors"] == []


def test_many_processes_never_take_more_than_the_reserve_allows(stage: Stage) -> None:
    with stage.crew(4, DEVICE, token_limit=5, token_reserve=2) as crew:
        for _ in range(3):
            crew.do("login")
            crew.do("forget", threads=2)
        outcome = crew.do("get", DEVICE.path, threads=4)
        assert {name for name, _ in outcome.errors} == {
            "TokenLimitReached"
        } and outcome.values == []
    assert stage.count("fotoweb")["tokens_created"] == 3


class Forgetful:
    """A store that takes the first `saves` records, and no more."""

    def __init__(self, saves: int) -> None:
        self.saves = saves
        self.records: dict[str, tuple[int, bytes]] = {}
        self._lock = threading.Lock()

    def load(self, key: str, known: int) -> Any:
        return self.records.get(key, (0, None))[1]

    def save(self, key: str, data: bytes, revision: int, expected: int) -> bool:
        if self.saves == 0:
            raise OSError("no room")
        if self.records.get(key, (0, b""))[0] != expected:
            return False
        self.saves -= 1
        self.records[key] = (revision, data)
        return True

    def lock(self, key: str, wait: float) -> object | None:
        return key

    def unlock(self, key: str, lock: object) -> None: ...

    def list(self) -> list[str]:
        return []

    def remove(self, key: str) -> bool:
        return self.records.pop(key, None) is not None


def opened(stage: Stage, store: Forgetful) -> damsession.Session:
    options = stage.options(DEVICE)
    del options["store"]
    return damsession.open(store=store, **options)


def test_a_token_that_cannot_be_kept_is_told_and_can_be_taken(stage: Stage) -> None:
    # The account's record can be written, which is what is tried first; the session's cannot.
    with opened(stage, Forgetful(1)) as session:
        with pytest.raises(
            damsession.StoreError, match="take it from this session before the process ends"
        ):
            session.login()
        taken = session.token()
        assert session.get("Information").ok and not session.state.stored
        assert session.token() == taken
    assert stage.count("fotoweb")["tokens_created"] == 1


def test_a_token_that_could_not_be_kept_is_kept_as_soon_as_there_is_room(stage: Stage) -> None:
    store = Forgetful(1)
    with opened(stage, store) as session:
        with pytest.raises(damsession.StoreError):
            session.login()
        store.saves = 100
        session.get("Information").raise_for_status()
        assert session.state.stored
    with opened(stage, store) as session:
        session.get("Information").raise_for_status()
    assert stage.count("fotoweb")["tokens_created"] == 1


def test_login_says_so_again_as_long_as_a_token_is_not_kept(stage: Stage) -> None:
    with opened(stage, Forgetful(1)) as session:
        for _ in range(2):
            with pytest.raises(damsession.StoreError):
                session.login()


def test_no_token_is_asked_for_where_none_can_be_kept(stage: Stage) -> None:
    with opened(stage, Forgetful(0)) as session:
        with pytest.raises(damsession.StoreError, match="none was asked for"):
            session.get("Information")
    assert stage.count("fotoweb")["requests"] == 0


def test_a_login_that_the_server_refuses_for_its_limit_takes_nothing(stage: Stage) -> None:
    stage.sandbox.knobs(token_limit=1, limit_reached="403-text")
    options = {"token_limit_text": "maximum number of devices"}
    one, other = (stage.worker(DEVICE, store=str(stage.folder / name), **options) for name in "ab")
    assert one.do("login")["errors"] == []
    for _ in range(2):
        assert [name for name, _ in other.do("get", DEVICE.path)["errors"]] == ["TokenLimitReached"]
    assert other.do("look")["state"]["tokens_obtained"] == 0
    assert one.do("get", DEVICE.path)["errors"] == []
