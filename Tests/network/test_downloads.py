"""Downloads that are interrupted and resumed. The file alone proves little: the log shows what was
requested.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Publish, Site

import damsession

SIZE = 600_000
SLOWLY = {"X-Custom": "slow"}
Interrupt = Callable[[Path], None]


@pytest.fixture
def interrupt(site: Site, publish: Publish) -> Interrupt:
    """Begins to download /files/a.bin and cancels it in the middle."""

    def run(path: Path) -> None:
        canceller, part = damsession.Canceller(), path.with_name(path.name + ".part")

        def progress(*_: Any) -> None:
            if part.exists() and part.stat().st_size > 0:
                canceller.cancel()

        with pytest.raises(damsession.Cancelled):
            site.session().download(
                "/files/a.bin", path, headers=SLOWLY, progress=progress, canceller=canceller
            )

    return run


def asked(site: Site) -> list[tuple[str, str]]:
    """Range and If-Range of every request for the file."""
    return [
        (entry["range"], entry["if_range"])
        for entry in site.access_log
        if entry["uri"] == "/files/a.bin"
    ]


def test_it_goes_on_where_it_was_cancelled(
    site: Site, publish: Publish, tmp_path: Path, interrupt: Interrupt
) -> None:
    content = publish("a.bin", SIZE)
    path, part = tmp_path / "a.bin", tmp_path / "a.bin.part"
    interrupt(path)
    there = part.stat().st_size
    assert 0 < there < SIZE and part.read_bytes() == content[:there] and not path.exists()
    note = json.loads((tmp_path / "a.bin.part.json").read_text())
    response = site.session().download("/files/a.bin", path, resume=True)
    assert response.status == 206 and path.read_bytes() == content
    assert asked(site) == [("", ""), (f"bytes={there}-", note["validator"])]
    assert note["validator"].startswith('"') and [one.name for one in tmp_path.glob("a.bin*")] == [
        "a.bin"
    ]


@pytest.mark.parametrize("left", [1, 65_536, SIZE - 1])
def test_it_goes_on_from_any_byte(
    site: Site, publish: Publish, tmp_path: Path, interrupt: Interrupt, left: int
) -> None:
    content = publish("a.bin", SIZE)
    path, part = tmp_path / "a.bin", tmp_path / "a.bin.part"
    interrupt(path)
    part.write_bytes(content[:left])
    assert site.session().download("/files/a.bin", path, resume=True).status == 206
    assert path.read_bytes() == content and asked(site)[1][0] == f"bytes={left}-"


def test_a_changed_file_starts_over(
    site: Site, publish: Publish, tmp_path: Path, interrupt: Interrupt
) -> None:
    publish("a.bin", SIZE)
    path = tmp_path / "a.bin"
    interrupt(path)
    (site.files / "a.bin").write_bytes(changed := b"changed" * 20_000)
    response = site.session().download("/files/a.bin", path, resume=True)
    assert response.status == 200 and path.read_bytes() == changed
    assert asked(site)[1][1] != "" and [one.name for one in tmp_path.glob("a.bin*")] == ["a.bin"]


def test_without_resume_it_starts_over(
    site: Site, publish: Publish, tmp_path: Path, interrupt: Interrupt
) -> None:
    content = publish("a.bin", SIZE)
    path = tmp_path / "a.bin"
    interrupt(path)
    (site.files / "b.bin").write_bytes(content)
    assert site.session().download("/files/b.bin", path, resume=True).status == 200  # another thing
    assert path.read_bytes() == content
    interrupt(path)
    assert path.read_bytes() == content  # the old one stays until the new one is whole
    assert site.session().download("/files/a.bin", path).status == 200


def test_what_was_whole_already_comes_once_more(
    site: Site, publish: Publish, tmp_path: Path, interrupt: Interrupt
) -> None:
    content = publish("a.bin", SIZE)
    path, part = tmp_path / "a.bin", tmp_path / "a.bin.part"
    interrupt(path)
    os.rename(site.files / "a.bin", site.files / "kept")
    os.rename(site.files / "kept", site.files / "a.bin")  # the same tag
    part.write_bytes(content)
    assert site.session().download("/files/a.bin", path, resume=True).status == 200
    assert path.read_bytes() == content
    assert [one[0] for one in asked(site)] == ["", f"bytes={SIZE}-", ""]


def test_a_thing_that_is_gone_leaves_the_part(
    site: Site, publish: Publish, tmp_path: Path, interrupt: Interrupt
) -> None:
    content = publish("a.bin", SIZE)
    path, part = tmp_path / "a.bin", tmp_path / "a.bin.part"
    interrupt(path)
    there = part.read_bytes()
    os.rename(site.files / "a.bin", site.files / "kept")
    assert site.session().download("/files/a.bin", path, resume=True).status == 404
    assert part.read_bytes() == there and not path.exists()
    os.rename(site.files / "kept", site.files / "a.bin")
    assert site.session().download("/files/a.bin", path, resume=True).status == 206
    assert path.read_bytes() == content


def test_a_server_that_breaks_off_is_an_error(site: Site, tmp_path: Path) -> None:
    path, session = tmp_path / "a.jpg", site.session()
    thing = f"mem/image/I0001/download?size={SIZE}"
    whole = session.get(thing).content
    site.sandbox.fault("truncate", match="download")  # and nginx can only break off, too
    with pytest.raises(damsession.TransferError):
        session.download(thing, path)
    assert not path.exists() and 0 < (tmp_path / "a.jpg.part").stat().st_size < SIZE
    assert session.download(thing, path, resume=True).status == 206
    assert path.read_bytes() == whole and len(whole) == SIZE
