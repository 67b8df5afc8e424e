"""The Archive Agent: archives, searches, file information, previews, downloads.

Two made-up archives. Everything that names a file names it by an image ID
sealed for the visitor who got it; under another device token it answers 404.
A guest sees a third of the files and may not download, so that a silent
downgrade shows. Replies are the XML of the public record, not all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from typing import Callable
from urllib.parse import parse_qsl, quote
from xml.sax.saxutils import escape, quoteattr

from .clock import Clock
from .download import serve
from .exchange import TEXT, XML, Answer, Exchange
from .fotoweb_devices import ImageIds

AGENT_DEPTH = 5
ARCHIVES: tuple[tuple[str, str], ...] = (("5000", "Photos"), ("5001", "Graphics"))
FILES_PER_ARCHIVE = 60
PAGE = 20
LARGEST_PREVIEW = 1024

_MODIFIED = 1_700_000_000
_FULL_RIGHTS = "read,download,edit"
_GUEST_RIGHTS = "read"


@dataclass(frozen=True)
class Visitor:
    """Who asks: a user by name, and the owner under which image IDs are sealed."""

    name: str
    owner: str

    @property
    def rights(self) -> str:
        return _GUEST_RIGHTS if self is GUEST else _FULL_RIGHTS


GUEST = Visitor("guest", "guest")

Command = Callable[[Exchange, Visitor, int], Answer]


class ArchiveAgent:
    """Answers the commands for a visitor who has been identified."""

    def __init__(self, ids: ImageIds, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock
        self._commands: dict[str, Command] = {
            "Information": self._information,
            "Search": self._search,
            "FileInfo": self._file_info,
            "Preview": self._preview,
            "Download": self._download,
        }

    def answer(self, exchange: Exchange, visitor: Visitor) -> Answer:
        answer = self._dispatch(exchange, visitor)
        answer.headers.append(("X-FotoWeb-Permissions", visitor.rights))
        answer.headers.append(("X-Sandbox-User", quote(visitor.name, safe="")))
        return answer

    def _dispatch(self, exchange: Exchange, visitor: Visitor) -> Answer:
        parts = [part for part in exchange.path.split("/")[AGENT_DEPTH:] if part]
        if not parts:
            return self._archive_list()
        archive = _archive_number(parts[0]) if len(parts) == 2 else 0
        command = self._commands.get(parts[-1])
        if archive is None or command is None or len(parts) > 2:
            return _not_found(exchange)
        return command(exchange, visitor, archive)

    def _archive_list(self) -> Answer:
        items = "".join(
            f'<Archive Id="{number}" Name={quoteattr(name)}/>' for number, name in ARCHIVES
        )
        return _document(f"<ArchiveList>{items}</ArchiveList>")

    def _information(self, exchange: Exchange, visitor: Visitor, archive: int) -> Answer:
        return _document(
            "<PortalAgentInformation><ServerInformation>"
            "<Name>FotoWeb sandbox</Name><Version>8.0</Version>"
            f"<Time>{formatdate(self._clock.now(), usegmt=True)}</Time>"
            f"<Archive>{ARCHIVES[archive][0]}</Archive>"
            f"<UserName>{escape(visitor.name)}</UserName>"
            f"<Permissions>{visitor.rights}</Permissions>"
            "</ServerInformation></PortalAgentInformation>"
        )

    def _search(self, exchange: Exchange, visitor: Visitor, archive: int) -> Answer:
        query = exchange.query
        skip = _count(query.get("Skip", "0"))
        most = _count(query.get("MaxHits", str(PAGE)))
        sizes = _preview_sizes(exchange)
        if skip is None or most is None or sizes is None:
            return _bad_request(exchange)
        wanted = query.get("Search", "").lower()
        hits = [
            number for number in _visible(visitor, archive) if wanted in _file_name(number).lower()
        ]
        shown = hits[skip : skip + most]
        return self._file_list(exchange, visitor, shown, len(hits), sizes)

    def _file_info(self, exchange: Exchange, visitor: Visitor, archive: int) -> Answer:
        texts = _all_values(exchange, "Id")
        sizes = _preview_sizes(exchange)
        if not texts or sizes is None:
            return _bad_request(exchange)
        found = [self._file(visitor, text) for text in texts]
        numbers = [number for number in found if number is not None]
        # A missing file is left out of a list, but a single one is an error.
        if len(texts) == 1 and not numbers:
            return _not_found(exchange)
        return self._file_list(exchange, visitor, numbers, len(numbers), sizes)

    def _preview(self, exchange: Exchange, visitor: Visitor, archive: int) -> Answer:
        sealed = self._ids.read(visitor.owner, exchange.query.get("Id", ""))
        if sealed is None:
            return _not_found(exchange)
        return serve(exchange, f"preview {sealed}", "image/jpeg", [])

    def _download(self, exchange: Exchange, visitor: Visitor, archive: int) -> Answer:
        number = self._file(visitor, exchange.query.get("Id", ""))
        if number is None:
            return _not_found(exchange)
        if visitor is GUEST:
            exchange.verdict = "guest-refused"
            return Answer(403, b"Guests may not download\n", TEXT)
        return serve(exchange, _file_name(number), "image/jpeg", [])

    def _file_list(
        self, exchange: Exchange, visitor: Visitor, numbers: list[int], total: int, sizes: list[int]
    ) -> Answer:
        files = "".join(self._file_element(exchange, visitor, one, sizes) for one in numbers)
        return _document(
            f'<FileList Version="1.0" TotalHits="{total}" ReturnedHits="{len(numbers)}">'
            f"{files}</FileList>"
        )

    def _file_element(
        self, exchange: Exchange, visitor: Visitor, number: int, sizes: list[int]
    ) -> str:
        inner = ""
        if exchange.query.get("FileInfo") == "1":
            modified = formatdate(_MODIFIED + number, usegmt=True)
            inner += (
                "<FileInfo><FileSize>65536</FileSize>"
                f"<LastModified>{modified}</LastModified></FileInfo>"
            )
        if sizes:
            links = "".join(
                f'<PreviewUrl Id="{self._sealed(visitor, number, size)}" Size="{size}"/>'
                for size in sizes
            )
            inner += f"<PreviewLinks>{links}</PreviewLinks>"
        if exchange.query.get("MetaData") == "1":
            inner += f"<MetaData><Text>Made-up picture {number} &amp; caption æøå</Text></MetaData>"
        identifier = self._sealed(visitor, number, None)
        return f'<File Name={quoteattr(_file_name(number))} Id="{identifier}">{inner}</File>'

    def _sealed(self, visitor: Visitor, number: int, preview: int | None) -> str:
        # One numbering for files and previews; 0 in the low part means the file itself.
        low = 0 if preview is None else preview + 1
        return self._ids.mint(visitor.owner, number * (LARGEST_PREVIEW + 2) + low)

    def _file(self, visitor: Visitor, text: str) -> int | None:
        sealed = self._ids.read(visitor.owner, text)
        if sealed is None or sealed % (LARGEST_PREVIEW + 2):
            return None
        return sealed // (LARGEST_PREVIEW + 2)


def _visible(visitor: Visitor, archive: int) -> range:
    first = archive * FILES_PER_ARCHIVE
    return range(first, first + FILES_PER_ARCHIVE, 3 if visitor is GUEST else 1)


def _file_name(number: int) -> str:
    return f"{ARCHIVES[number // FILES_PER_ARCHIVE][1].lower()}_{number:04d} æ&b.jpg"


def _archive_number(text: str) -> int | None:
    for number, names in enumerate(ARCHIVES):
        if text in names:
            return number
    return None


def _all_values(exchange: Exchange, name: str) -> list[str]:
    query = exchange.target.partition("?")[2]
    return [value for key, value in parse_qsl(query) if key == name]


def _preview_sizes(exchange: Exchange) -> list[int] | None:
    if "PreviewSize" not in exchange.query:
        return []
    sizes = [_count(text) for text in _all_values(exchange, "PreviewSize")]
    kept = [size for size in sizes if size is not None and size <= LARGEST_PREVIEW]
    return kept if kept and len(kept) == len(sizes) else None


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _document(content: str) -> Answer:
    text = f'<?xml version="1.0" encoding="utf-8"?>\n{content}\n'
    return Answer(200, text.encode("utf-8"), XML)


def _not_found(exchange: Exchange) -> Answer:
    exchange.verdict = "not-found"
    return Answer(404, b"Not found\n", TEXT)


def _bad_request(exchange: Exchange) -> Answer:
    exchange.verdict = "bad-request"
    return Answer(400, b"Bad request\n", TEXT)
