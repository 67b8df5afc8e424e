"""The few requests outside the Archive Agent that clients of both send.

They show the same files. They are imitated as one of the vendor's own clients uses them.
"""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from .archive import LARGEST_PREVIEW, ArchiveAgent, Command, Visitor
from .archive_files import ARCHIVES, FIELDS, SEVERAL
from .archive_responses import bad_request, count, document, picture
from .endpoints import Endpoint
from .exchange import Exchange, Response, not_found
from .knobs import Knobs

REST = "/fotoweb/cmdrequest/rest"

_SOURCE = "public record, clients: one of the vendor's own"


class RestEndpoints:
    """Those requests, for a visitor who is known."""

    def __init__(self, knobs: Knobs, agent: ArchiveAgent) -> None:
        self._knobs = knobs
        self._agent = agent

    def endpoints(self) -> tuple[Endpoint[Command], ...]:
        both = "GET, POST"
        return (
            Endpoint(both, REST + "/archivelist.fwx", self._archives,
                     "the archives, as a tree", _SOURCE),
            Endpoint(both, REST + "/metadataconfiguration.fwx", self._fields,
                     "the text fields", _SOURCE),
            Endpoint(both, REST + "/preview.fwx", self._preview,
                     "a preview of up to 2048 pixels; the file is named by its fox token", _SOURCE),
        )  # fmt: skip

    def _archives(self, exchange: Exchange, visitor: Visitor) -> Response:
        rows = (
            f'<Archive Id="{number}" Name={quoteattr(name)} ParentId="0" IsIndexed="TRUE"/>'
            for number, name in ARCHIVES
        )
        return self._document(f"<Archives>{''.join(rows)}</Archives>")

    def _fields(self, exchange: Exchange, visitor: Visitor) -> Response:
        rows = (
            f'<Field Id="{number}" Name={quoteattr(name)}'
            f' IsMultipleInstanceField="{"TRUE" if number in SEVERAL else "FALSE"}"/>'
            for number, name in FIELDS.items()
        )
        return self._document(f"<MetadataConfiguration>{''.join(rows)}</MetadataConfiguration>")

    def _preview(self, exchange: Exchange, visitor: Visitor) -> Response:
        file = self._agent.by_fox_token(visitor, exchange.parameter("f"))
        size = count(exchange.parameter("sz") or str(LARGEST_PREVIEW))
        if file is None:
            return not_found(exchange)
        if size is None or size > 2 * LARGEST_PREVIEW:
            return bad_request(exchange)
        return picture(exchange, file, size)

    def _document(self, content: str) -> Response:
        return document(self._knobs, f"<FotoWebRest>{content}</FotoWebRest>")
