"""The sessions in a store, of all identities: listed, and removed where they cannot be opened any
more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._config import Config
from ._frames import keeps_no_arguments
from ._open import configure
from ._options import OptionValue
from ._store import Store
from ._values import StoredSession

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._keywords import Options


@keeps_no_arguments
def sessions(
    name: str | None = None,
    *,
    store: OptionValue | Store = None,
    environment: bool = True,
    **options: Unpack[Options],
) -> list[StoredSession]:
    """The sessions in a store: in the store that `damsession.open` would use with these arguments.

    Damaged records and those of a newer version are left out. StoreError: the store cannot be
    listed.
    """
    with Config() as config:
        configure(config, name, store, environment, options)
        return config.sessions()


@keeps_no_arguments
def remove_session(
    key: str,
    name: str | None = None,
    *,
    store: OptionValue | Store = None,
    environment: bool = True,
    **options: Unpack[Options],
) -> None:
    """Removes the record of a session (`StoredSession.key`) from the store. The other arguments are
    as for `sessions`.

    The server is not told, and running programs may save the record again. Where the session can be
    opened, `Session.forget` is better. NotFound: there is no such record. ArgumentError: the key is
    malformed. StoreError: the record cannot be removed.
    """
    with Config() as config:
        configure(config, name, store, environment, options)
        config.remove_session(key)
