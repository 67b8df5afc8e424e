"""The users, organizations, applications and secrets that the servers know from the start.

All of it is public and made up. The values hold what is easily encoded wrongly: spaces, ampersands,
plus signs, percent signs, non-ASCII letters, a backslash. A client that encodes them wrongly cannot
log in. Nothing in this file changes at run time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

API_KEY = "sandboxkey1"
ENCRYPTION_SECRET = "nøkkel-ключ-ß"


@dataclass(frozen=True)
class Organization:
    """An organization that a PhotoShelter user may act for."""

    id: str
    name: str


@dataclass(frozen=True)
class PhotoShelterUser:
    """A PhotoShelter account, known by its e-mail address."""

    email: str
    password: str
    organizations: tuple[Organization, ...] = ()
    second_factor: bool = False


@dataclass(frozen=True)
class FotoWebUser:
    """A FotoWeb account. Login tokens do not work for the owner of the site, as the vendor's page
    "Login Tokens" says.
    """

    name: str
    password: str
    owner: bool = False


@dataclass(frozen=True)
class Application:
    """An application that is registered with a vendor's OAuth server. A native one has no secret; a
    script has no user, and so no redirect URI.
    """

    kind: str
    id: str
    name: str
    secret: str = ""
    redirect_uris: tuple[str, ...] = ()


NATIVE, WEB, SCRIPT = "native", "web", "script"

AARDVARK = Organization("O0000AARDVARK0001", "Aardvark Images")
BADGER = Organization("O0000BADGER000002", "Badger & Co")
CAPYBARA = Organization("O0000CAPYBARA0003", "Capybara Press")

PHOTOSHELTER_USERS: dict[str, PhotoShelterUser] = {
    user.email: user
    for user in (
        PhotoShelterUser(
            "ada@example.com",
            "correct horse & battery=staple%41+ü",
            (AARDVARK, BADGER),
        ),
        PhotoShelterUser("solo@example.com", "solo-password"),
        PhotoShelterUser("second@example.com", "second-password", second_factor=True),
        PhotoShelterUser("one@example.com", "one-password", (CAPYBARA,)),
    )
}

FOTOWEB_USERS: dict[str, FotoWebUser] = {
    user.name: user
    for user in (
        FotoWebUser("kåre.øst", "pässwörd;&=+%41"),
        FotoWebUser("ada", "ada-password"),
        FotoWebUser("DOMAIN\\user", "domain-password"),
        FotoWebUser("owner", "owner-password", owner=True),
    )
}

CALLBACK = "http://localhost:9876/callback"

#: The applications that are registered with FotoWare, by their IDs. Its users are those of FotoWeb.
APPLICATIONS: dict[str, Application] = {
    one.id: one
    for one in (
        Application(NATIVE, "sandbox-native", "Desk & <Desk>", redirect_uris=(CALLBACK,)),
        Application(
            WEB,
            "sandbox web+1",
            "Web site",
            "web secret & plus+percent%41:=",
            (CALLBACK, "https://app.example.com/callback?site=a%26b"),
        ),
        Application(SCRIPT, "sandbox-script", "Nightly script", "script-secret/+=&%2B"),
    )
}

#: The one that is registered with PhotoShelter.
PHOTOSHELTER_APPLICATION = Application(
    WEB,
    "sandbox photoshelter+1",
    "Picture desk & <Co>",
    "photoshelter secret & plus+percent%41:=",
    (CALLBACK, "https://app.example.com/callback?site=a%26b"),
)


def described() -> dict[str, Any]:
    """The accounts as the ready line shows them: by system, then by user name."""
    return {
        "photoshelter": {
            user.email: {
                "password": user.password,
                "organizations": [{"id": one.id, "name": one.name} for one in user.organizations],
                "second_factor": user.second_factor,
            }
            for user in PHOTOSHELTER_USERS.values()
        },
        "fotoweb": {
            user.name: {"password": user.password, "owner": user.owner}
            for user in FOTOWEB_USERS.values()
        },
    }


def registered() -> dict[str, Any]:
    """The applications as the ready line shows them: FotoWare's by kind, PhotoShelter's by the name
    of the system.
    """
    named = {
        **{one.kind: one for one in APPLICATIONS.values()},
        "photoshelter": PHOTOSHELTER_APPLICATION,
    }
    return {
        name: {
            "id": one.id,
            "name": one.name,
            "secret": one.secret,
            "redirect_uris": list(one.redirect_uris),
        }
        for name, one in named.items()
    }
