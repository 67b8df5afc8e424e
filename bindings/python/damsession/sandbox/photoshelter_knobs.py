"""The knobs of PhotoShelter. What a knob is stands in `knob_kinds`."""

from __future__ import annotations

from dataclasses import dataclass

from .knob_kinds import Whole, choice, whole

PHOTOSHELTER = "PhotoShelter"

SESSION_REFUSALS = (
    "400-class",
    "401-class",
    "401-empty",
    "403-class",
    "200-class",
    "200-html",
    "302-login",
)


@dataclass
class PhotoShelterKnobs:
    """What the public record of PhotoShelter leaves open."""

    expired: str = choice(
        PHOTOSHELTER,
        SESSION_REFUSALS,
        "400-class",
        "response to an expired session",
        "public record, session errors: the class of older versions; the rest is assumed",
    )
    missing_session: str = choice(
        PHOTOSHELTER,
        ("same",) + SESSION_REFUSALS,
        "same",
        "response to a member request without a session; same: as `expired`",
        "assumption: the public record makes no difference between missing and expired",
    )
    old_cookie: str = choice(
        PHOTOSHELTER,
        ("accept", "refuse"),
        "accept",
        "whether a superseded cookie of a live session works; refuse: response as `expired`",
        "public record, cookies: whether an old one is refused is not known; accept is assumed",
    )
    old_cookie_grace: int = whole(
        PHOTOSHELTER,
        Whole("cookies"),
        0,
        "how many superseded cookies still work under old-cookie=refuse",
        "assumption: nothing is known of how long an old cookie works",
    )
    refused_cookie: str = choice(
        PHOTOSHELTER,
        ("silent", "deleted"),
        "silent",
        "deleted: the response to an ended session also deletes the cookie",
        "assumption: a deletion is recorded for refused logins only",
    )
    cookie_rotation: str = choice(
        PHOTOSHELTER,
        ("always", "per-second"),
        "always",
        "a new cookie with every response, or one per second",
        "guide, session management: with every response; per second: public record, cookies",
    )
    cookie_domain: str = choice(
        PHOTOSHELTER,
        ("none", "host"),
        "none",
        "domain attribute of the cookies; host: the host name of the request",
        "public record, cookies: the recorded domain is the vendor's; none fits loopback",
    )
    organizations: str = choice(
        PHOTOSHELTER,
        ("array", "object"),
        "array",
        "shape of org when there is exactly one; several are always an array",
        "public record, responses: array as recorded; an official client reads an object too",
    )
    more_organizations: int = whole(
        PHOTOSHELTER,
        Whole("organizations", maximum=100_000),
        0,
        "how many more a login lists before the user's own, at 60 bytes each, for long responses",
        "assumption: no limit is known",
    )
    organization_method: str = choice(
        PHOTOSHELTER,
        ("any", "get", "post"),
        "any",
        "method of the organization step; another one gets a 405",
        "public record, organization step: clients use both; the guide names none",
    )
    organization_token: str = choice(
        PHOTOSHELTER,
        ("same", "new"),
        "same",
        "new: the organization step returns a new token and the old one is dead",
        "guide, session management: the token remains constant; new is an assumption",
    )
    two_factor: str = choice(
        PHOTOSHELTER,
        ("field", "error"),
        "field",
        "response to a login that needs a second factor: 200 with two_factor where the token would be, or an error",
        "public record, second factor: data.two_factor as a client reads it; the rest is assumed",
    )
    two_factor_needed: str = choice(
        PHOTOSHELTER,
        ("by-account", "always"),
        "by-account",
        "which logins with a password need a second factor: those of accounts that say so, or all; OAuth2 needs none",
        "public record, second factor: the vendor calls it a base requirement for all accounts",
    )
    api_keys: str = choice(
        PHOTOSHELTER,
        ("sandbox", "any"),
        "sandbox",
        "which API keys are valid: that of the accounts, or any",
        "public record, requests: the vendor assigns a key; any: for programs with a key built in",
    )
    bad_api_key: str = choice(
        PHOTOSHELTER,
        ("400-class", "401-class", "403-class"),
        "400-class",
        "response to a missing or unknown API key, with the class of the version",
        "public record, clients: ApiKeyInvalidException in version 4; no status is known, nor the class of version 3",
    )
    idle_limit: int = whole(
        PHOTOSHELTER,
        Whole("seconds, 0 = no limit"),
        7200,
        "how long a session lives without a request",
        "public record, idle time: two hours, by the older documentation",
    )
    token_expires: str = choice(
        PHOTOSHELTER,
        ("idle", "never"),
        "idle",
        "idle: the idle limit holds for tokens too",
        "assumption: the documentation of the limit speaks of cookies only",
    )
    max_sessions: int = whole(
        PHOTOSHELTER,
        Whole("sessions, 0 = no limit"),
        0,
        "live sessions per user; a further one ends the oldest",
        "public record, session limits: there is one; its number is not known",
    )
    logout_method: str = choice(
        PHOTOSHELTER,
        ("any", "get", "post"),
        "any",
        "method of the logout; another one gets a 405",
        "guide, logging out: it names no method",
    )
    login_by_query: str = choice(
        PHOTOSHELTER,
        ("off", "on"),
        "off",
        "on: a login may also be a GET with email and password in the URL",
        "public record, requests: an older page of the guide, and clients",
    )
    public_children: str = choice(
        PHOTOSHELTER,
        ("wrapped", "by-type"),
        "wrapped",
        "children of a public collection: wrapped in ChildGallery and ChildCollection, or by type",
        "public record, clients: a client of public endpoints reads them wrapped, all others by type",
    )
    token_characters: str = choice(
        PHOTOSHELTER,
        ("url-safe", "any"),
        "url-safe",
        "characters of a token; any: each contains + and /, and must be encoded in a URL",
        "assumption: not known; two clients put tokens into URLs without encoding",
    )
    token_path: str = choice(
        PHOTOSHELTER,
        ("data.token", "token"),
        "data.token",
        "where a response has the authentication token",
        "public record, responses: data.token as all clients read it; token is of version 4",
    )
