"""The knobs of FotoWare. What a knob is stands in `knob_kinds`."""

from __future__ import annotations

from dataclasses import dataclass

from . import oauth_knobs
from .knob_kinds import choice

FOTOWARE = "FotoWare"


@dataclass
class FotoWareKnobs:
    """What the public record of FotoWare's OAuth2 leaves open."""

    refresh_tokens: str = oauth_knobs.refresh_tokens(
        FOTOWARE,
        "single-use",
        "public record, OAuth, refreshing: when there is a new one is unspecified; how the old one fails is as other"
        " servers do it",
    )
    renewal_ends_access: str = oauth_knobs.renewal_ends_access(
        FOTOWARE,
        "off",
        "assumption: not known of FotoWare; a common library for OAuth servers does so",
    )
    refused_refresh: str = choice(
        FOTOWARE,
        ("invalid_grant", "empty-400", "wrapped"),
        "invalid_grant",
        "response to a refresh token that is refused: 400 with that error, with no body, or with a list of errors",
        "public record, OAuth, errors: as RFC 6749; the others are seen of other servers",
    )
    expires_in: str = oauth_knobs.expires_in(
        FOTOWARE,
        "public record, OAuth, clients: one shows 28800.000000; RFC 6749 lets it be missing; text is assumed",
    )
    access_life: int = oauth_knobs.access_life(
        FOTOWARE,
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
