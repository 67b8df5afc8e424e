"""HTTP/2, HTTP/1.1 and compression with nginx. The server says which was used (X-Protocol)."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from conftest import Publish, Site

import damsession


def test_http_2_is_used_when_offered(site: Site) -> None:
    response = site.session().get("mem/user/session")
    assert response.headers["X-Protocol"] == "HTTP/2.0"
    assert {entry["protocol"] for entry in site.access_log} == {"HTTP/2.0"}


def test_http_1_1_is_used_when_asked_for(site: Site, publish: Publish, tmp_path: Path) -> None:
    content = publish("a.bin", 300_000)
    session = site.session(http="1.1")
    assert session.get("mem/user/session").headers["X-Protocol"] == "HTTP/1.1"
    assert session.download("/member/a.bin", tmp_path / "a.bin").headers["X-Protocol"] == "HTTP/1.1"
    assert session.put("/sink/a.bin", data=iter([content])).status == 201
    assert (tmp_path / "a.bin").read_bytes() == (site.sink / "a.bin").read_bytes() == content
    assert {entry["protocol"] for entry in site.access_log} == {"HTTP/1.1"}


def test_http_1_1_is_used_where_nothing_else_is_offered(site: Site) -> None:
    session = site.session(url=site.sandbox.photoshelter, ca_file=site.sandbox.ca_file)
    assert session.get("mem/user/session").ok  # aiohttp knows no HTTP/2


def test_a_connection_of_a_newer_version_is_not_shared(site: Site) -> None:
    # One identity: they share their connections.
    newer, older = site.session(), site.session(http="1.1")
    used = [
        session.get("mem/user/session").headers["X-Protocol"]
        for session in (newer, older, newer, older)
    ]
    assert used[:2] == ["HTTP/2.0", "HTTP/1.1"] and used[3] == "HTTP/1.1"


def test_a_compressed_response_arrives_decoded(site: Site, publish: Publish) -> None:
    content = publish("a.txt", 500_000)
    response = site.session().get("/gzip/a.txt")
    entry = site.access_log[-1]
    assert response.content == content and "gzip" in entry["accept_encoding"]
    assert int(entry["sent"]) < 250_000  # it did travel compressed


def test_a_compressed_response_streams_as_it_is(
    site: Site, publish: Publish, tmp_path: Path
) -> None:
    content = publish("a.txt", 500_000)
    session = site.session()
    pieces: list[bytes] = []
    session.get("/gzip/a.txt", stream_to=pieces.append).raise_for_status()
    response = session.download("/gzip/a.txt", tmp_path / "a.txt")
    assert b"".join(pieces) == (tmp_path / "a.txt").read_bytes() == content
    assert response.headers["Content-Length"] == "500000" and response.headers["ETag"].startswith(
        '"'
    )
    assert [entry["accept_encoding"] for entry in site.access_log[-2:]] == ["", ""]


def test_a_compressed_file_stays_compressed(site: Site, tmp_path: Path) -> None:
    packed = gzip.compress(b"text" * 50_000)
    (site.files / "a.gz").write_bytes(packed)
    session = site.session()
    session.download("/files/a.gz", tmp_path / "a.gz").raise_for_status()
    assert (tmp_path / "a.gz").read_bytes() == session.get("/files/a.gz").content == packed


def test_a_coding_that_nobody_asked_for_stays(site: Site, tmp_path: Path) -> None:
    site.session().download("/httpbin/gzip", tmp_path / "a.gz").raise_for_status()
    assert b'"gzipped": true' in gzip.decompress((tmp_path / "a.gz").read_bytes())


def test_the_limit_counts_what_is_unpacked(site: Site) -> None:
    (site.files / "a.txt").write_bytes(bytes(4_000_000))
    with pytest.raises(damsession.TooLarge):
        site.session(response_limit="1M").get("/gzip/a.txt")
    assert int(site.access_log[-1]["sent"]) < 1_000_000
