"""Sessions as a store holds them, whoever uses them: listed, and removed where nobody can open
them any more.
"""

from __future__ import annotations

from ._config import Config
from ._open import configure
from ._options import OptionValue
from ._store import Store
from ._values import StoredSession


def sessions(
    name: str | None = None,
    *,
    store: OptionValue | Store = None,
    environment: bool = True,
    **options: OptionValue,
) -> list[StoredSession]:
    """The sessions in a store: the one that `damsession.open` would use with these arguments, which
    only say where.

    Damaged records and those of a newer version are left out. StoreError: the store cannot be
    listed.
    """
    with Config() as config:
        configure(config, name, store, environment, options)
        return config.sessions()


def remove_session(
    key: str,
    name: str | None = None,
    *,
    store: OptionValue | Store = None,
    environment: bool = True,
    **options: OptionValue,
) -> None:
    """Removes the record of a session (`StoredSession.key`) from the store; the other arguments as
    for `sessions`.

    The server is not told, and running programs may save it again: `Session.forget` is the better
    way where the session can be opened. NotFound: there is no such record. ArgumentError: not a
    key. StoreError: it cannot be removed.
    """
    with Config() as config:
        configure(config, name, store, environment, options)
        config.remove_session(key)
