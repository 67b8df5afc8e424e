"""Bodies of a little more than 2 GiB, which a signed 32-bit number cannot count, in both directions
and in each language, in constant memory.

Each program is a process of its own and may grow by less than 16 MiB. DAM_TEST_LARGE (bytes) makes
the bodies smaller. The speed is printed beside that of curl, but not judged. A large file is
removed as soon as it was checked.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from common import WRAPPER
from conftest import Site
from programs import Talk, compiled, environment, python, run

SIZE = int(os.environ.get("DAM_TEST_LARGE") or (2 << 30) + 4097)
SMALL = 1 << 20
GROWTH = 16 << 10  # kibibytes
BLOCK = 4096


class Thing(NamedTuple):
    """A file of zeros, but for some blocks of random bytes."""

    path: Path
    size: int
    marks: dict[int, bytes]

    def is_in(self, path: Path, begin: int = 0) -> bool:
        """Whether `path` holds all of it at `begin`: the marks, and zeros on both sides of them."""
        with path.open("rb") as file:

            def read(at: int, size: int) -> bytes:
                file.seek(begin + at)
                return file.read(size)

            edges = [
                at
                for mark in self.marks
                for at in (mark - BLOCK, mark + BLOCK)
                if 0 <= at <= self.size - BLOCK
            ]
            return all(read(at, BLOCK) == mark for at, mark in self.marks.items()) and all(
                not any(read(at, BLOCK)) for at in edges
            )

    def digest(self) -> str:
        """What large.c makes of it."""
        found = 0
        for begin, mark in sorted(self.marks.items()):
            for at, byte in enumerate(mark, begin):
                if byte:
                    found = ((found ^ (at * 257 + byte)) * 0x100000001B3) % (1 << 64)
        return str(found)

    def sha256(self) -> str:
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return digest.hexdigest()


def made(path: Path, size: int) -> Thing:
    random_bytes = random.Random(size)
    marks = {
        at: random_bytes.randbytes(BLOCK)
        for at in (0, size // 3, size // 2 - BLOCK // 2, size - BLOCK)
    }
    with path.open("wb") as file:
        for at, mark in marks.items():
            file.seek(at)
            file.write(mark)
    return Thing(path, size, marks)


@pytest.fixture
def thing(site: Site) -> Thing:
    """Below /files/ as large.bin, next to small.bin."""
    made(site.files / "small.bin", SMALL)
    return made(site.files / "large.bin", SIZE)


@pytest.fixture
def quarter(site: Site) -> Thing:
    """The same, a quarter of the size: for what differs little from a transfer of all."""
    made(site.files / "small.bin", SMALL)
    return made(site.files / "large.bin", SIZE // 4)


@pytest.fixture
def target(site: Site, tmp_path: Path) -> Iterator[Path]:
    """Where a download goes; what is there goes with the test."""
    path = tmp_path / "target.bin"
    yield path
    path.unlink(missing_ok=True)


#: Done when both are ready for the large one.
Between = Callable[[], object]


def rate(name: str, thing: Thing, began: float) -> None:
    seconds = time.monotonic() - began
    print(
        f"\n{name}: {thing.size >> 20} MiB, {seconds:.1f} s, {thing.size / seconds / 1e6:.0f} MB/s",
        end="",
    )


def transfer(
    name: str,
    thing: Thing,
    command: list[str],
    env: dict[str, str],
    between: Between = lambda: None,
) -> tuple[str, int, str]:
    """Runs large.c or its like; status, replays and digest of the large one. It did not grow."""
    with Talk(command, env) as program:
        assert program.hear().split()[0] in ("200", "201")
        ready, before = program.hear().split()
        between()
        began = time.monotonic()
        program.say("go")
        status, replays, peak, *digest = program.hear().split()
        rate(name, thing, began)
        assert program.process.wait() == 0 and ready == "ready"
    print(f", {int(before)} KiB and {int(peak) - int(before)} more", end="")
    assert int(peak) - int(before) < GROWTH
    return status, int(replays), "".join(digest)


def client(language: str, folder: Path) -> list[str]:
    return [compiled(folder, "large.c")] if language == "C" else python("large_client.py")


@pytest.mark.parametrize("language", ["C", "Python"])
def test_a_download_to_a_file(
    site: Site, folder: Path, thing: Thing, target: Path, language: str
) -> None:
    command = [
        *client(language, folder),
        "download",
        "/files/small.bin",
        "/files/large.bin",
        str(target),
    ]
    assert transfer(f"{language} download", thing, command, environment(site))[:2] == ("200", 0)
    assert target.stat().st_size == SIZE and thing.is_in(target)


@pytest.mark.parametrize("language, of", [("C", "quarter"), ("Python", "thing")])
def test_a_download_to_a_callback(
    site: Site, folder: Path, request: pytest.FixtureRequest, language: str, of: str
) -> None:
    thing: Thing = request.getfixturevalue(of)
    command = [*client(language, folder), "stream", "/files/small.bin", "/files/large.bin", ""]
    found = transfer(f"{language} stream", thing, command, environment(site))
    assert found == ("200", 0, thing.digest() if language == "C" else thing.sha256())


@pytest.mark.parametrize("language", ["C", "Python"])
def test_an_upload_from_a_callback(site: Site, folder: Path, thing: Thing, language: str) -> None:
    """In C the session has ended before: it is sent once more, from its beginning."""
    small = site.files / "small.bin"
    command = [*client(language, folder), "upload", str(small), str(thing.path), "/sink/large.bin"]
    expires = language == "C"
    between = site.sandbox.expire if expires else lambda: None
    found = transfer(
        f"{language} upload", thing, command, environment(site, authentication="token"), between
    )
    assert found[0] in ("201", "204") and found[1] == expires
    arrived = site.sink / "large.bin"
    assert arrived.stat().st_size == SIZE and thing.is_in(arrived)
    assert site.sandbox.state()["photoshelter"]["logins_ok"] == 1 + expires


@pytest.mark.parametrize("language", ["C", "Python"])
def test_an_upload_as_a_form(site: Site, folder: Path, quarter: Thing, language: str) -> None:
    small = site.files / "small.bin"
    command = [*client(language, folder), "form", str(small), str(quarter.path), "/sink/large.form"]
    found = transfer(f"{language} form", quarter, command, environment(site))
    assert found[0] in ("201", "204") and form_holds(site.sink / "large.form", quarter)


def form_holds(path: Path, thing: Thing) -> bool:
    """Whether it is a multipart body with that one file, and nothing else."""
    with path.open("rb") as file:
        head = file.read(BLOCK).split(b"\r\n\r\n")[0] + b"\r\n\r\n"
    boundary = head.split(b"\r\n")[0]
    tail = b"\r\n" + boundary + b"--\r\n"
    with path.open("rb") as file:
        file.seek(-len(tail), os.SEEK_END)
        ends = file.read() == tail
    fits = path.stat().st_size == len(head) + thing.size + len(tail)
    return ends and fits and b'filename="large.bin"' in head and thing.is_in(path, len(head))


WRAPPED = {
    "get": ["get", "-", "/files/{0}", "-o", "{2}"],
    "put": ["put", "-", "/sink/{0}", "-d", "@{1}"],
    "form": ["put", "-", "/sink/{0}", "--form", "file=@{1}"],
}


@pytest.mark.parametrize("how, of", [("get", "thing"), ("put", "thing"), ("form", "quarter")])
def test_the_wrapper(
    site: Site,
    folder: Path,
    request: pytest.FixtureRequest,
    target: Path,
    tmp_path: Path,
    how: str,
    of: str,
) -> None:
    """Against a peak of its own: that of a transfer of 1 MiB."""
    thing: Thing = request.getfixturevalue(of)
    peaks = []
    for name in ("small.bin", "large.bin"):
        words = [word.format(name, site.files / name, target) for word in WRAPPED[how]]
        command = [compiled(folder, "peak.c"), str(tmp_path / name), WRAPPER, *words]
        began = time.monotonic()
        done = run(command, environment(site))
        assert (done.returncode, done.stderr) == (0, b"")
        peaks.append(int((tmp_path / name).read_text()))
    rate(f"wrapper {how}", thing, began)
    print(f", {peaks[0]} KiB and {peaks[1] - peaks[0]} more", end="")
    assert peaks[1] - peaks[0] < GROWTH
    arrived = target if how == "get" else site.sink / "large.bin"
    if how == "form":
        assert form_holds(arrived, thing)
    else:
        assert arrived.stat().st_size == thing.size and thing.is_in(arrived)


def test_curl_does_the_same(site: Site, quarter: Thing, target: Path) -> None:
    """What to compare with, and that the servers take it from others too."""
    headers = [
        f"{name}: {value}" for name, value in site.session(authentication="token").headers().items()
    ]
    usual = [
        "curl",
        "-sS",
        "--fail",
        "--cacert",
        site.ca_file,
        *(word for line in headers for word in ("-H", line)),
    ]
    for name, words in {
        "curl download": ["-o", str(target), f"{site.url}/files/large.bin"],
        "curl upload": ["-T", str(quarter.path), f"{site.url}/sink/large.bin"],
    }.items():
        began = time.monotonic()
        subprocess.run([*usual, *words], check=True)
        rate(name, quarter, began)
    assert quarter.is_in(target) and quarter.is_in(site.sink / "large.bin")
