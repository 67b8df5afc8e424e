"""Endpoints of PhotoShelter that change something. A change is acknowledged and counted, but not
kept.

Most of them take GET as well as POST, as the real API does. A request that arrives twice counts
twice.
"""

from __future__ import annotations

from . import photoshelter_records as records
from . import photoshelter_responses as responses
from .endpoints import Endpoint
from .exchange import Exchange, Response
from .photoshelter_inputs import is_multipart
from .photoshelter_login import Handler, owner_of
from .photoshelter_pages import data
from .photoshelter_records import Record
from .photoshelter_sessions import Session
from .photoshelter_site import Site

_WRITE = "GET, POST"
_CLIENTS = "assumption: as known clients use it"


class WriteEndpoints:
    """The endpoints whose requests are counted as writes."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def endpoints(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint(_WRITE, "mem/gallery/insert", self._insert_gallery,
                     "create a gallery with a name", _CLIENTS),
            Endpoint(_WRITE, "mem/collection/insert", self._insert_collection,
                     "create a collection with a name", _CLIENTS),
            Endpoint("PUT, POST, DELETE", "mem/gallery/G{id}", self._gallery,
                     "change or delete a gallery", "assumption: the guide speaks of deleting a gallery"),
            Endpoint(_WRITE, "mem/{gallery,collection}/{id}/visibility/update", self._visibility,
                     "set who may see it", _CLIENTS),
            Endpoint(_WRITE, "mem/{gallery,collection}/{id}/permission/inherit", self._inherit,
                     "inherit the permission of the parent collection", _CLIENTS),
            Endpoint(_WRITE, "mem/image/I{id}/update", self._image,
                     "change an image", _CLIENTS),
            Endpoint("POST", "mem/image/upload", self._upload,
                     "upload files; the response has the new image_id",
                     "public record, requests: the upload page"),
            Endpoint("POST", "mem/asset/upload", self._upload_asset,
                     "upload files; the response has the new asset_id",
                     "assumption: as the one known client uses it"),
        )  # fmt: skip

    async def _insert_gallery(self, exchange: Exchange, session: Session) -> Response:
        return self._inserted(exchange, session, "Gallery")

    async def _insert_collection(self, exchange: Exchange, session: Session) -> Response:
        return self._inserted(exchange, session, "Collection")

    def _inserted(self, exchange: Exchange, session: Session, kind: str) -> Response:
        name = exchange.parameter("name")
        if not name:
            return responses.bad_request(exchange, "name is needed")
        made = records.gallery if kind == "Gallery" else records.collection
        fresh = self._fresh_id(kind[0])
        return self._written(exchange, session, {kind: made(fresh, owner_of(session), name)})

    async def _gallery(self, exchange: Exchange, session: Session) -> Response:
        name = exchange.parameter("name")
        gallery = records.gallery(exchange.parts[0], owner_of(session), name)
        gallery["deleted"] = "t" if exchange.method == "DELETE" else "f"
        return self._written(exchange, session, {"Gallery": gallery})

    async def _visibility(self, exchange: Exchange, session: Session) -> Response:
        # One client sends `visibility`, and beside it the `mode` of its login.
        mode = exchange.parameter("visibility") or exchange.parameter("mode") or "everyone"
        return self._written(exchange, session, {"Visibility": {"mode": mode}})

    async def _inherit(self, exchange: Exchange, session: Session) -> Response:
        inherit = exchange.parameter("inherit") or "t"
        return self._written(exchange, session, {"Permission": {"inherit": inherit}})

    async def _image(self, exchange: Exchange, session: Session) -> Response:
        image = records.image(exchange.parts[0], owner_of(session))
        for name in image.keys() - {"image_id", "owner"}:
            image[name] = exchange.parameter(name) or image[name]
        return self._written(exchange, session, {"Image": image})

    async def _upload(self, exchange: Exchange, session: Session) -> Response:
        if not is_multipart(exchange):
            return responses.bad_request(exchange, "multipart/form-data is needed")
        if not exchange.files:
            return responses.bad_request(exchange, "no file part")
        images = [
            {"image_id": self._fresh_id("I", str(number)), **one}
            for number, one in enumerate(exchange.files)
        ]
        return self._written(exchange, session, {"Image": images})

    async def _upload_asset(self, exchange: Exchange, session: Session) -> Response:
        if not is_multipart(exchange) or not exchange.files:
            return responses.bad_request(exchange, "multipart/form-data with a file is needed")
        assets = [
            {
                "asset_id": self._fresh_id("A", str(number)),
                "name": one["file_name"],
                "file_size": one["file_size"],
            }
            for number, one in enumerate(exchange.files)
        ]
        return self._written(exchange, session, {"Asset": assets})

    def _written(self, exchange: Exchange, session: Session, found: Record) -> Response:
        self._site.counters["writes"] += 1
        return responses.ok(exchange, data(session, found))

    def _fresh_id(self, letter: str, *of: str) -> str:
        return records.new_id(letter, "made", str(self._site.counters["writes"]), *of)
