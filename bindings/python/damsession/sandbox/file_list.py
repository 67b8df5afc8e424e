"""The XML of a file list, element by element as on the vendor's page "Archive Agent File List XML".

`FileInfo` and `MetaData` are present unless the request switched them off; `PreviewLinks` is
present only if the request asked for a size. The attributes that begin with `X-` are known from
recorded responses. A fox token names a file in other commands of FotoWeb.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Callable
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from .archive_files import ARCHIVES, FIELDS, ArchiveFile
from .download import DEFAULT_SIZE


@dataclass(frozen=True)
class Listing:
    """What the request asked of a list, and how the list names files and previews."""

    file_info: bool
    meta_data: bool
    sizes: tuple[int, ...]
    image_id: Callable[[ArchiveFile], str]
    fox_token: Callable[[ArchiveFile], str]
    preview_url: Callable[[ArchiveFile, int], str]


def file_list(
    listing: Listing, files: Iterable[ArchiveFile], total: int, archive: int, now: float
) -> str:
    """The root element. `total` counts all hits, also those that are not listed."""
    shown = [_file(listing, file) for file in files]
    return (
        f'<FileList Version="1.1" CreatorApplication="FotoWeb/8.0" Created="{_date(now)}"'
        f' TotalHits="{total}" ReturnedHits="{len(shown)}"'
        f' X-Source-Archive="{ARCHIVES[archive][0]}" SearchTime="0.25" ProcessingTime="1.5">'
        f"{''.join(shown)}</FileList>"
    )


def _file(listing: Listing, file: ArchiveFile) -> str:
    number, name = ARCHIVES[file.archive]
    permalink = f"/fotoweb/archives/{number}-{name}/{quote(file.name)}.info"
    return (
        f'<File Name={quoteattr(file.name)} Id="{listing.image_id(file)}"'
        f' X-Permalink={quoteattr(permalink)} X-FoxToken="{listing.fox_token(file)}"'
        f' X-TimeStamp="{_date(file.modified)}">'
        f"{_file_info(file) if listing.file_info else ''}"
        f"{_preview_links(listing, file) if listing.sizes else ''}"
        f"{_meta_data(file) if listing.meta_data else ''}</File>"
    )


def _file_info(file: ArchiveFile) -> str:
    return (
        f"<FileInfo><Path>\\\\SANDBOX\\{ARCHIVES[file.archive][1]}</Path>"
        f"<Created>{_date(file.created)}</Created>"
        f"<LastModified>{_date(file.modified)}</LastModified>"
        f"<FileSize>{DEFAULT_SIZE}</FileSize><MimeType>image/jpeg</MimeType></FileInfo>"
    )


def _preview_links(listing: Listing, file: ArchiveFile) -> str:
    links = (
        f'<PreviewUrl Id="{index}" Size="{size}">{escape(listing.preview_url(file, size))}'
        "</PreviewUrl>"
        for index, size in enumerate(listing.sizes)
    )
    return f"<PreviewLinks>{''.join(links)}</PreviewLinks>"


def _meta_data(file: ArchiveFile) -> str:
    fields = (
        f'<Field Id="IPTC2:{number}" Name={quoteattr(FIELDS[number])}>{escape(text)}</Field>'
        for number, text in file.texts
    )
    return (
        f"<MetaData><PixelWidth>{file.width}</PixelWidth><PixelHeight>{file.height}</PixelHeight>"
        "<Resolution>72.00</Resolution><ColorSpace>Grayscale</ColorSpace>"
        f"<Text>{''.join(fields)}</Text></MetaData>"
    )


def _date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)
