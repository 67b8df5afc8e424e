"""HTML where data was requested, with and without a password field, with every status, at every
stage; and servers that send nothing else to any request.

A login page is a suspicion, which a small request settles. Any other page means that the server is
under maintenance. A response of FotoWeb's own login with 403, a page, a redirect or 500 may be a
refusal or an outage: the library reports both, and waits before the next try.
"""

from __future__ import annotations

from typing import Any

from steps import Fault

from faults.envelopes import response

PLAIN = (
    b"<!DOCTYPE html><html><head><title>planted</title></head><body>We will be back</body></html>"
)
FORM = b"<html><form action=/login><input name=u><INPUT TYPE = 'password' name=p></form></html>"
PAGES = {"page": PLAIN, "form": FORM}

PHOTOSHELTER = "login/cookie/http login/token/http"
FOTOWEB = "login/device-token/http login/login-token/http"
QUERY = "login/query/http"
REQUESTS = "request/cookie/http request/token/http request/device-token/http request/query/http"
UNCLEAR = {"then": "SERVER"}


def _page(status: int, kind: str, where: str, ends: str, **more: Any) -> Fault:
    said = response(status, PAGES[kind], "text/html; charset=utf-8")
    name = f"{kind}-{status}-{where.split('/', 1)[0]}-{where.split('/', 2)[1]}"
    return Fault(name, where, (said,), ends, more)


LOGINS = [
    fault
    for kind in PAGES
    for fault in (
        # Of PhotoShelter, a page is never the API's own: it says nothing of the password, but with
        # 401.
        _page(200, kind, PHOTOSHELTER, "PROTOCOL|SERVER"),
        _page(401, kind, PHOTOSHELTER, "CREDENTIALS_REFUSED", then="CREDENTIALS_REFUSED"),
        _page(403, kind, PHOTOSHELTER, "PROTOCOL|SERVER", then="200|SERVER"),
        _page(500, kind, PHOTOSHELTER, "SERVER"),
        _page(503, kind, PHOTOSHELTER, "SERVER"),
        _page(200, kind, FOTOWEB, "SERVER", **UNCLEAR),
        _page(401, kind, FOTOWEB, "CREDENTIALS_REFUSED", then="CREDENTIALS_REFUSED"),
        _page(403, kind, FOTOWEB, "SERVER", **UNCLEAR),
        _page(500, kind, FOTOWEB, "SERVER", **UNCLEAR),
        _page(503, kind, FOTOWEB, "SERVER"),
        _page(404, kind, FOTOWEB, "PROTOCOL"),
        _page(200, kind, QUERY, "SERVER", then="200|SERVER" if kind == "page" else "SERVER"),
        _page(401, kind, QUERY, "CREDENTIALS_REFUSED", then="CREDENTIALS_REFUSED"),
        _page(403, kind, QUERY, "SERVER", **UNCLEAR),
        _page(500, kind, QUERY, "SERVER", **UNCLEAR),
        _page(503, kind, QUERY, "SERVER"),
    )
] + [
    Fault("redirected-login", f"{FOTOWEB} {QUERY}",
          (response(302, b"", more=b"Location: @OTHER@/fotoweb/views/login?to=x\r\n"),), "SERVER", UNCLEAR),
    Fault("redirected-login-at-home", f"{FOTOWEB} {QUERY}",
          (response(307, b"", more=b"Location: /fotoweb/views/login\r\n"),), "SERVER", UNCLEAR),
    Fault("redirected-login-to-plain", "login/device-token/https login/token/https",
          (response(308, b"", more=b"Location: @PLAIN@/x\r\n"),), "SERVER|PROTOCOL|INSECURE", {"then": "SERVER|200"}),
    # Five failures in a row are half of what locks an account: from then on a login is for who
    # insists.
    Fault("refused-unclearly-again-and-again", "login/device-token/http", (response(500, PLAIN, "text/html"),),
          "SERVER|CREDENTIALS_REFUSED", {"repeat": 8, "during": 1, "then": "SERVER|CREDENTIALS_REFUSED"}),
    Fault("refused-clearly-again-and-again", "login/device-token/http login/token/http login/query/http",
          (response(401, b""),), "CREDENTIALS_REFUSED", {"repeat": 8, "during": 1, "then": "CREDENTIALS_REFUSED"}),
]  # fmt: skip

