"""Sends a folder of pictures to PhotoShelter and fetches an original, in constant memory.

An interrupted download goes on where it was, and half a file never shows. Options come from the
environment.
"""

import sys
from pathlib import Path

import damsession


def main(folder: Path) -> None:
    with damsession.open(system="photoshelter") as session:
        for picture in sorted(folder.glob("*.jpg")):
            session.post(
                "mem/image/upload", data={"gallery_id": "G1"}, files={"file": picture}
            ).raise_for_status()
        original = folder / "original.tif"
        session.download("mem/image/I1/download", original, resume=True).raise_for_status()
        with session.stream("GET", "mem/image/I1/download") as response:
            size = sum(len(piece) for piece in response.raise_for_status())
        print(size, "bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
