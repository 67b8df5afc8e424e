"""A store that is out of order is told apart from one whose lock another process holds. It is
reported, and the session works in memory.

Only a FotoWeb login is refused then: each device token that cannot be stored would be one of ten
lost.
"""

from __future__ import annotations

import fcntl
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trouble
from conftest import COOKIE, DEVICE, TOKEN, Kind, Stage
from crew import Crew

F_OFD_SETLK = 37


def warnings(crew: Crew) -> str:
    return "\n".join(text for _, level, text, _ in crew.lines() if level in ("WARNING", "ERROR"))


def works_in_memory(stage: Stage, crew: Crew, kind: Kind, reason: str) -> None:
    """Requests are answered with one login for all the threads of a process, and nothing claims to
    be stored; but a device token is not asked for.
    """
    processes = len(crew.workers)
    if kind is DEVICE:
        outcome = crew.do("get", kind.path, threads=2)
        assert [name for name, _ in outcome.errors] == ["StoreError"] * 2 * processes
        assert all(f"{reason}), so n" in text for _, text in outcome.errors)
        assert all("was asked for" in text for _, text in outcome.errors)
        assert stage.count("fotoweb")["requests"] == 0
        return
    for _ in range(2):
        assert crew.do("get", kind.path, threads=4).all_answered(processes * 4)
    for worker in crew.workers:
        seen = worker.do("look")
        assert seen["statistics"]["logins"] == 1 and seen["statistics"]["save_failures"] > 0
        assert seen["state"]["logged_in"] and not seen["state"]["stored"]
    assert f": {reason}); it lives in memory only" in warnings(crew)  # behind the place


@pytest.mark.parametrize("kind", [COOKIE, TOKEN, DEVICE], ids=str)
def test_a_folder_that_cannot_be_written(stage: Stage, folder: Path, kind: Kind) -> None:
    folder.mkdir(mode=0o500)
    with stage.crew(2, kind, before=trouble.obey_modes) as crew:
        works_in_memory(stage, crew, kind, "permission denied")
        assert f"cannot be locked ({folder}: permission denied)" in warnings(crew)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", [TOKEN, DEVICE], ids=str)
def test_a_record_that_can_only_be_read_is_used(stage: Stage, folder: Path, kind: Kind) -> None:
    stage.worker(kind).do("login")
    folder.chmod(0o500)
    for file in folder.iterdir():
        file.chmod(0o400)
    with stage.crew(2, kind, before=trouble.obey_modes) as crew:
        assert crew.do("get", kind.path, threads=4).all_answered(8)
        assert crew.total("logins") == 0
    assert stage.count(kind.system)["logins_ok"] == 1


@pytest.mark.parametrize("kind", [COOKIE, DEVICE], ids=str)
def test_a_file_system_without_locks(
    stage: Stage, compiled: Callable[..., str], kind: Kind
) -> None:
    shim = {"LD_PRELOAD": compiled("shim.so", "shim.c", shared=True), "SHIM_NO_LOCKS": "1"}
    with stage.crew(2, kind, environment=shim) as crew:
        works_in_memory(stage, crew, kind, "the file system has no locks")
        assert "cannot be locked (the file system has no locks); siblings may log in" in warnings(
            crew
        )


@pytest.mark.parametrize("lack", ["SHIM_NO_EXCHANGE", "SHIM_NO_WATCHES"])
def test_a_file_system_that_has_only_what_it_must(
    stage: Stage, folder: Path, compiled: Callable[..., str], lack: str
) -> None:
    """Saves and hand-overs are slower then, and nothing else."""
    stage.sandbox.knobs(old_cookie="refuse")
    shim = {"LD_PRELOAD": compiled("shim.so", "shim.c", shared=True), lack: "1"}
    with stage.crew(3, COOKIE, environment=shim) as crew:
        assert crew.do("get", COOKIE.path, threads=2, rounds=10).all_answered(60)
        assert crew.total("logins") == 1 and crew.total("save_failures") == 0
    spares = [file for file in folder.iterdir() if file.suffix == ".tmp"]
    assert len(spares) == (0 if lack == "SHIM_NO_EXCHANGE" else 1)


