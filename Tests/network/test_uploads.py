"""Uploads of a folder during which the session ends more than once, without any care by the
program.

Forty files are sent as multipart forms, by threads in Python and C, by a loop in shell, and by four
processes at once. Every file arrives exactly once and whole, each expiry costs one login, and no
request fails. The sandbox, not the client, says what arrived. A body that cannot be sent twice is
refused, and nothing of it stays at the server.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from common import WRAPPER
from conftest import Site
from programs import PATIENCE, Talk, compiled, environment, run

import damsession

COUNT = 40
BEFORE = (8, 26)  # the session ends before these; far apart, for a request is sent again but once
PATH = "mem/image/upload"
ONE = """case $1 in */08*|*/26*) curl -sS --fail -d "{}" "$EXPIRE" >>"$OUT.curl";; esac &&
"$DAMSESSION" post - "$0" --form "file=@$1" >"$OUT/${1##*/}\""""
LOOP = f"""for file in "$0"/*; do sh -c '{ONE}' "$1" "$file" || exit; done"""
PARALLEL = f"""printf '%s\\0' "$0"/* | xargs -0 -n 1 -P 4 sh -c '{ONE}' "$1\""""

#: Uploads the files to the sandbox, and ends the session twice on the way; what the server said to
#: each.
Uploader = Callable[[Site, Path, Path, dict[str, str]], list[Any]]


def by_python(site: Site, folder: Path, files: Path, options: dict[str, str]) -> list[Any]:
    names = ("system", "url", "user", "password", "api_key", "ca_file", "authentication", "store")
    session = site.session(**{name: options[f"DAMSESSION_{name.upper()}"] for name in names})

    def upload(number: int, file: Path) -> Any:
        if number in BEFORE:
            site.sandbox.expire()
        return session.post(PATH, files={"file": file}).raise_for_status().json()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(upload, range(COUNT), sorted(files.iterdir())))


def by_c(site: Site, folder: Path, files: Path, options: dict[str, str]) -> list[Any]:
    words = list(map(str, sorted(files.iterdir())))
    for number in reversed(BEFORE):
        words.insert(number, "-")
    responses = []
    with Talk([compiled(folder, "uploads.c"), "8", PATH, *words], options) as program:
        for _ in words:
            status, _, body = program.hear().partition(" ")
            if status == "pause":
                site.sandbox.expire()
                program.say("go on")
            else:
                assert status == "200"
                responses.append(json.loads(body))
        assert program.process.wait() == 0
    return responses


