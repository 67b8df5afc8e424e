"""Searches a FotoWeb archive and saves previews of what it finds.

Image IDs are not kept: they are worth something with one device token only, and handles tell when
it is gone. DAMSESSION_URL, DAMSESSION_USER and DAMSESSION_PASSWORD (or DAMSESSION_ENCRYPTION_SECRET
with DAMSESSION_AUTHENTICATION=login-token) come from the environment.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import damsession


def previews(session: damsession.Session, words: str, folder: Path) -> None:
    found = session.get("5000/Search", params={"Search": words, "MaxHits": 3}).raise_for_status()
    for number, file in enumerate(ElementTree.fromstring(found.content).iter("File")):
        handle = session.bind_image(file.attrib["Id"], found)
        preview = session.get("Preview?Id={image}", image=handle).raise_for_status()
        (folder / f"{number}.jpg").write_bytes(preview.content)
        print(file.attrib["Name"], len(preview.content), "bytes")


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    with damsession.open(system="fotoweb") as session:
        try:
            previews(session, "photo", folder)
        except damsession.HandleStale:
            # An administrator revoked the device token in between: ask once more.
            previews(session, "photo", folder)
        print("device tokens obtained:", session.state.tokens_obtained, file=sys.stderr)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except damsession.DamError as error:
        sys.exit(str(error))
