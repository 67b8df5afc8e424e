"""What a type checker says of programs that use damsession. It is read by mypy and never run.

Each line that is wrong says which error it gets; `--warn-unused-ignores`, a part of `--strict`,
fails where it gets none.
"""

from __future__ import annotations

import getpass
import logging
from pathlib import Path
from typing import TYPE_CHECKING, assert_type

import damsession

if TYPE_CHECKING:
    from typing_extensions import Unpack


def keywords_have_types(store: damsession.Store) -> None:
    damsession.open("desk", system="photoshelter", timeout=30, ca_file=Path("ca.pem"), http=2)
    damsession.open(timeout=2.5, connect_timeout="3")
    damsession.open(response_limit="64M", allow_loopback_http=True, invalid_status=401, ip="4")
    damsession.open(store=store, credentials=lambda prompt: getpass.getpass(prompt.user))
    damsession.open(user=None, log=logging.getLogger("x"), environment=False, store="memory")
    damsession.save("desk", user="ada", store=Path("/var/lib/desk"))
    damsession.remove_session(damsession.sessions(store=Path("x"))[0].key, "desk", user="ada")
    damsession.aopen("desk", system="fotoweb", store=store, log=True)


def wrong_keywords_are_found(store: damsession.Store) -> None:
    damsession.open(system="flickr")  # type: ignore[arg-type]
    damsession.open(passwort="x")  # type: ignore[call-arg]
    damsession.open(timeout=(3, 27))  # type: ignore[arg-type]
    damsession.open(retries=1.5)  # type: ignore[arg-type]
    damsession.open(http=3)  # type: ignore[arg-type]
    damsession.open(ca_file=b"ca.pem")  # type: ignore[arg-type]
    damsession.open(retries=[1])  # type: ignore[arg-type]
    damsession.aopen(rotation="sometimes")  # type: ignore[arg-type]
    damsession.aopen(unknown=1)  # type: ignore[call-arg]
    damsession.save("desk", store=store)  # type: ignore[arg-type]
    damsession.sessions(sytem="fotoweb")  # type: ignore[call-arg]


def names_that_do_not_exist_are_found() -> None:
    damsession.opne("desk")  # type: ignore[attr-defined]
    try:
        damsession.open("desk")
    except damsession.CredentialRefused:  # type: ignore[attr-defined]
        raise


def wrapped(**options: Unpack[damsession.OpenOptions]) -> damsession.Session:
    options.setdefault("timeout", 30)
    return damsession.open("desk", **options)


def asked(
    session: damsession.Session, **options: Unpack[damsession.RequestOptions]
) -> damsession.Response:
    options.setdefault("timeout", 30)
    return session.get("mem/user/session", **options)


def wrong_keywords_of_requests_are_found(session: damsession.Session) -> None:
    session.get("x", verify=False)  # type: ignore[call-arg]
    session.request("GET", "x", verify=False)  # type: ignore[arg-type]
    session.download("x", "file", data=b"")  # type: ignore[call-arg]


def responses_have_types(session: damsession.Session) -> None:
    response = session.get("mem/user/session").raise_for_status()
    assert_type(response.status_code, int)
    assert_type(response.reason, str)
    assert_type(response.url, str)
    assert_type(response.links, dict[str, dict[str, str]])
    assert_type(damsession.__version__, str)
    with session.stream("GET", "mem/image/I1/download") as stream:
        assert_type(stream.status_code, int)
        assert_type(stream.links, dict[str, dict[str, str]])


def errors_have_types(session: damsession.Session) -> None:
    try:
        session.get("x").raise_for_status()
    except damsession.HTTPStatusError as error:
        assert_type(error.detail, str)
        assert_type(error.response, damsession.Response | None)
    except TimeoutError as error:
        assert_type(error.errno, int | None)
