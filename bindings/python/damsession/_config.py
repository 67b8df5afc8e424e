"""A configuration of the C library for the time it takes to open a session, to list a store or
to remember options.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from . import _abi
from ._callbacks import Credentials, credentials_callback, log_callback
from ._check import guarded
from ._library import library
from ._options import OptionValue, check_keyword, option_name, options, words
from ._secrets import Secrets
from ._store import Store, table_of
from ._text import encoded, taken, wiped
from ._values import StoredSession

if TYPE_CHECKING:
    import logging


class Config:
    """Owns a `dam_config`. A context manager, which frees it and wipes its secrets. One thread at a
    time may use it.
    """

    def __init__(self, beside: Iterable[str] = ()) -> None:
        """beside: the caller's keywords that are no options."""
        self._library = library()
        self._beside = tuple(beside)
        self._config = _abi.config_p()
        self._library.dam_config_new(ctypes.byref(self._config), _abi.dam_error())
        #: The C callbacks and the store, which a session opened from this configuration uses as
        #: long as it lives.
        self.callbacks: list[Any] = []
        #: What a session opened from this configuration must not show.
        self.secrets = Secrets()

    def __enter__(self) -> Config:
        return self

    def __exit__(self, *_: object) -> None:
        self._library.dam_config_free(self._config)
        self._config = _abi.config_p()

    def set(self, keyword: str, value: OptionValue) -> None:
        """Sets one option by its Python keyword; None leaves it as it is. OptionError: the option
        is unknown, or its value is bad.
        """
        check_keyword(keyword, self._beside)
        text = words(keyword, value)
        if text is None:
            return
        self.secrets.add(option_name(keyword), text)
        with wiped(encoded(text, keyword)) as buffer:  # any value may be a secret
            self._library.dam_config_set(
                self._config,
                encoded(option_name(keyword), "an option's name"),
                buffer,
                _abi.dam_error(),
            )

    def unset_secrets(self) -> None:
        """Removes the secrets set so far, but for those that are remembered. The library then asks
        for them.
        """
        for option in options():
            if option.secret and not option.remembered:
                self._library.dam_config_set(
                    self._config, option.name.encode(), None, _abi.dam_error()
                )

    def get(self, name: str) -> str:
        """The value of an option that is not secret, by its own name."""
        return taken(self._library.dam_config_get, self._config, encoded(name, "an option's name"))

    def load(self, name: str) -> None:
        """Sets the options remembered under `name`. NotFound: there are none."""
        self._library.dam_config_load(self._config, encoded(name, "the name"), _abi.dam_error())

    def load_environment(self) -> None:
        """Sets the options that the environment names."""
        self._library.dam_config_load_environment(self._config, _abi.dam_error())

    def save(self, name: str) -> None:
        """Remembers the options that were set, under `name`."""
        self._library.dam_config_save(self._config, encoded(name, "the name"), _abi.dam_error())

    def ask(self, credentials: Credentials) -> None:
        """Sets who is asked for credentials."""
        callback = credentials_callback(credentials, self.secrets)
        self.callbacks.append(callback)
        self._library.dam_config_set_credentials(self._config, callback, None, _abi.dam_error())

    def log(self, logger: logging.Logger) -> None:
        """Sets the logger. The library gives it the lines of all levels, so that the logger's level
        can change later.
        """
        callback = log_callback(logger)
        self.callbacks.append(callback)
        self._library.dam_config_set_log(
            self._config, _abi.DAM_LOG_DEBUG, callback, None, _abi.dam_error()
        )

    def keep_in(self, store: Store) -> None:
        """Stores sessions in the program's own store, instead of that of the option `store`."""
        table = table_of(store)
        self.callbacks.append(table)
        self._library.dam_config_set_store(self._config, table.struct, _abi.dam_error())

    def sessions(self) -> list[StoredSession]:
        """The sessions in the store, in the order of their keys."""
        found: list[StoredSession] = []
        callback = _abi.dam_stored_session_callback(
            guarded(lambda _, given: found.append(StoredSession._read(given.contents)))
        )
        self._library.dam_config_list_stored(self._config, callback, None, _abi.dam_error())
        return found

    def remove_session(self, key: str) -> None:
        """Removes one record from the store."""
        self._library.dam_config_remove_stored(
            self._config, encoded(key, "the key"), _abi.dam_error()
        )

    def open(self) -> Any:
        """Opens a session. The caller frees the `dam_session` and keeps `callbacks` alive until
        then.
        """
        session = _abi.session_p()
        try:
            self._library.dam_session_open(self._config, ctypes.byref(session), _abi.dam_error())
        except BaseException:
            # A log callback may have raised an exception although the session was opened.
            self._library.dam_session_free(session)
            raise
        return session
