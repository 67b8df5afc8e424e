"""The knobs of FotoWeb. What a knob is stands in `knob_kinds`."""

from __future__ import annotations

from dataclasses import dataclass

from .knob_kinds import Whole, choice, whole

FOTOWEB = "FotoWeb"

# Of something that is down: not about who asks. A login page asks for a password.
OUTAGES = ("ok", "401", "403", "500", "maintenance-page", "login-page", "redirect")


@dataclass
class FotoWebKnobs:
    """What the public record of FotoWeb leaves open."""

    revoked: str = choice(
        FOTOWEB,
        ("401", "403", "302-login", "200-html", "guest", "500-html"),
        "401",
        "response to a revoked or unknown device token",
        "public record, device tokens: the response is not known, the variants clients handle",
    )
    login_refused: str = choice(
        FOTOWEB,
        ("401", "403", "200-html", "500-html", "302-login"),
        "401",
        "response to wrong credentials or a bad login token",
        "public record, login failure: not a success, says a page; the status is not known",
    )
    login: str = choice(
        FOTOWEB,
        OUTAGES,
        "ok",
        "what Login.fwx answers to everybody, right password or wrong; the Archive Agent works",
        "assumption: how a part that is down answers",
    )
    archive: str = choice(
        FOTOWEB,
        OUTAGES,
        "ok",
        "what the Archive Agent answers to everybody it lets in; logins work",
        "assumption: how a part that is down answers",
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
        "FWSession with Path=/; bare; or also with HttpOnly, Secure, Expires",
        "guide, method 2: a jar suffices, so the bare line of its example leaves out the path",
    )
    resend_token: str = choice(
        FOTOWEB,
        ("never", "same"),
        "never",
        "same: every Archive Agent response sets the same FWSession again",
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
        "by how much a login token may be early or late",
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
        "a login token beside a dead FWSession is ignored (refused) or used",
        "guide, method 3: ignored beside a device token; of a dead one nothing is said",
    )
    missing_session_fotoweb: str = choice(
        FOTOWEB,
        ("as-revoked", "guest"),
        "as-revoked",
        "response to an Archive Agent request that authenticates in no way",
        "public record, device tokens: sites with guest access answer without a login",
    )
    logout_fotoweb: str = choice(
        FOTOWEB,
        ("clear-cookie", "revoke", "absent"),
        "clear-cookie",
        "Logout.fwx takes the cookie away, or the device token too, or is not there",
        "guide, method 2: no logout ends a device token; public record, clients: a request for it",
    )
    agent_method: str = choice(
        FOTOWEB,
        ("any", "get"),
        "any",
        "method of everything but logins; get: POST answers 405",
        "public record, Archive Agent: the pages show GET; one client sends nothing but POST",
    )
    root_search: str = choice(
        FOTOWEB,
        ("archives", "files"),
        "archives",
        "Search without an archive: how many hits each one has, or the files of the first",
        "public record, Archive Agent: archives as one client reads it; a page tells of files",
    )
    preview_urls: str = choice(
        FOTOWEB,
        ("as-served", "http"),
        "as-served",
        "scheme of the preview URLs in a file list; http: of the same host and port all the same",
        "public record, file list: absolute URLs, and http:// in the vendor's example",
    )
    xml_charset: str = choice(
        FOTOWEB,
        ("none", "utf-8", "utf-16"),
        "none",
        "charset parameter of text/xml, and encoding of the body; none: UTF-8",
        "public record, data formats: UTF-8, or UTF-16 by charset; clients look for just text/xml",
    )
