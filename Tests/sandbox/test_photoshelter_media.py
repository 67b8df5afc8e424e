"""Media, assets and collections of PhotoShelter, as known clients request and read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from conftest import PhotoShelterClient, data

from damsession.sandbox import Sandbox

Make = Callable[[], PhotoShelterClient]

GALLERY = "G0000AAAAAAAAAAA"
COLLECTION = "C0000AAAAAAAAAAA"


def test_media_that_a_search_finds(photoshelter: Make) -> None:
    ask = {"galleries": GALLERY, "per_page": "10", "page": "2"}
    found = data(photoshelter(), "media/search", params={**ask, "extend": '{"ImageLink":{}}'})
    assert found["Total"] == "12" and "next" not in found["Paging"]
    (first, second) = found["Media"]
    assert first["Image"]["image_id"] != second["Image"]["image_id"]
    assert first["file_name"] and first["Image"]["Link"]["base"].startswith("https://")
    everywhere = data(photoshelter().login(), "mem/media/search")
    assert everywhere["Total"] == "36"
    assert everywhere["Media"][0]["Image"]["image_id"].startswith("I0000")


@pytest.mark.parametrize("search", ["mem/media/search", "mem/image/search", "mem/image/query"])
def test_a_search_finds_what_has_all_its_terms(photoshelter: Make, search: str) -> None:
    client = photoshelter().login()

    def names(**query: str) -> set[str]:
        found = data(client, search, params=query).values()
        (rows,) = (value for value in found if isinstance(value, list))
        return {row.get("Image", row)["file_name"] for row in rows}

    everything = names(per_page="100")
    by_subject = [names(terms=word, per_page="100") for word in ("dog", "HARBOUR", "café")]
    assert all(by_subject) and set.union(*by_subject) == everything
    assert sum(map(len, by_subject)) == len(everything)
    assert names(terms="made up", per_page="100") == names(terms='["Made", "up"]', per_page="100")
    assert names(terms="made up", per_page="100") == everything
    one = min(everything)
    assert names(terms=one) == {one} and names(terms="dog harbour") == set()
    assert names(terms=f'["{one}", "made"]') == {one}
    assert names(terms="[1]") == names(terms="unheard-of") == set()


def test_the_way_from_a_collection_to_the_root(photoshelter: Make) -> None:
    client = photoshelter().login()
    root = data(client, "mem/collection/root")["Collection"]
    (below, *_) = data(client, "mem/collection/root/children")["Children"]["Collection"]
    way = data(client, f"mem/collection/{below['collection_id']}/root_path")["RootPath"]
    assert [one["collection_id"] for one in way] == [below["collection_id"], "root_site"]
    assert way[0]["name"] == below["name"]
    for name in (root["collection_id"], "root", "root_site"):
        way = data(client, f"mem/collection/{name}/root_path")["RootPath"]
        assert [one["collection_id"] for one in way] == ["root_site"]
    assert data(client, "mem/collection/root_site")["Collection"] == root


def test_children_of_a_public_collection_are_wrapped(photoshelter: Make) -> None:
    extend = (
        '{"Children":{},"Gallery":{},"MediaCount":{"fields":"images"},'
        '"KeyImage":{"fields":"image_id"},"ImageLink":{"fields":"base,link"}}'
    )
    collection = data(photoshelter(), f"collection/{COLLECTION}", params={"extend": extend})
    children = collection["Collection"]["Children"]
    assert [list(one) for one in children] == [["ChildGallery"]] * 3
    first = children[0]["ChildGallery"]
    assert first["gallery_id"].startswith("G0000") and first["name"]
    assert first["Gallery"]["name"] == first["name"]
    assert first["MediaCount"] == {"images": "12", "total": "12"}
    assert list(first["KeyImage"]["ImageLink"]) == ["base", "link"]
    ask = {"extend": '{"MediaCount":{}}'}
    found = data(photoshelter(), "collection/root/children", params=ask)["Children"]
    assert [kind for one in found for kind in one] == ["ChildCollection"] * 2 + ["ChildGallery"] * 3
    # Members find theirs by type.
    assert list(data(photoshelter().login(), "mem/collection/root/children")["Children"]) == [
        "Collection", "Gallery",
    ]  # fmt: skip


def test_a_review_in_a_workspace(photoshelter: Make) -> None:
    client = photoshelter().login(mode="token")
    path = "workspace/W0000AAAAAAAAAAA/media/I0000AAAAAAAAAAA/review"
    assert data(client, path)["Review"]["image_id"] == "I0000AAAAAAAAAAA"
    assert photoshelter().call(path).json()["error"]["class"] == "SessionRequiredErr"


def test_assets_with_a_bearer_token(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    token = photoshelter().authenticate(mode="token").json()["data"]["token"]
    head = {"X-PS-Api-Key": dam_sandbox.api_key, "Authorization": f"Bearer {token}"}

    def ask(path: str, method: str = "GET", **options: Any) -> Any:
        url = f"{dam_sandbox.photoshelter}/psapi/v3.0/{path}"
        response = requests.request(
            method, url, headers=head, verify=dam_sandbox.ca_file, **options
        )
        assert response.status_code == 200, response.text
        return response.json()["data"]

    user = ask("mem/user/session")["Session"]["user_id"]
    (first, *_) = ask("asset/query", params={"user_id": user})["Asset"]
    assert first["mime_type"] == "image/jpeg" and int(first["file_size"]) > 0
    link = ask(f"asset/{first['asset_id']}/link")["link"]
    assert requests.get(link, verify=dam_sandbox.ca_file).status_code == 200
    made = ask("mem/asset/upload", "POST", files={"file": ("a.css", b"abc", "text/css")})
    assert (made["Asset"][0]["name"], made["Asset"][0]["file_size"]) == ("a.css", "3")
    assert dam_sandbox.state()["photoshelter"]["writes"] == 1


def test_an_asset_upload_needs_a_session_and_a_file(photoshelter: Make) -> None:
    files = {"file": ("a.css", b"abc")}
    refused = photoshelter().call("mem/asset/upload", "POST", files=files)
    assert refused.json()["error"]["class"] == "SessionRequiredErr"
    client = photoshelter().login()
    assert client.call("mem/asset/upload", "POST", data={"a": "b"}).status_code == 400


@pytest.mark.parametrize("name", ["mode", "visibility"])
def test_a_visibility_by_either_name(photoshelter: Make, name: str) -> None:
    client = photoshelter().login()
    # One client leaves the fields of its login in everything that it sends.
    form = {name: "private", **({"mode": "token"} if name == "visibility" else {})}
    found = data(client, f"mem/collection/{COLLECTION}/visibility/update", "POST", data=form)
    assert found["Visibility"] == {"mode": "private"}


def test_fields_of_iptc_that_clients_read(photoshelter: Make) -> None:
    found = data(photoshelter(), "image/I0000AAAAAAAAAAA/iptc?fields=title,display_caption")
    assert list(found["Iptc"]) == ["title", "display_caption"] and all(found["Iptc"].values())
