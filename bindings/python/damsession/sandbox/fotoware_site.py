"""What the endpoints of FotoWare need of the site that they belong to."""

from __future__ import annotations

from typing import Protocol

from .fotoware_families import Access
from .fotoware_tokens import TokenTable
from .knobs import Knobs


class Site(Protocol):
    """The site's settings, counters and tokens."""

    knobs: Knobs
    counters: dict[str, int]
    tokens: TokenTable

    def pass_storm(self, access: Access) -> None:
        """Ends the access token if the knob `storm` says so."""
