"""Endpoints of PhotoShelter for assets: files that a web site is decorated with."""

from __future__ import annotations

from . import photoshelter_records as records
from . import photoshelter_responses as responses
from .endpoints import Endpoint
from .exchange import Exchange, Response
from .photoshelter_login import Handler, owner_of
from .photoshelter_pages import data, listed
from .photoshelter_sessions import Session

_CLIENTS = "assumption: as the one known client uses it"
_ASSETS = 2


class AssetEndpoints:
    """The endpoints that show assets. An upload is in `photoshelter_writes`."""

    def endpoints(self) -> tuple[Endpoint[Handler], ...]:
        return (
            Endpoint("GET, POST", "[mem/]asset/query", self._assets,
                     "the assets of a user_id, else of the owner", _CLIENTS),
            Endpoint("GET, POST", "[mem/]asset/A{id}/link", self._link,
                     "the URL of an asset", _CLIENTS),
        )  # fmt: skip

    async def _assets(self, exchange: Exchange, session: Session | None) -> Response:
        owner = exchange.parameter("user_id") or owner_of(session)
        found = []
        for number in range(1, _ASSETS + 1):
            asset_id = records.new_id("A", owner, str(number))
            size = {"width": "150", "height": "100", "file_size": "1800"}
            name = {"name": f"logo-{number}.jpg", "mime_type": "image/jpeg"}
            found.append({"asset_id": asset_id, **name, **size})
        return listed(exchange, session, "Asset", found, "Asset")

    async def _link(self, exchange: Exchange, session: Session | None) -> Response:
        # The client expects the link itself here, not within a record.
        link = f"{exchange.server}/cdn/{exchange.parts[0]}"
        return responses.ok(exchange, data(session, {"link": link}))
