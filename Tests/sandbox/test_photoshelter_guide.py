"""Independent clients log in to PhotoShelter and work, by the text of the guide alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from conftest import Curl, PhotoShelterClient, set_cookies

from damsession.sandbox import Sandbox
from damsession.sandbox.content import Slice

Make = Callable[[], PhotoShelterClient]
ADA_PASSWORD = "correct horse & battery=staple%41+ü"


def test_curl_with_a_cookie_jar(dam_sandbox: Sandbox, curl: Curl, tmp_path: Path) -> None:
    base = dam_sandbox.photoshelter + "/psapi/v3/mem"
    jar = str(tmp_path / "jar")
    common = ["-b", jar, "-c", jar, "-H", f"X-PS-Api-Key: {dam_sandbox.api_key}"]
    login = ["--data-urlencode", "email=ada@example.com"]
    login += ["--data-urlencode", f"password={ADA_PASSWORD}"]
    response = json.loads(curl(*common, *login, f"{base}/authenticate"))
    organizations = [one["id"] for one in response["data"]["org"]]
    assert organizations == ["O0000AARDVARK0001", "O0000BADGER000002"]

    curl(*common, f"{base}/organization/{organizations[1]}/authenticate")
    session = json.loads(curl(*common, f"{base}/user/session"))["data"]["Session"]
    assert session["user"] == "ada@example.com"
    assert session["organization"] == "O0000BADGER000002"

    curl(*common, f"{base}/authenticate/logout")
    refused = json.loads(curl(*common, f"{base}/user/session"))
    assert refused["error"]["class"] == "SessionRequiredErr"


@pytest.mark.parametrize("where", ["header", "query"])
def test_curl_with_a_token(dam_sandbox: Sandbox, curl: Curl, where: str) -> None:
    base = dam_sandbox.photoshelter + "/psapi/v3.0/mem"
    key = ("-H", f"X-PS-Api-Key: {dam_sandbox.api_key}")
    form = ("-F", "email=one@example.com", "-F", "password=one-password", "-F", "mode=token")
    token = json.loads(curl(*key, *form, f"{base}/authenticate"))["data"]["token"]
    if where == "header":
        access = ["-H", f"X-PS-Auth-Token: {token}"]
    else:
        access = ["-G", "--data-urlencode", f"auth_token={token}"]
    for _ in range(2):
        session = json.loads(curl(*key, *access, f"{base}/user/session"))["data"]["Session"]
        assert session["user"] == "one@example.com"
    flags = dam_sandbox.log()[-1]["flags"]
    assert flags == ([] if where == "header" else ["auth-token-in-url"])


def test_a_token_in_a_url_must_be_encoded(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    dam_sandbox.knobs(token_characters="any")
    client = photoshelter()
    token = client.authenticate(mode="token").json()["data"]["token"]
    assert client.call(f"mem/user/session?auth_token={token}").status_code == 400
    assert dam_sandbox.log()[-1]["verdict"] == "refused"


def test_requests_with_its_jar(photoshelter: Make) -> None:
    client = photoshelter().login()
    assert client.whoami()["organization"] is None
    client.call("mem/organization/O0000AARDVARK0001/authenticate", "POST")
    assert client.whoami()["organization"] == "O0000AARDVARK0001"
    client.call("mem/organization/O0000BADGER000002/authenticate")
    assert client.whoami()["organization"] == "O0000BADGER000002"
    client.call("mem/organization/logout")
    assert client.whoami()["organization"] is None


def test_json_body(photoshelter: Make) -> None:
    body = {"email": "ada@example.com", "password": ADA_PASSWORD, "mode": "token"}
    assert photoshelter().call("mem/authenticate", "POST", json=body).json()["data"]["token"]


def test_password_in_the_url_works_and_is_noticed(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    dam_sandbox.knobs(login_by_query="on")
    query = {"email": "solo@example.com", "password": "solo-password"}
    response = photoshelter().call("mem/authenticate", params=query)
    assert response.json() == {"status": "ok", "data": []}
    entry = dam_sandbox.log()[-1]
    assert entry["flags"] == ["password-in-url"]
    assert entry["query"]["password"] == ["solo-password"]


@pytest.mark.parametrize("place", ["header", "query", "form"])
def test_places_of_the_api_key(dam_sandbox: Sandbox, place: str) -> None:
    key = dam_sandbox.api_key
    response = requests.post(
        f"{dam_sandbox.photoshelter}/psapi/v3/echo",
        verify=dam_sandbox.ca_file,
        headers={"X-PS-Api-Key": key} if place == "header" else {},
        params={"api_key": key} if place == "query" else {},
        data={"api_key": key} if place == "form" else {},
    )
    assert response.json()["status"] == "ok"


def test_xml(photoshelter: Make) -> None:
    client = photoshelter().login("one@example.com", "token")
    text = client.call("mem/gallery/query?format=xml").text
    assert '<PhotoShelterAPI version="3.0"><status>ok</status><data>' in text
    assert text.count("<Gallery>") == 3
    refused = photoshelter().call("mem/user/session?format=xml").text
    assert "<error><code>400</code><class>SessionRequiredErr</class>" in refused


def test_content_differs_by_identity(photoshelter: Make) -> None:
    client = photoshelter().login()
    personal = client.call("mem/gallery/query").json()["data"]
    client.call("mem/organization/O0000BADGER000002/authenticate")
    shared = client.call("mem/gallery/query").json()["data"]
    other = photoshelter().login("one@example.com").call("mem/gallery/query").json()["data"]
    every = (personal, shared, other)
    ids = [gallery["gallery_id"] for data in every for gallery in data["Gallery"]]
    assert len(set(ids)) == 9
    assert shared["Session"] == {"user": "ada@example.com", "organization": "O0000BADGER000002"}


def test_records_have_the_vendors_types(photoshelter: Make) -> None:
    image = photoshelter().login().call("mem/image/I0000ABC").json()["data"]["Image"]
    assert image["file_size"] == "65536" and image["f_searchable"] == "f"


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_changing_a_gallery(dam_sandbox: Sandbox, photoshelter: Make, method: str) -> None:
    client = photoshelter().login()
    response = client.call("mem/gallery/G1", method, data={"name": "Løve & co"})
    assert response.json()["data"]["Gallery"]["name"] == "Løve & co"
    assert dam_sandbox.log()[-1]["form"] == {"name": ["Løve & co"]}
    assert dam_sandbox.state()["photoshelter"]["writes"] == 1


def test_upload(photoshelter: Make) -> None:
    content = bytes(range(256)) * 5000
    files = [("file", ("a.jpg", content)), ("file", ("b.jpg", b"b"))]
    response = (
        photoshelter()
        .login()
        .call("mem/image/upload", "POST", data={"gallery_id": "G1"}, files=files)
    )
    images = response.json()["data"]["Image"]
    ids = [image.pop("image_id") for image in images]
    assert len(set(ids)) == 2 and all(len(one) == 16 and one[:5] == "I0000" for one in ids)
    assert images == [
        {"file_name": name, "file_size": str(len(body)), "sha256": hashlib.sha256(body).hexdigest()}
        for name, body in (("a.jpg", content), ("b.jpg", b"b"))
    ]


def test_upload_that_is_none(photoshelter: Make) -> None:
    client = photoshelter().login()
    head = {"Content-Type": "multipart/form-data; boundary=x"}
    broken = client.call("mem/image/upload", "POST", data=b"nothing", headers=head)
    assert broken.status_code == 400
    assert len(set_cookies(broken)) == 1
    assert client.call("mem/image/upload", "POST", data={"a": "b"}).status_code == 400
    assert client.call("mem/image/upload", "POST", files={"a": (None, "b")}).status_code == 400


def test_curl_uploads_without_waiting_for_continue(
    dam_sandbox: Sandbox, curl: Curl, photoshelter: Make, tmp_path: Path
) -> None:
    client = photoshelter().login(mode="token")
    big = tmp_path / "big.jpg"
    big.write_bytes(b"x" * 3_000_000)
    headers = [
        f"{name}: {client.http.headers[name]}" for name in ("X-PS-Api-Key", "X-PS-Auth-Token")
    ]
    target = dam_sandbox.photoshelter + "/psapi/v3/mem/image/upload"
    response = curl(
        "-H", headers[0], "-H", headers[1], "-H", "Expect: 100-continue",
        "--expect100-timeout", "60", "-F", f"file=@{big}", target,
    )  # fmt: skip
    assert json.loads(response)["data"]["Image"][0]["file_size"] == "3000000"


@pytest.mark.parametrize(
    ("wanted", "status", "start", "length"),
    [
        ("", 200, 0, 200_000),
        ("bytes=0-0", 206, 0, 1),
        ("bytes=65520-65522", 206, 65520, 3),
        ("bytes=131072-", 206, 131072, 68_928),
        ("bytes=-5", 206, 199_995, 5),
        ("bytes=199999-300000", 206, 199_999, 1),
        ("bytes=5-2", 416, 0, 0),
        ("bytes=200000-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=0-1,5-6", 200, 0, 200_000),
        ("lines=1-2", 200, 0, 200_000),
    ],
)
def test_download_and_ranges(
    photoshelter: Make, wanted: str, status: int, start: int, length: int
) -> None:
    client = photoshelter().login()
    headers = {"Range": wanted} if wanted else {}
    response = client.call("mem/image/I7/download?size=200000", headers=headers)
    assert response.status_code == status
    assert response.content == Slice("I7", start, length).read()
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["X-Sandbox-User"] == "ada@example.com"


def test_if_range(photoshelter: Make) -> None:
    client = photoshelter().login()
    path = "mem/image/I7/download?size=1000"
    tag = client.call(path).headers["ETag"]
    head = {"Range": "bytes=10-", "If-Range": tag}
    assert client.call(path, headers=head).status_code == 206
    assert client.call(path, headers={**head, "If-Range": '"other"'}).status_code == 200
    assert client.call("mem/image/I7/download?size=x").status_code == 400
    whole = client.call(path, "HEAD")
    assert whole.headers["Content-Length"] == "1000" and whole.content == b""


def test_slow_and_redirect(photoshelter: Make) -> None:
    client = photoshelter().login()
    assert client.call("mem/slow?seconds=0").status_code == 200
    assert client.call("mem/slow?seconds=nan").status_code == 400
    response = client.call("mem/redirect", params={"to": "https://x.example/a?b=c", "code": "307"})
    assert (response.status_code, response.headers["Location"]) == (307, "https://x.example/a?b=c")
    assert client.call("mem/redirect?to=a%0d%0ab").status_code == 400
    assert client.call("mem/redirect?to=/x&code=200").status_code == 400


def test_unknown_endpoint_and_method(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter().login()
    response = client.call("mem/nothing")
    assert (response.status_code, response.json()["error"]["code"]) == (404, 404)
    assert client.call("mem/gallery/G1", "PATCH").status_code == 405
    assert client.call("mem/authenticate", "PUT").status_code == 405


def test_public_file_shows_the_headers_it_got(dam_sandbox: Sandbox) -> None:
    for base in (dam_sandbox.photoshelter, dam_sandbox.fotoweb):
        response = requests.get(
            f"{base}/cdn/a.jpg", verify=dam_sandbox.ca_file, headers={"X-A": "b"}
        )
        assert ["X-A", "b"] in response.json()["headers"]
        assert ["X-A", "b"] in dam_sandbox.log()[-1]["headers"]
