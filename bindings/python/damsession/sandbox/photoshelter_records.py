"""Made-up records of PhotoShelter. A record is derived from its ID and is the same every time.

IDs have the shape of real ones: a letter, four zeros and eleven characters, among them dots and
underscores. Names are derived from IDs too: a record has the same name wherever it is shown, and no
two records in one place have the same. The root collection contains two collections, of which the
second is empty; those contain no further ones, so that a program that walks the tree comes to an
end. Numbers are strings and booleans are "t" or "f", as in recorded responses.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from .accounts import Organization
from .download import DEFAULT_SIZE

Record = dict[str, Any]

GALLERIES = 3
IMAGES_PER_GALLERY = 12
SUBJECTS = ("dog", "harbour", "café")

_TIME = "2020-02-29 12:00:00 GMT"
_EVERYONE = {"mode": "everyone"}


def new_id(letter: str, *of: str) -> str:
    digest = hashlib.sha256("\n".join(of).encode()).digest()
    return f"{letter}0000{base64.b64encode(digest, altchars=b'._').decode()[:11]}"


def root_of(owner: str) -> str:
    """The ID of the root collection of an owner, which contains everything."""
    return new_id("C", owner)


def file_name(image_id: str) -> str:
    return f"made-up-{image_id[-5:]}.jpg"


def image(image_id: str, owner: str) -> Record:
    sizes = {"width": "1600", "height": "1067", "screen_width": "500", "screen_height": "333"}
    sizes |= {"screen_width_max": "1600", "screen_height_max": "1067"}
    sizes |= {"thumb_width": "150", "thumb_height": "100"}
    return {
        "image_id": image_id,
        "owner": owner,
        "file_name": file_name(image_id),
        "file_size": str(DEFAULT_SIZE),
        **sizes,
        "focal_point_x": "0.5",
        "focal_point_y": "0.5",
        "rating": "0",
        "f_searchable": "f",
        "uploaded_at": _TIME,
        "updated_at": _TIME,
    }


def gallery(gallery_id: str, owner: str, name: str = "") -> Record:
    name = name or f"Gallery of {owner} {gallery_id[-5:]}"
    return {"gallery_id": gallery_id, **_named(owner, name)}


def collection(collection_id: str, owner: str, name: str = "") -> Record:
    name = name or f"Collection of {owner} {collection_id[-5:]}"
    return {"collection_id": collection_id, **_named(owner, name)}


def _named(owner: str, name: str) -> Record:
    return {
        "name": name,
        "description": "",
        "owner": owner,
        "f_list": "t",
        "mode": "everyone",
        "access_inherit": "f",
        "created_at": _TIME,
        "modified_at": _TIME,
    }


def galleries_of(collection_id: str, owner: str) -> list[Record]:
    return [
        gallery(new_id("G", collection_id, str(number)), owner)
        for number in range(1, GALLERIES + 1)
    ]


def collections_of(collection_id: str, owner: str) -> list[Record]:
    if collection_id != root_of(owner):
        return []
    return [collection(new_id("C", collection_id, what), owner) for what in ("full", "empty")]


def children_of(collection_id: str, owner: str) -> tuple[list[Record], list[Record]]:
    """The collections and the galleries in a collection."""
    if collection_id == new_id("C", root_of(owner), "empty"):
        return [], []
    return collections_of(collection_id, owner), galleries_of(collection_id, owner)


def images_of(gallery_id: str) -> list[Record]:
    """What a gallery lists of its images: their IDs and file names, not whole image records."""
    return [{**one, "gallery_id": gallery_id} for one in _images_in(gallery_id)]


def images_of_workspace(workspace_id: str) -> list[Record]:
    return [{**one, "workspace_id": workspace_id} for one in _images_in(workspace_id)]


def _images_in(place: str) -> list[Record]:
    ids = [new_id("I", place, str(number)) for number in range(1, IMAGES_PER_GALLERY + 1)]
    return [{"image_id": one, "file_name": file_name(one), "f_visible": "t"} for one in ids]


def media_count(within: Record) -> Record:
    """How many images a gallery has, or the galleries of a collection together."""
    count = str(IMAGES_PER_GALLERY * (1 if "gallery_id" in within else GALLERIES))
    return {"images": count, "total": count}


def organization(one: Organization) -> Record:
    return {"organization_id": one.id, "name": one.name}


def photographers(one: Organization) -> list[Record]:
    return [
        {"user_id": new_id("U", one.id), "first_name": "Made", "last_name": f"Up of {one.name}"}
    ]


def link(image_id: str, server: str) -> Record:
    base = f"{server}/cdn/{image_id}"
    return {"link": f"{base}/fit=500x500", "auth_link": f"{base}/fit=500x500", "base": base}


def part(kind: str, image_id: str, server: str) -> Record:
    """A part of an image's data, by record type."""
    if kind == "ImageLink":
        return link(image_id, server)
    made = dict(_PARTS[kind])
    if kind == "Iptc":
        made["keyword"] += f", {subject(image_id)}"
    return made


def subject(image_id: str) -> str:
    """What the image shows, so that a search can tell images apart."""
    return SUBJECTS[hashlib.sha256(image_id.encode()).digest()[0] % len(SUBJECTS)]


def setting(kind: str) -> Record:
    return dict(_EVERYONE)


_PARTS: dict[str, Record] = {
    "Iptc": {
        "title": "Made up", "headline": "Made up", "author": "Nobody",
        "caption": "Made-up picture & caption æøå", "display_caption": "Made-up picture",
        "keyword": "made, up", "credit": "Nobody", "copyright": "None", "sdate": _TIME,
    },
    "Exif": {"make": "Sandbox", "model": "Made up", "date_time_original": _TIME},
    "Xmp": {"xmp": "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>"},
    "License": {"license_etime": None},
    "CustomMetadata": {"sandbox": "made up"},
    "ImagePublic": {"is_public": "f"},
}  # fmt: skip
