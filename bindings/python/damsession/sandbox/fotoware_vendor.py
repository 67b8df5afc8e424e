"""FotoWare as an OAuth server: where its endpoints are, and who is known there."""

from __future__ import annotations

from .accounts import APPLICATIONS, FOTOWEB_USERS
from .oauth_site import Vendor

AUTHORIZE = "/fotoweb/oauth2/authorize"
TOKEN = "/fotoweb/oauth2/token"
REVOKE = "/fotoweb/oauth2/revoke"

VENDOR = Vendor(
    title="FotoWeb",
    authorize=AUTHORIZE,
    token=TOKEN,
    revoke=REVOKE,
    applications=APPLICATIONS,
    users=tuple(FOTOWEB_USERS),
    usual_user="ada",
    sources={
        "ask": "public record, OAuth: native applications, web applications; the page is made up",
        "answer": "public record, OAuth, errors: the redirects; the form is made up",
        "token": "public record, OAuth: authorization and refreshing of each kind of application",
        "revoke": "assumption: as RFC 7009; whether FotoWare has it is not known",
    },
)
