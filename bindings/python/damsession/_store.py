"""A store of the program's own: a database that a fleet shares, say, in place of the files below
the home directory.

`Store` says what it must be able to do; the rest of this file is the table of C functions that
calls it. A method that raises counts as a store that is out of order: the session goes on in
memory, and the exception goes to the logger "damsession", because the response of a request that
was sent must not be lost to a full disk. KeyboardInterrupt and SystemExit, which are not the
store's, are raised from the call that they interrupted.
"""

from __future__ import annotations

import ctypes
import enum
import itertools
import logging
import weakref
from collections.abc import Iterable
from typing import (
    Any,
    Callable,
    Final,
    Literal,
    Protocol,
    runtime_checkable,
)

from . import _abi
from ._check import guarded
from ._library import library

_log = logging.getLogger("damsession")


class Unchanged(enum.Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


#: What `Store.load` may return in place of a record that the library has already.
UNCHANGED: Final = Unchanged.UNCHANGED


@runtime_checkable
class Store(Protocol):
    """Where records are kept: opaque bytes that hold secrets, each under a key of at most 64
    letters and digits.

    The methods run on the thread that is inside a damsession call: at the same time for different
    keys and, but for `lock`, for the same one. They must not use damsession. Whatever one raises
    means that the store failed.
    """

    def load(self, key: str, known: int) -> bytes | None | Literal[Unchanged.UNCHANGED]:
        """The record, or None if there is none. `known` is the revision that the library has (0:
        none): `UNCHANGED` may be returned if the record is of that revision, to save the copy.
        """

    def save(self, key: str, data: bytes, revision: int, expected: int) -> bool:
        """Replaces the record of revision `expected` (0: there is none) by `data` of `revision`, in
        one atomic step that is durable when this returns. False: the record has another revision,
        and nothing was written.
        """

    def lock(self, key: str, wait: float) -> object | None:
        """Locks the key against every other holder, in this process and elsewhere, and returns
        whatever `unlock` needs.
        None: somebody else kept it for all of `wait` seconds. The lock must end with its process.
        It is held across a login, so for seconds. Raise where there are no locks.
        """

    def unlock(self, key: str, lock: Any) -> None:
        """Releases what `lock` returned."""

    def list(self) -> Iterable[str]:
        """Every key there is."""

    def remove(self, key: str) -> bool:
        """Removes a record of any revision. False: there is none."""


class Table:
    """The C functions that call one store. Whoever gives `struct` to C keeps this alive as long
    as C may call.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tickets = itertools.count(1)
        self._locks: dict[int, object] = {}
        self.struct = _abi.dam_store()
        functions: dict[str, Callable[..., int | None]] = {
            "load": self._load, "save": self._save, "lock": self._lock,
            "unlock": self._unlock, "list": self._list, "remove": self._remove,
        }  # fmt: skip
        for name, function in functions.items():
            kind = type(getattr(self.struct, name))
            setattr(self.struct, name, kind(guarded(_failing(name, function))))

    def _load(self, _: Any, key: bytes, known: int, record: Any) -> int:
        found = self._store.load(key.decode(), known)
        if found is None:
            return _abi.DAM_STORE_ABSENT
        if found is UNCHANGED:
            return _abi.DAM_STORE_UNCHANGED
        data = bytes(found)
        library().dam_record_fill(record, data, len(data), _abi.dam_error())
        return _abi.DAM_STORE_OK

    def _save(self, _: Any, key: bytes, data: int, size: int, revision: int, expected: int) -> int:
        saved = self._store.save(key.decode(), ctypes.string_at(data, size), revision, expected)
        if not isinstance(saved, bool):
            # A forgotten `return` must not pass for a conflict, which is tried again.
            raise TypeError(f"save() must return a bool, not {type(saved).__name__}")
        return _abi.DAM_STORE_OK if saved else _abi.DAM_STORE_CONFLICT

    def _lock(self, _: Any, key: bytes, milliseconds: int, out: Any) -> int:
        lock = self._store.lock(key.decode(), milliseconds / 1000)
        if lock is None:
            return _abi.DAM_STORE_BUSY
        ticket = next(self._tickets)
        self._locks[ticket] = lock
        out[0] = ticket
        return _abi.DAM_STORE_OK

    def _unlock(self, _: Any, key: bytes, ticket: int) -> None:
        self._store.unlock(key.decode(), self._locks.pop(ticket))

    def _list(self, _: Any, callback: Any, data: Any) -> int:
        for key in self._store.list():
            if callback(data, key.encode()) != 0:
                break
        return _abi.DAM_STORE_OK

    def _remove(self, _: Any, key: bytes) -> int:
        return _abi.DAM_STORE_OK if self._store.remove(key.decode()) else _abi.DAM_STORE_ABSENT


def _failing(name: str, function: Callable[..., int | None]) -> Callable[..., int | None]:
    """`function`, with every exception of the store's turned into "the store failed"."""

    def run(*arguments: Any) -> int | None:
        try:
            return function(*arguments)
        except Exception:
            _log.exception("%s() of the store failed", name)
            return _abi.DAM_STORE_FAILED

    return run


_tables: weakref.WeakValueDictionary[int, Table] = weakref.WeakValueDictionary()


def table_of(store: Store) -> Table:
    """The table of a store, one for all sessions: the library takes two tables for two stores,
    which share nothing.
    """
    table = _tables.get(id(store))
    if table is None:  # an id is the store's own for as long as its table, which holds it, lives
        table = _tables.setdefault(id(store), Table(store))
    return table