def by_shell(script: str) -> Uploader:
    def upload(site: Site, folder: Path, files: Path, options: dict[str, str]) -> list[Any]:
        out = files.with_name("responses")
        out.mkdir()
        expire = f"{site.sandbox.photoshelter_http}/_sandbox/expire"
        more = {"DAMSESSION": WRAPPER, "OUT": str(out), "EXPIRE": expire, "no_proxy": "*"}
        done = run(["sh", "-c", script, str(files), PATH], {**options, **more})
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        return [json.loads(path.read_text()) for path in out.iterdir()]

    return upload


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Forty files: none, one byte, and more; some are larger than what a connection takes at
    once.
    """
    made = tmp_path / "files"
    made.mkdir()
    chance = random.Random(40)
    for number, size in enumerate(
        [0, 1, 65_536, *(chance.randrange(900_000) for _ in range(COUNT - 3))]
    ):
        (made / f"{number:02} ä&b.bin").write_bytes(chance.randbytes(size))
    return made


def described(file: Path) -> tuple[str, str, str]:
    content = file.read_bytes()
    return file.name, str(len(content)), hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("authentication", ["cookie", "token"])
@pytest.mark.parametrize(
    "upload",
    [by_python, by_c, by_shell(LOOP), by_shell(PARALLEL)],
    ids=["Python", "C", "loop", "xargs"],
)
def test_every_file_arrives_once(
    site: Site, folder: Path, files: Path, tmp_path: Path, upload: Uploader, authentication: str
) -> None:
    sandbox = site.sandbox
    sandbox.knobs(old_cookie="refuse")
    url = sandbox.photoshelter  # nginx would wait for the whole of a body before it asks
    options = environment(
        site,
        url=url,
        ca_file=sandbox.ca_file,
        authentication=authentication,
        store=tmp_path / "sessions",
    )
    responses = upload(site, folder, files, options)
    told = [image for response in responses for image in response["data"]["Image"]]
    expected = sorted(described(file) for file in files.iterdir())
    assert sorted((one["file_name"], one["file_size"], one["sha256"]) for one in told) == expected
    state = sandbox.state()["photoshelter"]
    assert (state["writes"], state["expiries"]) == (COUNT, len(BEFORE))
    assert (state["logins_ok"], state["logins_refused"]) == (1 + len(BEFORE), 0)
    assert state["stale_cookie_refusals"] == 0
    taken = [
        entry for entry in sandbox.log() if entry["path"].endswith(PATH) and entry["status"] == 200
    ]
    assert sorted(name for entry in taken for name in entry["form"]["file"]) == [
        one[0] for one in expected
    ]


def pieces(*contents: bytes) -> Iterator[bytes]:
    yield from contents


@pytest.mark.parametrize("authentication", ["cookie", "token"])
@pytest.mark.parametrize("size", [9, 3_000_000])
def test_what_cannot_be_sent_twice_leaves_nothing(
    site: Site, tmp_path: Path, authentication: str, size: int
) -> None:
    session = site.session(authentication=authentication)
    session.login()
    assert site.sandbox.expire() == 1
    with pytest.raises(damsession.ReplayImpossible):
        session.put("/sink/half.bin", data=pieces(b"a" * (size // 3), b"b" * (size // 3 * 2)))
    assert list(site.sink.iterdir()) == []
    assert session.put("/sink/half.bin", data=pieces(b"a" * size)).status == 201
    assert (site.sink / "half.bin").read_bytes() == b"a" * size
    assert site.sandbox.state()["photoshelter"]["logins_ok"] == 2


@pytest.mark.parametrize("authentication", ["cookie", "token"])
@pytest.mark.parametrize("size", [9, 3_000_000])
def test_standard_input_is_read_once(
    site: Site, tmp_path: Path, authentication: str, size: int
) -> None:
    options = environment(site, authentication=authentication, store=tmp_path / "sessions")
    put = [WRAPPER, "put", "-", "/sink/half.bin", "-d", "@-"]
    assert run([WRAPPER, "keepalive", "-"], options).returncode == 0
    assert site.sandbox.expire() == 1
    refused = run(put, options, input=b"a" * size)
    assert refused.returncode == 50 and refused.stderr.startswith(b"damsession: ")
    assert list(site.sink.iterdir()) == []
    again = run(put, options, input=b"a" * size)
    assert (again.returncode, again.stderr) == (0, b"")
    assert (site.sink / "half.bin").read_bytes() == b"a" * size
    assert site.sandbox.state()["photoshelter"]["logins_ok"] == 2


def test_a_pipe_that_never_ends_is_refused_at_once(site: Site, tmp_path: Path) -> None:
    """Who writes into it hears of it, as in any pipeline."""
    sandbox = site.sandbox
    options = environment(
        site, url=sandbox.photoshelter, ca_file=sandbox.ca_file, store=tmp_path / "sessions"
    )
    assert run([WRAPPER, "keepalive", "-"], options).returncode == 0
    assert sandbox.expire() == 1
    with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
        command = [
            WRAPPER,
            "post",
            "-",
            PATH,
            "-d",
            "@-",
            "--content-type",
            "multipart/form-data; boundary=y",
        ]
        done = subprocess.run(
            command, env=options, stdin=endless.stdout, capture_output=True, timeout=PATIENCE
        )
        assert endless.stdout is not None
        endless.stdout.close()
        assert endless.wait() == -13
    assert done.returncode == 50
    assert sandbox.state()["photoshelter"]["writes"] == 0