@pytest.mark.parametrize("kind", [COOKIE, TOKEN, DEVICE], ids=str)
def test_a_full_disk(stage: Stage, tmp_path: Path, record_property: Any, kind: Kind) -> None:
    with trouble.FullDisk(tmp_path / "disk") as disk:
        record_property("full disk by", disk.means)
        print("full disk by", disk.means)
        disk.fill()
        with stage.crew(1, kind, store=str(disk.folder), before=disk.before) as crew:
            works_in_memory(stage, crew, kind, disk.says)
            assert not [
                file for file in disk.folder.iterdir() if file.suffix in (".tmp", ".record")
            ]


def test_a_disk_that_fills_up_loses_nothing_that_was_stored(stage: Stage, tmp_path: Path) -> None:
    with trouble.FullDisk(tmp_path / "disk") as disk:
        stage.worker(COOKIE, store=str(disk.folder)).do("get", COOKIE.path)
        disk.fill()
        with stage.crew(1, COOKIE, store=str(disk.folder), before=disk.before) as crew:
            assert crew.do("get", COOKIE.path, rounds=3).all_answered(3)
            # A rotated cookie goes into a file that has its place on the disk already.
            needs_no_room = disk.means == "tmpfs"
            assert crew.total("save_failures") == (0 if needs_no_room else 3)
            assert crew.total("logins") == 0
            assert crew.workers[0].do("look")["state"]["stored"] == needs_no_room
            disk.relieve()
            crew.do("get", COOKIE.path)
            recovered = crew.workers[0].do("look")["state"]["stored"]
            assert recovered == needs_no_room  # the other limit stays with the process
        assert (
            stage.worker(COOKIE, store=str(disk.folder)).do("get", COOKIE.path)["values"][0][
                "generation"
            ]
            == 1
        )


def test_a_login_that_was_not_sent_is_sent_when_there_is_room(stage: Stage, tmp_path: Path) -> None:
    with trouble.FullDisk(tmp_path / "disk") as disk:
        disk.fill()
        worker = stage.crew(1, DEVICE, store=str(disk.folder), before=disk.before).workers[0]
        assert [name for name, _ in worker.do("login")["errors"]] == ["StoreError"]
        disk.relieve()
        if disk.means != "tmpfs":  # this limit stays with its process
            worker = stage.worker(DEVICE, store=str(disk.folder))
        assert worker.do("get", DEVICE.path)["errors"] == []
        assert worker.do("look")["state"]["stored"] and stage.count("fotoweb")["logins_ok"] == 1


def byte_lock(folder: Path, byte: int) -> Any:
    """Holds one byte of the session's lock file as a sibling would; `close()` frees it."""
    lock = next(
        file for file in folder.glob("*.lock") if file.with_suffix(".record").exists()
    ).open("r+b")
    fcntl.fcntl(lock, F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, byte, 1, 0))
    return lock


def test_held_by_a_sibling_is_another_thing(stage: Stage, folder: Path) -> None:
    worker = stage.worker(COOKIE, lock_timeout=1)
    worker.do("get", COOKIE.path)
    with byte_lock(folder, 0):
        assert [name for name, _ in worker.do("get", COOKIE.path)["errors"]] == ["Locked"]
    assert worker.do("get", COOKIE.path)["errors"] == []
    assert "cannot be locked" not in "\n".join(text for _, _, text in worker.do("look")["log"])


def test_a_sibling_that_is_stopped_in_a_save_does_not_hold_the_rest_for_ever(
    stage: Stage, folder: Path
) -> None:
    worker = stage.worker(COOKIE)
    worker.do("get", COOKIE.path)
    with byte_lock(folder, 1):
        # A process that was stopped (SIGSTOP, a debugger, a frozen container) keeps its locks.
        worker.tell({"name": "get", "args": [COOKIE.path]})
        # Ten seconds for the save, whatever `lock-timeout` says about logins.
        assert 9 < worker.hear(seconds=40)["slowest"] < 20
