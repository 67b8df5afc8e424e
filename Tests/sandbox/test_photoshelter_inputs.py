"""Requests to PhotoShelter in the forms that known clients send: keys, tokens, bodies."""

from __future__ import annotations

import base64
import http.client
import json
import re
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from conftest import PhotoShelterClient, data, set_cookies

from damsession.sandbox import Sandbox

Make = Callable[[], PhotoShelterClient]

LOGIN = {"email": "solo@example.com", "password": "solo-password", "mode": "token"}


def multipart(fields: dict[str, str], boundary: str = "x1y2") -> bytes:
    """As one client puts it together: no line end after the last boundary."""
    parts = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    return f"{parts}--{boundary}--".encode()


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", "text/plain", "application/json"])
def test_login_by_json(photoshelter: Make, kind: str) -> None:
    body = json.dumps(LOGIN)
    response = photoshelter().call(
        "mem/authenticate", "POST", data=body, headers={"Content-Type": kind}
    )
    assert response.json()["data"]["token"]


@pytest.mark.parametrize("mark", [";", ","])
def test_multipart_with_a_semicolon_or_a_comma(photoshelter: Make, mark: str) -> None:
    client = photoshelter()
    head = {"Content-Type": f"multipart/form-data{mark} boundary=x1y2"}
    body = multipart({**LOGIN, "format": "xml"})
    response = client.call("mem/authenticate", "POST", data=body, headers=head)
    assert response.headers["Content-Type"] == "text/xml"
    token = response.text.partition("<token>")[2].partition("</token>")[0]
    client.http.headers["X-PS-Auth-Token"] = token
    made = client.call(
        "mem/gallery/insert", "POST", data=multipart({"name": "Løve"}), headers=head
    ).json()["data"]["Gallery"]
    assert made["name"] == "Løve" and made["gallery_id"].startswith("G0000")


