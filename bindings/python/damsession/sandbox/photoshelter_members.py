"""Who may log in to PhotoShelter with a password, and which organizations they may act for. It is
the same in all versions of the API.
"""

from __future__ import annotations

from typing import Any

from .accounts import PHOTOSHELTER_USERS, Organization, PhotoShelterUser
from .exchange import Exchange
from .knobs import Knobs
from .photoshelter_site import Site

#: The class of the error of a login that needs more than a password.
SECOND_FACTOR = "AuthTwoFactorRequiredErr"


def checked(site: Site, exchange: Exchange, email: str, password: str) -> PhotoShelterUser | str:
    """The user, or the class of the error. Refusals are counted, and too many lock the user out."""
    exchange.user = email
    user = PHOTOSHELTER_USERS.get(email)
    if user is None:
        return _refused(site, exchange, "AuthInvalidLoginErr", "refused")
    if site.lockout.locked(email):
        return _refused(site, exchange, "AuthAccountLockedErr", "locked")
    if password != user.password:
        if site.lockout.failed(email):
            site.counters["lockouts"] += 1
        return _refused(site, exchange, "AuthInvalidPasswordErr", "refused")
    site.lockout.succeeded(email)
    if user.second_factor or site.knobs.two_factor_needed == "always":
        site.counters["second_factor_wanted"] += 1
        exchange.verdict = "second-factor"
        return SECOND_FACTOR
    return user


def _refused(site: Site, exchange: Exchange, kind: str, verdict: str) -> str:
    site.counters["logins_refused"] += 1
    site.failed_logins[exchange.user] = site.failed_logins.get(exchange.user, 0) + 1
    exchange.verdict = verdict
    return kind


def organizations(knobs: Knobs, user: PhotoShelterUser) -> tuple[Organization, ...]:
    """The user's own organizations, after those that the knob adds."""
    more = knobs.more_organizations if user.organizations else 0
    return (
        *(Organization(f"O0000MORE{number:08}", f"Agency {number}") for number in range(more)),
        *user.organizations,
    )


def is_member(knobs: Knobs, user: PhotoShelterUser, organization: str) -> bool:
    return any(one.id == organization for one in organizations(knobs, user))


def listed(knobs: Knobs, user: PhotoShelterUser) -> dict[str, Any]:
    """The organizations as the response to a login has them, under `org`; nothing if there are
    none.
    """
    members = [
        {"id": one.id, "name": one.name, "member": "t"} for one in organizations(knobs, user)
    ]
    alone = knobs.organizations == "object" and len(members) == 1
    return {"org": members[0] if alone else members} if members else {}
