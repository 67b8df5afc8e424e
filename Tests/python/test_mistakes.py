"""What newcomers get wrong: each mistake is told in one sentence that names the argument, and no
traceback keeps a secret.
"""

from __future__ import annotations

import asyncio
import copy
import pickle
import traceback
from functools import partial
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox

USUAL: dict[str, Any] = {
    "system": "photoshelter",
    "user": "ada@example.com",
    "api_key": "k",
    "store": "memory",
}


def adapters() -> list[Any]:
    from damsession.httpx import DamAuth as ForHttpx
    from damsession.requests import DamAuth

    return [DamAuth, ForHttpx]


@pytest.mark.parametrize("use", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_session_stays_in_its_process(photoshelter: Opener, use: Any) -> None:
    session = photoshelter()
    holders = [session, damsession.AsyncSession(session), *(auth(session) for auth in adapters())]
    for holder in holders[: 2 if use is copy.copy else None]:
        with pytest.raises(TypeError, match="open a session in each process"):
            use(holder)


def test_an_adapter_says_what_it_takes(photoshelter: Opener) -> None:
    for auth in adapters():
        with pytest.raises(TypeError, match=r"DamAuth takes .*, not a str"):
            auth("desk")
        with pytest.raises(TypeError, match=r"session\.sync_session"):
            auth(damsession.AsyncSession(photoshelter()))


@pytest.mark.parametrize(
    "use",
    [damsession.open, damsession.aopen, damsession.sessions, partial(damsession.save, "desk")],
)
@pytest.mark.parametrize("wrong", [{"passwort": "x"}, {"timeout": "soon"}, {"url": ["x"]}])
def test_the_traceback_of_a_bad_option_holds_no_password(use: Any, wrong: Any) -> None:
    with pytest.raises((damsession.OptionError, TypeError)) as caught:
        use(**{**USUAL, "password": "c4n4ry", **wrong})
    _, *ours = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert ours
    assert [one.f_code.co_name for one in ours if "c4n4ry" in repr(one.f_locals)] == []


@pytest.mark.parametrize(
    ("argument", "value", "told"),
    [
        ("params", 3, "params must be .*, not int"),
        ("params", ["a"], "params must be .*, not a str among them"),
        ("data", 3, "data must be .*, not int"),
        ("data", ["a"], "data must be .*, not a str among them"),
        ("files", "a.jpg", "files must be .*, not str"),
        ("files", {"file": ("a", b"b", "c/d", {})}, "a tuple in files has 2 or 3 members"),
        ("timeout", (1, 2), "timeout is one number of seconds, not tuple"),
        ("timeout", "5", "timeout is one number of seconds, not str"),
    ],
)
def test_a_wrong_argument_is_named(
    photoshelter: Opener, argument: str, value: Any, told: str
) -> None:
    with pytest.raises(TypeError, match=told) as caught:
        photoshelter().post("mem/gallery/G1", **{argument: value})
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("text", ["a=1&b=2", "a=1&b=sch%C3%B6n", "a=1&b=schön und gut"])
def test_params_may_be_a_query(photoshelter: Opener, dam_sandbox: Sandbox, text: str) -> None:
    photoshelter().get("mem/user/session?own=0", params=text).raise_for_status()
    query = dam_sandbox.log()[-1]["query"]
    assert (query["own"], query["a"]) == (["0"], ["1"])
    assert query["b"] == [text.partition("b=")[2].replace("%C3%B6", "ö")]


def test_a_method_may_be_in_small_letters(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    session = photoshelter()
    assert session.request("get", "mem/user/session").ok
    with session.stream("get", "mem/user/session") as response:
        assert response.ok
    assert {one["method"] for one in dam_sandbox.log()[-2:]} == {"GET"}
    dam_sandbox.answer(404)
    with pytest.raises(damsession.HTTPStatusError, match="to DELETE mem"):
        session.request("delete", "mem/gallery/G1").raise_for_status()


@pytest.mark.parametrize(
    ("keyword", "nearest"),
    [
        ("enviroment", "environment"),
        ("credential", "credentials"),
        ("api_kye", "api_key"),
        ("userr", "user"),
        ("headers", None),
    ],
)
def test_the_nearest_keyword_is_told_if_one_is_near(keyword: str, nearest: str | None) -> None:
    for use in (damsession.open, damsession.aopen):
        with pytest.raises(damsession.OptionError) as caught:
            use(**USUAL, **{keyword: False})
        hint = "" if nearest is None else f'; did you mean "{nearest}"?'
        assert str(caught.value) == f'there is no option "{keyword}"{hint}'


@pytest.mark.parametrize("use", [damsession.open, damsession.aopen])
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"log": "INFO"}, "log must be a logging.Logger, True or False, not str"),
        ({"log": 1}, "log must be a logging.Logger, True or False, not int"),
        ({"credentials": "c4n4ry"}, "credentials must be a callable .*, not str; .* password="),
        ({"credentials": b"c4n4ry"}, "credentials must be a callable .*, not bytes"),
        ({"environment": "no"}, "environment must be True or False, not str"),
    ],
)
def test_what_is_called_later_is_checked_at_once(use: Any, wrong: Any, told: str) -> None:
    with pytest.raises(TypeError, match=told) as caught:
        use(**{**USUAL, **wrong})
    _, *ours = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert [one.f_code.co_name for one in ours if "c4n4ry" in repr(one.f_locals)] == []
    assert "c4n4ry" not in str(caught.value)


def test_a_closed_session_cannot_be_entered(photoshelter: Opener) -> None:
    session = photoshelter()
    session.close()
    with pytest.raises(ValueError, match="this session is closed"), session:
        pass

    async def enter() -> None:
        async with damsession.AsyncSession(session):
            pass

    with pytest.raises(ValueError, match="this session is closed"):
        asyncio.run(enter())


def test_a_url_is_no_name() -> None:
    with pytest.raises(damsession.ArgumentError, match="url=") as caught:
        damsession.open("https://ada:c4n4ry@host")
    assert "c4n4ry" not in str(caught.value)


def test_logging_in_again_has_its_name_in_python(photoshelter: Opener) -> None:
    session = photoshelter(password="wrong")
    for _ in range(2):
        with pytest.raises(damsession.CredentialsRefused) as caught:
            session.login()
    assert "a login with again=True tries" in str(caught.value)
    assert "DAM_LOGIN" not in str(caught.value) and "--again" not in str(caught.value)
