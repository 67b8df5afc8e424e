"""What the endpoints of OAuth2 need of the site that they belong to, and what differs between
vendors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from .accounts import Application
from .exchange import FORM, Exchange, Headers, Response
from .oauth_tokens import TokenTable

#: What becomes of a challenge (RFC 7636): it must be there; it is checked where it is there; it is
#: not looked at.
NEEDED, CHECKED, IGNORED = "needed", "checked", "ignored"


@dataclass(frozen=True)
class Vendor:
    """What never changes: names, paths, and who is known."""

    #: As people read it.
    title: str
    authorize: str
    token: str
    revoke: str
    applications: Mapping[str, Application]
    users: tuple[str, ...]
    #: Who a person is if nothing else is chosen.
    usual_user: str
    #: What each endpoint rests on (`Endpoint.source`).
    sources: Mapping[str, str]
    #: Parameters of the page beyond those of the standards.
    parameters: tuple[str, ...] = ()
    #: Media types of the requests to the other two.
    forms: tuple[str, ...] = (FORM,)


class Site(Protocol):
    """The site's settings, counters, tokens, and ways to say no."""

    @property
    def vendor(self) -> Vendor: ...

    @property
    def counters(self) -> dict[str, int]: ...

    @property
    def tokens(self) -> TokenTable: ...

    @property
    def expires_in(self) -> str:
        """How a response tells the life of an access token: a value of the knob of that name."""

    def authorization(self, exchange: Exchange) -> str:
        """The header `Authorization`, as far as it comes through."""

    def challenge(self, application: Application) -> str:
        """What becomes of a challenge: one of the three words above."""

    def objection(self, exchange: Exchange) -> Response | None:
        """Why nobody gets a token at all; None: there is no such reason."""

    def error(
        self,
        exchange: Exchange,
        status: int,
        code: str,
        text: str,
        headers: Headers | None = None,
    ) -> Response:
        """`code` is one of the words of RFC 6749, and `status` what belongs to it there."""

    def refresh_refused(self, exchange: Exchange, why: str) -> Response:
        """`why` is the verdict."""
