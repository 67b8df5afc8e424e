"""Endpoints of PhotoShelter that show records: images, galleries, collections and more.

Most exist twice, for anybody and for members. Every answer to a session names
its user and organization, so that a program in a wrong account can be caught.
"""

from __future__ import annotations

from typing import Any

from . import photoshelter_answers as answers
from . import photoshelter_records as records
from .accounts import AARDVARK, BADGER, CAPYBARA
from .endpoints import Endpoint
from .exchange import Answer, Exchange
from .photoshelter_extend import ExtendError, Wanted
from .photoshelter_login import Handler, identity, owner_of
from .photoshelter_records import Record
from .photoshelter_sessions import Session

_READ = "GET, POST"
_PER_PAGE = 20
_MOST_PER_PAGE = 1000
_ORGANIZATIONS = {one.id: one for one in (AARDVARK, BADGER, CAPYBARA)}
_PARTS = {
    "iptc": "Iptc", "exif": "Exif", "xmp": "Xmp", "license": "License",
    "custom": "CustomMetadata", "link": "ImageLink", "public": "ImagePublic",
}  # fmt: skip
_CLIENTS = "assumption: as clients ask and read"


class ReadEndpoints:
    """The endpoints that change nothing."""

    def endpoints(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint(_READ, "mem/gallery[/query]", self._galleries,
                     "the galleries of who is asking", _CLIENTS),
            Endpoint(_READ, "mem/collection[/query]", self._collections,
                     "the collections of who is asking", _CLIENTS),
            Endpoint(_READ, "[mem/]image/{query,search}", self._images,
                     "images by file_name or terms", _CLIENTS),
            Endpoint(_READ, "[mem/]image/I{id}", self._image,
                     "an image; fields, extend", "public record, requests and answers: Image"),
            Endpoint(_READ, "[mem/]image/I{id}/{iptc,exif,xmp,license,custom,link,public}",
                     self._part, "what belongs to an image",
                     "public record, requests: link is documented; the others are assumed"),
            Endpoint(_READ, "[mem/]gallery/G{id}", self._gallery,
                     "a gallery; fields, extend", "public record, requests: extending Gallery"),
            Endpoint(_READ, "[mem/]gallery/G{id}/{images,children,media}", self._gallery_images,
                     "the images of a gallery; fields, extend, page, per_page",
                     "public record, requests: images is documented; the others are assumed"),
            Endpoint(_READ, "[mem/]collection/root[/children]", self._collection,
                     "the collection above all, or what it holds", _CLIENTS),
            Endpoint(_READ, "[mem/]collection/C{id}[/children]", self._collection,
                     "a collection, or what it holds", _CLIENTS),
            Endpoint(_READ, "[mem/]{gallery,collection}/{id}/parent", self._parent,
                     "the collection around it", _CLIENTS),
            Endpoint(_READ, "[mem/]image/I{id}/galleries", self._image_galleries,
                     "the galleries an image is in", _CLIENTS),
            Endpoint(_READ, "[mem/]organization/O{id}[/photographers]", self._organization,
                     "an organization, or its photographers", _CLIENTS),
            Endpoint(_READ, "[mem/]workspace/query", self._workspaces,
                     "the workspaces of who is asking; needs a session", _CLIENTS),
            Endpoint(_READ, "[mem/]workspace/W{id}/media", self._workspace_media,
                     "the images of a workspace; needs a session", _CLIENTS),
        )  # fmt: skip

    async def _galleries(self, exchange: Exchange, session: Session) -> Answer:
        owner = owner_of(session)
        found = records.galleries_of(records.root_of(owner), owner)
        return _listed(exchange, session, "Gallery", found, "Gallery")

    async def _collections(self, exchange: Exchange, session: Session) -> Answer:
        owner = owner_of(session)
        found = records.collections_of(records.root_of(owner), owner)
        return _listed(exchange, session, "Collection", found, "Collection")

    async def _images(self, exchange: Exchange, session: Session | None) -> Answer:
        owner = owner_of(session)
        searched = exchange.parts[0] == "search"
        first = records.galleries_of(records.root_of(owner), owner)[0]["gallery_id"]
        found = records.images_of(first)
        if not searched:
            found = [records.image(one["image_id"], owner) for one in found]
        name = exchange.parameter("file_name")
        if name:
            found = [one for one in found if one.get("file_name") == name]
        if searched:
            return _listed(exchange, session, "Results", found, "GalleryImage")
        return _listed(exchange, session, "Image", found, "Image")

    async def _image(self, exchange: Exchange, session: Session | None) -> Answer:
        found = records.image(exchange.parts[0], owner_of(session))
        return _one(exchange, session, "Image", found)

    async def _part(self, exchange: Exchange, session: Session | None) -> Answer:
        image_id, name = exchange.parts
        kind = _PARTS[name]
        return _one(exchange, session, kind, records.part(kind, image_id, exchange.server))

    async def _gallery(self, exchange: Exchange, session: Session | None) -> Answer:
        found = records.gallery(exchange.parts[0], owner_of(session))
        return _one(exchange, session, "Gallery", found)

    async def _gallery_images(self, exchange: Exchange, session: Session | None) -> Answer:
        gallery_id, name = exchange.parts
        found = records.images_of(gallery_id)
        if name != "media":
            return _listed(exchange, session, "GalleryImage", found, "GalleryImage")
        return _listed(exchange, session, "GalleryMedia", found, "GalleryImage", "GalleryImage")

    async def _collection(self, exchange: Exchange, session: Session | None) -> Answer:
        owner = owner_of(session)
        collection_id = exchange.parts[0] if exchange.parts else records.root_of(owner)
        if not exchange.path.endswith("/children"):
            found = records.collection(collection_id, owner)
            return _one(exchange, session, "Collection", found)
        try:
            children = Wanted(exchange, owner).children(collection_id)
        except ExtendError:
            return _bad_extend(exchange)
        return answers.ok(exchange, _data(session, {"Children": children}))

    async def _parent(self, exchange: Exchange, session: Session | None) -> Answer:
        owner = owner_of(session)
        root = records.collection(records.root_of(owner), owner)
        if exchange.parts[0] == "collection":
            return _one(exchange, session, "Collection", root)
        return _listed(exchange, session, "Parents", [root], "Collection")

    async def _image_galleries(self, exchange: Exchange, session: Session | None) -> Answer:
        owner = owner_of(session)
        (first, *_) = records.galleries_of(records.root_of(owner), owner)
        found = {"image_id": exchange.parts[0], "gallery_id": first["gallery_id"]}
        return _listed(exchange, session, "ImageGallery", [found], "ImageGallery")

    async def _organization(self, exchange: Exchange, session: Session | None) -> Answer:
        known = _ORGANIZATIONS.get(exchange.parts[0])
        if known is None:
            return answers.not_found(exchange)
        if exchange.path.endswith("/photographers"):
            found = records.photographers(known)
            return _listed(exchange, session, "Photographer", found, "Photographer")
        return _one(exchange, session, "Organization", records.organization(known))

    async def _workspaces(self, exchange: Exchange, session: Session) -> Answer:
        owner = owner_of(session)
        found = [{"workspace_id": records.new_id("W", owner), "name": f"{owner} 1",
                  "MediaCount": {"total": str(records.IMAGES_PER_GALLERY)}}]  # fmt: skip
        return _listed(exchange, session, "Workspace", found, "Workspace")

    async def _workspace_media(self, exchange: Exchange, session: Session) -> Answer:
        found = records.images_of_workspace(exchange.parts[0])
        kind = "WorkspaceImage"
        return _listed(exchange, session, "WorkspaceMedia", found, kind, kind)


