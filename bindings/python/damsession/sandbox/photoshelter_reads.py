"""Endpoints of PhotoShelter that show records: images, galleries, collections and more.

Most exist twice, for the public and for members. Every response within a session names the user and
the organization, so that a program that works in a wrong account is noticed.
"""

from __future__ import annotations

from . import photoshelter_records as records
from . import photoshelter_responses as responses
from .accounts import AARDVARK, BADGER, CAPYBARA
from .endpoints import Endpoint
from .exchange import Exchange, Response
from .photoshelter_extend import ExtendError, Wanted
from .photoshelter_login import Handler, owner_of
from .photoshelter_pages import bad_extend, data, listed, one
from .photoshelter_search import found_by
from .photoshelter_sessions import Session
from .photoshelter_site import Site

_READ = "GET, POST"
_ORGANIZATIONS = {one.id: one for one in (AARDVARK, BADGER, CAPYBARA)}
_PARTS = {
    "iptc": "Iptc", "exif": "Exif", "xmp": "Xmp", "license": "License",
    "custom": "CustomMetadata", "link": "ImageLink", "public": "ImagePublic",
}  # fmt: skip
_CLIENTS = "assumption: as known clients use it"
_ROOTS = ("root", "root_site")


class ReadEndpoints:
    """The endpoints that change nothing."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def endpoints(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint(_READ, "mem/gallery[/query]", self._galleries,
                     "the galleries of the owner", _CLIENTS),
            Endpoint(_READ, "mem/collection[/query]", self._collections,
                     "the collections of the owner", _CLIENTS),
            Endpoint(_READ, "[mem/]image/{query,search}", self._images,
                     "images by file_name or terms", _CLIENTS),
            Endpoint(_READ, "[mem/]image/I{id}", self._image,
                     "an image; fields, extend", "public record, requests and responses: Image"),
            Endpoint(_READ, "[mem/]image/I{id}/{iptc,exif,xmp,license,custom,link,public}",
                     self._part, "a part of an image's data",
                     "public record, requests: link is documented; the others are assumed"),
            Endpoint(_READ, "[mem/]gallery/G{id}", self._gallery,
                     "a gallery; fields, extend", "public record, requests: extending Gallery"),
            Endpoint(_READ, "[mem/]gallery/G{id}/{images,children,media}", self._gallery_images,
                     "the images of a gallery; fields, extend, page, per_page",
                     "public record, requests: images is documented; the others are assumed"),
            Endpoint(_READ, "[mem/]collection/{root,root_site}[/children]", self._collection,
                     "the root collection, or its children", _CLIENTS),
            Endpoint(_READ, "[mem/]collection/C{id}[/children]", self._collection,
                     "a collection, or its children", _CLIENTS),
            Endpoint(_READ, "[mem/]collection/{id}/root_path", self._root_path,
                     "the collections from this one up to root_site", _CLIENTS),
            Endpoint(_READ, "[mem/]{gallery,collection}/{id}/parent", self._parent,
                     "the parent collection", _CLIENTS),
            Endpoint(_READ, "[mem/]image/I{id}/galleries", self._image_galleries,
                     "the galleries an image is in", _CLIENTS),
            Endpoint(_READ, "[mem/]organization/O{id}[/photographers]", self._organization,
                     "an organization, or its photographers", _CLIENTS),
        )  # fmt: skip

    async def _galleries(self, exchange: Exchange, session: Session) -> Response:
        owner = owner_of(session)
        found = records.galleries_of(records.root_of(owner), owner)
        return listed(exchange, session, "Gallery", found, "Gallery")

    async def _collections(self, exchange: Exchange, session: Session) -> Response:
        owner = owner_of(session)
        found = records.collections_of(records.root_of(owner), owner)
        return listed(exchange, session, "Collection", found, "Collection")

    async def _images(self, exchange: Exchange, session: Session | None) -> Response:
        owner = owner_of(session)
        searched = exchange.parts[0] == "search"
        first = records.galleries_of(records.root_of(owner), owner)[0]["gallery_id"]
        found = records.images_of(first)
        if not searched:
            found = [records.image(one["image_id"], owner) for one in found]
        name = exchange.parameter("file_name")
        if name:
            found = [one for one in found if one.get("file_name") == name]
        terms = exchange.parameter("terms")
        found = [one for one in found if found_by(terms, one["image_id"])]
        if searched:
            return listed(exchange, session, "Results", found, "GalleryImage")
        return listed(exchange, session, "Image", found, "Image")

    async def _image(self, exchange: Exchange, session: Session | None) -> Response:
        found = records.image(exchange.parts[0], owner_of(session))
        return one(exchange, session, "Image", found)

    async def _part(self, exchange: Exchange, session: Session | None) -> Response:
        image_id, name = exchange.parts
        kind = _PARTS[name]
        return one(exchange, session, kind, records.part(kind, image_id, exchange.server))

    async def _gallery(self, exchange: Exchange, session: Session | None) -> Response:
        found = records.gallery(exchange.parts[0], owner_of(session))
        return one(exchange, session, "Gallery", found)

    async def _gallery_images(self, exchange: Exchange, session: Session | None) -> Response:
        gallery_id, name = exchange.parts
        found = records.images_of(gallery_id)
        if name != "media":
            return listed(exchange, session, "GalleryImage", found, "GalleryImage")
        return listed(exchange, session, "GalleryMedia", found, "GalleryImage", "GalleryImage")

    async def _collection(self, exchange: Exchange, session: Session | None) -> Response:
        owner = owner_of(session)
        collection_id = _collection_id(exchange, owner)
        wrap = "/mem/" not in exchange.path and self._site.knobs.public_children == "wrapped"
        if not exchange.path.endswith("/children"):
            found = records.collection(collection_id, owner)
            return one(exchange, session, "Collection", found, wrap)
        try:
            children = Wanted(exchange, owner, wrap).children(collection_id)
        except ExtendError:
            return bad_extend(exchange)
        return responses.ok(exchange, data(session, {"Children": children}))

    async def _root_path(self, exchange: Exchange, session: Session | None) -> Response:
        owner = owner_of(session)
        collection_id = _collection_id(exchange, owner)
        way = [{"collection_id": _ROOTS[1]}]
        if collection_id != records.root_of(owner):
            way.insert(0, records.collection(collection_id, owner))
        return responses.ok(exchange, data(session, {"RootPath": way}))

    async def _parent(self, exchange: Exchange, session: Session | None) -> Response:
        owner = owner_of(session)
        root = records.collection(records.root_of(owner), owner)
        if exchange.parts[0] == "collection":
            return one(exchange, session, "Collection", root)
        return listed(exchange, session, "Parents", [root], "Collection")

    async def _image_galleries(self, exchange: Exchange, session: Session | None) -> Response:
        owner = owner_of(session)
        (first, *_) = records.galleries_of(records.root_of(owner), owner)
        found = {"image_id": exchange.parts[0], "gallery_id": first["gallery_id"]}
        return listed(exchange, session, "ImageGallery", [found], "ImageGallery")

    async def _organization(self, exchange: Exchange, session: Session | None) -> Response:
        known = _ORGANIZATIONS.get(exchange.parts[0])
        if known is None:
            return responses.not_found(exchange)
        if exchange.path.endswith("/photographers"):
            found = records.photographers(known)
            return listed(exchange, session, "Photographer", found, "Photographer")
        return one(exchange, session, "Organization", records.organization(known))


def _collection_id(exchange: Exchange, owner: str) -> str:
    (named,) = exchange.parts
    return records.root_of(owner) if named in _ROOTS else named
