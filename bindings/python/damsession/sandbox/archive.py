"""The Archive Agent: archives, searches, file information, previews, downloads.

Everything that names a file names it by an image ID sealed for the device token
of the visitor who got it; under another one it answers 404. A guest sees a
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

# Fox tokens are sealed for this owner: they name a file to everybody.
_FOX = "fox token"
_RIGHTS = ("read", "download", "EditText", "RotateCrop")


@dataclass(frozen=True)
class Visitor:
    """Who asks: a user by name, and the device token, if there is one, that image IDs go with."""

    name: str
    device: str = ""

    def sees(self, file: ArchiveFile) -> bool:
        return self is not GUEST or file.for_guests


GUEST = Visitor("guest")

Command = Callable[[Exchange, Visitor], Response]


class ArchiveAgent:
    """Answers the commands for a visitor who has been identified."""

    def __init__(self, knobs: Knobs, clock: Clock) -> None:
        self._knobs = knobs
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        self._ids = ImageIds()

    def by_fox_token(self, visitor: Visitor, text: str) -> ArchiveFile | None:
        """The file that a fox token names, if the visitor may see it."""
        number = self._ids.read(_FOX, text)
        return FILES[number] if number is not None and visitor.sees(FILES[number]) else None

    def endpoints(self) -> tuple[Endpoint[Command], ...]:
        both, page = "GET, POST", "public record, Archive Agent: "
        return (
            Endpoint(both, AGENT, self._archives,
                     "the archives", page + "access URLs"),
            Endpoint(both, AGENT + "/Search", self._search_archives,
                     "how many hits each archive has", page + "as one client reads it"),
            Endpoint(both, AGENT + "/{archive}/Search", self._search,
                     "files that a query finds", page + "Search method; queries as clients write"),
            Endpoint(both, AGENT + "[/{archive}]/Information", self._information,
                     "the server, who asks, what they may do", page + "Information method"),
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
        # A missing file is left out of a list, but a single one is an error.
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
        # One numbering for files and previews; 0 in the low part means the file itself.
        low = 0 if size is None else size + 1
        return self._ids.mint(visitor.device, file.number * (LARGEST_PREVIEW + 2) + low)

    def _file(self, visitor: Visitor, text: str) -> tuple[ArchiveFile, int | None] | None:
        """What an image ID names, to who has it and may see it: a file, and a preview's size."""
        number = self._ids.read(visitor.device, text)
        if number is None:
            return None
        at, low = divmod(number, LARGEST_PREVIEW + 2)
        return (FILES[at], low - 1 if low else None) if visitor.sees(FILES[at]) else None


def _archive(exchange: Exchange) -> int | None:
    """The archive in the path; the first one if there is none."""
    return find_archive(exchange.parts[0]) if exchange.parts else 0


def _hits(exchange: Exchange, visitor: Visitor, archive: int) -> list[ArchiveFile] | None:
    try:
        test = parse(exchange.parameter("Search"))
    except QueryError:
        return None
    return [file for file in visible(archive, visitor is GUEST) if test(file)]
