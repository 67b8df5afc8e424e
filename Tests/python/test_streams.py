"""Streams: bodies that are read while they are sent, responses that are written while they arrive,
downloads, progress, cancellation.
"""

from __future__ import annotations

import hashlib
import io
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Opener

import damsession
from damsession.sandbox import Sandbox
from damsession.sandbox.content import Slice

BODY = bytes(range(256)) * 2000
SIZE = 3_000_000
DOWNLOAD = f"mem/image/I0001/download?size={SIZE}"
CONTENT = Slice("I0001", 0, SIZE).read()


class Mine(Exception):
    """An exception that damsession knows nothing of."""


def pieces() -> Iterator[bytes]:
    yield b""
    for at in range(0, len(BODY), 70_000):
        yield BODY[at : at + 70_000]
        yield b""


class Unseekable(io.BytesIO):
    """As a pipe is."""

    def seekable(self) -> bool:
        return False


def received(sandbox: Sandbox) -> dict[str, str]:
    return {name.lower(): value for name, value in sandbox.log()[-1]["headers"]}


@pytest.mark.parametrize("make", [lambda: io.BytesIO(BODY), lambda: [BODY[:9], BODY[9:]]])
def test_a_stream_of_known_size_says_it(
    photoshelter: Opener, dam_sandbox: Sandbox, make: Any
) -> None:
    with photoshelter() as session:
        session.post("mem/gallery/G1", data=make()).raise_for_status()
    headers = received(dam_sandbox)
    assert (headers["content-length"], headers["content-type"]) == (
        str(len(BODY)),
        "application/octet-stream",
    )


@pytest.mark.parametrize("make", [pieces, lambda: Unseekable(BODY)])
def test_a_stream_of_unknown_size_is_sent(
    photoshelter: Opener, dam_sandbox: Sandbox, make: Any
) -> None:
    with photoshelter() as session:
        session.post(
            "mem/gallery/G1", data=make(), content_type="image/x-made-up"
        ).raise_for_status()
    headers = received(dam_sandbox)
    assert "content-length" not in headers and headers["content-type"] == "image/x-made-up"


