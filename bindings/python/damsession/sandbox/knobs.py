"""Every behaviour that can be chosen, in one table.

The public record leaves much open: what an expired session looks like, whether
a superseded cookie still works. Each open question is a knob. The fields of
`Knobs` are the table; the command line, `/_sandbox/knobs`, `--help` and the
README table all come from it, so that they cannot disagree. A name or value
outside the table is refused with the allowed ones named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from .knob_kinds import Knob, KnobError, Whole, choice, whole

PHOTOSHELTER = "PhotoShelter"
FOTOWEB = "FotoWeb"
BOTH = "Both"

SESSION_REFUSALS = (
    "400-class",
    "401-class",
    "401-empty",
    "403-class",
    "200-class",
    "200-html",
    "302-login",
)

# Of something that is down: not about who asks. A login page asks for a password.
OUTAGES = ("ok", "401", "403", "500", "maintenance-page", "login-page", "redirect")


@dataclass
class Knobs:
    """The current settings; an attribute is the knob's name with underscores."""

    expired: str = choice(
        PHOTOSHELTER, SESSION_REFUSALS, "400-class", "answer to an expired session"
    )
    missing_session: str = choice(
        PHOTOSHELTER,
        ("same",) + SESSION_REFUSALS,
        "same",
        "answer to a member request without any session; same: as expired",
    )
    old_cookie: str = choice(
        PHOTOSHELTER,
        ("accept", "refuse"),
        "accept",
        "a superseded cookie of a live session; refuse: like an expired one",
    )
    old_cookie_grace: int = whole(
        PHOTOSHELTER,
        Whole("cookies"),
        0,
        "how many superseded cookies still work under old-cookie=refuse",
    )
    refused_cookie: str = choice(
        PHOTOSHELTER,
        ("silent", "deleted"),
        "silent",
        "whether the answer to a dead session also sends the cookie's deletion",
    )
    cookie_rotation: str = choice(
        PHOTOSHELTER,
        ("always", "per-second"),
        "always",
        "a new cookie with every answer, or one per second",
    )
    cookie_domain: str = choice(
        PHOTOSHELTER,
        ("none", "host"),
        "none",
        "domain attribute of the cookies; host: the host name of the request",
    )
    organizations: str = choice(
        PHOTOSHELTER,
        ("array", "object"),
        "array",
        "shape of org when there is exactly one; several are always an array",
    )
    more_organizations: int = whole(
        PHOTOSHELTER,
        Whole("organizations", maximum=100_000),
        0,
        "how many more are listed before a member's own; each takes 60 bytes of the login answer",
    )
    organization_method: str = choice(
        PHOTOSHELTER,
        ("any", "get", "post"),
        "any",
        "method of the organization step; another one answers 405",
    )
    organization_token: str = choice(
        PHOTOSHELTER,
        ("same", "new"),
        "same",
        "new: the organization step returns a new token and the old one is dead",
    )
    two_factor: str = choice(
        PHOTOSHELTER,
        ("field", "error"),
        "field",
        "login wanting a second factor: 200 with data.two_factor, or an error",
    )
    bad_api_key: str = choice(
        PHOTOSHELTER,
        ("400-class", "401-class", "403-class"),
        "400-class",
        "answer to a missing or unknown API key",
    )
    idle_limit: int = whole(
        PHOTOSHELTER,
        Whole("seconds, 0 = no limit"),
        7200,
        "idle time after which a session is dead",
    )
    token_expires: str = choice(
        PHOTOSHELTER,
        ("idle", "never"),
        "idle",
        "whether the idle limit counts for tokens too",
    )
    max_sessions: int = whole(
        PHOTOSHELTER,
        Whole("sessions, 0 = no limit"),
        0,
        "live sessions per user; over it the oldest dies",
    )
    logout_method: str = choice(
        PHOTOSHELTER,
        ("any", "get", "post"),
        "any",
        "method of logout; another one answers 405",
    )
    token_path: str = choice(
        PHOTOSHELTER,
        ("data.token", "token"),
        "data.token",
        "where an answer carries the authentication token",
    )

    revoked: str = choice(
        FOTOWEB,
        ("401", "403", "302-login", "200-html", "guest", "500-html"),
        "401",
        "answer to a revoked or unknown device token",
    )
    login_refused: str = choice(
        FOTOWEB,
        ("401", "403", "200-html", "500-html", "302-login"),
        "401",
        "answer to wrong credentials or a bad login token",
    )
    login: str = choice(
        FOTOWEB,
        OUTAGES,
        "ok",
        "what Login.fwx answers to everybody, right password or wrong; the Archive Agent works",
    )
    archive: str = choice(
        FOTOWEB,
        OUTAGES,
        "ok",
        "what the Archive Agent answers to everybody it lets in; logins work",
    )
    limit_reached: str = choice(
        FOTOWEB,
        ("as-refused", "403-text", "200-html"),
        "as-refused",
        "answer to a login of a user who has no device token left",
    )
    second_cookie: str = choice(
        FOTOWEB,
        ("off", "on"),
        "off",
        "a login sets a second cookie, and then both must be sent",
    )
    cookie_attributes: str = choice(
        FOTOWEB,
        ("plain", "full"),
        "plain",
        "FWSession bare as in the guide, or with Path, HttpOnly, Secure, Expires",
    )
    resend_token: str = choice(
        FOTOWEB,
        ("never", "same"),
        "never",
        "same: every Archive Agent answer sets the same FWSession again",
    )
    token_limit: int = whole(FOTOWEB, Whole("device tokens", 1), 10, "live device tokens per user")
    login_token_tolerance: int = whole(
        FOTOWEB,
        Whole("seconds"),
        0,
        "by how much a login token may be early or late",
    )
    login_token_max_life: int = whole(
        FOTOWEB, Whole("seconds", 1), 3600, "longest life of a login token"
    )
    legacy_query_names: str = choice(
        FOTOWEB,
        ("off", "on"),
        "off",
        "on: method 1 also takes username and password in place of u and p",
    )
    dead_cookie_with_lt: str = choice(
        FOTOWEB,
        ("ignore-lt", "use-lt"),
        "ignore-lt",
        "a login token beside a dead FWSession is ignored (refused) or used",
    )
    missing_session_fotoweb: str = choice(
        FOTOWEB,
        ("as-revoked", "guest"),
        "as-revoked",
        "answer to an Archive Agent request that authenticates in no way",
    )

    lockout_after: int = whole(
        BOTH, Whole("refused logins", 1), 10, "refused logins in a row that lock a user"
    )
    lockout_seconds: int = whole(
        BOTH, Whole("seconds", 1), 3600, "how long a locked user stays locked"
    )
    throttle: int = whole(
        BOTH,
        Whole("seconds, 0 = off"),
        0,
        "every request but a login answers 429 with this Retry-After",
    )
    clock_skew: int = whole(
        BOTH,
        Whole("seconds", -1_000_000_000),
        0,
        "added to the Date header and to the server's own notion of time",
    )
    storm: int = whole(
        BOTH,
        Whole("requests, 0 = off"),
        0,
        "every n-th member request finds its session expired or its token revoked",
    )
    latency: int = whole(BOTH, Whole("milliseconds"), 0, "time added before every answer")


