"""Endpoints of PhotoShelter for media: the content of a workspace, and searches."""

from __future__ import annotations

from . import photoshelter_records as records
from .endpoints import Endpoint
from .exchange import Exchange, Response
from .photoshelter_login import Handler, owner_of
from .photoshelter_pages import listed, one
from .photoshelter_search import found_by
from .photoshelter_sessions import Session

_READ = "GET, POST"
_CLIENTS = "assumption: as known clients use it"


class MediaEndpoints:
    """Each file in a response is wrapped in its type, or in the type of its place."""

    def endpoints(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint(_READ, "[mem/]workspace/query", self._workspaces,
                     "the workspaces of the owner; needs a session", _CLIENTS),
            Endpoint(_READ, "[mem/]workspace/W{id}/media", self._workspace_media,
                     "the images of a workspace; needs a session", _CLIENTS),
            Endpoint(_READ, "[mem/]workspace/W{id}/media/I{id}/review", self._review,
                     "the review of an image; needs a session", _CLIENTS),
            Endpoint(_READ, "[mem/]media/search", self._search,
                     "the media of galleries, by terms", _CLIENTS),
        )  # fmt: skip

    async def _workspaces(self, exchange: Exchange, session: Session) -> Response:
        owner = owner_of(session)
        found = [{"workspace_id": records.new_id("W", owner), "name": f"{owner} 1",
                  "MediaCount": {"total": str(records.IMAGES_PER_GALLERY)}}]  # fmt: skip
        return listed(exchange, session, "Workspace", found, "Workspace")

    async def _workspace_media(self, exchange: Exchange, session: Session) -> Response:
        found = records.images_of_workspace(exchange.parts[0])
        kind = "WorkspaceImage"
        return listed(exchange, session, "WorkspaceMedia", found, kind, kind)

    async def _review(self, exchange: Exchange, session: Session) -> Response:
        workspace_id, image_id = exchange.parts
        found = {"workspace_id": workspace_id, "image_id": image_id, "status": "none"}
        return one(exchange, session, "Review", found)

    async def _search(self, exchange: Exchange, session: Session | None) -> Response:
        owner = owner_of(session)
        galleries = exchange.parameter("galleries").split(",")
        if galleries == [""]:
            of = records.galleries_of(records.root_of(owner), owner)
            galleries = [gallery["gallery_id"] for gallery in of]
        found = []
        for name in galleries:
            for mention in records.images_of(name):
                image_id = mention["image_id"]
                if not found_by(exchange.parameter("terms"), image_id):
                    continue
                link = records.link(image_id, exchange.server)
                image = {**records.image(image_id, owner), "Link": link}
                found.append({"file_name": image["file_name"], "Image": image})
        return listed(exchange, session, "Media", found, "Media")