#: A session that was good is given up for one reason alone, and once.
REFUSED = "SESSION_INVALID"

STAGES = [
    fault
    for kind in PAGES
    for fault in (
        # The session lives, as a small request shows: the page is the response.
        _page(200, kind, REQUESTS, "200"),
        _page(401, kind, REQUESTS, "401", during=1),
        _page(403, kind, REQUESTS, "403", during=1),
        _page(404, kind, REQUESTS, "404"),
        _page(500, kind, REQUESTS, "SERVER"),
        _page(503, kind, REQUESTS, "SERVER"),
        _page(200, kind, "organization/token/http organization/cookie/http",
              "PROTOCOL|SERVER" if kind == "page" else "SESSION_INVALID|PROTOCOL", during=3),
        _page(401, kind, "organization/token/http", "SESSION_INVALID", during=3),
        _page(403, kind, "organization/token/http", "PROTOCOL|ORGANIZATION_REFUSED|SERVER|SESSION_INVALID", during=3),
        _page(503, kind, "organization/token/http", "SERVER"),
        _page(200, kind, "logout/token/http logout/cookie/http", "200"),
        _page(401, kind, "logout/token/http", "200"),
        _page(500, kind, "logout/token/http", "200"),
        _page(500, kind, "download/token/http download/device-token/http", "SERVER"),
        _page(500, kind, "upload/token/http upload/device-token/http", "SERVER"),
    )
] + [
    # Everything but the login is answered so: maintenance takes nothing away, a refusal one secret.
    fault
    for stage in ("others", "keepalive", "confirmation")
    for fault in (
        _page(200, "page", f"{stage}/cookie/http {stage}/token/http {stage}/device-token/http", "SERVER"),
        _page(500, "page", f"{stage}/cookie/http {stage}/device-token/http", "SERVER"),
        _page(503, "form", f"{stage}/token/http {stage}/login-token/http", "SERVER"),
        _page(200, "form", f"{stage}/token/http {stage}/cookie/http", REFUSED, during=2, adopts=None),
        _page(200, "form", f"{stage}/device-token/http {stage}/login-token/http", f"{REFUSED}|SERVER|TOKEN_LIMIT",
              during=1),
        _page(401, "page", f"{stage}/token/http {stage}/cookie/http", REFUSED, during=2),
        _page(401, "page", f"{stage}/device-token/http {stage}/login-token/http", f"{REFUSED}|TOKEN_LIMIT", during=1),
        _page(403, "page", f"{stage}/token/http {stage}/cookie/http", REFUSED, during=2),
        _page(403, "page", f"{stage}/device-token/http {stage}/login-token/http", f"{REFUSED}|TOKEN_LIMIT", during=1),
    )
]  # fmt: skip

#: Fifteen requests to a server without a licence, and one device token at the most.
WITHOUT_A_RIGHT = [
    Fault(f"nothing-but-{name}", "first/device-token/http first/login-token/http others/device-token/http"
          " first/token/http first/cookie/http", (said,), f"{REFUSED}|SERVER|TOKEN_LIMIT|401|403",
          {"repeat": 5, "during": 1, "after": None, "then": "200"},
          {place: {"during": 11, "after": None} for place in ("first/token/http", "first/cookie/http")}
          | {place: {"during": 2, "after": None} for place in ("first/device-token/http", "first/login-token/http")})
    for name, said in {
        "401": response(401, b""), "403": response(403, b""), "form": response(200, FORM, "text/html"),
        "login-redirects": response(302, b"", more=b"Location: /fotoweb/views/login?to=x\r\n"),
    }.items()
] + [
    Fault("nothing-but-pages",
          "first/device-token/http everything/device-token/http everything/cookie/http"
           " everything/token/http everything/query/http", (response(200, PLAIN, "text/html"),), "SERVER",
          {"repeat": 5, "after": None}, {"everything/query/http": {"during": 5, "after": None}}),
    Fault("nothing-but-500",
          "everything/device-token/http everything/cookie/http everything/token/http everything/query/http",
          (response(500, PLAIN, "text/html"),), "SERVER", {"repeat": 5}),
    Fault("nothing-but-redirects", "everything/device-token/http everything/cookie/http",
          (response(302, b"", more=b"Location: ?again\r\n"),), "PROTOCOL", {"repeat": 2}),
]  # fmt: skip

FAULTS = LOGINS + STAGES + WITHOUT_A_RIGHT