def _rows() -> Iterator[Knob]:
    for one in fields(Knobs):
        default: Any = one.default
        yield Knob(
            name=one.name.replace("_", "-"),
            attribute=one.name,
            system=one.metadata["system"],
            default=default,
            allowed=one.metadata["allowed"],
            help=one.metadata["help"],
        )


TABLE: dict[str, Knob] = {row.name: row for row in _rows()}


def change(knobs: Knobs, wanted: Mapping[str, object]) -> None:
    """Set several knobs, or none of them if one is unknown or not allowed."""
    checked: dict[str, str | int] = {}
    for name, value in wanted.items():
        row = TABLE.get(name)
        if row is None:
            raise KnobError(f"{name}: no such knob; knobs: {', '.join(TABLE)}")
        checked[row.attribute] = row.parsed(value)
    for attribute, setting in checked.items():
        setattr(knobs, attribute, setting)


def current(knobs: Knobs) -> dict[str, str | int]:
    """The settings by knob name."""
    return {name.replace("_", "-"): value for name, value in asdict(knobs).items()}


def markdown() -> str:
    """The table for a README."""
    lines = ["| system | knob | values | default | what it decides |", "|---|---|---|---|---|"]
    for row in TABLE.values():
        allowed = row.allowed_text.replace("|", ", ")
        lines.append(f"| {row.system} | `{row.name}` | {allowed} | `{row.default}` | {row.help} |")
    return "\n".join(lines)
