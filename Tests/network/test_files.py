"""Files from nginx: whole, in parts, and where they are written. Interruptions are in
test_downloads.py.
"""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from conftest import Publish, Site

import damsession

SIZE = 700_001


@pytest.mark.parametrize("where", ["files", "member"])
def test_a_file_arrives_however_it_is_taken(
    site: Site, publish: Publish, tmp_path: Path, where: str
) -> None:
    content = publish("a.bin", SIZE)
    session = site.session()
    path, file = tmp_path / "a.bin", io.BytesIO()
    pieces: list[bytes] = []
    assert session.get(f"/{where}/a.bin").content == content
    assert session.get(f"/{where}/a.bin", stream_to=file).content == b""
    session.get(f"/{where}/a.bin", stream_to=pieces.append).raise_for_status()
    session.download(f"/{where}/a.bin", path).raise_for_status()
    assert path.read_bytes() == file.getvalue() == b"".join(pieces) == content
    assert len(pieces) > 1


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537])
def test_the_sizes_around_the_inspected_beginning(
    site: Site, publish: Publish, tmp_path: Path, size: int
) -> None:
    content = publish("a.bin", size)
    session, path, file = site.session(), tmp_path / "a.bin", io.BytesIO()
    session.download("/files/a.bin", path).raise_for_status()
    session.get("/files/a.bin", stream_to=file).raise_for_status()
    assert path.read_bytes() == file.getvalue() == session.get("/files/a.bin").content == content


@pytest.mark.parametrize(
    "wanted, part",
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=700000-", slice(700_000, None)),
        ("bytes=-5", slice(-5, None)),
    ],
)
def test_ranges_are_the_programs_own(
    site: Site, publish: Publish, wanted: str, part: slice
) -> None:
    content = publish("a.txt", SIZE)
    # Nginx would compress all of it.
    response = site.session().get("/gzip/a.txt", headers={"Range": wanted})
    assert (response.status, response.content) == (206, content[part])
    assert response.headers["Content-Range"].endswith(f"/{SIZE}")
    assert site.access_log[-1]["range"] == wanted and site.access_log[-1]["accept_encoding"] == ""


def test_a_range_beyond_the_end_is_a_response(site: Site, publish: Publish) -> None:
    publish("a.bin", SIZE)
    response = site.session().get("/files/a.bin", headers={"Range": f"bytes={SIZE}-"})
    assert (response.status, response.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


def test_a_download_asks_for_ranges_itself(site: Site, publish: Publish, tmp_path: Path) -> None:
    publish("a.bin", SIZE)
    with pytest.raises(damsession.ArgumentError):
        site.session().download("/files/a.bin", tmp_path / "a.bin", headers={"Range": "bytes=1-"})


def test_head_tells_the_size_and_brings_nothing(site: Site, publish: Publish) -> None:
    publish("a.bin", SIZE)
    session = site.session()
    response = session.head("/files/a.bin")
    assert (response.status, response.headers["Content-Length"], response.content) == (
        200,
        str(SIZE),
        b"",
    )
    assert response.headers["ETag"] == session.get("/files/a.bin").headers["ETag"]
    assert [entry["method"] for entry in site.access_log][-2:] == ["HEAD", "GET"]


def test_what_is_unchanged_does_not_come_again(
    site: Site, publish: Publish, tmp_path: Path
) -> None:
    publish("a.bin", SIZE)
    session = site.session()
    tag = session.head("/files/a.bin").headers["ETag"]
    response = session.get("/files/a.bin", headers={"If-None-Match": tag})
    assert (response.status, response.content) == (304, b"")
    download = session.download("/files/a.bin", tmp_path / "a.bin", headers={"If-None-Match": tag})
    assert download.status == 304 and list(tmp_path.glob("a.bin*")) == []


def test_what_is_not_there_touches_no_file(site: Site, tmp_path: Path) -> None:
    path, file = tmp_path / "a.bin", io.BytesIO()
    path.write_bytes(b"mine")
    session = site.session()
    response = session.download("/files/absent", path)
    assert response.status == 404 and b"nginx" in response.content
    assert session.get("/files/absent", stream_to=file).status == 404 and file.getvalue() == b""
    assert path.read_bytes() == b"mine" and [one.name for one in tmp_path.glob("a.bin*")] == [
        "a.bin"
    ]


def test_the_mode_is_that_of_any_new_file(site: Site, publish: Publish, tmp_path: Path) -> None:
    publish("a.bin", SIZE)
    usual, path = tmp_path / "usual", tmp_path / "a.bin"
    usual.touch()
    site.session().download("/files/a.bin", path).raise_for_status()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode)


def test_an_upload_arrives_whole(site: Site, tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    path = tmp_path / "up.bin"
    path.write_bytes(content)
    session = site.session()
    with path.open("rb") as file:
        assert session.put("/sink/known.bin", data=file).status == 201
    assert session.put("/sink/unknown.bin", data=iter([content[:9], content[9:]])).status == 201
    assert session.put("/sink/empty.bin", data=b"").status == 201
    assert (
        (site.sink / "known.bin").read_bytes()
        == (site.sink / "unknown.bin").read_bytes()
        == content
    )
    assert (site.sink / "empty.bin").read_bytes() == b""
