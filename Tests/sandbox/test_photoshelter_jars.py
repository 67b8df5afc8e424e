"""Tools with a cookie jar of their own log in to PhotoShelter by the steps of the guide alone.

No test sets a cookie: each tool takes, keeps and sends cookies as it does elsewhere, in strict mode
too, where only the newest cookie is valid.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from damsession.sandbox import Sandbox

BADGER = "O0000BADGER000002"

# Path below mem/, fields of a form if it is a POST: status and what the response says.
Send = Callable[[str, "dict[str, str] | None"], "tuple[int, Any]"]


def _curl(sandbox: Sandbox, directory: Path) -> Iterator[Send]:
    jar = str(directory / "jar")

    def send(path: str, form: dict[str, str] | None) -> tuple[int, Any]:
        command = [
            "curl",
            "-sS",
            "--noproxy",
            "*",
            "--cacert",
            sandbox.ca_file,
            "-b",
            jar,
            "-c",
            jar,
        ]
        command += ["-H", f"X-PS-Api-Key: {sandbox.api_key}", "-w", "\n%{http_code}"]
        for name, value in (form or {}).items():
            command += ["-F", f"{name}={value}"]
        command.append(f"{sandbox.photoshelter}/psapi/v3/mem/{path}")
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        body, _, status = done.stdout.rpartition("\n")
        return int(status), json.loads(body)

    yield send


def _wget(sandbox: Sandbox, directory: Path) -> Iterator[Send]:
    jar, found = directory / "jar", directory / "response"
    jar.touch()

    def send(path: str, form: dict[str, str] | None) -> tuple[int, Any]:
        command = ["wget", "-S", "--no-proxy", "--no-hsts", f"--ca-certificate={sandbox.ca_file}"]
        command += [f"--load-cookies={jar}", f"--save-cookies={jar}", "--keep-session-cookies"]
        command += ["--content-on-error", f"--header=X-PS-Api-Key: {sandbox.api_key}"]
        command += ["-O", str(found)] + ([f"--post-data={urlencode(form)}"] if form else [])
        command.append(f"{sandbox.photoshelter}/psapi/v3/mem/{path}")
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode in (0, 8), done.stderr
        status = done.stderr.rpartition("HTTP/1.1 ")[2][:3]
        return int(status), json.loads(found.read_text())

    yield send


def _requests(sandbox: Sandbox, directory: Path) -> Iterator[Send]:
    with requests.Session() as session:
        session.trust_env = False
        session.verify = sandbox.ca_file
        session.headers["X-PS-Api-Key"] = sandbox.api_key

        def send(path: str, form: dict[str, str] | None) -> tuple[int, Any]:
            url = f"{sandbox.photoshelter}/psapi/v3/mem/{path}"
            response = session.request("POST" if form else "GET", url, data=form)
            return response.status_code, response.json()

        yield send


TOOLS = {"curl": _curl, "wget": _wget, "requests": _requests}


@pytest.fixture(params=list(TOOLS))
def send(request: pytest.FixtureRequest, dam_sandbox: Sandbox, tmp_path: Path) -> Iterator[Send]:
    yield from TOOLS[request.param](dam_sandbox, tmp_path)


@pytest.mark.parametrize("old_cookie", ["accept", "refuse"])
def test_the_steps_of_the_guide(dam_sandbox: Sandbox, send: Send, old_cookie: str) -> None:
    dam_sandbox.knobs(old_cookie=old_cookie)
    assert send("user/session", None)[0] == 400
    password = dam_sandbox.accounts["photoshelter"]["ada@example.com"]["password"]
    status, response = send("authenticate", {"email": "ada@example.com", "password": password})
    assert (status, response["status"]) == (200, "ok")
    assert BADGER in [one["id"] for one in response["data"]["org"]]
    assert send(f"organization/{BADGER}/authenticate", None)[0] == 200
    status, response = send("gallery/query", None)
    assert (status, response["data"]["Session"]["organization"]) == (200, BADGER)
    gallery = response["data"]["Gallery"][0]["gallery_id"]
    status, response = send(f"gallery/{gallery}/images?fields=image_id", None)
    assert status == 200
    image = response["data"]["GalleryImage"][0]["image_id"]
    status, response = send(f"image/{image}?fields=file_name", None)
    assert status == 200 and list(response["data"]["Image"]) == ["file_name"]
    assert send("authenticate/logout", None) == (200, {"status": "ok", "data": None})
    status, response = send("user/session", None)
    assert (status, response["error"]["class"]) == (400, "SessionRequiredErr")
    state = dam_sandbox.state()["photoshelter"]
    assert (state["logins_ok"], state["sessions_live"], state["stale_cookie_refusals"]) == (1, 0, 0)


def test_curl_uploads_by_the_guide_and_finds_the_image(
    dam_sandbox: Sandbox, tmp_path: Path
) -> None:
    jar, picture = tmp_path / "cookie.txt", tmp_path / "my_image.jpg"
    picture.write_bytes(b"not really a picture")
    common = ["curl", "-sS", "--noproxy", "*", "--cacert", dam_sandbox.ca_file]
    common += ["-H", f"X-PS-Api-Key: {dam_sandbox.api_key}"]
    base = f"{dam_sandbox.photoshelter}/psapi/v3/mem"

    def run(*arguments: str) -> Any:
        done = subprocess.run([*common, *arguments], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["data"]

    login = ("-F", "email=solo@example.com", "-F", "password=solo-password", "-F", "mode=cookie")
    run("-c", str(jar), *login, f"{base}/authenticate")
    # As the guide has it: the jar is read, not written, and the cookie of the login goes on.
    sent = ("-F", "gallery_id=G0000ABCDEFGHIJK", "-F", f"file=@{picture}")
    uploaded = run("-b", str(jar), *sent, f"{base}/image/upload")
    image = uploaded["Image"][0]["image_id"]
    assert run("-b", str(jar), f"{base}/image/{image}")["Image"]["image_id"] == image
