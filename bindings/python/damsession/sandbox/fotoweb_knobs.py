"""The knobs of FotoWeb. What a knob is stands in `knob_kinds`."""

from __future__ import annotations

from dataclasses import dataclass

from .knob_kinds import Whole, choice, whole

FOTOWEB = "FotoWeb"

# The responses of a part that is down. They say nothing about the client's login, though one of
# them is a page with a password field.
OUTAGES = ("ok", "401", "403", "500", "maintenance-page", "login-page", "redirect")


@dataclass
class FotoWebKnobs:
    """What the public record of FotoWeb leaves open."""

    revoked: str = choice(
        FOTOWEB,
        ("401", "403", "302-login", "200-html", "guest", "500-html"),
        "401",
        "response to a revoked or unknown device token",
        "public record, device tokens: the variants that clients handle; the response is not known",
    )
    login_refused: str = choice(
        FOTOWEB,
        ("401", "403", "200-html", "500-html", "302-login"),
        "401",
        "response to wrong credentials or a bad login token",
        "public record, login failure: a page says that it is no success; the status is not known",
    )
    login: str = choice(
        FOTOWEB,
        OUTAGES,
        "ok",
        "response of Login.fwx to everybody, whatever the password; the Archive Agent works",
        "assumption: the response of a part that is down",
    )
    archive: str = choice(
        FOTOWEB,
        OUTAGES,
        "ok",
        "response of the Archive Agent to everybody who is logged in; logins work",
        "assumption: the response of a part that is down",
    )
    limit_reached: str = choice(
        FOTOWEB,
        ("as-refused", "403-text", "200-html"),
        "as-refused",
        "response to a login of a user who has no device token left",
        "public record, device tokens: refused over the limit; the response is not known",
    )
    second_cookie: str = choice(
        FOTOWEB,
        ("off", "on"),
        "off",
        "a login sets a second cookie, and then both must be sent",
        "public record, login response: one client reads two cookies; the second name is made up",
    )
    cookie_attributes: str = choice(
        FOTOWEB,
        ("path", "plain", "full"),
        "path",
        "attributes of FWSession: Path=/; none; or Path=/ with HttpOnly, Secure and Expires",
        "guide, method 2: none in its example; but it says that a cookie jar suffices, which needs a path",
    )
    resend_token: str = choice(
        FOTOWEB,
        ("never", "same"),
        "never",
        "same: every response of the Archive Agent sets the same FWSession again",
        "assumption: whether FWSession is ever sent again is not known",
    )
    token_limit: int = whole(
        FOTOWEB,
        Whole("device tokens", 1),
        10,
        "live device tokens per user",
        "public record, device tokens: 10 devices for each user",
    )
    login_token_tolerance: int = whole(
        FOTOWEB,
        Whole("seconds"),
        0,
        "how long before and after its validity a login token is still accepted",
        "assumption: the tolerance is not known",
    )
    login_token_max_life: int = whole(
        FOTOWEB,
        Whole("seconds", 1),
        3600,
        "longest life of a login token",
        "assumption: the longest life is not known",
    )
    legacy_query_names: str = choice(
        FOTOWEB,
        ("off", "on"),
        "off",
        "on: method 1 also takes username and password in place of u and p",
        "public record, method 1: the older names, as one client sends them",
    )
    dead_cookie_with_lt: str = choice(
        FOTOWEB,
        ("ignore-lt", "use-lt"),
        "ignore-lt",
        "a login token beside a revoked FWSession is ignored (and the request refused) or used",
        "guide, method 3: ignored beside a device token; it says nothing of a revoked one",
    )
    missing_session_fotoweb: str = choice(
        FOTOWEB,
        ("as-revoked", "guest"),
        "as-revoked",
        "response to an Archive Agent request without any credentials",
        "public record, device tokens: sites with guest access need no login",
    )
    logout_fotoweb: str = choice(
        FOTOWEB,
        ("clear-cookie", "revoke", "absent"),
        "clear-cookie",
        "Logout.fwx deletes the cookie, revokes the device token too, or does not exist",
        "guide, method 2: there is no logout request; public record, clients: one of the vendor's sends it",
    )
    agent_method: str = choice(
        FOTOWEB,
        ("any", "get"),
        "any",
        "methods of all requests but logins; get: a POST gets a 405",
        "public record, Archive Agent: the pages show GET; one client sends nothing but POST",
    )
    root_search: str = choice(
        FOTOWEB,
        ("archives", "files"),
        "archives",
        "response to a Search without an archive: how many hits each has, or the files of the first",
        "public record, Archive Agent: archives as one client reads it; files by a page of the vendor",
    )
    preview_urls: str = choice(
        FOTOWEB,
        ("as-served", "http"),
        "as-served",
        "scheme of the preview URLs in a file list; http: with the same host and port",
        "public record, file list: absolute URLs, and http:// in the vendor's example",
    )
    xml_charset: str = choice(
        FOTOWEB,
        ("none", "utf-8", "utf-16"),
        "none",
        "charset parameter of text/xml, and encoding of the body; none: UTF-8",
        "public record, data formats: UTF-8, or UTF-16 by charset; clients expect text/xml alone",
    )
