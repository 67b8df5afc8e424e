"""What the endpoints of PhotoShelter need of the site that they belong to."""

from __future__ import annotations

from typing import Protocol

from .exchange import Exchange, Response
from .knobs import Knobs
from .lockout import Lockout
from .photoshelter_oauth import PhotoShelterOAuth
from .photoshelter_proofs import Proofs
from .photoshelter_sessions import SessionTable


class Site(Protocol):
    """The site's settings, counters and sessions."""

    knobs: Knobs
    counters: dict[str, int]
    sessions: SessionTable
    oauth: PhotoShelterOAuth
    proofs: Proofs
    lockout: Lockout
    failed_logins: dict[str, int]

    def add_cookie(self, exchange: Exchange, response: Response, name: str, value: str) -> None:
        """Sets a cookie with the attributes that the knobs want."""

    def add_companion(self, exchange: Exchange, response: Response) -> None:
        """Sets the cookie `acs`, which comes with every login."""

    def delete_cookie(self, exchange: Exchange, response: Response) -> None:
        """Deletes the session's cookie."""
