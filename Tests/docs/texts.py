"""What can be checked without a server: example files stand in the pages as they are, tables are
the program's, links lead somewhere, and no status and no page is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import book

from damsession._errors import BY_STATUS, Status

Check = Callable[..., None]
Told = Callable[..., str]


def examples(check: Check) -> None:
    shown = {
        block.note.removeprefix("file: "): block
        for block in book.blocks()
        if "file: " in block.note
    }
    for path in sorted(book.EXAMPLES.glob("*")):
        if path.is_file():
            block = shown.pop(f"bindings/examples/{path.name}", None)
            check(
                f"{path.name} stands in a page", block is not None and block.code == book.text(path)
            )
    check("the pages show no other file", not shown, str(list(shown)))


def tables(check: Check, told: Told) -> None:
    page = book.ROOT / "bindings" / "pages" / "reference.md"
    options = told("options", "--markdown").strip()
    check(
        "the options table is the program's",
        options != "" and book.between(page, "options", "/options") == options,
        options,
    )
    codes = told("help").partition("exit codes:\n")[2].rstrip()
    shown = book.between(page, "exit codes", "/exit codes")
    check("the exit codes are the program's", codes != "" and shown == f"```\n{codes}\n```", codes)


def statuses(check: Check) -> None:
    """Each status has its section, with its number and its Python class, and nothing else has
    one.
    """
    text = book.text(book.ROOT / "bindings" / "pages" / "troubleshooting.md")
    shown = {
        name: (int(number), kind)
        for name, number, kind in re.findall(
            r"^### (DAM_ERR_\w+)\n\n\*(\d+); Python: `(\w+)`", text, re.M
        )
    }
    check("no section is malformed", len(shown) == text.count("\n### "), str(shown))
    for status in Status:
        if status != Status.OK:
            kind = BY_STATUS[status].__name__
            found = shown.pop(f"DAM_ERR_{status.name}", None)
            check(f"{status.name} is explained", found == (int(status), kind), f"{found}, {kind}")
    check("no other status is", not shown, str(shown))


def references(check: Check) -> None:
    """Links of all pages, and the files and targets that they name in their prose."""
    others = (book.ROOT / "CHANGELOG.md", *sorted((book.ROOT / ".github").glob("*.md")))
    makefiles = [
        book.ROOT / "Makefile",
        *sorted((book.ROOT / "bindings").rglob("*.mk")),
        *sorted((book.ROOT / "Tests").rglob("*.mk")),
    ]
    rules = "".join(book.text(each) for each in makefiles)
    for page in (book.README, *book.PAGES, *others):
        for name in sorted(book.links(page)):
            path, _, heading = name.partition("#")
            target = page.parent / path if path else page
            there = target.exists() and (not heading or heading in book.anchors(target))
            check(f"{page.name}: {name} exists", there)
        named = re.findall(
            r"(?:\./)?\b((?:Sources|Tests|bindings|include)/[\w./-]*\w)", book.prose(page)
        )
        for name in sorted(set(named) if page not in others else ()):
            check(f"{page.name}: {name} exists", (book.ROOT / name).exists())
        for target in sorted(set(re.findall(r"\bmake ([a-z][\w-]+)`", book.prose(page)))):
            check(
                f"{page.name}: make {target} exists",
                re.search(rf"^{target}:", rules, re.M) is not None,
            )


def front_door(check: Check) -> None:
    """The README is short, and every page is reached from it."""
    lines = book.text(book.README).count("\n")
    check("the README is two or three screens", lines <= 150, f"{lines} lines")
    for page in book.PAGES:
        link = str(page.relative_to(book.ROOT))
        check(f"the README links to {link}", link in book.links(book.README))
