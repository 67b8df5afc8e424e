"""`make window-picture`: takes the README's picture of the window anew, from real logins.

It is checked in, and no test compares it: fonts and times differ.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bindings" / "python")]
os.environ.setdefault("DAMSESSION_LIBRARY", str(ROOT / ".build/lib/libdamsession.so.1"))

from browser import browser  # noqa: E402
from conftest import consent_url, consented, fotoweb, photoshelter, visit  # noqa: E402

from damsession.sandbox import Sandbox  # noqa: E402

PICTURE = Path(__file__).with_name("window.png")


def main() -> None:
    with (
        TemporaryDirectory() as folder,
        Sandbox() as sandbox,
        browser(folder) as page,
        photoshelter(sandbox, store="memory") as session,
        fotoweb(sandbox, store="memory") as archive,
    ):
        page.open(sandbox.window)
        page.until_text("#connection", "Connected")
        session.get("mem/gallery/query")
        archive.get("5000/Search?Search=photo")
        sandbox.expire()
        visit(sandbox, consented(sandbox, sandbox.consent(consent_url(sandbox)))["access_token"])
        session.get("mem/image/I1")
        sandbox.lock("owner")
        page.until_text("#user-rows", "locked")
        page.until_text("#request-count", str(len(sandbox.log())))
        page.driver.save_screenshot(str(PICTURE))
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
