"""`damsession.open`: makes a session of the options of a remembered name, of the environment and of
keywords, in that order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ._callbacks import Credentials, first_line, password_command
from ._config import Config
from ._errors import Status, argument_error
from ._frames import keeps_no_arguments
from ._options import OptionValue
from ._session import Session
from ._store import Store

if TYPE_CHECKING:
    import logging

    from typing_extensions import Unpack

    from ._keywords import Options


@keeps_no_arguments
def open(
    name: str | None = None,
    *,
    credentials: Credentials | None = None,
    log: logging.Logger | bool | None = None,
    store: OptionValue | Store = None,
    environment: bool = True,
    **options: Unpack[Options],
) -> Session:
    """Opens a session. This uses no network: the login happens when it is first needed. While there
    is a session of this identity in the store, the password is not looked at, a wrong one neither.

    name: use the options remembered under it (`damsession.save`, or the wrapper's
        `damsession login NAME`).
    environment: whether DAMSESSION_* variables count; they override the name's options. They are
        about one account: where keywords name another system or url, their user and secrets do
        not count, with another user their password does not; where the name does, that is an
        OptionError.
    options: as `damsession.options()` lists them, with `_` for `-`; they override both. None
        counts as not given. A time is a number of seconds, and rounded up to whole ones; the
        `timeout` of a single request is not.
    credentials: called with a `Prompt` when a login needs a secret that no option gives; returns
        it, or None. It must not use the session. Without it, the command in the option
        `password_command` is run, if there is one. The one in `api_key_command` is run at once,
        unless `api_key` is given here: every request needs that.
    log: a logger for the library's lines, which hold no secrets; True: the logger "damsession".
    store: where sessions outlive the process: the option of this name ("file", "memory" or a
        directory), or a `Store` of the program's own.

    NotFound: nothing is remembered under `name`. OptionError: an option is unknown, bad, missing or
    contradicts another; the text says which. Insecure: the URL is plain HTTP. LibraryNotFound:
    there is no shared library.
    """
    _check_callbacks(credentials, log)
    with Config(("name", "credentials", "log", "environment")) as config:
        from_elsewhere = credentials is not None or options.get("password_command") is not None
        configure(config, name, store, environment, options, unset_secrets=from_elsewhere)
        command = config.get("api-key-command")
        if command and options.get("api_key") is None:
            key = first_line("api_key_command", command, Status.API_KEY_REFUSED)
            config.set("api_key", key.decode("utf-8", "surrogateescape"))
        if credentials is None:
            command = config.get("password-command")
            credentials = password_command(command) if command else None
        if credentials is not None:
            config.ask(credentials)
        if log:
            import logging  # here, as not every program needs it

            config.log(logging.getLogger("damsession") if log is True else log)
        return Session(config)


def _check_callbacks(credentials: Any, log: Any) -> None:
    """TypeError: one of them is not what it is called for. The text shows no value, which may be a
    password.
    """
    if credentials is not None and not callable(credentials):
        raise TypeError(
            "credentials must be a callable that is given a Prompt and returns the secret, not "
            f"{type(credentials).__name__}; a password itself is password="
        )
    if not (log is None or isinstance(log, bool) or callable(getattr(log, "log", None))):
        raise TypeError(
            f"log must be a logging.Logger, True or False, not {type(log).__name__}; its level is"
            " that of the logger"
        )


def configure(
    config: Config,
    name: str | None,
    store: OptionValue | Store,
    environment: bool,
    options: Mapping[str, Any],
    unset_secrets: bool = False,
) -> None:
    """Sets the options of the three sources. `unset_secrets`: the caller has credentials of its
    own, which win over the environment's DAMSESSION_PASSWORD.
    """
    if not isinstance(environment, bool):
        raise TypeError(f"environment must be True or False, not {type(environment).__name__}")
    if name is not None:
        if isinstance(name, str) and "://" in name:
            raise argument_error("a name is no URL; give the server as url=, with system=")
        config.load(name)
    if environment:
        config.load_environment()
    if unset_secrets:
        config.unset_secrets()
    if isinstance(store, Store):
        config.keep_in(store)
    else:
        config.set("store", store)
    for keyword, value in options.items():
        config.set(keyword, value)
