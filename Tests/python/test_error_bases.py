"""Which exceptions are also those of Python itself, so that `except TimeoutError` and `except
ConnectionError` work.
"""

from __future__ import annotations

import copy
import pickle
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession._errors import BY_STATUS
from damsession.sandbox import Sandbox

BASES: dict[type[damsession.DamError], type[Exception]] = {
    damsession.ArgumentError: ValueError,
    damsession.OptionError: ValueError,
    damsession.NotFound: LookupError,
    damsession.ConnectError: ConnectionError,
    damsession.TLSError: ConnectionError,
    damsession.Timeout: TimeoutError,
    damsession.TransferError: ConnectionError,
}
STANDARD = (ValueError, LookupError, OSError)


@pytest.mark.parametrize("status", BY_STATUS)
def test_every_status_has_the_standard_base_that_fits(status: int) -> None:
    kind = BY_STATUS[status]
    error = kind(status, 503, 7, "a sentence")
    base = BASES.get(kind)
    assert [one for one in STANDARD if isinstance(error, one)] == [
        one for one in STANDARD if base is not None and issubclass(base, one)
    ]
    assert base is None or isinstance(error, base)
    for one in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(one) is kind and str(one) == "a sentence"
        assert (one.status, one.http_status, one.retry_after) == (status, 503, 7)
        if isinstance(one, OSError):
            # The numbers are damsession's, and no errno and file name.
            assert (one.errno, one.strerror, one.filename) == (None, None, None)


@contextmanager
def a_port_that_refuses() -> Iterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_nobody_listens(photoshelter: Opener) -> None:
    with (
        a_port_that_refuses() as port,
        photoshelter(url=f"https://127.0.0.1:{port}") as session,
        pytest.raises(ConnectionError) as caught,
    ):
        session.get("mem/user/session")
    assert type(caught.value) is damsession.ConnectError


def test_the_certificate_is_not_trusted(photoshelter: Opener) -> None:
    with photoshelter(ca_file=None) as session, pytest.raises(ConnectionError) as caught:
        session.get("mem/user/session")
    assert type(caught.value) is damsession.TLSError


def test_the_time_runs_out(photoshelter: Opener) -> None:
    with photoshelter() as session:
        session.login()
        with pytest.raises(TimeoutError) as caught:
            session.get("mem/slow?seconds=20", timeout=0.05)
    assert type(caught.value) is damsession.Timeout


BROKEN: list[tuple[str, type[Exception]]] = [
    ("truncate", damsession.TransferError),
    ("garbage", damsession.ProtocolError),
]


@pytest.mark.parametrize(("fault", "kind"), BROKEN)
def test_the_response_breaks_off(
    photoshelter: Opener, dam_sandbox: Sandbox, fault: str, kind: Any
) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.fault(fault, match="gallery")
        with pytest.raises(damsession.NetworkError) as caught:
            session.post("mem/gallery/query")
    assert type(caught.value) is kind
    assert isinstance(caught.value, ConnectionError) == (kind is damsession.TransferError)
