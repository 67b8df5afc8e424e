"""Sessions that end while nginx serves files: the response arrives whole, after one login, which
the server counts.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from conftest import Publish, Site

SIZE = 600_000
MODES = ["cookie", "token", "token-in-url"]


def logins(site: Site) -> int:
    found: int = site.sandbox.state()["photoshelter"]["logins_ok"]
    return found


def members(site: Site) -> list[str]:
    """What nginx answered to requests for members' files."""
    return [entry["status"] for entry in site.access_log if entry["uri"].startswith("/member/")]


@pytest.mark.parametrize("authentication", MODES)
def test_between_two_downloads(
    site: Site, publish: Publish, tmp_path: Path, authentication: str
) -> None:
    content = publish("a.bin", SIZE)
    session = site.session(authentication=authentication)
    for round in range(3):
        response = session.download("/member/a.bin", tmp_path / "a.bin")
        assert (response.status, response.replays) == (200, round > 0)
        assert (tmp_path / "a.bin").read_bytes() == content
        assert logins(site) == round + 1
        assert site.sandbox.expire() == 1
    assert members(site) == ["200", "401", "200", "401", "200"]


@pytest.mark.parametrize("authentication", MODES)
def test_during_a_download(
    site: Site, publish: Publish, tmp_path: Path, authentication: str
) -> None:
    content = publish("a.bin", 230_000)
    session = site.session(authentication=authentication)
    part, expired = tmp_path / "a.bin.part", threading.Event()

    def progress(*_: Any) -> None:
        if not expired.is_set() and part.exists():
            site.sandbox.expire()
            expired.set()

    response = session.download(
        "/member/a.bin", tmp_path / "a.bin", headers={"X-Custom": "slow"}, progress=progress
    )
    assert (response.status, response.replays) == (200, 0) and expired.is_set()
    assert (tmp_path / "a.bin").read_bytes() == content and logins(site) == 1
    assert session.get("/member/a.bin").replays == 1 and logins(site) == 2


def test_before_a_download_goes_on(site: Site, publish: Publish, tmp_path: Path) -> None:
    content = publish("a.bin", SIZE)
    path, part = tmp_path / "a.bin", tmp_path / "a.bin.part"
    session = site.session()

    class Enough(Exception):
        pass

    def progress(*_: Any) -> None:
        if part.exists() and part.stat().st_size > 0:
            raise Enough

    with pytest.raises(Enough):
        session.download("/member/a.bin", path, headers={"X-Custom": "slow"}, progress=progress)
    site.sandbox.expire()
    response = session.download("/member/a.bin", path, resume=True)
    assert (response.status, response.replays, path.read_bytes()) == (206, 1, content)
    assert members(site)[1:] == ["401", "206"] and logins(site) == 2


@pytest.mark.parametrize("authentication", MODES)
def test_before_an_upload(site: Site, authentication: str) -> None:
    content = bytes(range(256)) * 4000
    session = site.session(authentication=authentication)
    session.login()
    site.sandbox.expire()
    response = session.put("/sink/a.bin", data=content)
    assert (response.status, response.replays) == (201, 1)
    assert (site.sink / "a.bin").read_bytes() == content and logins(site) == 2


@pytest.mark.parametrize("authentication", MODES)
def test_for_many_threads_at_once(site: Site, publish: Publish, authentication: str) -> None:
    content = publish("a.bin", SIZE)
    session = site.session(authentication=authentication)
    session.login()
    site.sandbox.expire()
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: session.get("/member/a.bin"), range(24)))
    assert all(response.content == content and response.replays <= 1 for response in responses)
    assert logins(site) == 2 and session.statistics.logins == 2


def test_a_file_that_is_forbidden_is_no_end(site: Site, publish: Publish) -> None:
    publish("a.bin", 10)
    (site.files / "a.bin").chmod(0)
    session = site.session()
    session.login()
    status = session.get("/member/a.bin").status
    assert status in (200, 403) and logins(site) == 1  # root may read anything


def test_every_response_brings_a_cookie_and_the_next_request_takes_it(
    site: Site, publish: Publish
) -> None:
    content = publish("a.bin", 100)
    site.sandbox.knobs(old_cookie="refuse")  # so that an older cookie would cost a login
    session = site.session()
    for _ in range(5):
        assert session.get("/member/a.bin").content == content
    sent = [entry["cookie"] for entry in site.access_log if entry["uri"] == "/member/a.bin"]
    assert len(set(sent)) == 5 and logins(site) == 1 and members(site) == ["200"] * 5
