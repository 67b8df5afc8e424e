"""The made-up archives of FotoWeb and their files. Nothing here changes at run time.

Every third file is visible to guests. A client that loses its login and becomes a guest unnoticed
therefore sees fewer files. A file is a grey picture; it has the text fields that known clients
read.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from time import gmtime, strftime

from .jpeg import jpeg

ARCHIVES: tuple[tuple[str, str], ...] = (("5000", "Photos"), ("5001", "Graphics"))
FILES_PER_ARCHIVE = 60
FOR_GUESTS = 3

# The text fields by number, with the names that this site shows them under. Not all of them are
# filled in, as in any archive; two may hold several values.
FIELDS = {
    5: "Title",
    15: "Category",
    20: "Supplemental Categories",
    25: "Keywords",
    55: "Date Created",
    80: "Byline",
    103: "Transmission Reference",
    105: "Headline",
    110: "Credit",
    120: "Caption",
    122: "Caption Writer",
    187: "Unique Document ID",
}
SEVERAL = (20, 25)

_MODIFIED = 1_700_000_000
_DAY = 86_400


@dataclass(frozen=True)
class ArchiveFile:
    """One file; `number` counts through all archives."""

    number: int
    archive: int
    name: str
    width: int
    height: int
    created: int
    modified: int
    # A field that holds several values is here several times.
    texts: tuple[tuple[int, str], ...]

    @property
    def for_guests(self) -> bool:
        return self.number % FOR_GUESTS == 0

    def picture(self, longest: int | None = None) -> bytes:
        """The picture itself, or a preview whose longer side has `size` pixels."""
        width, height = self.width, self.height
        if longest is not None:
            largest = max(width, height)
            width, height = (max(1, side * longest // largest) for side in (width, height))
        return jpeg(width, height, self.name)


def visible(archive: int, guest: bool) -> tuple[ArchiveFile, ...]:
    """The files of an archive that a guest sees, or those that a user sees."""
    own = FILES[archive * FILES_PER_ARCHIVE : (archive + 1) * FILES_PER_ARCHIVE]
    return tuple(file for file in own if file.for_guests) if guest else own


def find_archive(text: str) -> int | None:
    """The index of an archive, by its ID or name."""
    for number, names in enumerate(ARCHIVES):
        if text in names:
            return number
    return None


def _made_up(number: int) -> ArchiveFile:
    archive = number // FILES_PER_ARCHIVE
    name = f"{ARCHIVES[archive][1].lower()}_{number:04d} æ&b.jpg"
    upright = number % 2 == 1
    modified = _MODIFIED + number
    unique = hashlib.sha256(name.encode("utf-8")).hexdigest().upper()
    texts = (
        (5, f"Picture {number}"),
        (25, "made-up"),
        (25, "upright" if upright else "across"),
        (55, strftime("%Y-%m-%d", gmtime(modified))),
        (80, "Ada Aardvark"),
        (110, "Sandbox"),
        (120, f"Made-up picture {number} & caption æøå"),
        (187, f"{unique[:16]} {unique[16:32]}"),
    )
    width, height = (1200, 1600) if upright else (1600, 1200)
    return ArchiveFile(number, archive, name, width, height, modified - _DAY, modified, texts)


FILES = tuple(_made_up(number) for number in range(FILES_PER_ARCHIVE * len(ARCHIVES)))
