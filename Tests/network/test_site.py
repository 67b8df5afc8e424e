"""The servers themselves: what the other tests rely on works."""

from __future__ import annotations

import subprocess

import pytest
from conftest import Publish, Site

import damsession


@pytest.mark.parametrize("authentication", ["cookie", "token", "token-in-url"])
def test_a_session_lives_behind_nginx(site: Site, publish: Publish, authentication: str) -> None:
    content = publish("a.bin", 1000)
    session = site.session(authentication=authentication)
    assert session.get("mem/user/session").ok
    assert session.get("/files/a.bin").content == content
    assert session.get("/member/a.bin").content == content
    assert session.put("/sink/b/c.bin", data=content).status == 201
    assert (site.sink / "b" / "c.bin").read_bytes() == content
    assert session.get("/httpbin/status/204").status == 204
    assert site.sandbox.state()["photoshelter"]["logins_ok"] == 1
    assert [entry["uri"].partition("?")[0] for entry in site.access_log] == [
        "/psapi/v3/mem/authenticate",
        "/psapi/v3/mem/user/session",
        "/files/a.bin",
        "/member/a.bin",
        "/sink/b/c.bin",
        "/httpbin/status/204",
    ]


def test_members_need_a_session(site: Site, publish: Publish) -> None:
    publish("a.bin", 10)
    site.session().login()
    outsider = site.session(user="someone@example.com")
    with pytest.raises(damsession.CredentialsRefused):
        outsider.get("/member/a.bin")
    curl = ["curl", "-s", "--cacert", site.ca_file, "-o", "/dev/null", "-w", "%{http_code}"]
    assert subprocess.run([*curl, f"{site.url}/member/a.bin"], capture_output=True).stdout == b"401"