def test_a_file_is_sent_from_where_it_stands(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "form"
    path.write_bytes(b"skipped=1&name=kept")
    form = "application/x-www-form-urlencoded"
    with photoshelter() as session, path.open("rb") as file:
        file.seek(10)
        session.login()
        dam_sandbox.expire()  # and from there again
        response = session.post("mem/gallery/G1", data=file, content_type=form).raise_for_status()
    assert (response.replays, response.json()["data"]["Gallery"]["name"]) == (1, "kept")


@pytest.mark.parametrize("make", [pieces, lambda: Unseekable(BODY)])
def test_what_cannot_begin_anew_is_not_replayed(
    photoshelter: Opener, dam_sandbox: Sandbox, make: Any
) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.expire()
        with pytest.raises(damsession.ReplayImpossible):
            session.post("mem/gallery/G1", data=make())
        session.keepalive()
        assert session.post("mem/gallery/G1", data=make()).ok
    assert dam_sandbox.state()["photoshelter"]["writes"] == 1


def test_what_cannot_begin_anew_is_sent_when_repeated(
    photoshelter: Opener, dam_sandbox: Sandbox
) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.expire()
        with pytest.raises(damsession.ReplayImpossible):
            session.post("mem/gallery/G1", data=pieces())
        assert session.post("mem/gallery/G1", data=pieces()).ok


def test_what_can_begin_anew_is_replayed(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    with photoshelter() as session:
        session.login()
        dam_sandbox.expire()
        assert session.post("mem/gallery/G1", data=[b"name=", b"again"]).replays == 1


@pytest.mark.parametrize("error", [Mine("mine"), KeyboardInterrupt()])
def test_what_a_body_raises_comes_out_of_the_call(
    photoshelter: Opener, error: BaseException
) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x"
        raise error

    with photoshelter() as session, pytest.raises(type(error)) as caught:
        session.post("mem/gallery/G1", data=broken())
    assert caught.value is error


def test_text_is_no_stream(photoshelter: Opener) -> None:
    text: Any = io.StringIO("text")
    with photoshelter() as session, pytest.raises(TypeError, match="binary mode"):
        session.post("mem/gallery/G1", data=text)


def test_files_are_uploaded_as_parts(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "made up.jpg"
    path.write_bytes(BODY)
    parts: Any = {
        "a": path,
        "b": ("ü.jpg", str(path), "image/jpeg"),
        "c": ("c.bin", b"\0c"),
        "d": [path, ("d2", b"d")],
    }
    fields = {"keyword": ["one", "zwei ü"], "number": 7, "none": None}
    with photoshelter() as session:
        session.login()
        dam_sandbox.expire()
        response = session.post("mem/image/upload", data=fields, files=parts).raise_for_status()
    assert response.replays == 1
    found = [(one["file_name"], one["sha256"]) for one in response.json()["data"]["Image"]]
    expected = [
        ("made up.jpg", BODY),
        ("ü.jpg", BODY),
        ("c.bin", b"\0c"),
        ("made up.jpg", BODY),
        ("d2", b"d"),
    ]
    assert found == [(name, hashlib.sha256(data).hexdigest()) for name, data in expected]
    form = dam_sandbox.log()[-1]["form"]
    assert (form["keyword"], form["number"]) == (["one", "zwei ü"], ["7"]) and "none" not in form


def test_malformed_files_are_refused(photoshelter: Opener, tmp_path: Path) -> None:
    wrong: Any = [7]
    with photoshelter() as session:
        with pytest.raises(damsession.ArgumentError):
            session.post("mem/image/upload", files={"a": tmp_path / "absent"})
        with pytest.raises(damsession.ArgumentError):
            session.post("mem/image/upload", files={"a": ("a", b"")}, json={})
        with pytest.raises(damsession.ArgumentError):
            session.post("mem/image/upload", files={"a": ("a", b"")}, data=b"raw")
        with pytest.raises(TypeError):
            session.post("mem/image/upload", files={"a": wrong})


class Slow(io.BytesIO):
    """Takes less than it is given, as a file without a buffer may."""

    def write(self, data: Any, /) -> int:
        return super().write(data[:1000])


@pytest.mark.parametrize("make", [io.BytesIO, Slow])
def test_a_response_is_streamed_to_a_file(photoshelter: Opener, make: Any) -> None:
    with photoshelter() as session:
        file = make()
        response = session.get(DOWNLOAD, stream_to=file).raise_for_status()
        assert file.getvalue() == CONTENT and response.content == b""


def test_a_response_is_streamed_to_a_callable(photoshelter: Opener) -> None:
    got: list[bytes] = []
    with photoshelter() as session:
        session.get(DOWNLOAD, stream_to=got.append).raise_for_status()
    assert b"".join(got) == CONTENT and len(got) > 1


def test_no_verdict_is_streamed(photoshelter: Opener, dam_sandbox: Sandbox) -> None:
    file = io.BytesIO()
    with photoshelter() as session:
        session.login()
        dam_sandbox.knobs(expired="200-html")
        dam_sandbox.expire()
        assert session.get(DOWNLOAD, stream_to=file).replays == 1
        assert file.getvalue() == CONTENT
        missing = session.get("mem/nothing", stream_to=file)
        assert missing.status == 404 and missing.content and file.getvalue() == CONTENT


@pytest.mark.parametrize("what", ["stream_to", "progress"])
def test_what_a_callback_raises_comes_out_of_the_call(photoshelter: Opener, what: str) -> None:
    def fail(*arguments: Any) -> None:
        raise Mine("mine")

    options: Any = {what: fail}
    with photoshelter() as session, pytest.raises(Mine):
        session.get(DOWNLOAD, **options)


def test_progress_is_told(photoshelter: Opener) -> None:
    told: list[tuple[Any, ...]] = []
    with photoshelter() as session:
        session.get(DOWNLOAD, progress=lambda *numbers: told.append(numbers)).raise_for_status()
    downs = [down for down, *_ in told]
    assert downs == sorted(downs) and downs[-1] == SIZE and told[-1][1] in (SIZE, None)


def test_a_canceller_ends_a_request_from_another_thread(photoshelter: Opener) -> None:
    canceller = damsession.Canceller()
    with photoshelter() as session:
        session.login()
        started = threading.Event()
        other = threading.Thread(target=lambda: (started.wait(10), canceller.cancel()))
        other.start()
        with pytest.raises(damsession.Cancelled):
            session.get(
                "mem/slow?seconds=30", canceller=canceller, progress=lambda *_: started.set()
            )
        other.join()
        with pytest.raises(damsession.Cancelled):  # for good
            session.get("mem/user/session", canceller=canceller)
        assert session.get("mem/user/session").ok


def test_a_download_appears_whole(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "image.jpg"
    with photoshelter() as session:
        assert session.download("mem/nothing", path).status == 404
        assert list(tmp_path.glob("image*")) == []
        dam_sandbox.fault("truncate", match="download")
        with pytest.raises(damsession.TransferError):
            session.download(DOWNLOAD, path)
        assert not path.exists() and (tmp_path / "image.jpg.part").exists()
        told: list[int] = []
        session.download(
            DOWNLOAD, os.fspath(path), progress=lambda down, *_: told.append(down)
        ).raise_for_status()
        assert path.read_bytes() == CONTENT and told
        assert [one.name for one in tmp_path.glob("image*")] == ["image.jpg"]
        with pytest.raises(damsession.ArgumentError):
            session.download(DOWNLOAD, path, keep=True)
        with pytest.raises(damsession.StoreError):
            session.download(DOWNLOAD, tmp_path / "absent" / "image.jpg")


def test_a_download_goes_on_where_it_was_interrupted(
    photoshelter: Opener, dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "image.jpg"
    part = tmp_path / "image.jpg.part"

    with photoshelter() as session:
        dam_sandbox.fault("truncate", match="download")
        with pytest.raises(damsession.TransferError):
            session.download(DOWNLOAD, path)
        there = part.stat().st_size
        response = session.download(DOWNLOAD, path, resume=True).raise_for_status()
    assert path.read_bytes() == CONTENT
    assert 0 < there < SIZE and response.status == 206


@pytest.mark.parametrize("told", [False, True])
def test_ctrl_c_ends_a_request(photoshelter: Opener, dam_sandbox: Sandbox, told: bool) -> None:
    handler = signal.getsignal(signal.SIGINT)
    options: Any = {"progress": lambda *_: None} if told else {}
    with photoshelter() as session:
        session.login()

        def press() -> None:
            while session.statistics.requests == 0:  # the request has begun
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

        other = threading.Thread(target=press)
        other.start()
        begin = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            session.get("mem/slow?seconds=30", **options)
        other.join()
        assert time.monotonic() - begin < 20
    assert signal.getsignal(signal.SIGINT) is handler
