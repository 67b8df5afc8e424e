"""The verdict table: the outcome of each response of a server, one row for each. The tests read it
here; run as a program, this prints the table as README.md.

A file has the rows of one system. A body "@name" is one of the file's own. In headers, {other} is
another origin, {secret} is what the user logs in with, percent-encoded, and {later} is the time in
an hour. What a row does not mention costs nothing and sets nothing. An unknown word in a row is an
error and is not skipped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from damsession import Status

HERE = Path(__file__).resolve().parent
README = HERE / "README.md"

AUTHENTICATIONS = {
    "photoshelter": ("cookie", "token", "token-in-url"),
    "fotoweb": ("device-token", "login-token", "query"),
}

#: What the caller does, and which requests the odd response comes to, in the order of the printed
#: table.
STAGES = {
    "login": "There is no session, and the caller logs in: the response to that.",
    "organization": "The same for a member of an organization: the response to the second step of the login.",
    "proof": "The login went well: the response to the small request that asks whether its device token is accepted.",
    "login again": "There was a session, and the server has ended it: the response to the login that this calls for.",
    "request": "There is a session, and the caller sends a request: the response to it.",
    "upload": "The same for a request whose body cannot be given twice.",
    "redirect": "The same for a request that is sent elsewhere.",
    "confirmation": "The request was answered 403: the response to the small one that asks whether the session lives.",
    "everything": "The response to the request, and to the small one that asks whether the session lives.",
    "probe": "Before a long upload: the response to the small request that asks whether the session lives.",
    "keepalive": "The caller asks for the session to be kept alive: the response to that.",
    "observe": "The response to a request that the caller sent by other means.",
    "logout": "The caller logs out: the response to that.",
}

STATUSES = {"DAM_OK": Status.OK} | {
    f"DAM_ERR_{one.name}": one for one in Status if one is not Status.OK
}
REMEMBERED = {
    "nothing": "The next call may log in.",
    "wrong": "These credentials are not tried again.",
    "second-factor": "The same, since they are not enough.",
    "unclear": "They may be wrong, or the server out of order: tried again after a minute, then two, four and eight.",
}
SESSIONS = {
    "none": "There was no session, and there is none.",
    "opened": "There is one now.",
    "kept": "The session that there was is still the one.",
    "replaced": "A new login took its place.",
    "gone": "It is forgotten.",
}
LOGOUTS = ("server", "unconfirmed")


class TableError(ValueError):
    """A row that cannot be meant so."""


@dataclass
class Row:
    """One response, and what it comes to. The defaults are those of the files."""

    name: str
    system: str
    authentications: list[str]
    stage: str
    times: str  # once: the server is well again after it; always: it goes on
    source: str
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""
    body_name: str = ""
    options: dict[str, str] = field(default_factory=dict)
    # What it comes to.
    result: Status = Status.OK
    http_status: int = 0
    session: str = ""
    remembered: str = "nothing"
    logins: int = 0
    confirmations: int = 0
    tokens: int = 0
    cookies: str = ""
    logout: str = ""
    retry_after: int | None = None

    @property
    def cookie(self) -> str:
        """The last cookie that the response sets; "" for none."""
        pairs = [
            value.partition(";")[0].strip()
            for name, value in self.headers
            if name.lower() == "set-cookie"
        ]
        return pairs[-1] if pairs else ""


def rows() -> list[Row]:
    """All rows of all files of this folder."""
    found = [row for path in sorted(HERE.glob("*.json")) for row in _read(path)]
    named = Counter(
        (row.system, row.stage, row.name, one) for row in found for one in row.authentications
    )
    _require(max(named.values()) == 1, f"there are two of this name: {named.most_common(1)}")
    return found


def _read(path: Path) -> Iterator[Row]:
    document = json.loads(path.read_text("utf-8"))
    system, bodies, listed = document.pop("system"), document.pop("bodies"), document.pop("rows")
    _require(
        system == path.stem and system in AUTHENTICATIONS and not document,
        f"{path.name}: {sorted(document)}",
    )
    used = set()
    for one in listed:
        row = _row(system, bodies, one)
        used.add(row.body_name)
        yield row
    _require(set(bodies) <= used, f"{path.name}: nobody uses {sorted(set(bodies) - used)}")


def _row(system: str, bodies: dict[str, str], given: dict[str, Any]) -> Row:
    given = dict(given)
    where = f"{system}: {given.get('name')}"
    response, expect = dict(given.pop("response")), dict(given.pop("expect"))
    response["headers"] = [
        (name, value)
        for name, _, value in (one.partition(": ") for one in response.get("headers", []))
    ]
    body = response.get("body", "")
    if body.startswith("@"):
        response["body_name"], response["body"] = body[1:], bodies[body[1:]]
    _require(
        not {"result", "http_status", "session"} - {"result", *expect} and "status" in expect,
        f"{where}: expect",
    )
    expect["result"] = STATUSES[expect.pop("status")]
    try:
        row = Row(system=system, **given, **response, **expect)
    except TypeError as error:
        raise TableError(f"{where}: {error}") from None
    _require(
        bool(row.authentications) and set(row.authentications) <= set(AUTHENTICATIONS[system]),
        where,
    )
    _require(row.stage in STAGES and row.times in ("once", "always"), where)
    _require(row.session in SESSIONS and row.remembered in REMEMBERED, where)
    _require(
        (row.cookies in ("adopted", "ignored")) if row.cookie else row.cookies == "",
        f"{where}: cookies",
    )
    _require(
        (row.logout in LOGOUTS) if row.stage == "logout" else row.logout == "", f"{where}: logout"
    )
    _require(bool(row.name) and bool(row.source), where)
    return row


def _require(holds: bool, complaint: str) -> None:
    if not holds:
        raise TableError(complaint)


# ---- Printed -------------------------------------------------------------------------------------

TITLES = {"photoshelter": "PhotoShelter", "fotoweb": "FotoWeb"}


def printed() -> str:
    """The table as Markdown, by system and stage."""
    lines = [
        "# What each response comes to",
        "",
        "Printed from the tables beside this file by `table.py`. The Swift tests play every row against a scripted",
        "server, the Python tests against the sandbox. The page is long because each response has a row.",
        "",
        "How to read it:",
        "",
        "- **Times**: the server is well again after it (once), or goes on (always).",
        "- **Costs**: requests to log in, small requests that ask whether the session lives, device tokens of FotoWeb.",
        *(f"- **{word}**: {text}" for word, text in SESSIONS.items()),
        *(
            f"- **remembers {word}**: {text}"
            for word, text in REMEMBERED.items()
            if word != "nothing"
        ),
        "- **Cookies** of the response are taken (adopted) or not (ignored); a session without cookies takes none.",
        "- **Source**: the vendors' guides, public facts about both APIs (reference), an RFC, this library's header",
        "  (contract) and design; a decision, where nobody says.",
        "",
        "A body in italics stands below the rows of its system.",
    ]
    found = rows()
    for system, title in TITLES.items():
        lines += ["", f"## {title}"]
        for stage, text in STAGES.items():
            of_stage = [row for row in found if (row.system, row.stage) == (system, stage)]
            if of_stage:
                lines += ["", f"### {title}: {stage}", "", text, "", *_section(of_stage)]
        bodies = {
            row.body_name: row.body for row in found if row.system == system and row.body_name
        }
        lines += ["", f"### {title}: bodies", ""]
        lines += [f"- *{name}*: `{_escaped(body, 400)}`" for name, body in sorted(bodies.items())]
    return "\n".join(lines) + "\n"


def _section(of_stage: list[Row]) -> Iterator[str]:
    yield "| Response | Times | With | The caller gets | Session | Costs | Source |"
    yield "|---|---|---|---|---|---|---|"
    for row in of_stage:
        cells = [
            _response(row),
            row.times,
            ", ".join(row.authentications),
            _outcome(row),
            _session(row),
            _costs(row),
        ]
        yield f"| {' | '.join([*cells, row.source])} |"


def _response(row: Row) -> str:
    headers = [
        f"{name}: {value}" if len(value) < 60 else f"{name}: {value[:50]}..."
        for name, value in row.headers
    ]
    shown = headers[:2] + ["..."] * (len(headers) > 3) + headers[2:][-1:]
    details = [f"`{_escaped(one)}`" for one in shown]
    details += (
        [f"*{row.body_name}*"] if row.body_name else [f"`{_escaped(row.body)}`"] if row.body else []
    )
    options = [f"option `{name}={value}`" for name, value in row.options.items()]
    return f"**{_escaped(row.name)}**: {'; '.join([str(row.status), *details, *options])}"


def _outcome(row: Row) -> str:
    name = next(name for name, status in STATUSES.items() if status is row.result)
    words = [f"`{name}`"] + ([f"HTTP {row.http_status}"] if row.http_status else [])
    words += [f"retry after {row.retry_after} s"] if row.retry_after is not None else []
    return ", ".join(words + ([f"logout: {row.logout}"] if row.logout else []))


def _session(row: Row) -> str:
    words = [row.session] + ([f"cookies {row.cookies}"] if row.cookies else [])
    return ", ".join(
        words + ([f"remembers {row.remembered}"] if row.remembered != "nothing" else [])
    )


def _costs(row: Row) -> str:
    counted = ((row.logins, "login"), (row.confirmations, "question"), (row.tokens, "token"))
    return (
        ", ".join(f"{count} {word}{'s' * (count > 1)}" for count, word in counted if count)
        or "nothing"
    )


def _escaped(text: str, longest: int = 100) -> str:
    """Without what Markdown or a reader's screen would take for something else."""
    shown = text if len(text) < longest else text[: longest - 10] + "..."
    visible = "".join(one if one.isprintable() else f"\\u{ord(one):04x}" for one in shown)
    return visible.replace("|", "\\|").replace("`", "'")


if __name__ == "__main__":
    README.write_text(printed(), "utf-8")