@pytest.mark.parametrize("path", ["mem/authenticate", "mem/gallery/insert", "mem/image/upload"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
def test_a_malformed_body_gets_an_error_of_the_api(
    dam_sandbox: Sandbox, photoshelter: Make, path: str, kind: str
) -> None:
    client = photoshelter().login()
    response = client.call(path, "POST", data=b"nothing", headers={"Content-Type": kind})
    assert response.status_code == 400 and response.headers["Content-Type"] == "application/json"
    assert response.json()["error"]["class"] == "BadRequestErr"
    assert dam_sandbox.log()[-1]["verdict"] == "bad-request"
    assert len(set_cookies(response)) == (0 if path == "mem/authenticate" else 1)


def test_a_head_that_promises_a_body_and_has_none(photoshelter: Make) -> None:
    """As nginx asks with `auth_request` for an upload that it has in hand."""
    client = photoshelter().login()
    head = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "0"}
    assert client.call("mem/user/session", headers=head).status_code == 200
    assert client.call("mem/image/upload", "POST", headers=head).status_code == 400


@pytest.mark.parametrize(
    "path", ["mem/authenticate", "mem/gallery/insert", "mem/image/upload", "echo"]
)
def test_the_api_key_as_a_field_of_multipart(dam_sandbox: Sandbox, path: str) -> None:
    base = f"{dam_sandbox.photoshelter}/psapi/v3"

    def post(where: str, key: str, **more: Any) -> requests.Response:
        fields = {
            name: (None, value) for name, value in {**LOGIN, "name": "a", "api_key": key}.items()
        }
        files = {"file": ("a.jpg", b"abc"), **fields}
        return requests.post(f"{base}/{where}", files=files, verify=dam_sandbox.ca_file, **more)

    token = post("mem/authenticate", dam_sandbox.api_key).json()["data"]["token"]
    head = {"X-PS-Auth-Token": token}
    assert post(path, dam_sandbox.api_key, headers=head).json()["status"] == "ok"
    refused = post(path, "nosuchkey", headers=head)
    assert refused.json()["error"]["class"] == "ApiKeyInvalidErr"


@pytest.mark.parametrize("version", ["v3", "v3.0"])
def test_a_token_as_bearer(dam_sandbox: Sandbox, photoshelter: Make, version: str) -> None:
    token = photoshelter().authenticate(mode="token").json()["data"]["token"]
    head = {"X-PS-Api-Key": dam_sandbox.api_key, "Authorization": f"Bearer {token}"}
    url = f"{dam_sandbox.photoshelter}/psapi/{version}/mem/user/session"
    response = requests.get(url, headers=head, verify=dam_sandbox.ca_file)
    session = response.json()["data"]["Session"]
    assert session["user"] == "ada@example.com" and session["tz"]
    plain = url.replace(dam_sandbox.photoshelter, dam_sandbox.photoshelter_http)
    assert requests.get(plain, headers=head).status_code == 400
    assert dam_sandbox.log()[-1]["flags"] == ["secret-without-https"]


def test_a_url_as_one_client_leaves_it(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    """With the token, quotes, braces and blanks as they are: no library would send that."""
    token = photoshelter().authenticate(mode="token").json()["data"]["token"]
    extend = '{"KeyImage":%20{"fields":"image_id","params":[]},"ImageLink":{"fields":"link"}}'
    target = f"/psapi/v3/mem/collection?api_key={dam_sandbox.api_key}&auth_token={token}"
    at = urlsplit(dam_sandbox.photoshelter)
    trust = ssl.create_default_context(cafile=dam_sandbox.ca_file)
    connection = http.client.HTTPSConnection(at.hostname or "", at.port, context=trust)
    connection.request("GET", f"{target}&extend={extend}")
    response = json.loads(connection.getresponse().read())
    connection.close()
    image = response["data"]["Collection"][0]["KeyImage"]
    assert image["ImageLink"]["link"].startswith(f"{dam_sandbox.photoshelter}/cdn/I0000")


def test_the_echo_shows_all_of_what_is_repeated(photoshelter: Make) -> None:
    client = photoshelter()
    pairs = [("a", "1"), ("b", ""), ("a", "2 & 3"), ("a", "1")]
    shown = data(client, "echo", "POST", params=pairs, data=[*pairs, ("ü", "é")])
    assert shown["query"] == {"a": ["1", "2 & 3", "1"], "b": ""}
    assert shown["form"] == {"a": ["1", "2 & 3", "1"], "b": "", "ü": "é"}
    assert data(client, "echo") == {"method": "GET", "query": {}, "form": {}}


@pytest.mark.parametrize(
    ("body", "kind", "shown"),
    [
        (b'["a", 1]', "application/json", {"body": '["a", 1]'}),
        (b"7", "application/json", {"body": "7"}),
        (b"{", "application/json", {"body": "{"}),
        ("grün".encode(), "text/plain", {"body": "grün"}),
        (b"\xff\x00", "application/octet-stream", {"base64": "/wA="}),
        (b"\xff\x00", None, {"base64": "/wA="}),
        (b'{"a": 1}', "application/json", {"form": {"a": "1"}}),
        (bytes(2 << 20), None, {}),
    ],
)
def test_the_echo_shows_a_body_that_is_no_form(
    photoshelter: Make, body: bytes, kind: str | None, shown: dict[str, Any]
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    found = data(photoshelter(), "echo", "POST", data=body, headers=headers)
    assert found == {"method": "POST", "query": {}, "form": {}, **shown}


def test_the_echo_shows_no_secret(photoshelter: Make, dam_sandbox: Sandbox) -> None:
    client = photoshelter()
    canary = dam_sandbox.accounts["photoshelter"]["ada@example.com"]["password"]
    bodies: list[dict[str, Any]] = [
        {"json": [canary]},
        {"json": {"note": f"it is {canary}"}},
        {"data": canary.encode()},
        {"data": {"password": "anything"}},
        {"data": b"\xff" + canary.encode()},
    ]
    for more in bodies:
        found = data(client, "echo", "POST", params={"x": canary}, **more)
        assert re.fullmatch("#[0-9a-f]{8}", found["query"]["x"])
        body = base64.b64decode(found.get("base64", "")) + json.dumps(found).encode()
        assert canary.encode() not in body and b"anything" not in body
