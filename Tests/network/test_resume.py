"""Downloads whose process was killed and which another one resumes, by the wrapper and by Python.

The file alone proves little: the log shows what was requested, and how many bytes were sent. No
test waits for a time: the process is killed when there is something in FILE.part.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from common import WRAPPER, wait_for
from conftest import Publish, Site
from nginx import Entry
from programs import environment, run

SIZE = 900_000
PATH = "/member/a.bin"
PROGRAM = """
import sys, damsession
path, file, slow = sys.argv[1:]
with damsession.open() as session:
    session.download(path, file, resume=True, headers={"X-Custom": slow}).raise_for_status()
"""


class Download(NamedTuple):
    """A download to `file`, by processes that share a store."""

    site: Site
    command: Callable[[str], list[str]]
    file: Path
    part: Path
    environment: dict[str, str]

    def killed(self) -> int:
        """Begins it, and kills the process in the middle; how much was there by then."""
        assert not self.part.exists()
        process = subprocess.Popen(
            self.command("slow"), env=self.environment, stdout=subprocess.DEVNULL
        )
        try:
            wait_for(
                lambda: (
                    process.poll() is not None
                    or self.part.exists()
                    and self.part.stat().st_size > 0
                )
            )
        finally:
            process.kill()
        assert process.wait() == -9 and not self.file.exists()
        assert self.part.with_name(self.part.name + ".json").exists()
        return self.part.stat().st_size

    def finished(self) -> list[Entry]:
        """Goes on with it; the requests for the thing that were sent by now. FILE is there, and
        nothing besides.
        """
        done = run(self.command("no"), self.environment)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert sorted(one.name for one in self.file.parent.iterdir()) == [self.file.name]
        return [entry for entry in self.site.access_log if entry["uri"] == PATH]

    def sha256(self) -> str:
        return hashlib.sha256(self.file.read_bytes()).hexdigest()

    def logins(self) -> int:
        count: int = self.site.sandbox.state()["photoshelter"]["logins_ok"]
        return count


def by_wrapper(file: Path) -> Callable[[str], list[str]]:
    return lambda slow: [
        WRAPPER,
        "get",
        "-",
        PATH,
        "-o",
        str(file),
        "--continue",
        "-H",
        f"X-Custom: {slow}",
    ]


def by_python(file: Path) -> Callable[[str], list[str]]:
    return lambda slow: [sys.executable, "-c", PROGRAM, PATH, str(file), slow]


@pytest.fixture(params=["2", "1.1"], ids=["HTTP/2", "HTTP/1.1"])
def http(request: pytest.FixtureRequest) -> str:
    version: str = request.param
    return version


@pytest.fixture(params=[by_wrapper, by_python])
def download(request: pytest.FixtureRequest, site: Site, tmp_path: Path, http: str) -> Download:
    place = tmp_path / "here"
    place.mkdir()
    file = place / "a.bin"
    options = environment(site, store=tmp_path / "sessions", http=http)
    return Download(site, request.param(file), file, place / "a.bin.part", options)


def test_only_the_rest_is_sent(publish: Publish, download: Download) -> None:
    content = publish("a.bin", SIZE)
    there = download.killed()
    assert 0 < there < SIZE and download.part.read_bytes() == content[:there]
    first, second = download.finished()
    assert download.sha256() == hashlib.sha256(content).hexdigest()
    assert (first["status"], second["status"], second["sent"]) == ("200", "206", str(SIZE - there))
    assert second["range"] == f"bytes={there}-" and second["if_range"].startswith('"')
    assert download.logins() == 1


def test_killed_twice(publish: Publish, download: Download) -> None:
    content = publish("a.bin", SIZE)
    there = download.killed()
    process = subprocess.Popen(download.command("slow"), env=download.environment)
    try:
        wait_for(lambda: process.poll() is not None or download.part.stat().st_size > there)
    finally:
        process.kill()
    assert process.wait() == -9
    there = download.part.stat().st_size
    *_, last = download.finished()
    assert download.sha256() == hashlib.sha256(content).hexdigest()
    assert (last["status"], last["sent"]) == ("206", str(SIZE - there))


def test_a_file_that_changed_starts_over(publish: Publish, download: Download) -> None:
    publish("a.bin", SIZE)
    download.killed()
    changed = b"changed, and longer " * (SIZE // 15)
    (download.site.files / "a.bin").write_bytes(changed)
    _, second = download.finished()
    assert download.sha256() == hashlib.sha256(changed).hexdigest()
    assert (second["status"], second["sent"]) == ("200", str(len(changed))) and second[
        "range"
    ] != ""


def test_an_expiry_in_between_costs_one_login(publish: Publish, download: Download) -> None:
    content = publish("a.bin", SIZE)
    there = download.killed()
    assert download.site.sandbox.expire() == 1
    _, refused, second = download.finished()
    assert download.sha256() == hashlib.sha256(content).hexdigest() and download.logins() == 2
    assert (refused["status"], second["status"], second["sent"]) == (
        "401",
        "206",
        str(SIZE - there),
    )


@pytest.mark.parametrize("more", [0, 1, SIZE])
def test_a_part_that_is_longer_than_the_thing(
    publish: Publish, download: Download, more: int
) -> None:
    content = publish("a.bin", SIZE)
    download.killed()
    download.part.write_bytes(content + b"x" * more)
    _, refused, second = download.finished()
    assert download.sha256() == hashlib.sha256(content).hexdigest()
    assert (refused["status"], second["status"], second["sent"]) == ("416", "200", str(SIZE))


def test_a_note_that_is_damaged_starts_over(publish: Publish, download: Download) -> None:
    content = publish("a.bin", SIZE)
    download.killed()
    download.part.with_name(download.part.name + ".json").write_text('{"validator')
    _, second = download.finished()
    assert download.sha256() == hashlib.sha256(content).hexdigest()
    assert (second["status"], second["range"]) == ("200", "")
