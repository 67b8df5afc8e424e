"""Point 9, what may be found in a store: damaged, cut off, foreign and future records, each with its named outcome."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable

import pytest
import records
from conftest import COOKIE, DEVICE, TOKEN, Kind, Stage, wait_for

BOTH = pytest.mark.parametrize("kind", [COOKIE, DEVICE], ids=str)

DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut in the line": lambda data: data[:20],
    "cut in the document": lambda data: data[:-1],
    "longer": lambda data: data + b" ",
    "one bit": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "zeros": lambda data: b"\0" * len(data),
    "foreign": lambda data: b"[core]\n\trepositoryformatversion = 0\n",
    "huge": lambda data: data + b"x" * (5 << 20),
    "a document without sense": lambda data: records.packed({"generation": -1}, 7),
    "no document": lambda data: records.packed({}, 7)[:-2] + b"[]",
    "a huge revision": lambda data: data.replace(b" 1 ", b" 99999999999999999999999999 ", 2),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_session_is_set_aside_and_replaced(stage: Stage, folder: Path, damage: str) -> None:
    stage.worker(TOKEN).do("login")
    path = records.session(folder)
    data = DAMAGES[damage](path.read_bytes())
    path.write_bytes(data)
    worker = stage.worker(TOKEN)
    assert worker.do("get", TOKEN.path)["errors"] == []
    seen = worker.do("look")
    assert seen["statistics"]["records_damaged"] == 1
    assert any(level == "WARNING" and "damaged" in text for _, level, text in seen["log"])
    aside = path.with_suffix(".damaged")
    assert aside.read_bytes() == data and aside.stat().st_mode & 0o777 == 0o600
    assert records.read(path)["secret"]["token"]
    assert stage.worker(TOKEN, password=None).do("get", TOKEN.path)["errors"] == []
    assert stage.count("photoshelter")["logins_ok"] == 2


def test_a_damaged_account_is_set_aside_and_does_not_stop_a_login(stage: Stage, folder: Path) -> None:
    worker = stage.worker(DEVICE)
    worker.do("login")
    path = records.account(folder)
    path.write_bytes(path.read_bytes()[:-5])
    stage.expire(DEVICE)
    assert worker.do("get", DEVICE.path)["errors"] == []
    assert worker.do("look")["statistics"]["records_damaged"] == 1
    assert path.with_suffix(".damaged").exists()
    assert [token["dead_at"] for token in records.read(path)["tokens"]].count(None) == 1


@BOTH
def test_a_record_of_the_future_is_left_alone(stage: Stage, folder: Path, kind: Kind) -> None:
    stage.worker(kind).do("login")
    path = records.session(folder)
    document, revision = records.unpacked(path.read_bytes())
    future = records.packed(document, revision, form=2)
    path.write_bytes(future)
    worker = stage.worker(kind)
    for name in ("login", "keepalive", "logout", "forget"):
        assert [error for error, _ in worker.do(name)["errors"]] == ["RecordNewer"]
    error, text = worker.do("get", kind.path)["errors"][0]
    assert error == "RecordNewer" and "newer damsession" in text
    assert path.read_bytes() == future and not path.with_suffix(".damaged").exists()
    assert stage.count(kind.system)["logins_ok"] == 1


def test_two_versions_share_a_store(stage: Stage, folder: Path) -> None:
    """Members that a later version of the same format added are kept by this one."""
    worker = stage.worker(COOKIE)
    worker.do("login")
    records.change(records.session(folder), later={"added": [1, "two"]})
    worker.do("get", COOKIE.path)
    stage.expire(COOKIE)
    worker.do("get", COOKIE.path)
    document = records.read(records.session(folder))
    assert document["later"] == {"added": [1, "two"]} and document["generation"] == "2"


@pytest.mark.parametrize("what", ["folder", "link"])
def test_a_file_that_is_none_is_not_followed_or_replaced(stage: Stage, folder: Path, tmp_path: Path, what: str) -> None:
    stage.worker(TOKEN).do("login")
    path = records.session(folder)
    path.unlink()
    victim = tmp_path / "victim"
    victim.write_text("mine")
    path.mkdir() if what == "folder" else path.symlink_to(victim)
    assert stage.worker(TOKEN).do("get", TOKEN.path)["errors"] == []
    assert victim.read_text() == "mine"


def test_a_slow_finder_of_damage_does_not_take_the_new_record_away(
    stage: Stage, folder: Path, tmp_path: Path, compiled: Callable[..., str]
) -> None:
    """Two processes meet the same damaged record. One is stopped just before it sets the record aside; the other wants to do
    the same, and to put a new one there."""
    stage.worker(DEVICE).do("login")
    path = records.session(folder)
    path.write_bytes(b"damaged")
    pause: dict[str, Any] = {
        "LD_PRELOAD": compiled("shim.so", "shim.c", shared=True),
        "SHIM_PAUSE_RENAME": ".damaged",
        "SHIM_FILE": str(tmp_path / "pause"),
    }
    slow = stage.crew(1, DEVICE, environment=pause).workers[0]
    slow.tell({"name": "get", "args": [DEVICE.path]})
    wait_for(lambda: os.path.exists(tmp_path / "pause.reached"))
    quick = stage.crew(1, DEVICE).workers[0]
    quick.tell({"name": "get", "args": [DEVICE.path]})
    (tmp_path / "pause.go").touch()
    assert slow.hear()["errors"] == quick.hear()["errors"] == []
    assert stage.count("fotoweb")["tokens_created"] == 2  # one that the damage took, and one for both
