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
        "response to a member request without any session; same: as expired",
        "assumption: the public record tells it no differently from an expired one",
    )
    old_cookie: str = choice(
        PHOTOSHELTER,
        ("accept", "refuse"),
        "accept",
        "a superseded cookie of a live session; refuse: like an expired one",
        "public record, cookies: whether an old one is refused is not known; accepted assumed",
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
        "whether the response to a dead session also sends the cookie's deletion",
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
        "public record, cookies: the recorded domain is the vendor's; none is what fits loopback",
    )
    organizations: str = choice(
        PHOTOSHELTER,
        ("array", "object"),
        "array",
        "shape of org when there is exactly one; several are always an array",
        "public record, responses: array as recorded; object as an official client reads it too",
    )
    more_organizations: int = whole(
        PHOTOSHELTER,
        Whole("organizations", maximum=100_000),
        0,
        "how many more are listed before a member's own; each takes 60 bytes of the login response",
        "assumption: nothing is known of a most; for long responses",
    )
    organization_method: str = choice(
        PHOTOSHELTER,
        ("any", "get", "post"),
        "any",
        "method of the organization step; another one answers 405",
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
        "login wanting a second factor: 200 with data.two_factor, or an error",
        "public record, second factor: data.two_factor as a client reads it; the rest is assumed",
    )
    api_keys: str = choice(
        PHOTOSHELTER,
        ("sandbox", "any"),
        "sandbox",
        "which API keys are good: the one of the accounts, or whatever a program is built with",
        "public record, requests: a key is assigned when one signs up; any is an assumption",
    )
    bad_api_key: str = choice(
        PHOTOSHELTER,
        ("400-class", "401-class", "403-class"),
        "400-class",
        "response to a missing or unknown API key",
        "assumption: class and status are not known for this version",
    )
    idle_limit: int = whole(
        PHOTOSHELTER,
        Whole("seconds, 0 = no limit"),
        7200,
        "idle time after which a session is dead",
        "public record, idle time: two hours by the older documentation",
    )
    token_expires: str = choice(
        PHOTOSHELTER,
        ("idle", "never"),
        "idle",
        "whether the idle limit counts for tokens too",
        "assumption: the two hours are told of cookies only",
    )
    max_sessions: int = whole(
        PHOTOSHELTER,
        Whole("sessions, 0 = no limit"),
        0,
        "live sessions per user; over it the oldest dies",
        "public record, session limits: there is a most, its number is not known",
    )
    logout_method: str = choice(
        PHOTOSHELTER,
        ("any", "get", "post"),
        "any",
        "method of logout; another one answers 405",
        "guide, logging out: simply send a request; no method is named",
    )
    login_by_query: str = choice(
        PHOTOSHELTER,
        ("off", "on"),
        "off",
        "on: a login also by GET, with email and password in the URL",
        "public record, requests: an older page of the guide, and clients",
    )
    public_children: str = choice(
        PHOTOSHELTER,
        ("wrapped", "by-type"),
        "wrapped",
        "children of a public collection: each in ChildGallery or ChildCollection, or as a member's",
        "public record, clients: wrapped as the one of public endpoints reads them; by type the rest",
    )
    token_characters: str = choice(
        PHOTOSHELTER,
        ("url-safe", "any"),
        "url-safe",
        "what tokens are made of; any: each holds + and /, and has to be encoded in a URL",
        "assumption: unknown; two clients put tokens into URLs as they are",
    )
    token_path: str = choice(
        PHOTOSHELTER,
        ("data.token", "token"),
        "data.token",
        "where a response carries the authentication token",
        "public record, responses: data.token as all clients read it; token is of version 4",
    )
