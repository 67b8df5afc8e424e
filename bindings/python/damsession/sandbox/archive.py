"""The Archive Agent: archives, searches, file information, previews, downloads.

A file is named by an image ID that is valid with one device token only ("Validity of image IDs" in
the vendor's authentication guide). With another device token, the ID gets a 404. A guest sees a
third of the files and may not download.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from typing import Callable
from xml.sax.saxutils import escape, quoteattr

from .archive_files import ARCHIVES, FILES, ArchiveFile, find_archive, visible
from .archive_query import QueryError, parse
from .archive_responses import JPEG, all_values, bad_request, count, document, picture
from .clock import Clock
from .download import serve
from .endpoints import Endpoint
from .exchange import TEXT, Exchange, Response, not_found
from .file_list import Listing, file_list
from .fotoweb_devices import ImageIds
from .knobs import Knobs

AGENT = "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent"
PAGE = 20
LARGEST_PREVIEW = 1024

# The owner of all fox tokens. They name a file to every visitor, unlike image IDs.
_FOX = "fox token"
_RIGHTS = ("read", "download", "EditText", "RotateCrop")


@dataclass(frozen=True)
class Visitor:
    """The client of a request: a user's name, and the device token that image IDs belong to ("":
    none).
    """

    name: str
    device: str = ""

    def sees(self, file: ArchiveFile) -> bool:
        return self is not GUEST or file.for_guests


GUEST = Visitor("guest")

Command = Callable[[Exchange, Visitor], Response]


class ArchiveAgent:
    """The commands of the Archive Agent, for a visitor who is known."""

    def __init__(self, knobs: Knobs, clock: Clock) -> None:
        self._knobs = knobs
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        self._ids = ImageIds()

    def by_fox_token(self, visitor: Visitor, text: str) -> ArchiveFile | None:
        """The file that a fox token names; None if the visitor may not see it."""
        number = self._ids.read(_FOX, text)
        return FILES[number] if number is not None and visitor.sees(FILES[number]) else None

    def endpoints(self) -> tuple[Endpoint[Command], ...]:
        both, page = "GET, POST", "public record, Archive Agent: "
        return (
            Endpoint(both, AGENT, self._archives,
                     "the archives", page + "access URLs"),
            Endpoint(both, AGENT + "/Search", self._search_archives,
                     "the number of hits in each archive", page + "as one client reads it"),
            Endpoint(both, AGENT + "/{archive}/Search", self._search,
                     "the files that a query finds", page + "Search method; queries as clients write them"),
            Endpoint(both, AGENT + "[/{archive}]/Information", self._information,
                     "the server, the user, the user's rights", page + "Information method"),
            Endpoint(both, AGENT + "[/{archive}]/FileInfo", self._file_info,
                     "files by their image IDs", page + "FileInfo method"),
            Endpoint(both, AGENT + "[/{archive}]/Preview", self._preview,
                     "a preview of an image", page + "specification 6.0"),
            Endpoint(both, AGENT + "[/{archive}]/Download", self._download,
                     "the file of an image", page + "specification 6.0"),
        )  # fmt: skip

    def _archives(self, exchange: Exchange, visitor: Visitor) -> Response:
        rows = (f'<Archive Id="{number}" Name={quoteattr(name)}/>' for number, name in ARCHIVES)
        return document(self._knobs, f"<ArchiveList>{''.join(rows)}</ArchiveList>")

    def _search_archives(self, exchange: Exchange, visitor: Visitor) -> Response:
        if self._knobs.root_search == "files":
            return self._search(exchange, visitor)
        rows = ""
        for archive, (number, name) in enumerate(ARCHIVES):
            hits = _hits(exchange, visitor, archive)
            if hits is None:
                return bad_request(exchange)
            rows += f'<Archive Id="{number}" Name={quoteattr(name)} Hits="{len(hits)}"/>'
        return document(self._knobs, f"<ArchiveList>{rows}</ArchiveList>")

    def _information(self, exchange: Exchange, visitor: Visitor) -> Response:
        archive = _archive(exchange)
        if archive is None:
            return not_found(exchange)
        may = {right: visitor is not GUEST or right == "read" for right in _RIGHTS}
        permissions = " ".join(f'{right}="{str(has).lower()}"' for right, has in may.items())
        return document(
            self._knobs,
            "<PortalAgentInformation><ServerInformation>"
            "<Name>FotoWeb sandbox</Name><Version>8.0</Version>"
            f"<Time>{formatdate(self._clock.now(), usegmt=True)}</Time>"
            f"<Archive>{ARCHIVES[archive][0]}</Archive>"
            f"<UserName>{escape(visitor.name)}</UserName>"
            f"<X-FotoWeb-Permissions {permissions}/>"
            "</ServerInformation></PortalAgentInformation>",
        )

    def _search(self, exchange: Exchange, visitor: Visitor) -> Response:
        archive = _archive(exchange)
        if archive is None:
            return not_found(exchange)
        skip = count(exchange.parameter("Skip") or "0")
        most = count(exchange.parameter("MaxHits") or str(PAGE))
        hits = _hits(exchange, visitor, archive)
        if skip is None or most is None or hits is None:
            return bad_request(exchange)
        return self._list(exchange, visitor, hits[skip : skip + most], len(hits), archive)

    def _file_info(self, exchange: Exchange, visitor: Visitor) -> Response:
        archive, texts = _archive(exchange), all_values(exchange, "Id")
        if archive is None:
            return not_found(exchange)
        if not texts:
            return bad_request(exchange)
        found = [self._file(visitor, text) for text in texts]
        files = [file for file, size in filter(None, found) if size is None]
        # The vendor's page on FileInfo: a list leaves out files that are missing, a single one is
        # a 404.
        if len(texts) == 1 and not files:
            return not_found(exchange)
        return self._list(exchange, visitor, files, len(files), archive)

    def _preview(self, exchange: Exchange, visitor: Visitor) -> Response:
        found = self._file(visitor, exchange.parameter("Id"))
        if found is None or _archive(exchange) is None:
            return not_found(exchange)
        file, size = found
        return picture(exchange, file, LARGEST_PREVIEW if size is None else size)

    def _download(self, exchange: Exchange, visitor: Visitor) -> Response:
        found = self._file(visitor, exchange.parameter("Id"))
        if found is None or found[1] is not None or _archive(exchange) is None:
            return not_found(exchange)
        if visitor is GUEST:
            exchange.verdict = "guest-refused"
            return Response(403, b"Guests may not download\n", TEXT)
        return serve(exchange, found[0].name, JPEG, [], found[0].picture())

    def _list(
        self, exchange: Exchange, visitor: Visitor, files: list[ArchiveFile], total: int,
        archive: int,
    ) -> Response:  # fmt: skip
        sizes = [count(text) for text in all_values(exchange, "PreviewSize")]
        wanted = tuple(size for size in sizes if size is not None and size <= LARGEST_PREVIEW)
        if len(wanted) < len(sizes):
            return bad_request(exchange)
        scheme = "http" if self._knobs.preview_urls == "http" else exchange.request.scheme
        base = f"{scheme}://{exchange.request.host}{AGENT}/{ARCHIVES[archive][0]}/Preview?Id="
        listing = Listing(
            file_info=exchange.parameter("FileInfo") != "0",
            meta_data=exchange.parameter("MetaData") != "0",
            sizes=wanted,
            image_id=lambda file: self._image_id(visitor, file),
            fox_token=lambda file: self._ids.mint(_FOX, file.number),
            preview_url=lambda file, size: base + self._image_id(visitor, file, size),
        )
        return document(self._knobs, file_list(listing, files, total, archive, self._clock.now()))

    def _image_id(self, visitor: Visitor, file: ArchiveFile, size: int | None = None) -> str:
        # Files and previews share one numbering; 0 in the low part is the file itself.
        low = 0 if size is None else size + 1
        return self._ids.mint(visitor.device, file.number * (LARGEST_PREVIEW + 2) + low)

    def _file(self, visitor: Visitor, text: str) -> tuple[ArchiveFile, int | None] | None:
        """The file that an image ID names, and the size of the preview (None: the file itself).
        None if the ID is of another device token or the visitor may not see the file.
        """
        number = self._ids.read(visitor.device, text)
        if number is None:
            return None
        at, low = divmod(number, LARGEST_PREVIEW + 2)
        return (FILES[at], low - 1 if low else None) if visitor.sees(FILES[at]) else None


def _archive(exchange: Exchange) -> int | None:
    """The archive in the path, or the first one if the path has none."""
    return find_archive(exchange.parts[0]) if exchange.parts else 0


def _hits(exchange: Exchange, visitor: Visitor, archive: int) -> list[ArchiveFile] | None:
    try:
        test = parse(exchange.parameter("Search"))
    except QueryError:
        return None
    return [file for file in visible(archive, visitor is GUEST) if test(file)]
