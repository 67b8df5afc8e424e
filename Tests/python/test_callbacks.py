"""Callbacks: credentials, log lines, and what happens to exceptions in them."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox


class Mine(Exception):
    """An exception that damsession knows nothing of."""


@pytest.mark.parametrize("answer", ["solo-password", b"solo-password"])
def test_credentials_are_asked_once(
    photoshelter: Opener, dam_sandbox: Sandbox, answer: Any
) -> None:
    asked: list[damsession.Prompt] = []

    def credentials(prompt: damsession.Prompt) -> Any:
        asked.append(prompt)
        return answer

    with photoshelter(password=None, credentials=credentials) as session:
        for _ in range(2):
            session.get("mem/user/session").raise_for_status()
    origin = dam_sandbox.photoshelter
    assert asked == [damsession.Prompt(damsession.PromptKind.PASSWORD, "solo@example.com", origin)]


def test_an_encryption_secret_is_asked_for_by_kind(fotoweb: Opener, dam_sandbox: Sandbox) -> None:
    kinds: list[damsession.PromptKind] = []

    def credentials(prompt: damsession.Prompt) -> str:
        kinds.append(prompt.kind)
        return dam_sandbox.encryption_secret

    options: dict[str, Any] = {
        "authentication": "login-token",
        "password": None,
        "credentials": credentials,
    }
    with fotoweb(**options, user="kåre.øst") as session:
        session.get("Information").raise_for_status()
    assert kinds == [damsession.PromptKind.ENCRYPTION_SECRET]


def test_no_answer_means_credentials_are_needed(photoshelter: Opener) -> None:
    with photoshelter(password=None, credentials=lambda prompt: None) as session:
        with pytest.raises(damsession.CredentialsNeeded):
            session.login()


@pytest.mark.parametrize("error", [Mine("mine"), KeyboardInterrupt(), SystemExit(3)])
def test_what_credentials_raise_comes_out_of_the_call(
    photoshelter: Opener, error: BaseException
) -> None:
    def credentials(prompt: damsession.Prompt) -> str:
        raise error

    with photoshelter(password=None, authentication="token", credentials=credentials) as session:
        for use in (
            lambda: session.get("echo"),
            session.login,
            session.token,
            lambda: session.organizations,
        ):
            with pytest.raises(type(error)) as caught:
                use()
            assert caught.value is error
        assert not session.state.logged_in  # a call that went well raises nothing old


@pytest.mark.parametrize("answer", [42, "half\ud800", "nul\0"])
def test_bad_answers_come_out_of_the_call(photoshelter: Opener, answer: Any) -> None:
    with photoshelter(password=None, credentials=lambda prompt: answer) as session:
        with pytest.raises((TypeError, damsession.ArgumentError), match="answer to a prompt"):
            session.login()


def test_each_thread_gets_its_own_exception(photoshelter: Opener) -> None:
    def credentials(prompt: damsession.Prompt) -> str:
        raise Mine(threading.get_ident())

    with photoshelter(password=None, credentials=credentials) as session:

        def work(_: int) -> bool:
            try:
                session.login()
            except Mine as error:
                return error.args == (threading.get_ident(),)
            return False

        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(work, range(8)))


def test_log_lines_go_to_the_logger(photoshelter: Opener, caplog: pytest.LogCaptureFixture) -> None:
    with photoshelter(log=True) as session, caplog.at_level(logging.DEBUG, "damsession"):
        session.get("mem/user/session?secret=query").raise_for_status()
    assert {record.name for record in caplog.records} == {"damsession"}
    assert {record.levelno for record in caplog.records} >= {logging.INFO, logging.DEBUG}
    assert "secret=query" not in caplog.text


def test_the_level_of_the_logger_counts_at_each_line(
    photoshelter: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("picture.desk")
    with photoshelter(log=logger) as session:
        with caplog.at_level(logging.ERROR, "picture.desk"):
            session.login()
        assert not caplog.records
        with caplog.at_level(logging.DEBUG, "picture.desk"):
            session.get("mem/user/session")
        assert caplog.records


def test_what_a_log_handler_raises_comes_out_of_the_call(photoshelter: Opener) -> None:
    logger = logging.Logger("strict")
    logger.addFilter(lambda record: (_ for _ in ()).throw(Mine("mine")))
    with pytest.raises(Mine), photoshelter(log=logger) as session:
        session.get("mem/user/session")


def test_a_password_command_is_run_by_the_shell(photoshelter: Opener, tmp_path: Path) -> None:
    command = f"echo run >> '{tmp_path}/runs'; printf 'solo-%s\\r\\nnot this line\\n' \"$(cat; echo password)\""
    with photoshelter(password=None, password_command=command) as session:
        session.get("mem/user/session").raise_for_status()
        session.get("mem/user/session").raise_for_status()
    assert (tmp_path / "runs").read_text() == "run\n"


@pytest.mark.parametrize(
    ("command", "said"), [("exit 3", "exit status 3"), ("true", "printed nothing")]
)
def test_a_password_command_that_fails_is_told(
    photoshelter: Opener, command: str, said: str
) -> None:
    with photoshelter(password=None, password_command=command) as session:
        with pytest.raises(damsession.CredentialsNeeded, match=said):
            session.login()


def test_the_api_key_comes_from_a_command(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    command = f"printf '%s\\r\\nnot this line\\n' '{dam_sandbox.api_key}'"
    with photoshelter(api_key=None, api_key_command=command) as session:
        session.get("mem/user/session").raise_for_status()
    with photoshelter(api_key_command="exit 3") as session:  # what is given here goes before it
        session.get("mem/user/session").raise_for_status()
    with pytest.raises(damsession.ApiKeyRefused, match="exit status 3"):
        photoshelter(api_key=None, api_key_command="exit 3")


def test_credentials_go_before_the_password_command(photoshelter: Opener) -> None:
    options: dict[str, Any] = {
        "password_command": "exit 1",
        "credentials": lambda prompt: "solo-password",
    }
    with photoshelter(password=None, **options) as session:
        session.login()


def test_credentials_go_before_the_environments_password(
    photoshelter: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAMSESSION_PASSWORD", "wrong")
    with photoshelter(password=None, credentials=lambda prompt: "solo-password") as session:
        session.login()
    monkeypatch.setenv("DAMSESSION_PASSWORD", "solo-password")
    with photoshelter(password=None, store="memory") as session:
        session.login()
