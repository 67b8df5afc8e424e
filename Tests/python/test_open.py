"""Options: where they come from, in which order, and the errors for bad ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import damsession

USUAL: dict[str, Any] = {
    "system": "photoshelter",
    "user": "ada@example.com",
    "api_key": "k",
    "store": "memory",
}


def test_options_are_the_librarys_table() -> None:
    table = {option.name: option for option in damsession.options()}
    assert table["connect-timeout"].keyword == "connect_timeout"
    assert table["connect-timeout"].variable == "DAMSESSION_CONNECT_TIMEOUT"
    assert set(table["system"].choices) == {"fotoware", "fotoweb", "photoshelter"}
    assert table["password"].secret and not table["password"].remembered
    assert table["api-key"].secret and table["api-key"].remembered
    assert all(option.help and option.kind for option in table.values())


def test_keywords_override_the_environment_and_that_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    damsession.save("desk", **USUAL, organization="name", url="https://name.example")
    with damsession.open("desk") as session:
        assert (session.state.organization, session.url) == ("name", "https://name.example")
    monkeypatch.setenv("DAMSESSION_ORGANIZATION", "environment")
    with damsession.open("desk") as session:
        assert session.state.organization == "environment"
    with damsession.open("desk", environment=False) as session:
        assert session.state.organization == "name"
    with damsession.open("desk", organization="keyword") as session:
        assert (session.state.organization, session.url) == ("keyword", "https://name.example")


def test_none_counts_as_not_given() -> None:
    damsession.save("desk", **USUAL)
    with damsession.open("desk", user=None) as session:
        assert session.user == "ada@example.com"


def test_values_are_turned_into_words(tmp_path: Path) -> None:
    store = tmp_path / "störe"
    with damsession.open(
        **{**USUAL, "timeout": 7, "allow_loopback_http": False, "store": store}
    ) as session:
        assert session.state.store.startswith(str(store))


def test_names_are_saved_listed_and_forgotten() -> None:
    assert damsession.names() == []
    damsession.save("second", **USUAL)
    damsession.save("first", **USUAL)
    assert damsession.names() == ["first", "second"]
    damsession.forget_name("first")
    assert damsession.names() == ["second"]
    for use in (damsession.forget_name, damsession.open):
        with pytest.raises(damsession.NotFound) as caught:
            use("first")
        assert isinstance(caught.value, LookupError)


def test_saving_replaces_what_was_remembered() -> None:
    damsession.save("desk", **USUAL, organization="O1")
    damsession.save("desk", **USUAL)
    with damsession.open("desk") as session:
        assert session.state.organization == ""


def test_updating_changes_these_options_alone() -> None:
    damsession.save("desk", **USUAL, organization="O1")
    damsession.update("desk", organization="O2", timeout=7)
    damsession.update("desk", timeout=None)
    with damsession.open("desk") as session:
        assert session.state.organization == "O2"
    with pytest.raises(damsession.OptionError, match="timeout"):
        damsession.update("desk", organization="O3", timeout="soon")
    with pytest.raises(damsession.OptionError, match="never remembered"):
        damsession.update("desk", organization="O3", password="hunter2")  # type: ignore[call-arg]
    with damsession.open("desk") as session:
        assert session.state.organization == "O2"


@pytest.mark.parametrize("options", [{"timeout": None}, {"system": "fotoweb"}, {}])
def test_updating_makes_no_name(options: Any) -> None:
    with pytest.raises(damsession.NotFound, match='under "nobody"'):
        damsession.update("nobody", **options)
    with pytest.raises(damsession.ArgumentError, match="a name has"):
        damsession.update("no/body", **options)
    assert damsession.names() == []


def test_a_remembered_secret_is_for_its_server_alone() -> None:
    damsession.save("desk", **USUAL)
    with pytest.raises(damsession.OptionError, match='the remembered "api_key" did not'):
        damsession.open("desk", url="https://other.example", user="ada")


def test_a_password_is_never_remembered(tmp_path: Path) -> None:
    with pytest.raises(damsession.OptionError, match='"password" is never remembered'):
        damsession.save("desk", **USUAL, password="c4n4ry")
    assert damsession.names() == []
    assert b"c4n4ry" not in b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


def test_an_unknown_option_is_told_with_the_nearest_name() -> None:
    with pytest.raises(damsession.OptionError, match="api_key") as caught:
        damsession.open(**USUAL, api_kye="x")
    assert caught.value.status == damsession.Status.OPTION
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "options",
    [
        {"system": "flickr"},
        {"url": "https://user:c4n4ry@www.example"},
        {"timeout": "c4n4ry"},
        {"rotation": "c4n4ry"},
        {"allow_loopback_http": "c4n4ry"},
        {"user": ""},
        {"authentication": "device-token"},
        {"system": None, "user": "x"},
        {"user": None},
    ],
)
def test_bad_options_are_refused_without_quoting_them(options: dict[str, Any]) -> None:
    with pytest.raises(damsession.OptionError) as caught:
        damsession.open(**{**USUAL, **options})
    assert str(caught.value) and "c4n4ry" not in repr(caught.value)


def test_plain_http_is_refused() -> None:
    with pytest.raises(damsession.Insecure):
        damsession.open(**USUAL, url="http://www.example")


@pytest.mark.parametrize("text", ["c4n4ry\0", "c4n4ry\ud800"])
@pytest.mark.parametrize("keyword", ["user", "password"])
def test_text_that_c_cannot_take_is_refused_without_quoting_it(keyword: str, text: str) -> None:
    with pytest.raises(damsession.ArgumentError, match=keyword) as caught:
        damsession.open(**{**USUAL, keyword: text})
    assert "c4n4ry" not in repr(caught.value)
    assert caught.value.__context__ is None  # a UnicodeEncodeError carries the whole text


@pytest.mark.parametrize("value", [b"bytes", object(), ["list"]])
def test_values_that_are_no_options_are_type_errors(value: Any) -> None:
    with pytest.raises(TypeError, match="user"):
        damsession.open(**{**USUAL, "user": value})


@pytest.mark.parametrize("name", ["", ".hidden", "-x", "a/b", "..", "x" * 65, "a b", "é"])
def test_bad_names_are_refused(name: str) -> None:
    for use in (damsession.save, damsession.forget_name, damsession.open):
        with pytest.raises(damsession.ArgumentError):
            use(name)


def test_the_environment_is_named_in_its_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAMSESSION_TIMEOUT", "soon")
    with pytest.raises(damsession.OptionError, match="(?i)timeout"):
        damsession.open(**USUAL)
    with damsession.open(environment=False, **USUAL):
        pass


def test_repr_shows_who_and_where_only() -> None:
    session = damsession.open(
        **{**USUAL, "url": "https://name.example", "password": "c4n4ry", "api_key": "k3y"}
    )
    assert repr(session) == "<Session photoshelter https://name.example 'ada@example.com'>"
    session.close()
    assert repr(session).endswith(" closed>")


def test_environment_is_left_as_it_was() -> None:
    before = dict(os.environ)
    damsession.open(**USUAL).close()
    assert dict(os.environ) == before
