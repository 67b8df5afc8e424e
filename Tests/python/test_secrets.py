"""A canary as password: whatever happens, it is in no log line, exception, repr or file but the
session's record.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox


class Heard(logging.Handler):
    """Everything that anybody could get to read."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text += [record.getMessage(), repr(record.args)]

    def attempt(self, use: Any) -> None:
        try:
            self.text.append(repr(use()))
        except Exception as error:
            self.text += [repr(error), str(error), repr(vars(error)), repr(error.__context__)]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def logger(heard: Heard) -> logging.Logger:
    logger = logging.Logger("canary")
    logger.addHandler(heard)
    return logger


def values_of_cookies(sandbox: Sandbox) -> set[str]:
    lines = [line for entry in sandbox.log() for line in entry["set_cookies"]]
    return {line.partition("=")[2].partition(";")[0] for line in lines} - {"deleted"}


@pytest.mark.parametrize("authentication", ["cookie", "token", "token-in-url"])
def test_photoshelter(
    photoshelter: Opener,
    dam_sandbox: Sandbox,
    heard: Heard,
    logger: logging.Logger,
    authentication: str,
) -> None:
    tokens: set[str] = set()
    with photoshelter(authentication=authentication, log=logger) as session:
        for disturb in (
            lambda: 0,
            dam_sandbox.expire,
            lambda: dam_sandbox.fault("status", status=503),
        ):
            disturb()
            heard.attempt(lambda: session.get("mem/user/session").headers)
            heard.attempt(lambda: session.get("mem/user/session?auth_token=canary-in-query"))
            heard.attempt(lambda: session.get("mem/nothing?canary-in-query").raise_for_status())
            heard.attempt(
                lambda: (session, session.state, session.statistics, session.organizations)
            )
            if authentication == "token":
                tokens.add(session.token())
        heard.attempt(session.logout)
    with photoshelter(password="canary-wrong", log=logger) as session:
        heard.attempt(session.login)
        heard.attempt(session.login)
    with photoshelter(api_key="canary-key", log=logger) as session:
        heard.attempt(session.login)
    secrets = {
        "solo-password",
        dam_sandbox.api_key,
        "canary-",
        *tokens,
        *values_of_cookies(dam_sandbox),
    }
    text = "\n".join(heard.text)
    assert "login" in text  # it did listen
    assert [secret for secret in secrets if secret in text] == []


@pytest.mark.parametrize("authentication", ["device-token", "login-token", "query"])
def test_fotoweb(
    fotoweb: Opener, dam_sandbox: Sandbox, heard: Heard, logger: logging.Logger, authentication: str
) -> None:
    secret = (
        {"encryption_secret": dam_sandbox.encryption_secret}
        if authentication == "login-token"
        else {}
    )
    with fotoweb(authentication=authentication, log=logger, **secret) as session:
        for disturb in (lambda: 0, dam_sandbox.revoke, lambda: dam_sandbox.fault("reset")):
            disturb()
            heard.attempt(lambda: session.get("5000/Search?Search=canary-in-query").headers)
            heard.attempt(lambda: (session, session.state, session.statistics))
        heard.attempt(session.logout)
    wrong = (
        {**secret, "encryption_secret": "canary-wrong"} if secret else {"password": "canary-wrong"}
    )
    with fotoweb(user="kåre.øst", authentication=authentication, log=logger, **wrong) as session:
        heard.attempt(lambda: session.get("Information"))
    login_tokens = {value for entry in dam_sandbox.log() for value in entry["query"].get("lt", [])}
    assert bool(login_tokens) == (authentication == "login-token")
    secrets = {
        "ada-password",
        dam_sandbox.encryption_secret,
        "canary-",
        *login_tokens,
        *values_of_cookies(dam_sandbox),
    }
    text = "\n".join(heard.text)
    assert [secret for secret in secrets if secret in text] == []


def test_remembered_options_and_records_are_the_users_alone(
    photoshelter: Opener, tmp_path: Path
) -> None:
    damsession.save("desk", system="photoshelter", user="solo@example.com", api_key="k")
    with photoshelter() as session:
        session.login()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        assert b"solo-password" not in path.read_bytes()
