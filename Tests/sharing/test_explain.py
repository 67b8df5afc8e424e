"""Who logged in, who waited and for how long, what was adopted and what was dropped: counters and
log lines.

The sums are compared with what the server counted, and no line contains a secret.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import BADGER, COOKIE, DEVICE, KINDS, LOGIN_TOKEN, TOKEN, Kind, Stage


def counted(stage: Stage, crew: Any) -> dict[str, int]:
    names = ("requests", "exchanges", "logins", "organization_logins", "replays", "keepalives")
    return {name: crew.total(name) for name in names}


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_counters_add_up_to_what_the_server_saw(stage: Stage, kind: Kind) -> None:
    with stage.crew(3, kind) as crew:
        for _ in range(2):
            crew.do("get", kind.path, threads=4, rounds=3)
            crew.workers[0].do("keepalive")
            stage.expire(kind)
        crew.do("get", kind.path)
        total = counted(stage, crew)
        sums = total["requests"] + total["replays"] + total["logins"] + total["keepalives"]
        assert total["requests"] == 3 * (2 * 12 + 1)
        assert total["exchanges"] == sums == stage.count(kind.system)["requests"]
        assert total["logins"] == stage.count(kind.system)["logins_ok"] == 3


def test_organization_steps_and_logouts_are_exchanges_too(stage: Stage) -> None:
    with stage.crew(1, TOKEN, organization=BADGER) as crew:
        crew.do("get", TOKEN.path)
        crew.do("logout")
        total = counted(stage, crew)
    assert (total["requests"], total["logins"], total["organization_logins"]) == (1, 1, 1)
    assert total["exchanges"] == 4 == stage.count("photoshelter")["requests"]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_log_tells_who_logged_in_and_who_took_it_over(stage: Stage, kind: Kind) -> None:
    stage.sandbox.knobs(latency=30)
    with stage.crew(3, kind) as crew:
        crew.do("get", kind.path)
        stage.expire(kind)
        crew.do("get", kind.path)
        lines = crew.lines()
        for generation in (1, 2):
            who = [
                number
                for _, level, text, number in lines
                if text == f"logged in: generation {generation}"
            ]
            assert len(who) == 1
            assert crew.workers[who[0]].do("look")["statistics"]["logins"] >= 1
        assert [
            text
            for _, level, text, _ in lines
            if level == "INFO" and "the session has ended" in text
        ] != []
        refused = [text for _, _, text, _ in lines if "the server refuses generation 1" in text]
        again = [text for _, _, text, _ in lines if "again with generation 2" in text]
        assert len(refused) >= 1 and len(again) == len(refused) == crew.total("replays")
        # Everybody else found it: each process either logged in or adopted.
        for worker in crew.workers:
            seen = worker.do("look")
            assert seen["statistics"]["logins"] + seen["statistics"]["adopted_from_siblings"] >= 1
            assert seen["state"]["generation"] == 2


def test_a_wait_is_told_with_its_length(stage: Stage) -> None:
    slow, other = stage.crew(2, COOKIE).workers
    slow.do("login")
    slow.tell({"name": "get", "args": ["mem/slow?seconds=1"]})
    stage.wait_for_requests(2)
    other.do("get", COOKIE.path)
    slow.hear()
    seen = other.do("look")
    assert seen["statistics"]["waits"] == 1 and seen["statistics"]["wait_us"] > 500_000
    assert [text for _, _, text in seen["log"] if "waited" in text]


def test_adopted_and_dropped_cookies_are_told(stage: Stage) -> None:
    with stage.crew(1, COOKIE, rotation="newest") as crew:
        crew.do("get", COOKIE.path, threads=8, rounds=10)
        seen = crew.workers[0].do("look")
    adopted = [text for _, _, text in seen["log"] if "adopted a rotated cookie" in text]
    dropped = [text for _, _, text in seen["log"] if "dropped a late cookie" in text]
    assert len(adopted) >= len(set(adopted)) > 1 and len(dropped) > 0
    assert seen["statistics"]["cookies_late"] >= len(dropped) > 0


@pytest.mark.parametrize("kind", [COOKIE, TOKEN, DEVICE, LOGIN_TOKEN], ids=str)
def test_no_line_holds_a_secret(stage: Stage, kind: Kind) -> None:
    with stage.crew(2, kind) as crew:
        crew.do("get", f"{kind.path}?secret=in-a-query")
        stage.expire(kind)
        crew.do("get", kind.path)
        text = json.dumps(crew.lines(), ensure_ascii=False)
        secrets = list(crew.workers[0].do("headers")["values"][0].values())
    options = stage.options(kind)
    secrets += [
        options.get("password"),
        options.get("api_key"),
        options.get("encryption_secret"),
        "in-a-query",
    ]
    for entry in stage.sandbox.log():
        secrets += [value.partition("=")[2].partition(";")[0] for value in entry["set_cookies"]]
    assert not [secret for secret in secrets if secret and len(secret) > 7 and secret in text]
