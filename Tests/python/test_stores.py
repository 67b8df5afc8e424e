"""Stores: one of the program's own as an object, what happens to its exceptions, and the list of
the sessions in a store.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from weakref import ref

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox


class Shelf:
    """A store in the memory of this process: the smallest that keeps every promise."""

    def __init__(self) -> None:
        self.records: dict[str, tuple[int, bytes]] = {}
        self.calls: list[str] = []
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    def load(self, key: str, known: int) -> Any:
        self.calls.append("load")
        revision, data = self.records.get(key, (0, b""))
        if revision == 0:
            return None
        return damsession.UNCHANGED if revision == known else data

    def save(self, key: str, data: bytes, revision: int, expected: int) -> bool:
        self.calls.append("save")
        with self._guard:
            if self.records.get(key, (0, b""))[0] != expected:
                return False
            self.records[key] = (revision, data)
            return True

    def lock(self, key: str, wait: float) -> object | None:
        self.calls.append("lock")
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        return lock if lock.acquire(timeout=wait) else None

    def unlock(self, key: str, lock: threading.Lock) -> None:
        self.calls.append("unlock")
        lock.release()

    def list(self) -> Iterable[str]:
        return list(self.records)

    def remove(self, key: str) -> bool:
        return self.records.pop(key, None) is not None


def test_sessions_live_in_the_programs_own_store(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    shelf = Shelf()
    for _ in range(2):
        with photoshelter(store=shelf) as session:
            session.get("mem/user/session").raise_for_status()
            assert session.state.stored and session.state.store == "application"
    assert dam_sandbox.state()["photoshelter"]["logins_ok"] == 1
    assert shelf.records and shelf.calls.count("lock") == shelf.calls.count("unlock") > 0
    assert not (tmp_path / "state").exists()


def test_sessions_of_one_store_object_are_one(photoshelter: Opener) -> None:
    shelf = Shelf()
    with (
        photoshelter(store=shelf) as one,
        photoshelter(store=shelf) as other,
        photoshelter(store=Shelf()) as third,
    ):
        one.login()
        assert (other.statistics.logins, third.statistics.logins) == (1, 0)


def test_a_store_lives_as_long_as_its_sessions(photoshelter: Opener) -> None:
    shelf = Shelf()
    watched = ref(shelf)
    session = photoshelter(store=shelf)
    del shelf
    gc.collect()
    session.login()
    assert watched() is not None
    session.close()
    gc.collect()
    assert watched() is None


def test_sessions_are_listed_and_removed(
    photoshelter: Opener, fotoweb: Opener, dam_sandbox: Sandbox
) -> None:
    shelf = Shelf()
    with photoshelter(store=shelf) as session, fotoweb(store=shelf) as other:
        session.login()
        other.login()
        other.forget()
    assert damsession.sessions() == []
    listed = {one.system: one for one in damsession.sessions(store=shelf)}
    found = listed["photoshelter"]
    assert (found.url, found.user, found.organization) == (
        dam_sandbox.photoshelter,
        "solo@example.com",
        "",
    )
    assert (found.generation, found.logged_in, listed["fotoweb"].logged_in) == (1, True, False)
    assert found.used_at is not None
    damsession.remove_session(found.key, store=shelf)
    assert [one.system for one in damsession.sessions(store=shelf)] == ["fotoweb"]
    with pytest.raises(damsession.NotFound):
        damsession.remove_session(found.key, store=shelf)
    with pytest.raises(damsession.ArgumentError):
        damsession.remove_session("../etc", store=shelf)


def test_the_same_arguments_find_the_same_store(
    photoshelter: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAMSESSION_STORE", str(tmp_path / "shared"))
    with photoshelter() as session:
        session.login()
    assert [one.user for one in damsession.sessions()] == ["solo@example.com"]
    assert damsession.sessions(environment=False) == []
    assert damsession.sessions(store="memory") == []
    damsession.save("desk", store=str(tmp_path / "shared"))
    assert len(damsession.sessions("desk", environment=False)) == 1


class Mine(Exception):
    """An exception of the store's."""


@pytest.mark.parametrize("name", ["load", "save", "lock", "unlock"])
def test_a_method_that_raises_is_a_store_that_failed(
    photoshelter: Opener, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    shelf = Shelf()

    def fail(*arguments: Any) -> Any:
        raise Mine("mine")

    setattr(shelf, name, fail)
    with photoshelter(store=shelf) as session, caplog.at_level(logging.ERROR, "damsession"):
        assert session.get("mem/user/session").ok  # in memory
        assert (session.statistics.save_failures > 0) == (name == "save")
    told = [record for record in caplog.records if record.exc_info and record.exc_info[0] is Mine]
    assert told and all(name in record.getMessage() for record in told)


@pytest.mark.parametrize(("name", "error"), [("load", KeyboardInterrupt), ("save", SystemExit)])
def test_an_interrupt_in_a_store_is_the_callers(
    photoshelter: Opener, name: str, error: type[BaseException]
) -> None:
    shelf = Shelf()

    def interrupted(*arguments: Any) -> Any:
        raise error

    setattr(shelf, name, interrupted)
    with photoshelter(store=shelf) as session, pytest.raises(error):
        session.get("mem/user/session")


def test_a_save_that_returns_nothing_has_failed(
    photoshelter: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    shelf = Shelf()
    shelf.save = lambda *arguments: None
    with photoshelter(store=shelf) as session:
        session.login()
        assert session.statistics.save_failures == 1 and not session.state.stored
    assert "save() must return a bool" in caplog.text


def test_a_list_that_fails_is_a_store_error(caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    shelf.list = lambda: 1 / 0
    with pytest.raises(damsession.StoreError):
        damsession.sessions(store=shelf)


@pytest.mark.parametrize("store", [object(), [], b"memory"])
def test_what_is_no_store_is_a_type_error(photoshelter: Opener, store: Any) -> None:
    with pytest.raises(TypeError, match="store must be"):
        photoshelter(store=store)
