"""Checks that README.md is true: its blocks are the example files, its tables are the program's,
its files exist, and all examples work against the sandbox when they are built with the command that
it shows.

It ends with "README: N passed, N failed". A difference is a failure; nothing is corrected.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bindings" / "python"))

from damsession.sandbox import Sandbox  # noqa: E402

EXAMPLES = ROOT / "bindings" / "examples"
BUILD = ROOT / ".build"
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
#: Within the tree.
LINK = re.compile(r"\]\(((?!https?:)[^)]+)\)")
BLOCK = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.M | re.S)

passed = failed = 0


def check(what: str, good: bool, details: str = "") -> None:
    global passed, failed
    passed, failed = passed + good, failed + (not good)
    print(
        f"{'ok' if good else 'FAILED'} {what}" + ("" if good else f"\n{details[-3000:]}"),
        flush=True,
    )


def between(begin: str, end: str) -> str:
    """What stands between two marks of the README; "" without them."""
    _, _, rest = TEXT.partition(f"<!-- {begin} -->\n")
    return rest.partition(f"\n<!-- {end} -->")[0]


def has(page: Path, heading: str) -> bool:
    """Whether the page has a heading that this names; "": none is asked for."""
    titles = re.findall(r"^#+ (.*)", page.read_text(encoding="utf-8"), re.M) if heading else [""]
    return heading in [re.sub(r"[^\w-]", "", title.lower().replace(" ", "-")) for title in titles]


def run(
    command: list[str], environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def check_text(environment: dict[str, str], folder: Path) -> None:
    blocks = dict(BLOCK.findall(TEXT))
    for path in sorted(EXAMPLES.glob("*")):
        name = f"bindings/examples/{path.name}"
        if path.is_file():
            check(
                f"{name} stands in the README",
                blocks.pop(name, None) == path.read_text(encoding="utf-8"),
            )
    check("the README shows no other file", not blocks, str(list(blocks)))

    told = run(["damsession", "options", "--markdown"], environment, folder).stdout.strip()
    check(
        "the options table is the program's",
        told != "" and between("options", "/options") == told,
        told,
    )
    told = (
        run(["damsession", "help"], environment, folder)
        .stdout.partition("exit codes:\n")[2]
        .rstrip()
    )
    shown = between("exit codes", "/exit codes")
    check("the exit codes are the program's", told != "" and shown == f"```\n{told}\n```", told)

    outside = BLOCK.sub("", TEXT)
    named = set(re.findall(r"\]\(((?!https?:)[^)#]+)\)", outside))
    named |= set(re.findall(r"(?:\./)?\b((?:Sources|Tests|bindings|include)/[\w./-]*\w)", outside))
    for name in sorted(named):
        check(f"{name} exists", (ROOT / name).exists())
    for page in (ROOT / "CHANGELOG.md", *sorted((ROOT / ".github").glob("*.md"))):
        for name in sorted(set(LINK.findall(page.read_text(encoding="utf-8")))):
            path, _, heading = name.partition("#")
            target = page.parent / path if path else page
            check(f"{page.name}: {name} exists", target.exists() and has(target, heading))
    makefiles = [
        ROOT / "Makefile",
        *(ROOT / "bindings").rglob("*.mk"),
        *(ROOT / "Tests").rglob("*.mk"),
    ]
    rules = "".join(each.read_text(encoding="utf-8") for each in makefiles)
    for target in sorted(set(re.findall(r"\bmake ([\w-]+)", outside))):
        check(f"make {target} exists", re.search(rf"^{target}:", rules, re.M) is not None)


def install(folder: Path) -> Path:
    prefix = folder / "prefix"
    command = ["make", "install", f"PREFIX={prefix}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return prefix


def check_examples(environment: dict[str, str], folder: Path, sandbox: Sandbox) -> None:
    systems = {
        "photoshelter": {
            "URL": sandbox.photoshelter,
            "USER": "solo@example.com",
            "API_KEY": sandbox.api_key,
        },
        "fotoweb": {"URL": sandbox.fotoweb, "USER": "ada"},
    }
    environment["PKG_CONFIG_PATH"] = str(install(folder) / "lib" / "pkgconfig")
    wanted: dict[str, Callable[[str], bool]] = {
        "photoshelter.c": lambda out: '"Gallery"' in out,
        "photoshelter.py": lambda out: out.count("Gallery of solo@example.com") == 3,
        "photoshelter.sh": lambda out: (
            '"Gallery"' in out and "Front page" in (folder / "front-page.json").read_text()
        ),
        "transfers.py": lambda out: (
            out.endswith(" bytes\n") and (folder / "original.tif").stat().st_size > 0
        ),
        "many.py": lambda out: out.startswith("100 galleries\n") and " bytes of " in out,
        "own_http.py": lambda out: out == "200\n200\n",
        "curl.sh": lambda out: '"Session"' in out,
        "fotoweb.c": lambda out: 'ReturnedHits="1"' in out,
        "fotoweb.py": lambda out: (
            out.count(" bytes\n") == 3
            and all((folder / f"{n}.jpg").stat().st_size for n in range(3))
        ),
        "fotoweb.sh": lambda out: (folder / "preview.jpg").stat().st_size > 0,
    }
    for number in range(3):
        (folder / f"new-{number}.jpg").write_bytes(b"picture")
    for name, is_right in wanted.items():
        stem, _, kind = name.partition(".")
        system = stem if stem in systems else "photoshelter"
        password = sandbox.accounts[system][systems[system]["USER"]]["password"]
        options = {
            f"DAMSESSION_{key}": value
            for key, value in {**systems[system], "SYSTEM": system, "PASSWORD": password}.items()
        }
        command = {
            "py": [sys.executable, str(EXAMPLES / name)],
            "sh": [str(EXAMPLES / name)],
            "c": [f"./{stem}"],
        }[kind]
        if kind == "c":
            told = re.search(rf"`(cc {stem}\.c [^`]*)`", TEXT)
            (folder / name).symlink_to(EXAMPLES / name)
            built = run(
                ["sh", "-c", f"{told.group(1) if told else 'false'} {shlex.join(WARNINGS)}"],
                environment,
                folder,
            )
            check(
                f"{name}: the command of the README builds it", built.returncode == 0, built.stderr
            )
        done = run(command, {**environment, **options}, folder)
        good = done.returncode == 0 and is_right(done.stdout)
        check(f"{name} works", good, f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    seen = sandbox.state()
    tokens = seen["fotoweb"]["tokens_created"]
    check("all FotoWeb examples shared one device token", tokens == 1, f"{tokens} device tokens")
    refused = {
        name: seen[name][count] for name in systems for count in ("logins_refused", "refused")
    }
    check("nothing was refused", not any(refused.values()), str(refused))


WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror"]


def check_pytest(environment: dict[str, str], folder: Path) -> None:
    plugin = ["-p", "damsession.sandbox.pytest_plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *plugin, str(EXAMPLES / "test_sandbox.py")]
    done = run(command, environment, folder)
    check("test_sandbox.py passes", done.returncode == 0, done.stdout + done.stderr)


def main() -> int:
    with tempfile.TemporaryDirectory() as name, Sandbox() as sandbox:
        folder = Path(name)
        environment = {
            "PATH": f"{BUILD / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": name,
            "LANG": "C.UTF-8",
            "LD_LIBRARY_PATH": str(BUILD / "lib"),
            "PYTHONPATH": str(ROOT / "bindings" / "python"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "DAMSESSION_CA_FILE": sandbox.ca_file,
            "CURL_CA_BUNDLE": sandbox.ca_file,  # for curl, requests and httpx, in their own words
            "REQUESTS_CA_BUNDLE": sandbox.ca_file,
            "SSL_CERT_FILE": sandbox.ca_file,
        }
        check_text(environment, folder)
        check_examples(environment, folder, sandbox)
        check_pytest(environment, folder)
    print(f"README: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
