"""Checks that README.md and the pages are true: they show the example files, their tables are the
program's, their links lead somewhere, and all their code works against the sandbox.

It ends with "README: N passed, N failed". A difference is a failure; nothing is corrected.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bindings" / "python"))

import book  # noqa: E402
import programs  # noqa: E402
import texts  # noqa: E402

from damsession.sandbox import Sandbox  # noqa: E402

BUILD = book.ROOT / ".build"

passed = failed = 0


def check(what: str, good: bool, details: str = "") -> None:
    global passed, failed
    passed, failed = passed + good, failed + (not good)
    print(
        f"{'ok' if good else 'FAILED'} {what}" + ("" if good else f"\n{details[-3000:]}"),
        flush=True,
    )


def install(folder: Path) -> Path:
    prefix = folder / "prefix"
    command = ["make", "install", f"PREFIX={prefix}"]
    subprocess.run(command, cwd=book.ROOT, check=True, capture_output=True)
    return prefix


def options(sandbox: Sandbox, system: str, user: str, **more: str) -> dict[str, str]:
    """The environment for one system, as the pages say to set it."""
    password = sandbox.accounts[system][user]["password"]
    url = sandbox.photoshelter if system == "photoshelter" else sandbox.fotoweb
    values = {"SYSTEM": system, "URL": url, "USER": user, "PASSWORD": password, **more}
    return {f"DAMSESSION_{name}": value for name, value in values.items()}


def stage(folder: Path, sandbox: Sandbox) -> programs.Stage:
    environment = {
        "PATH": f"{BUILD / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": str(BUILD / "lib"),
        "PKG_CONFIG_PATH": str(install(folder) / "lib" / "pkgconfig"),
        "PYTHONPATH": str(book.ROOT / "bindings" / "python"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DAMSESSION_CA_FILE": sandbox.ca_file,
        "CURL_CA_BUNDLE": sandbox.ca_file,  # as the page says for curl
    }
    systems = {
        "photoshelter": options(
            sandbox, "photoshelter", "solo@example.com", API_KEY=sandbox.api_key
        ),
        "fotoweb": options(sandbox, "fotoweb", "ada"),
        "fotoware": {
            "DAMSESSION_SYSTEM": "fotoware",
            "DAMSESSION_URL": sandbox.fotoware,
            "DAMSESSION_CLIENT_ID": sandbox.clients["native"]["id"],
        },
    }
    return programs.Stage(folder, environment, systems)


def what_the_server_saw(sandbox: Sandbox) -> None:
    seen = sandbox.state()
    tokens = seen["fotoweb"]["tokens_created"]
    check("all FotoWeb examples shared one device token", tokens == 1, f"{tokens} device tokens")
    consents = seen["fotoware"]["consents"]
    check("each example asked a person once", consents == len(programs.CONSENTS), f"{consents}")
    refused = {
        name: seen[name][count]
        for name in ("photoshelter", "fotoweb")
        for count in ("logins_refused", "refused")
    }
    check("nothing was refused", not any(refused.values()), str(refused))


def main() -> int:
    with tempfile.TemporaryDirectory() as name, Sandbox() as sandbox:
        here = stage(Path(name), sandbox)
        texts.examples(check)
        texts.tables(check, lambda *words: here.run(["damsession", *words], "").stdout)
        texts.statuses(check)
        texts.references(check)
        texts.front_door(check)
        programs.examples(check, here)
        programs.consents(check, here)
        programs.blocks(check, here)
        what_the_server_saw(sandbox)
        programs.pytest(check, here)
    print(f"README: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
