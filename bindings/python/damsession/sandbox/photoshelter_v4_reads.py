"""What PhotoShelter's version 4 shows: galleries, collections, images, and the bytes of images.

It is as much of it as a test of sessions needs, with the records of version 3. Every list tells in
`meta` whose it is, so that a program that works in a wrong account is noticed.
"""

from __future__ import annotations

from typing import Any

from . import photoshelter_records as records
from . import photoshelter_v4_responses as responses
from .download import serve
from .echo import HELP, Echo
from .endpoints import ANY, Endpoint
from .exchange import Exchange, Response
from .photoshelter_login import Handler, identity, owner_of
from .photoshelter_pages import count
from .photoshelter_records import Record
from .photoshelter_search import found_by
from .photoshelter_sessions import Session

_CLIENTS = "public record, clients: the path; the response is assumed"
_FOR_TESTS = "assumption: for tests"
_PER_PAGE, _MOST_PER_PAGE = 20, 1000


class ReadEndpoints:
    """The endpoints that change nothing."""

    def __init__(self) -> None:
        self._shown = Echo()

    def open(self) -> tuple[Endpoint[Handler], ...]:
        """Those that need no session."""
        return (
            Endpoint("GET", "media/I{id}", _image, "an image", _CLIENTS),
            Endpoint(ANY, "echo", self._echo, HELP, _FOR_TESTS),
        )

    def member(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint("GET", "galleries", _galleries,
                     "the galleries of the owner; page, per_page, org_id", _CLIENTS),
            Endpoint("GET", "galleries/G{id}", _gallery, "a gallery", _CLIENTS),
            Endpoint("GET", "collections", _collections,
                     "the collections of the owner; page, per_page, org_id", _CLIENTS),
            Endpoint("GET", "collections/C{id}", _collection, "a collection", _CLIENTS),
            Endpoint("GET", "search", _search,
                     "images of the owner by terms; page, per_page, org_id",
                     "public record, clients: the path, data and meta; the parameter terms is assumed"),
            Endpoint("GET", "media/I{id}/download", _download, "the bytes of an image", _CLIENTS),
        )  # fmt: skip

    async def _echo(self, exchange: Exchange, session: Session | None) -> Response:
        return responses.ok(await self._shown.of(exchange))


async def _galleries(exchange: Exchange, session: Session) -> Response:
    owner = owner_of(session)
    found = records.galleries_of(records.root_of(owner), owner)
    return _listed(exchange, session, "gallery", found)


async def _gallery(exchange: Exchange, session: Session) -> Response:
    return _one(session, "gallery", records.gallery(exchange.parts[0], owner_of(session)))


async def _collections(exchange: Exchange, session: Session) -> Response:
    owner = owner_of(session)
    found = records.collections_of(records.root_of(owner), owner)
    return _listed(exchange, session, "collection", found)


async def _collection(exchange: Exchange, session: Session) -> Response:
    return _one(session, "collection", records.collection(exchange.parts[0], owner_of(session)))


async def _image(exchange: Exchange, session: Session | None) -> Response:
    return _one(session, "image", records.image(exchange.parts[0], owner_of(session)))


async def _search(exchange: Exchange, session: Session) -> Response:
    owner, terms = owner_of(session), exchange.query.get("terms", "")
    found = [
        records.image(mention["image_id"], owner)
        for gallery in records.galleries_of(records.root_of(owner), owner)
        for mention in records.images_of(gallery["gallery_id"])
        if found_by(terms, mention["image_id"])
    ]
    return _listed(exchange, session, "image", found)


async def _download(exchange: Exchange, session: Session) -> Response:
    headers = [("X-Sandbox-Organization", session.organization or "")]
    return serve(exchange, exchange.parts[0], "image/jpeg", headers)


def _one(session: Session | None, kind: str, found: Record) -> Response:
    return responses.ok(_resource(kind, found), identity(session) if session else None)


def _listed(exchange: Exchange, session: Session, kind: str, found: list[Record]) -> Response:
    page = count(exchange.query.get("page", ""), 1, 1_000_000)
    size = count(exchange.query.get("per_page", ""), _PER_PAGE, _MOST_PER_PAGE)
    if page is None or size is None:
        return responses.bad_request(exchange, "page and per_page: whole numbers from 1")
    shown = [_resource(kind, one) for one in found[(page - 1) * size : page * size]]
    numbers = {"page": page, "per_page": size, "total": len(found)}
    return responses.ok(shown, {**identity(session), **numbers})


def _resource(kind: str, found: Record) -> dict[str, Any]:
    attributes = dict(found)
    return responses.resource(kind, attributes.pop(f"{kind}_id"), attributes)
