"""The places where sessions can be kept, by names that fit into JSON, so that one test serves them
all.

"memory" and a folder are the library's own stores. {"sqlite": FILE} is an application store in
Python that several processes share, {"lockless": FILE} the same without locks, {"open": FILE} with
locks that keep nobody out, and {"table": LIBRARY} that of application_store.c. What an application
store must promise is in damsession.h.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import sqlite3
from collections.abc import Iterable
from typing import Any

import damsession
from damsession import _abi
from damsession._config import Config
from damsession._library import library


class SQLiteStore:
    """Records in one SQLite file. The lock of a key is an open transaction on a file of its own,
    which the system ends with the process. Durable, because SQLite is.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        with self._records() as records:
            records.execute(
                "CREATE TABLE IF NOT EXISTS record (key TEXT PRIMARY KEY, revision INTEGER, data BLOB)"
            )

    def _records(self) -> contextlib.closing[sqlite3.Connection]:
        # A connection for each call: none is shared by threads, and none is inherited by a child.
        return contextlib.closing(sqlite3.connect(self._path, timeout=30, isolation_level=None))

    def load(self, key: str, known: int) -> Any:
        with self._records() as records:
            row = records.execute(
                "SELECT revision, data FROM record WHERE key = ?", (key,)
            ).fetchone()
        if row is None:
            return None
        return damsession.UNCHANGED if row[0] == known else row[1]

    def save(self, key: str, data: bytes, revision: int, expected: int) -> bool:
        with self._records() as records:
            records.execute("BEGIN IMMEDIATE")
            row = records.execute("SELECT revision FROM record WHERE key = ?", (key,)).fetchone()
            fits = (row[0] if row else 0) == expected
            if fits:
                records.execute("REPLACE INTO record VALUES (?, ?, ?)", (key, revision, data))
            records.execute("COMMIT" if fits else "ROLLBACK")
            return fits

    def lock(self, key: str, wait: float) -> sqlite3.Connection | None:
        path = f"{self._path}.{key}.lock"
        lock = sqlite3.connect(path, timeout=wait, isolation_level=None, check_same_thread=False)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            lock.close()
            if error.sqlite_errorname == "SQLITE_BUSY":
                return None
            raise
        return lock

    def unlock(self, key: str, lock: sqlite3.Connection) -> None:
        lock.close()

    def list(self) -> Iterable[str]:
        with self._records() as records:
            return [key for (key,) in records.execute("SELECT key FROM record")]

    def remove(self, key: str) -> bool:
        with self._records() as records:
            return records.execute("DELETE FROM record WHERE key = ?", (key,)).rowcount == 1


class OpenStore(SQLiteStore):
    """Its locks keep nobody out, as on a network's file system that only pretends to have any."""

    def lock(self, key: str, wait: float) -> sqlite3.Connection | None:
        return sqlite3.connect(":memory:", check_same_thread=False)


class LocklessStore(SQLiteStore):
    """The same on a system that has no locks, and says so."""

    def lock(self, key: str, wait: float) -> sqlite3.Connection | None:
        raise OSError("there are no locks here")


_tables: dict[str, Any] = {}


def table(path: str) -> Any:
    """The `dam_store` of application_store.c; one for each shared library."""
    if path not in _tables:
        made = ctypes.CDLL(path).application_store_new
        made.restype = ctypes.POINTER(_abi.dam_store)
        _tables[path] = made()
    return _tables[path]


def store(place: Any) -> Any:
    """What `opened` takes, from its name."""
    if isinstance(place, dict) and "sqlite" in place:
        return SQLiteStore(place["sqlite"])
    if isinstance(place, dict) and "lockless" in place:
        return LocklessStore(place["lockless"])
    if isinstance(place, dict) and "open" in place:
        return OpenStore(place["open"])
    if isinstance(place, dict):
        return table(place["table"])
    return place


def opened(store: Any, log: logging.Logger, **options: Any) -> damsession.Session:
    """A session in that place. A C table goes past the binding's own `Store`, straight to
    dam_config_set_store.
    """
    if not isinstance(store, ctypes.POINTER(_abi.dam_store)):
        return damsession.open(store=store, log=log, **options)
    with Config() as config:
        library().dam_config_set_store(config._config, store, _abi.dam_error())
        for keyword, value in options.items():
            config.set(keyword, value)
        config.log(log)
        return damsession.Session(config)
