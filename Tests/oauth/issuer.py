"""What the tests want of an OAuth2 server that was not written for this project: to be spoken to as
a settings file says, to be asked for a person's consent, and to tell by its own records what became
of its tokens.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

REDIRECT_URL = "http://localhost:9876/callback"
#: Of an access token, in seconds.
LIFE = 5


class Issuer(ABC):
    """A server that runs. `port` is where the library finds it, and `path` what it asks for there
    with an access token.
    """

    name: str
    port: int
    path: str
    #: Whether it takes a refresh token again whose successors nobody has used yet. If not, it ends
    #: the whole family.
    forgives: bool

    def __init__(self) -> None:
        #: Whoever has it may let the server write. glewlwyd has one connection to its database,
        #: and asks it which row was the last to be inserted: of two at a time, one gets the
        #: other's.
        self.turn = threading.Lock()

    @abstractmethod
    def options(self, **more: Any) -> dict[str, Any]:
        """Those of a session at this server, all a settings file could hold."""

    @abstractmethod
    def consent(self, url: str) -> str:
        """What a person does in a browser at this page; the address that they are sent to."""

    @abstractmethod
    def takes(self, refresh_token: str) -> bool:
        """Whether the server would renew by this token. It is not asked: that might end it."""

    @abstractmethod
    def alive(self, refresh_token: str) -> int:
        """How many of the refresh tokens that came of the same consent it would take."""

    @abstractmethod
    def issues(self) -> list[float]:
        """When it gave out an access token, in seconds, oldest first: by a consent or a renewal."""

    @abstractmethod
    def refusals(self) -> int:
        """How many refresh tokens the server has refused so far."""


def usual(port: int, store: Path | str, **more: Any) -> dict[str, Any]:
    """What sessions at all of these servers have in common."""
    return {
        "system": "fotoware",
        "url": f"http://127.0.0.1:{port}",
        "allow_loopback_http": True,
        "redirect_url": REDIRECT_URL,
        "store": str(store),
        **more,
    }


def query(url: str) -> dict[str, str]:
    """Each name of a URL's query once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def answer(response: requests.Response) -> Any:
    """The JSON of a server that did as it was told, or None where it said nothing."""
    assert response.ok, f"{response.request.method} {response.url}: {response.text}"
    return response.json() if response.content else None
