"""The knobs of PhotoShelter's version 4 and its OAuth2. What a knob is stands in `knob_kinds`."""

from __future__ import annotations

from dataclasses import dataclass

from . import oauth_knobs
from .knob_kinds import choice

PHOTOSHELTER_V4 = "PhotoShelter v4, OAuth2"

REFUSALS_V4 = ("401-class", "400-class", "403-class", "401-empty")


@dataclass
class PhotoShelterV4Knobs:
    """What the public record of version 4 leaves open: its reference is not public."""

    refresh_tokens_photoshelter: str = oauth_knobs.refresh_tokens(
        PHOTOSHELTER_V4,
        "single-use-lenient",
        "public record, OAuth: clients keep the new one of each renewal; the rest is as the library does whose"
        " exceptions the errors name",
    )
    renewal_ends_access_photoshelter: str = oauth_knobs.renewal_ends_access(
        PHOTOSHELTER_V4,
        "on",
        "assumption: as the library does whose exceptions the errors name",
    )
    access_life_photoshelter: int = oauth_knobs.access_life(
        PHOTOSHELTER_V4,
        "assumption: the response says it; the vendor names no number",
    )
    expires_in_photoshelter: str = oauth_knobs.expires_in(
        PHOTOSHELTER_V4,
        "public record, OAuth: clients read a number; the others are assumed",
    )
    oauth_errors: str = choice(
        PHOTOSHELTER_V4,
        ("400-list", "list", "rfc"),
        "400-list",
        "errors of the token endpoint: 400 with a list whose id is OAuthServerException; that list with the status of"
        " RFC 6749; or as that RFC writes them",
        "public record, clients: the list and the id; no status is known",
    )
    pkce: str = choice(
        PHOTOSHELTER_V4,
        ("checked", "needed", "ignored"),
        "checked",
        "whether a code_challenge is checked where there is one, must be there, or is not looked at",
        "assumption: known clients send none",
    )
    oauth_revocation: str = choice(
        PHOTOSHELTER_V4,
        ("absent", "present"),
        "absent",
        "present: there is an endpoint that ends tokens",
        "assumption: no client is known to end a token",
    )
    organization_after_renewal: str = choice(
        PHOTOSHELTER_V4,
        ("gone", "kept"),
        "gone",
        "whether a renewed access token acts for the organization of the one before it",
        "assumption: not known; gone shows whether a client takes the step again",
    )
    expired_access_v3: str = choice(
        PHOTOSHELTER_V4,
        ("401-v4", "as-expired"),
        "401-v4",
        "response of version 3 to an access token of OAuth2 that has ended: 401 in the envelope of version 4, or as"
        " `expired`",
        "public record, clients: the vendor's own reads both envelopes from version 3",
    )
    expired_v4: str = choice(
        PHOTOSHELTER_V4,
        REFUSALS_V4,
        "401-class",
        "response of version 4 to a request whose token has ended, or which has none; the class is"
        " OAuthServerException, or SessionRequiredException for the token of a login with a password",
        "public record, clients: OAuthServerException makes the vendor's own renew; the rest is assumed",
    )
    login_refused_v4: str = choice(
        PHOTOSHELTER_V4,
        ("401-class", "400-class"),
        "401-class",
        "response of version 4 to a login with a password that is refused; the classes are those of version 3 with"
        " Exception in place of Err",
        "assumption: as ApiKeyInvalidException is ApiKeyInvalidErr; no status or class of a login is known",
    )
    token_path_v4: str = choice(
        PHOTOSHELTER_V4,
        ("token", "data.token", "data.attributes.token"),
        "token",
        "where a response of version 4 has the token of a login with a password, and org and two_factor beside it",
        "public record, clients: one reads token, org and two_factor, another one data.attributes.token",
    )
    token_headers_v4: str = choice(
        PHOTOSHELTER_V4,
        ("either", "both", "bearer", "own"),
        "either",
        "which headers prove a session in version 4: Authorization (Bearer) or X-PS-Auth-Token, both, or one of them;"
        " two that differ are refused",
        "public record, clients: one sends both, one the first alone, two the second alone",
    )
