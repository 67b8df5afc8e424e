"""The knobs of FotoWare. What a knob is stands in `knob_kinds`."""

from __future__ import annotations

from dataclasses import dataclass

from .knob_kinds import Whole, choice, whole

FOTOWARE = "FotoWare"


@dataclass
class FotoWareKnobs:
    """What the public record of FotoWare's OAuth2 leaves open."""

    refresh_tokens: str = choice(
        FOTOWARE,
        ("single-use", "single-use-grace", "optional", "fixed"),
        "single-use",
        "a renewal replaces the refresh token, and the old one again ends all tokens of that consent; or it works"
        " until the new access token was used; or only every second renewal replaces it; or none does",
        "public record, OAuth, refreshing: when there is a new one is unspecified; how the old one fails is as other"
        " servers do it",
    )
    renewal_ends_access: str = choice(
        FOTOWARE,
        ("off", "on"),
        "off",
        "on: a renewal ends the access tokens that came before it",
        "assumption: not known of FotoWare; a common library for OAuth servers does so",
    )
    refused_refresh: str = choice(
        FOTOWARE,
        ("invalid_grant", "empty-400", "wrapped"),
        "invalid_grant",
        "response to a refresh token that is refused: 400 with that error, with no body, or with a list of errors",
        "public record, OAuth, errors: as RFC 6749; the others are seen of other servers",
    )
    expires_in: str = choice(
        FOTOWARE,
        ("integer", "float", "text", "missing"),
        "integer",
        "how a response tells the life of an access token",
        "public record, OAuth, clients: one shows 28800.000000; RFC 6749 lets it be missing; text is assumed",
    )
    access_life: int = whole(
        FOTOWARE,
        Whole("seconds", 1),
        3600,
        "how long an access token works",
        "assumption: the response says it; the vendor names no number",
    )
    license: str = choice(
        FOTOWARE,
        ("ok", "missing"),
        "ok",
        "missing: a 403 for every token and every API request, since the site has no license for the API",
        "public record, OAuth, errors: access_denied and its text",
    )
    authorization_header: str = choice(
        FOTOWARE,
        ("kept", "stripped"),
        "kept",
        "stripped: a proxy takes the header Authorization away from every request",
        "public record, OAuth, access tokens: the vendor warns of such proxies",
    )
