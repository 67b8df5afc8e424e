"""The demo's steps: which program does what, and what the server must have counted afterwards.

The counters are those of the sandbox (`/_sandbox/state`), each as the difference that the step
makes. No step relies on what the library reports alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demo import Demo

ADA = "ada@example.com"
ORGANIZATION = "O0000AARDVARK0001"
KARE = "kåre.øst"
SEARCH = "5000/Search?Search=photo&MaxHits=1"
IMAGE = "FileInfo?Id={image}&FileInfo=1"


def photoshelter(demo: Demo) -> None:
    base = {
        "system": "photoshelter",
        "url": demo.sandbox.photoshelter,
        "api_key": demo.sandbox.api_key,
        "user": ADA,
        "password": demo.sandbox.accounts["photoshelter"][ADA]["password"],
    }
    cookies(demo, {**base, "authentication": "cookie"})
    tokens(demo, {**base, "authentication": "token", "organization": ORGANIZATION})


def cookies(demo: Demo, cookie: dict[str, str]) -> None:
    def get(count: int) -> tuple[str, str, str, str]:
        return ("get", "mem/user/session", str(count), ADA)

    demo.step(
        "cookie mode, 20 requests, a new cookie with every response",
        [("C", cookie, get(20))], "20", logins_ok=1, requests=21, stale_cookie_refusals=0,
    )  # fmt: skip
    demo.step(
        "5 requests by 5 processes, with the session that the C program left",
        [("shell", cookie, get(5))], "5", logins_ok=0, requests=5, stale_cookie_refusals=0,
    )  # fmt: skip
    demo.sandbox.knobs(storm=11)
    demo.step(
        "20 requests, and the server ends the session at the 11th: one login, every request answered",
        [("Python", cookie, get(20))], "20", expiries=1, refused=1, logins_ok=1, requests=22, stale_cookie_refusals=0,
    )  # fmt: skip
    demo.sandbox.knobs(storm=0)
    demo.step(
        "10 requests each, at the same time, one session, its cookie passed from hand to hand",
        [(program, cookie, get(10)) for program in ("C", "Python", "shell")], "10",
        logins_ok=0, requests=30, refused=0, stale_cookie_refusals=0,
    )  # fmt: skip
    demo.sandbox.expire()
    demo.step(
        "5 requests each, at the same time, just after the server ended the session: one of them logs in",
        [(program, cookie, get(5)) for program in ("C", "Python", "shell")], "5",
        logins_ok=1, refused=1, requests=17, stale_cookie_refusals=0,
    )  # fmt: skip
    demo.step("logout", [("shell", cookie, ["logout"])], "server", logouts=1, sessions_live=-1)


def tokens(demo: Demo, token: dict[str, str]) -> None:
    def get(count: int) -> tuple[str, str, str, str]:
        return ("get", "mem/user/session", str(count), ORGANIZATION)

    demo.step(
        "token mode as a member of an organization: login, organization step, 5 requests",
        [("Python", token, get(5))], "5", logins_ok=1, organization_logins=1, requests=7,
    )  # fmt: skip
    demo.step(
        "the same token and organization, from another process",
        [("shell", token, get(3))], "3", logins_ok=0, organization_logins=0, requests=3,
    )  # fmt: skip
    demo.sandbox.expire()
    demo.step(
        "after the server ended the session: a new login repeats the organization step",
        [("C", token, get(5))], "5", refused=1, logins_ok=1, organization_logins=1, requests=8,
    )  # fmt: skip
    demo.step("logout", [("C", token, ["logout"])], "server", logouts=1, sessions_live=-1)


def fotoweb(demo: Demo) -> None:
    base = {"system": "fotoweb", "url": demo.sandbox.fotoweb}
    passwords = {
        user: account["password"] for user, account in demo.sandbox.accounts["fotoweb"].items()
    }
    query(demo, {**base, "authentication": "query", "user": "ada", "password": passwords["ada"]})
    devices(
        demo, {**base, "authentication": "device-token", "user": KARE, "password": passwords[KARE]}
    )
    secret = demo.sandbox.encryption_secret
    login_tokens(
        demo, {**base, "authentication": "login-token", "user": "ada", "encryption_secret": secret}
    )


def query(demo: Demo, options: dict[str, str]) -> None:
    """Method 1. The password is tried once before it goes out with every request."""
    demo.step(
        "method 1, credentials with every request: one try, then 5 requests; no device token",
        [("C", options, ("get", "Information", "5", "ada"))], "5", query_authentications=6, tokens_created=0,
    )  # fmt: skip
    demo.step(
        "method 1 again: the password is known to be right by now",
        [("Python", options, ("get", "Information", "5", "ada"))], "5", query_authentications=5, tokens_created=0,
    )  # fmt: skip


def devices(demo: Demo, options: dict[str, str]) -> None:
    """Method 2, and image handles."""
    demo.step(
        "method 2, one login for one device token, 3 requests by 3 processes",
        [("shell", options, ("get", "Information", "3", KARE))], "3", logins_ok=1, tokens_created=1, requests=4,
    )  # fmt: skip
    demo.step(
        "the same device token, from two other programs at the same time",
        [(program, options, ("get", "Information", "5", KARE)) for program in ("C", "Python")], "5",
        logins_ok=0, tokens_created=0, requests=10,
    )  # fmt: skip
    handle = demo.step(
        "a search, and a handle of the image that it found",
        [("Python", options, ("bind", SEARCH))], "*", requests=1, tokens_created=0,
    )  # fmt: skip
    demo.step(
        "the handle is good in another process",
        [("C", options, ("image", IMAGE, handle))],
        "found",
        requests=1,
    )
    demo.sandbox.revoke()
    demo.step(
        "an administrator revokes the token: refused, asked once more to be sure, one new login; the handle is stale",
        [("shell", options, ("image", IMAGE, handle))], "stale",
        refused=2, logins_ok=1, tokens_created=1, tokens_live=1,
    )  # fmt: skip
    demo.step(
        "from now on the stale handle is refused without a request",
        [("C", options, ("image", IMAGE, handle))], "stale", requests=0,
    )  # fmt: skip
    demo.step(
        "logout: forgotten here, since FotoWeb has none; the token waits for the administrator",
        [("Python", options, ["logout"])], "local", requests=0, tokens_live=0,
    )  # fmt: skip


def login_tokens(demo: Demo, options: dict[str, str]) -> None:
    """Method 3."""
    demo.step(
        "method 3, a login token signed with the site's secret; no password",
        [("C", options, ("get", "Information", "3", "ada"))], "3",
        tokens_created=1, query_authentications=0, login_tokens_ignored=0,
    )  # fmt: skip
    demo.step(
        "the same device token, from two other programs at the same time",
        [(program, options, ("get", "Information", "3", "ada")) for program in ("Python", "shell")], "3",
        tokens_created=0, requests=6, login_tokens_ignored=0,
    )  # fmt: skip
    demo.sandbox.revoke()
    demo.step(
        "after a revocation: one new login token, sent without the dead cookie",
        [("shell", options, ("get", "Information", "3", "ada"))], "3",
        refused=2, tokens_created=1, login_tokens_ignored=0,
    )  # fmt: skip


def fotoware(demo: Demo) -> None:
    """One consent, and one renewal in the middle of the work."""
    options = {
        "system": "fotoware",
        "url": demo.sandbox.fotoware,
        "client_id": demo.sandbox.clients["native"]["id"],
    }
    page = demo.step(
        "a page for a person, who consents in a browser",
        [("Python", options, ["ask"])], "*", requests=0,
    )  # fmt: skip
    demo.step(
        "the address that the browser was sent to, taken by another program",
        [("C", options, ["consented"])], "renewable", given=demo.sandbox.consent(page), logins_ok=1, requests=1,
    )  # fmt: skip
    demo.sandbox.knobs(storm=16)
    demo.step(
        "10 requests each, at the same time, and the server ends the token at the 16th: one of them renews it",
        [(program, options, ("get", "me", "10", "ada")) for program in ("C", "Python", "shell")], "10",
        renewals=1, renewals_refused=0, families_revoked=0, consents=0,
    )  # fmt: skip
    demo.sandbox.knobs(storm=0)
    demo.step(
        "logout, at the endpoint for it that this server has",
        [("shell", {**options, "revoke_path": "/fotoweb/oauth2/revoke"}, ["logout"])], "server",
        revocations=1, families_live=-1,
    )  # fmt: skip
