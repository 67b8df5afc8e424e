"""The parameters `fields` and `extend`: which fields of a record are wanted, and which records
within it.

`extend` names record types (the vendor's page on requests). Each is put where it belongs: the link
of an image into the image, into the mention of the image in a gallery, and into a key image. A type
that belongs nowhere is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import photoshelter_records as records
from .exchange import Exchange
from .photoshelter_records import Record

_IMAGE_PARTS = ("ImageLink", "Iptc", "Exif", "Xmp", "License", "CustomMetadata")
_SETTINGS = ("Visibility", "Permission")
_WITHIN = {
    "Image": _IMAGE_PARTS,
    "GalleryImage": ("Image", *_IMAGE_PARTS),
    "WorkspaceImage": ("Media", "Link", *_IMAGE_PARTS),
    "ImageGallery": ("Gallery",),
    "KeyImage": ("ImageLink",),
    "Gallery": ("GalleryImage", "KeyImage", "MediaCount", "Parents", *_SETTINGS),
    "Collection": ("Children", "KeyImage", "MediaCount", *_SETTINGS),
    "ChildGallery": ("Gallery", "KeyImage", "MediaCount", *_SETTINGS),
    "ChildCollection": ("Children", "Collection", "KeyImage", "MediaCount", *_SETTINGS),
}


class ExtendError(ValueError):
    """`extend` is not a JSON object."""


class Wanted:
    """What one request wants: the fields of its records, and the records that extend them."""

    def __init__(self, exchange: Exchange, owner: str, wrap: bool = False) -> None:
        self._owner = owner
        self._wrap = wrap
        self._server = exchange.server
        self._fields = exchange.parameter("fields")
        text = exchange.parameter("extend")
        try:
            self._extend: Any = json.loads(text) if text else {}
        except ValueError as error:
            raise ExtendError from error
        if not isinstance(self._extend, dict):
            raise ExtendError

    def of(self, kind: str, record: Record) -> Record:
        """A record that the endpoint itself shows."""
        return {**_chosen(record, self._fields), **self._within(kind, record, self._extend)}

    def every(self, kind: str, found: list[Record]) -> list[Record]:
        return [self.of(kind, record) for record in found]

    def children(self, collection_id: str, extend: Mapping[str, Any] | None = None) -> Any:
        """The children of a collection: by type, or each wrapped in its type; an empty list if
        there are none.
        """
        extend = self._extend if extend is None else extend
        collections, galleries = records.children_of(collection_id, self._owner)
        children = (("Collection", collections), ("Gallery", galleries))
        if self._wrap:
            return [
                {f"Child{kind}": self._extending(f"Child{kind}", one, extend)}
                for kind, some in children
                for one in some
            ]
        found = {
            kind: [self._extending(kind, one, extend) for one in some]
            for kind, some in children
            if some
        }
        return found or []

    def _within(self, kind: str, record: Record, extend: Mapping[str, Any]) -> Record:
        return {
            name: self._made(name, record, extend)
            for name in _WITHIN.get(kind, ())
            if name in extend
        }

    def _extending(self, kind: str, record: Record, extend: Mapping[str, Any]) -> Record:
        asked = extend.get(kind)
        fields = str(asked.get("fields", "")) if isinstance(asked, dict) else ""
        return {**_chosen(record, fields), **self._within(kind, record, extend)}

    def _made(self, name: str, record: Record, extend: Mapping[str, Any]) -> Any:
        if name in _SETTINGS:
            return self._extending(name, records.setting(name), extend)
        if name in _IMAGE_PARTS:
            found = records.part(name, record["image_id"], self._server)
            return self._extending(name, found, extend)
        if name == "Link":
            return records.link(record["image_id"], self._server)
        if name in ("Image", "Media"):
            found = records.image(record["image_id"], self._owner)
            return self._extending(name, found, extend)
        if name == "GalleryImage":
            some = records.images_of(record["gallery_id"])
            return [self._extending(name, one, extend) for one in some]
        if name == "Gallery":
            found = records.gallery(record["gallery_id"], self._owner)
            return self._extending(name, found, extend)
        if name == "Collection":
            found = records.collection(record["collection_id"], self._owner)
            return self._extending(name, found, extend)
        if name == "MediaCount":
            # It is always whole: a known client asks for `images` and reads `total`.
            return records.media_count(record)
        if name == "Parents":
            return [{"collection_id": records.root_of(self._owner)}]
        if name == "KeyImage":
            return self._extending(name, self._key_image(record), extend)
        # The types that extend children may be inside `Children` or beside it.
        within = extend["Children"] if isinstance(extend["Children"], dict) else {}
        return self.children(record["collection_id"], {**extend, **within})

    def _key_image(self, record: Record) -> Record:
        gallery_id = (
            record.get("gallery_id")
            or (records.galleries_of(record["collection_id"], self._owner)[0]["gallery_id"])
        )
        return {"image_id": records.images_of(gallery_id)[0]["image_id"], "gallery_id": gallery_id}


def _chosen(record: Record, fields: str) -> Record:
    names = [name.strip() for name in fields.split(",")]
    if fields == "" or "*" in names:
        return record
    return {name: record[name] for name in names if name in record}
