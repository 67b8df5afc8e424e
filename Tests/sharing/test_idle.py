"""The idle clock: a long upload checks the session first, a failed check costs nothing, and the
limit is learned.

Time is moved in the stored record (`used_at`), as if the session had not been used since. The
engine is then opened anew.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import records
from conftest import COOKIE, TOKEN, Kind, Stage
from crew import Worker

LIMIT = 600
LONG, SHORT = 65_536, 65_535
BOTH = pytest.mark.parametrize("kind", [COOKIE, TOKEN], ids=str)


def rested(stage: Stage, folder: Path, kind: Kind, seconds: int, **options: Any) -> Worker:
    """A worker that finds a session which was last used so long ago."""
    first = stage.worker(kind)
    first.do("login")
    first.close()
    records.change(records.session(folder), used_at=int(time.time()) - seconds)
    return stage.worker(kind, **options)


def upload(worker: Worker, size: int = LONG) -> dict[str, Any]:
    """Sends that many bytes in all, and gives the response."""
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = head + "a" * (size - len(head) - 7) + "\r\n--x--"
    outcome = worker.do(
        "post", "mem/image/upload", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert len(body) == size and outcome["errors"] == []
    response: dict[str, Any] = outcome["values"][0]
    assert response["status"] == 200
    return response


def sent(stage: Stage, kind: Kind) -> list[str]:
    """What the server saw after the first login."""
    seen = [f"{one['method']} {one['path'].rpartition('v3/')[2]}" for one in stage.sandbox.log()]
    assert seen[0] == f"POST {kind.login}"
    return seen[1:]


PROBE, UPLOAD, LOGIN = "GET mem/user/session", "POST mem/image/upload", "POST mem/authenticate"


@BOTH
@pytest.mark.parametrize(
    ("rest", "size", "asks"), [(400, LONG, True), (400, SHORT, False), (200, LONG, False)]
)
def test_a_long_upload_late_in_the_idle_time_asks_first(
    stage: Stage, folder: Path, kind: Kind, rest: int, size: int, asks: bool
) -> None:
    worker = rested(stage, folder, kind, rest, idle_limit=LIMIT)
    upload(worker, size)
    assert sent(stage, kind) == ([PROBE] if asks else []) + [UPLOAD]
    upload(worker)  # just used: nothing to ask
    assert sent(stage, kind)[-2:] == [UPLOAD, UPLOAD]
    assert worker.do("look")["statistics"]["keepalives"] == int(asks)


@BOTH
def test_a_dead_session_is_replaced_before_the_upload_and_not_in_it(
    stage: Stage, folder: Path, kind: Kind
) -> None:
    worker = rested(stage, folder, kind, 400, idle_limit=LIMIT)
    stage.expire(kind)
    response = upload(worker)
    assert (response["generation"], response["replays"]) == (2, 0)
    assert sent(stage, kind) == [PROBE, LOGIN, UPLOAD]
    assert stage.count("photoshelter")["writes"] == 1


@BOTH
@pytest.mark.parametrize(
    "fault", [{"name": "status", "status": 503}, {"name": "status", "status": 429}]
)
def test_a_question_that_fails_keeps_the_secret(
    stage: Stage, folder: Path, kind: Kind, fault: dict[str, Any]
) -> None:
    worker = rested(stage, folder, kind, 400, idle_limit=LIMIT)
    stage.sandbox.fault(**fault, match="user/session")
    assert upload(worker)["generation"] == 1
    assert sent(stage, kind) == [PROBE, UPLOAD]
    assert records.read(records.session(folder))["generation"] == "1"


def test_a_question_whose_connection_breaks_keeps_the_secret(stage: Stage, folder: Path) -> None:
    worker = rested(stage, folder, TOKEN, 400, idle_limit=LIMIT)
    stage.sandbox.fault("reset", match="user/session")
    assert upload(worker)["generation"] == 1
    assert stage.count("photoshelter")["logins_ok"] == 1


@BOTH
def test_keepalive_resets_the_servers_clock_and_is_never_sent_unasked(
    stage: Stage, kind: Kind
) -> None:
    worker = stage.worker(kind, idle_limit=LIMIT)
    worker.do("get", "mem/gallery/query")
    for moment in (500, 1000, 1500):
        # The server's clock goes on; each time it is less than its limit.
        stage.sandbox.knobs(idle_limit=LIMIT, clock_skew=moment)
        assert worker.do("keepalive")["errors"] == []
    assert sent(stage, kind) == ["GET mem/gallery/query", PROBE, PROBE, PROBE]
    assert stage.count("photoshelter")["logins_ok"] == 1
    stage.sandbox.knobs(clock_skew=1500 + LIMIT + 1)
    worker.do("keepalive")
    assert sent(stage, kind)[-3:] == [PROBE, LOGIN, PROBE]


@BOTH
def test_the_limit_is_learned_from_a_death_kept_and_used(
    stage: Stage, folder: Path, kind: Kind
) -> None:
    worker = rested(stage, folder, kind, 4000)
    assert worker.do("look")["state"]["idle_limit"] == 0
    stage.sandbox.knobs(idle_limit=3600, clock_skew=4000)
    assert worker.do("get", kind.path)["values"][0]["generation"] == 2
    assert 4000 <= worker.do("look")["state"]["idle_limit"] <= 4060
    worker.close()
    kept = records.read(records.session(folder))
    assert 4000 <= kept["idle_died"] <= 4060
    records.change(records.session(folder), used_at=int(time.time()) - 2500)
    upload(stage.worker(kind))
    assert sent(stage, kind)[-2:] == [PROBE, UPLOAD]


@BOTH
def test_a_survival_disproves_what_was_learned_and_an_early_death_teaches_nothing(
    stage: Stage, folder: Path, kind: Kind
) -> None:
    worker = rested(stage, folder, kind, 1000)
    stage.expire(kind)  # a revocation, by chance after a rest
    worker.do("get", kind.path)
    assert worker.do("look")["state"]["idle_limit"] > 0
    stage.expire(kind)
    worker.do("get", kind.path)
    # And not the few milliseconds of that one.
    assert worker.do("look")["state"]["idle_limit"] >= 1000
    worker.close()
    records.change(records.session(folder), used_at=int(time.time()) - 5000)
    worker = stage.worker(kind)
    worker.do("get", kind.path)
    assert worker.do("look")["state"]["idle_limit"] == 0
    assert records.read(records.session(folder))["idle_survived"] >= 4900
