"""Damaged, cut off, foreign and future records in a store, each with a documented outcome."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import records
from common import LIBRARY, wait_for
from conftest import COOKIE, DEVICE, TOKEN, Kind, Stage

import damsession

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
def test_a_damaged_session_is_set_aside_and_replaced(
    stage: Stage, folder: Path, damage: str
) -> None:
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


def test_a_damaged_account_is_set_aside_and_does_not_stop_a_login(
    stage: Stage, folder: Path
) -> None:
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


#: What somebody else may have put in a record's place, or done to it, and a word of what is said
#: about it.
UNBELIEVABLE: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "folder": (lambda path, other: (path.unlink(), path.mkdir()), "remove it"),
    "link": (
        lambda path, other: (path.rename(other), path.symlink_to(other)),
        "symbolic link; remove it",
    ),
    "second name": (lambda path, other: os.link(path, other), "hard link"),
    "pipe": (lambda path, other: (path.unlink(), os.mkfifo(path, 0o600)), "a pipe"),
    "readable by all": (lambda path, other: path.chmod(0o604), "chmod 600"),
    "writable by the group": (lambda path, other: path.chmod(0o620), "chmod 600"),
}


@pytest.mark.parametrize("what", UNBELIEVABLE)
@pytest.mark.parametrize("kind", [COOKIE, TOKEN, DEVICE], ids=str)
def test_a_record_that_others_may_have_touched_is_refused_not_followed_and_not_waited_for(
    stage: Stage, folder: Path, tmp_path: Path, kind: Kind, what: str
) -> None:
    """Neither believed nor replaced, and no login in its place: twenty jobs would make twenty."""
    stage.worker(kind).do("login")
    path = records.session(folder)
    touch, word = UNBELIEVABLE[what]
    touch(path, tmp_path / "other")
    worker = stage.worker(kind)
    for name in ("get", "login", "forget"):
        ((error, text),) = worker.do(name, *([kind.path] if name == "get" else []))["errors"]
        assert error == "StoreError" and word in text and str(path) in text
    assert stage.count(kind.system)["logins_ok"] == 1


def test_a_folder_that_others_may_write_holds_no_sessions(stage: Stage, folder: Path) -> None:
    """A user who can put a record there decides whose session a job uses."""
    folder.mkdir(mode=0o700)
    for mode in (0o777, 0o1777, 0o770, 0o702):
        folder.chmod(mode)
        with pytest.raises(
            damsession.StoreError, match=f"{folder} is open to other users .*chmod 700"
        ):
            damsession.open(**stage.options(TOKEN))
    folder.chmod(0o755)
    damsession.open(**stage.options(TOKEN)).close()
    folder.parent.chmod(0o777)
    with pytest.raises(damsession.StoreError, match=f"chmod .t {folder.parent}"):
        damsession.open(**stage.options(TOKEN))
    folder.parent.chmod(0o1777)
    damsession.open(**stage.options(TOKEN)).close()


def test_a_program_with_more_rights_than_its_caller_takes_nothing_from_the_environment(
    tmp_path: Path, compiled: Callable[..., str]
) -> None:
    """A setuid program gets its variables from the user who called it."""
    program = compiled("rights", "rights.c")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DAMSESSION_USER": "eve"}

    def says() -> str:
        return subprocess.run(
            [program], env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert says() == "0 eve.\n"
    if os.geteuid() == 0:
        # Only the superuser can make such a program for a caller that is somebody else.
        os.chown(program, 65534, 65534)
        os.chmod(program, 0o4755)
        assert says() == "1 .\n"
    else:
        imported = subprocess.run(
            ["nm", "-D", str(LIBRARY)], capture_output=True, text=True, check=True
        ).stdout
        assert "secure_getenv" in imported


def test_a_slow_finder_of_damage_does_not_take_the_new_record_away(
    stage: Stage, folder: Path, tmp_path: Path, compiled: Callable[..., str]
) -> None:
    """Two processes meet the same damaged record. One is stopped just before it sets the record
    aside; the other wants to do the same, and to put a new one there.
    """
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
    # One that the damage took, and one for both.
    assert stage.count("fotoweb")["tokens_created"] == 2
