"""An error says what was wrong, which option has to do with it, and what to do."""

from __future__ import annotations

import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Opener

import damsession


def test_a_traceback_ends_with_what_to_do(photoshelter: Opener) -> None:
    with pytest.raises(damsession.CredentialsRefused) as caught:
        photoshelter(password="wrong").login()
    assert caught.value.advice.startswith("Correct user and password, or client ID and secret.")
    if hasattr(BaseException, "add_note"):  # from Python 3.11 on
        lines = traceback.format_exception(caught.value)
        assert lines[-1] == caught.value.advice + "\n"


@pytest.mark.skipif(not hasattr(BaseException, "add_note"), reason="from Python 3.11 on")
def test_what_python_finds_has_advice_too(photoshelter: Opener) -> None:
    mistakes: list[Callable[[], object]] = [
        lambda: photoshelter().get("x", timeout=-1),
        lambda: photoshelter().get("x", params={"a": "\ud800"}),
        lambda: damsession.open("https://host"),
        lambda: damsession.open(userr="ada"),  # type: ignore[call-arg]
        lambda: damsession.save("desk", password="x"),
        lambda: damsession.open(system="photoshelter", user="a", api_key_command="false"),
    ]
    for mistake in mistakes:
        with pytest.raises(damsession.DamError) as caught:
            mistake()
        assert caught.value.advice and caught.value.__notes__ == [caught.value.advice]


@pytest.mark.parametrize("option", ["password_command", "api_key_command"])
@pytest.mark.parametrize("command", ["exit 3", "true"])
def test_a_command_is_named_as_in_python(photoshelter: Opener, option: str, command: str) -> None:
    options: dict[str, Any] = {"password": None, "api_key": None, option: command}
    if option == "password_command":
        options["api_key"] = "k"
    with pytest.raises(damsession.AuthenticationError, match=f'"{option}" (failed|printed)'):
        photoshelter(**options).login()


def test_an_option_has_its_name_in_python() -> None:
    with pytest.raises(damsession.OptionError, match='"api_path" begins with /') as caught:
        damsession.open(system="fotoweb", api_path="x")
    assert "ca-file" not in caught.value.message
    assert '"ca_file"' in damsession.TLSError(damsession.Status.TLS, None, None, "").advice
    assert damsession.Cancelled(damsession.Status.CANCELLED, None, None, "").advice == ""


@pytest.mark.parametrize(
    ("option", "options"),
    [
        ("timeout", {"timeout": 1}),
        ("timeout", {"timeout": 1, "idle_timeout": 9}),
        ("idle_timeout", {"timeout": 9, "idle_timeout": 1}),
    ],
)
def test_a_timeout_names_its_option(
    photoshelter: Opener, option: str, options: dict[str, Any]
) -> None:
    session = photoshelter(**options)
    with pytest.raises(damsession.Timeout, match=f'"{option}"'):
        session.get("mem/slow?seconds=30")


def test_the_timeout_of_one_request_is_one(photoshelter: Opener) -> None:
    session = photoshelter()
    session.login()
    with pytest.raises(damsession.Timeout, match="the request itself allows"):
        session.get("mem/slow?seconds=30", timeout=0.5)


def test_a_server_that_does_not_shake_hands_is_a_connect_timeout(photoshelter: Opener) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(damsession.Timeout, match='"connect_timeout"'):
            photoshelter(url=url, connect_timeout=1).login()


@pytest.mark.parametrize(
    ("option", "said"),
    [("ca_file", 'see "ca_file"'), ("client_certificate", '"client_certificate" or')],
)
def test_a_missing_file_is_no_distrust(
    photoshelter: Opener, tmp_path: Path, option: str, said: str
) -> None:
    options: dict[str, Any] = {option: tmp_path / "missing.pem"}
    with pytest.raises(damsession.TLSError, match=said):
        photoshelter(**options).login()


def test_another_key_than_the_pinned_one_is_said(photoshelter: Opener) -> None:
    with pytest.raises(damsession.TLSError, match='the one of "pinned_key"'):
        photoshelter(pinned_key="sha256//" + 43 * "A" + "=").login()
