"""What the environment says of one account never reaches another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import damsession
from damsession.sandbox import Sandbox


@pytest.fixture
def ada(monkeypatch: pytest.MonkeyPatch, dam_sandbox: Sandbox) -> Iterator[dict[str, str]]:
    """An environment that is about an account at PhotoShelter."""
    account = {
        "system": "photoshelter",
        "url": dam_sandbox.photoshelter,
        "user": "solo@example.com",
        "password": "solo-password",
        "api_key": dam_sandbox.api_key,
        "ca_file": dam_sandbox.ca_file,
    }
    for keyword, value in account.items():
        monkeypatch.setenv(f"DAMSESSION_{keyword.upper()}", value)
    yield account


@pytest.fixture
def kim(dam_sandbox: Sandbox) -> dict[str, Any]:
    """The options of an account at FotoWeb, without a password."""
    return {"system": "fotoweb", "url": dam_sandbox.fotoweb, "user": "ada"}


def test_it_counts_for_the_account_that_it_names(ada: dict[str, str]) -> None:
    with damsession.open(url=ada["url"] + "/", store="memory") as session:
        session.login()


def test_its_password_is_no_other_systems(
    ada: dict[str, str], kim: dict[str, Any], dam_sandbox: Sandbox
) -> None:
    with damsession.open(**kim, store="memory") as session:
        with pytest.raises(damsession.CredentialsNeeded, match="DAMSESSION_SYSTEM"):
            session.login()
    with pytest.raises(damsession.OptionError, match='"user" is missing.*DAMSESSION_SYSTEM'):
        damsession.open(system="fotoweb", url=kim["url"])
    assert dam_sandbox.log() == []


def test_its_password_is_no_other_users_and_no_other_servers(
    ada: dict[str, str], dam_sandbox: Sandbox
) -> None:
    with damsession.open(user="ada@example.com", store="memory") as session:
        with pytest.raises(damsession.CredentialsNeeded, match="DAMSESSION_USER"):
            session.login()
    other: Any = {"url": dam_sandbox.fotoweb, "user": ada["user"], "api_key": "k"}
    with damsession.open(**other, store="memory") as session:
        with pytest.raises(damsession.CredentialsNeeded, match="DAMSESSION_URL"):
            session.login()
    assert dam_sandbox.log() == []


def test_a_system_without_a_url_is_about_its_usual_place(
    ada: dict[str, str], monkeypatch: pytest.MonkeyPatch, dam_sandbox: Sandbox
) -> None:
    monkeypatch.delenv("DAMSESSION_URL")
    other: Any = {"url": ada["url"], "user": ada["user"], "api_key": "k"}
    with damsession.open(**other, store="memory") as session:
        with pytest.raises(damsession.CredentialsNeeded, match="no DAMSESSION_URL"):
            session.login()
    assert dam_sandbox.log() == []


def test_a_name_of_another_account_is_refused(ada: dict[str, str], kim: dict[str, Any]) -> None:
    damsession.save("web", **kim)
    with pytest.raises(
        damsession.OptionError, match="DAMSESSION_SYSTEM, DAMSESSION_URL, DAMSESSION_USER"
    ):
        damsession.open("web")
    damsession.open("web", environment=False).close()
    with damsession.open("web", **kim) as session:
        assert session.user == "ada"


def test_what_did_not_count_is_not_remembered(
    ada: dict[str, str], kim: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from damsession._config import Config

    with Config() as config:
        config.load_environment()
        for keyword, value in kim.items():
            config.set(keyword, value)
        config.save("web")
    for keyword in ada:
        monkeypatch.delenv(f"DAMSESSION_{keyword.upper()}")
    with Config() as config:
        config.load("web")
        assert config.get("ca-file") == ada["ca_file"]  # it is about this machine
        config.set("system", "photoshelter")
        config.set("user", ada["user"])
        with pytest.raises(damsession.OptionError, match='"api_key" is missing'):
            config.open()
