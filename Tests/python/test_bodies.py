"""Bodies from files: a path as `data=`, open files and bytes in `files=`. They are read while they
are sent, closed afterwards, and never mistaken for something else.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest
from conftest import Memory, Opener

import damsession
from damsession.sandbox import Sandbox

BODY = bytes(range(256)) * 2000
FORM = "application/x-www-form-urlencoded"


def uploaded(session: damsession.Session, *parts: Any) -> list[tuple[str, str]]:
    """File names and hashes as the server saw them."""
    response = session.post(
        "mem/image/upload", files=[("file", part) for part in parts]
    ).raise_for_status()
    return [(one["file_name"], one["sha256"]) for one in response.json()["data"]["Image"]]


def sent(name: str, content: bytes) -> tuple[str, str]:
    return name, hashlib.sha256(content).hexdigest()


def test_a_path_is_sent_and_sent_again(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "form"
    path.write_bytes(b"name=from%20a%20file")
    with photoshelter() as session:
        session.login()
        dam_sandbox.expire()
        response = session.post("mem/gallery/G1", data=path, content_type=FORM)
        assert (response.replays, response.json()["data"]["Gallery"]["name"]) == (1, "from a file")
        assert str(path) not in {os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()}
    headers = dict(dam_sandbox.log()[-1]["headers"])
    assert headers["Content-Length"] == "20"


def test_a_path_is_read_while_it_is_sent(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with photoshelter() as session:
        session.post("mem/gallery/G1", data=b"x")
        memory = Memory()
        assert session.post("mem/image/upload", data=path, content_type="image/jpeg").status == 400
        with path.open("rb") as opened:
            assert len(uploaded(session, opened)) == 1
        assert memory.grown() < 8_000_000
    assert dict(dam_sandbox.log()[-2]["headers"])["Content-Length"] == "50000000"


def test_a_path_that_cannot_be_read_sends_nothing(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    with photoshelter() as session:
        for path, error in [
            (tmp_path / "absent", FileNotFoundError),
            (tmp_path, IsADirectoryError),
        ]:
            with pytest.raises(error, match=str(path)):
                session.post("mem/gallery/G1", data=path)
    assert dam_sandbox.log() == []


def test_open_files_are_parts_from_where_they_stand(photoshelter: Opener, tmp_path: Path) -> None:
    path = tmp_path / "pïcture.jpg"
    path.write_bytes(BODY)
    with (
        photoshelter() as session,
        path.open("rb") as first,
        path.open("rb") as second,
        path.open("rb", 0) as third,
    ):
        second.seek(1000)
        named: Any = ("told.jpg", path.open("rb"), "image/jpeg")
        found = uploaded(
            session,
            first,
            second,
            third,
            named,
            io.BytesIO(BODY),
            ("b.jpg", io.BytesIO(b"b")),
            b"bytes",
        )
        named[1].close()
        assert found == [
            sent(path.name, BODY),
            sent(path.name, BODY[1000:]),
            sent(path.name, BODY),
            sent("told.jpg", BODY),
            sent("file", BODY),
            sent("b.jpg", b"b"),
            sent("file", b"bytes"),
        ]
        assert not first.closed


def test_temporary_files_are_parts(photoshelter: Opener) -> None:
    with (
        photoshelter() as session,
        tempfile.TemporaryFile() as nameless,
        tempfile.NamedTemporaryFile() as named,
    ):
        for file in (nameless, named):
            file.write(BODY)
            file.seek(0)
        assert uploaded(session, nameless, named) == [
            sent("file", BODY),
            sent(os.path.basename(named.name), BODY),
        ]


def test_a_file_of_another_name_now_is_sent_as_it_was_opened(
    photoshelter: Opener, tmp_path: Path
) -> None:
    path = tmp_path / "picture"
    path.write_bytes(b"mine")
    with photoshelter() as session, path.open("rb") as file:
        path.unlink()
        path.write_bytes(b"another's")
        assert uploaded(session, file) == [sent("picture", b"mine")]


def test_what_unpacks_is_sent_unpacked(photoshelter: Opener, tmp_path: Path) -> None:
    packed, archive = tmp_path / "a.gz", tmp_path / "a.tar"
    with gzip.open(packed, "wb") as file:
        file.write(BODY)
    with tarfile.open(archive, "w") as tar:
        tar.add(packed, "a.gz")
    with photoshelter() as session, gzip.open(packed) as file, tarfile.open(archive) as tar:
        member = tar.extractfile("a.gz")
        assert member is not None
        assert uploaded(session, file) == [sent("a.gz", BODY)]
        assert uploaded(session, ("member", member)) == [sent("member", packed.read_bytes())]


def test_text_is_no_part_and_never_a_path(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "secret"
    path.write_text(str(path))
    with photoshelter() as session, path.open() as text:
        wrong: list[Any] = [io.StringIO(str(path)), text, ("name", io.StringIO(str(path)))]
        for one in wrong:
            with pytest.raises(TypeError, match="binary"):
                uploaded(session, one)
    assert dam_sandbox.log() == []


def test_with_files_the_rest_is_fields(photoshelter: Opener, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"x")
    with photoshelter() as session:
        for data in (path, b"x", "x", io.BytesIO(b"x")):
            with pytest.raises(damsession.ArgumentError, match="fields"):
                session.post("mem/image/upload", data=data, files={"file": b"x"})


def test_files_are_sent_again(photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(BODY)
    with photoshelter() as session, path.open("rb") as file:
        session.login()
        dam_sandbox.expire()
        assert uploaded(session, file, io.BytesIO(BODY)) == [
            sent("picture", BODY),
            sent("file", BODY),
        ]


def test_text_in_place_of_a_path_is_not_quoted(photoshelter: Opener) -> None:
    with photoshelter() as session, pytest.raises(damsession.ArgumentError) as caught:
        session.post("mem/image/upload", files={"note": "my secret text"})
    assert "files['note']" in str(caught.value) and "secret" not in str(caught.value)
