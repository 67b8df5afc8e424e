"""PhotoShelter's records, as known clients request and read them, and writes that are counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from conftest import SESSION_COOKIE, PhotoShelterClient, data, set_cookies

from damsession.sandbox import Sandbox

Make = Callable[[], PhotoShelterClient]

GALLERY = "G0000AAAAAAAAAAA"
IMAGE = "I0000AAAAAAAAAAA"


def test_an_image_without_a_session(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter()
    image = data(client, f"image/{IMAGE}")["Image"]
    documented = ["image_id", "file_name", "file_size", "height", "width", "focal_point_x"]
    assert image["image_id"] == IMAGE and not set(documented) - set(image)
    some = data(client, f"image/{IMAGE}?fields=image_id,file_name,file_size")
    assert some == {"Image": {name: image[name] for name in documented[:3]}}
    assert data(client, f"image/{IMAGE}?fields=*")["Image"] == image
    listed = data(client, f"gallery/{GALLERY}/images?fields=image_id")["GalleryImage"]
    assert len(listed) >= 10 and list(listed[0]) == ["image_id"]


def test_extending_a_gallery_as_the_user_guide_does(photoshelter: Make) -> None:
    extend = (
        '{"GalleryImage":{"fields":"image_id","params":{}},'
        '"ImageLink":{"fields":"link,base","params":{"image_mode":"fit"}}}'
    )
    gallery = data(photoshelter(), f"gallery/{GALLERY}", params={"extend": extend})["Gallery"]
    assert gallery["gallery_id"] == GALLERY
    assert list(gallery["GalleryImage"][9]) == ["image_id", "ImageLink"]
    assert list(gallery["GalleryImage"][9]["ImageLink"]) == ["link", "base"]
    assert photoshelter().call(f"gallery/{GALLERY}?extend=x").status_code == 400
    assert photoshelter().call(f"gallery/{GALLERY}?extend=[]").status_code == 400


def test_a_link_leads_to_something(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    link = data(photoshelter(), f"image/{IMAGE}/link")["ImageLink"]["link"]
    assert requests.get(link, verify=dam_sandbox.ca_file).status_code == 200


def test_images_of_a_gallery_come_in_pages(photoshelter: Make) -> None:
    client = photoshelter().login()
    seen, page = [], 1
    while True:
        found = data(client, f"mem/gallery/{GALLERY}/images?per_page=5&page={page}")
        seen += [one["image_id"] for one in found["GalleryImage"]]
        if "next" not in found["Paging"]:
            break
        page += 1
    assert page == 3 and len(set(seen)) == len(seen) == int(found["Total"])
    assert client.call(f"mem/gallery/{GALLERY}/images?page=0").status_code == 400


def test_ids_are_of_all_the_characters_that_real_ones_are(photoshelter: Make) -> None:
    found = data(photoshelter(), f"gallery/{GALLERY}/images")["GalleryImage"]
    ids = [one["image_id"] for one in found]
    assert all(re.fullmatch(r"I0000[a-zA-Z0-9._]{11}", one) for one in ids), ids
    rest = "".join(one[5:] for one in ids)
    assert rest.upper() != rest != rest.lower() and "." in rest and "_" in rest
    for one in ids:
        assert data(photoshelter(), f"image/{one}")["Image"]["image_id"] == one


def test_a_record_is_called_the_same_wherever_it_shows(photoshelter: Make) -> None:
    client = photoshelter().login("one@example.com")
    children = data(client, "mem/collection/root/children")["Children"]
    for one in children["Collection"]:
        shown = data(client, f"mem/collection/{one['collection_id']}")
        assert shown["Collection"] == one
    for one in children["Gallery"]:
        assert data(client, f"mem/gallery/{one['gallery_id']}")["Gallery"] == one
    below = data(client, f"mem/collection/{children['Collection'][0]['collection_id']}/children")
    names = [one["name"] for some in (children, below["Children"]) for one in some["Gallery"]]
    assert len(set(names)) == len(names) == 6
    extend = '{"Gallery":{}}'
    within = data(client, f"mem/image/{IMAGE}/galleries", params={"extend": extend})
    (first, *_) = within["ImageGallery"]
    assert first["Gallery"]["name"] in names


def test_no_two_images_of_a_gallery_have_one_file_name(photoshelter: Make) -> None:
    client = photoshelter().login()
    ask = {"extend": '{"Image":{"fields":"file_name"}}'}
    found = data(client, f"mem/gallery/{GALLERY}/images", params=ask)["GalleryImage"]
    names = [one["Image"]["file_name"] for one in found]
    assert len(set(names)) == len(names) == 12
    (first, *_) = found
    assert first["file_name"] == names[0]
    assert data(client, f"mem/image/{first['image_id']}")["Image"]["file_name"] == names[0]


def test_media_and_children_of_a_gallery(photoshelter: Make) -> None:
    ask = {"extend": '{"Image":{"fields":"file_name","params":[]},"ImageLink":{}}'}
    (first, *_) = data(photoshelter(), f"gallery/{GALLERY}/media", params=ask)["GalleryMedia"]
    name = first["GalleryImage"]["file_name"]
    assert first["GalleryImage"]["Image"] == {"file_name": name, **link_of(first)}
    children = data(photoshelter(), f"gallery/{GALLERY}/children", params=ask)["GalleryImage"]
    assert children[0] == first["GalleryImage"]


def link_of(media: Any) -> dict[str, Any]:
    return {"ImageLink": media["GalleryImage"]["ImageLink"]}


def test_collections_from_the_root_to_the_end(photoshelter: Make) -> None:
    client = photoshelter().login("one@example.com")
    root = data(client, "mem/collection/root")["Collection"]["collection_id"]
    assert data(client, f"mem/collection/{root}/children") == data(
        client, "mem/collection/root/children"
    )
    waiting, galleries, empty = [root], set(), 0
    while waiting:
        children = data(client, f"mem/collection/{waiting.pop()}/children")["Children"]
        if children == []:
            empty += 1
            continue
        waiting += [one["collection_id"] for one in children.get("Collection", [])]
        galleries |= {one["gallery_id"] for one in children["Gallery"]}
    assert (empty, len(galleries)) == (1, 6)


def test_a_collection_with_its_children(photoshelter: Make) -> None:
    extend = (
        '{"KeyImage":{"fields":"image_id","params":[]},"Visibility":{"fields":"mode"},'
        '"Children":{"Gallery":{"fields":"gallery_id,name"},"Collection":{"fields":"name"}}}'
    )
    ask = {"fields": "collection_id", "extend": extend}
    found = data(photoshelter().login(), "mem/collection/root", params=ask)["Collection"]
    assert list(found) == ["collection_id", "Children", "KeyImage", "Visibility"]
    assert list(found["Children"]) == ["Collection", "Gallery"]
    assert found["Visibility"] == {"mode": "everyone"}
    (first, *_) = found["Children"]["Gallery"]
    assert list(first)[:2] == ["gallery_id", "name"] and first["KeyImage"]["image_id"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("iptc", "Iptc"),
        ("exif", "Exif"),
        ("xmp", "Xmp"),
        ("license", "License"),
        ("custom", "CustomMetadata"),
        ("link", "ImageLink"),
        ("public", "ImagePublic"),
    ],
)
def test_what_belongs_to_an_image(photoshelter: Make, name: str, kind: str) -> None:
    assert list(data(photoshelter(), f"image/{IMAGE}/{name}")) == [kind]
    member = data(photoshelter().login(), f"mem/image/{IMAGE}/{name}")
    assert list(member) == ["Session", kind]


def test_queries(photoshelter: Make) -> None:
    client = photoshelter().login()
    some = data(client, "mem/image/query", "POST")["Image"]
    found = data(client, "mem/image/query", "POST", data={"file_name": some[1]["file_name"]})
    assert (found["Total"], found["Image"]) == ("1", [some[1]])
    none = data(client, "mem/image/query", "POST", data={"file_name": "other.jpg"})
    assert (none["Total"], none["Image"]) == ("0", [])
    ask = {"terms": '["a"]', "extend": '{"Image":{}}'}
    (first, *_) = data(client, "mem/image/search", params=ask)["Results"]
    assert first["image_id"] == first["Image"]["image_id"]
    assert data(client, "mem/gallery")["Gallery"] == data(client, "mem/gallery/query")["Gallery"]


def test_organizations_and_workspaces(photoshelter: Make) -> None:
    client = photoshelter().login(mode="token")
    organization = data(client, "mem/organization/O0000BADGER000002")["Organization"]
    assert organization == {"organization_id": "O0000BADGER000002", "name": "Badger & Co"}
    people = data(client, "mem/organization/O0000BADGER000002/photographers")["Photographer"]
    assert people[0]["user_id"].startswith("U0000")
    assert client.call("mem/organization/O0000NOBODY").status_code == 404
    space = data(client, "workspace/query")["Workspace"][0]["workspace_id"]
    ask = {"extend": '{"Media":{"fields":"file_name"},"Iptc":{},"Link":{}}'}
    media = data(client, f"workspace/{space}/media", params=ask)["WorkspaceMedia"]
    first = media[0]["WorkspaceImage"]
    assert first["image_id"].startswith("I0000") and first["Media"]["file_name"].endswith(".jpg")
    assert first["workspace_id"] == space and "gallery_id" not in first
    assert first["Iptc"]["keyword"] and first["Link"]["link"]
    refused = photoshelter().call("workspace/query")
    assert refused.json()["error"]["class"] == "SessionRequiredErr"


def test_the_way_up(photoshelter: Make) -> None:
    client = photoshelter().login()
    root = data(client, "mem/collection/root")["Collection"]["collection_id"]
    above = data(client, f"mem/gallery/{GALLERY}/parent")["Parents"]
    assert [one["collection_id"] for one in above] == [root]
    assert data(client, f"mem/collection/{root}/parent")["Collection"]["collection_id"] == root
    found = data(client, f'mem/image/{IMAGE}/galleries?extend={{"Gallery":{{}}}}')["ImageGallery"]
    assert found[0]["gallery_id"] == found[0]["Gallery"]["gallery_id"]


WRITES = [
    "mem/gallery/insert?name=a",
    "mem/collection/insert?name=a",
    f"mem/image/{IMAGE}/update?f_searchable=t",
    f"mem/gallery/{GALLERY}/visibility/update?mode=private",
    f"mem/gallery/{GALLERY}/permission/inherit?inherit=t",
    "mem/collection/C0000AAAAAAAAAAA/visibility/update?mode=private",
    "mem/collection/C0000AAAAAAAAAAA/permission/inherit?inherit=t",
]


@pytest.mark.parametrize("path", WRITES)
def test_writes_count_by_get_too(dam_sandbox: Sandbox, photoshelter: Make, path: str) -> None:
    client = photoshelter()
    assert client.call(path).status_code == 400
    client.login()
    data(client, path)
    data(client, path, "POST")
    assert client.call(path, "PUT").status_code == 405
    assert dam_sandbox.state()["photoshelter"]["writes"] == 2


def test_what_is_written_comes_back(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter().login()
    first, second = (data(client, WRITES[0])["Gallery"]["gallery_id"] for _ in range(2))
    assert (
        first != second and data(client, f"mem/gallery/{first}")["Gallery"]["gallery_id"] == first
    )
    assert client.call("mem/gallery/insert").status_code == 400
    assert client.call("mem/gallery/nothing").status_code == 404
    assert data(client, WRITES[2])["Image"]["f_searchable"] == "t"
    assert data(client, WRITES[3])["Visibility"] == {"mode": "private"}
    # Reading counts as nothing, by whatever method.
    assert data(client, f"gallery/{GALLERY}", "POST")["Gallery"]["gallery_id"] == GALLERY
    assert dam_sandbox.state()["photoshelter"]["writes"] == 4


@pytest.mark.parametrize("path", ["mem/idle", "idle", f"image/{IMAGE}"])
def test_what_keeps_a_session_from_idling(
    dam_sandbox: Sandbox, photoshelter: Make, path: str
) -> None:
    client = photoshelter().login()
    for hours in (1, 2, 3):
        dam_sandbox.knobs(clock_skew=hours * 3600)
        response = client.call(path)
        assert response.status_code == 200
        assert set_cookies(response)[0].startswith(f"{SESSION_COOKIE}=")
    assert data(client, "mem/user/session")["Session"]["last_used"]


def test_idle_needs_a_session(photoshelter: Make) -> None:
    assert photoshelter().call("idle").json()["error"]["class"] == "SessionRequiredErr"


def test_public_responses_set_the_companion_cookie_once(photoshelter: Make) -> None:
    client = photoshelter()
    for status, path in ((200, f"image/{IMAGE}"), (404, "nothing")):
        response = client.call(path, cookies={})
        assert response.status_code == status
        names = [line.partition("=")[0] for line in set_cookies(response)]
        # The jar has it by the second time, and sends it.
        assert names == (["acs"] if status == 200 else [])


def test_headers_of_every_response(photoshelter: Make) -> None:
    client = photoshelter().login()
    for path, status in (("mem/user/session", 200), ("mem/nothing", 404), (f"image/{IMAGE}", 200)):
        response = client.call(path)
        assert response.status_code == status
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Access-Control-Allow-Methods"] == "POST, GET"
        assert "Connection" not in response.headers


def test_a_bad_request_ends_its_connection(dam_sandbox: Sandbox, photoshelter: Make) -> None:
    client = photoshelter()
    assert client.call(f"image/{IMAGE}").status_code == 200
    refused = client.authenticate(password="wrong")
    assert (refused.status_code, refused.headers["Connection"]) == (400, "close")
    assert client.call(f"image/{IMAGE}").status_code == 200
    before, during, after = (entry["peer_port"] for entry in dam_sandbox.log())
    assert before == during != after


def test_errors_say_what_the_endpoint_is_for(photoshelter: Make) -> None:
    client = photoshelter().login()
    usage = client.call("mem/gallery/insert").json()["usage"]
    assert usage["desc"] == "create a gallery with a name"
    assert client.call("mem/nothing").json()["usage"]["desc"] == ""
