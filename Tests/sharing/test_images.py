"""Image handles pass between processes as text, and stale ones are refused before anything is
sent.
"""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from common import ROOT
from conftest import DEVICE, LOGIN_TOKEN, Kind, Stage
from crew import Worker

WRAPPER = ROOT / ".build" / "bin" / "damsession"
BOTH = pytest.mark.parametrize("kind", [DEVICE, LOGIN_TOKEN], ids=str)


def handles(worker: Worker, count: int = 3) -> list[str]:
    worker.do("login")
    return [worker.do("bind_image", f"image {number}")["values"][0] for number in range(count)]


def preview(worker: Worker, handle: str) -> dict[str, Any]:
    return worker.do("get", "Preview?Id={image}", image=handle)


@BOTH
def test_handles_cross_process_borders_and_go_stale_everywhere(stage: Stage, kind: Kind) -> None:
    maker, other = stage.worker(kind), stage.worker(kind)
    kept = handles(maker)
    assert [other.do("resolve_image", handle)["values"][0] for handle in kept] == [
        "image 0",
        "image 1",
        "image 2",
    ]
    assert other.do("stale", kept)["values"] == [[]]
    stage.expire(kind)
    assert maker.do("get", kind.path)["values"][0]["generation"] == 2
    fresh = maker.do("bind_image", "image 9")["values"][0]
    for worker in (maker, other, stage.worker(kind)):
        assert worker.do("stale", [*kept, fresh])["values"] == [kept]
    seen = len(stage.sandbox.log())
    for worker in (maker, other):
        for handle in kept:
            assert [name for name, _ in preview(worker, handle)["errors"]] == ["HandleStale"]
            assert [name for name, _ in worker.do("resolve_image", handle)["errors"]] == [
                "HandleStale"
            ]
    assert len(stage.sandbox.log()) == seen  # nothing was sent


def test_a_handle_that_goes_stale_by_its_own_request_is_not_sent_with_the_new_token(
    stage: Stage,
) -> None:
    worker = stage.worker(DEVICE)
    handle = handles(worker, 1)[0]
    stage.expire(DEVICE)
    assert [name for name, _ in preview(worker, handle)["errors"]] == ["HandleStale"]
    previews = [entry for entry in stage.sandbox.log() if entry["path"].endswith("Preview")]
    assert len(previews) == 1 and previews[0]["verdict"] == "revoked"


def test_the_device_token_goes_and_comes_for_a_second_process(stage: Stage) -> None:
    """A sibling's new token makes the handles of this process stale before it has sent a single
    request itself.
    """
    maker, other = stage.worker(DEVICE), stage.worker(DEVICE)
    handle = handles(maker, 1)[0]
    stage.expire(DEVICE)
    other.do("get", DEVICE.path)
    seen = len(stage.sandbox.log())
    assert [name for name, _ in preview(maker, handle)["errors"]] == ["HandleStale"]
    assert len(stage.sandbox.log()) == seen


def test_the_wrapper_resolves_what_python_bound(stage: Stage) -> None:
    worker = stage.worker(DEVICE)
    handle = handles(worker, 1)[0]
    options = {name: value for name, value in stage.options(DEVICE).items() if name != "password"}
    flags = [
        part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)
    ]
    command = [str(WRAPPER), "resolve", "-", handle, *flags]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "image 0"), done.stderr


@pytest.mark.parametrize("place", [0, 6, 12, 25, -1])
def test_a_damaged_handle_is_no_handle(stage: Stage, place: int) -> None:
    worker = stage.worker(DEVICE)
    handle = handles(worker, 1)[0]
    letters = list(handle)
    letters[place] = "x" if letters[place] != "x" else "y"
    for damaged in ("".join(letters), handle[:-1], handle + "a"):
        assert [name for name, _ in worker.do("resolve_image", damaged)["errors"]] == [
            "ArgumentError"
        ]


def test_a_handle_holds_no_secret(stage: Stage) -> None:
    worker = stage.worker(DEVICE)
    handle = handles(worker, 1)[0]
    token = worker.do("token")["values"][0]
    assert handle.isascii() and handle.isprintable() and " " not in handle
    assert not any(token[at : at + 8] in handle for at in range(len(token) - 8))
