"""The knobs that OAuth servers have in common. Each vendor has its own of every one of them, with
its own default and source.
"""

from __future__ import annotations

from typing import Any

from .knob_kinds import Whole, choice, whole


def refresh_tokens(system: str, default: str, source: str) -> Any:
    return choice(
        system,
        ("single-use", "single-use-lenient", "single-use-grace", "optional", "fixed"),
        default,
        "a renewal replaces the refresh token, and the old one again ends all tokens of that consent; or is refused and"
        " ends nothing else; or works until the new access token was used; or only every second renewal replaces it; or"
        " none does",
        source,
    )


def renewal_ends_access(system: str, default: str, source: str) -> Any:
    return choice(
        system,
        ("off", "on"),
        default,
        "on: a renewal ends the access tokens that came before it",
        source,
    )


def expires_in(system: str, source: str) -> Any:
    return choice(
        system,
        ("integer", "float", "text", "missing"),
        "integer",
        "how a response tells the life of an access token",
        source,
    )


def access_life(system: str, source: str) -> Any:
    return whole(system, Whole("seconds", 1), 3600, "how long an access token works", source)
