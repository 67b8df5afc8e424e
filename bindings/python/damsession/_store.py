"""A store of the application's own, such as a database that several machines share, in place of the
files below the home directory.

`Store` is what the application implements. The rest of this file is the table of C functions that
calls it. If a method raises, the store counts as out of order: the session goes on in memory, and
the exception goes to the logger "damsession", because a full disk must not cost the response of a
request that was sent. KeyboardInterrupt and SystemExit, which are not errors of the store, are
raised from the call that they interrupted.
"""

from __future__ import annotations

import ctypes
import enum
import itertools
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


class Unchanged(enum.Enum):
    """The type of `UNCHANGED`."""

    UNCHANGED = "unchanged"


#: `Store.load` may return this in place of a record that the library has already.
UNCHANGED: Final = Unchanged.UNCHANGED


@runtime_checkable
class Store(Protocol):
    """Keeps records: opaque bytes that contain secrets, each under a key of at most 64 letters and
    digits.

    The methods run on the thread that is in a damsession call: at the same time for different keys
    and, except for `lock`, for the same key. They must not use damsession. If one raises, the store
    has failed.
    """

    def load(self, key: str, known: int) -> bytes | None | Literal[Unchanged.UNCHANGED]:
        """The record, or None if there is none. `known` is the revision that the library has (0:
        none). If the record is of that revision, the method may return `UNCHANGED`, to save the
        copy.
        """

    def save(self, key: str, data: bytes, revision: int, expected: int) -> bool:
        """Replaces the record of revision `expected` (0: there is none) by `data` of `revision`, in
        one atomic step that is durable when this returns. False: the record has another revision,
        and nothing was written.
        """

    def lock(self, key: str, wait: float) -> object | None:
        """Locks the key against every other holder, in this process and elsewhere. It returns the
        argument for `unlock`.

        None: another holder kept the lock for all of `wait` seconds. The lock must end with its
        process. It is held during a login, so for seconds. A store without locks raises.
        """

    def unlock(self, key: str, lock: Any) -> None:
        """Releases what `lock` returned."""

    def list(self) -> Iterable[str]:
        """All keys."""

    def remove(self, key: str) -> bool:
        """Removes a record of any revision. False: there is none."""


class Table:
    """The C functions that call one store. It must live as long as C may call the functions of
    `struct`.
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
            # A forgotten `return` must not count as a conflict, which is tried again.
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
    """`function`, whose exceptions become "the store failed"."""

    def run(*arguments: Any) -> int | None:
        try:
            return function(*arguments)
        except Exception:
            import logging  # here, as not every program needs it

            logging.getLogger("damsession").exception("%s() of the store failed", name)
            return _abi.DAM_STORE_FAILED

    return run


_tables: weakref.WeakValueDictionary[int, Table] = weakref.WeakValueDictionary()


def table_of(store: Store) -> Table:
    """The table of a store. All sessions use the same one, since the library takes two tables for
    two stores, which share nothing.
    """
    table = _tables.get(id(store))
    if table is None:
        # The id of a store is unique as long as its table, which holds the store, lives.
        table = _tables.setdefault(id(store), Table(store))
    return table