def _data(session: Session | None, found: Record) -> dict[str, Any]:
    return {**({"Session": identity(session)} if session else {}), **found}


def _one(exchange: Exchange, session: Session | None, kind: str, found: Record) -> Answer:
    try:
        wanted = Wanted(exchange, owner_of(session))
    except ExtendError:
        return _bad_extend(exchange)
    return answers.ok(exchange, _data(session, {kind: wanted.of(kind, found)}))


def _listed(
    exchange: Exchange,
    session: Session | None,
    key: str,
    found: list[Record],
    kind: str,
    wrapped_in: str = "",
) -> Answer:
    """A page of records of one kind under a key, each wrapped in another key if so wanted."""
    page = _count(exchange.parameter("page"), 1, 1_000_000)
    per_page = _count(
        exchange.parameter("per_page") or exchange.parameter("ppg"), _PER_PAGE, _MOST_PER_PAGE
    )
    if page is None or per_page is None:
        return answers.bad_request(exchange, "page and per_page: whole numbers from 1")
    try:
        wanted = Wanted(exchange, owner_of(session))
    except ExtendError:
        return _bad_extend(exchange)
    shown = wanted.every(kind, found[(page - 1) * per_page : page * per_page])
    data = {
        key: [{wrapped_in: one} for one in shown] if wrapped_in else shown,
        "total": str(len(found)),
        "Paging": _paging(exchange, page, per_page, len(found)),
    }
    return answers.ok(exchange, _data(session, data))


def _paging(exchange: Exchange, page: int, per_page: int, total: int) -> Record:
    pages = max(1, -(-total // per_page))

    def at(number: int) -> str:
        return f"{exchange.server}{exchange.path}?page={number}&per_page={per_page}"

    paging = {"page": page, "pages": pages, "first": at(1), "last": at(pages)}
    if page < pages:
        paging["next"] = at(page + 1)
    if page > 1:
        paging["previous"] = at(page - 1)
    return paging


def _count(text: str, default: int, most: int) -> int | None:
    if text == "":
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        return None
    return min(int(text), most) or None


def _bad_extend(exchange: Exchange) -> Answer:
    return answers.bad_request(exchange, "extend: a JSON object is needed")
