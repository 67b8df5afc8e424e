"""Cookies: names and values that no session can keep, large numbers of them, deletions, and cookies
of others.
"""

from __future__ import annotations

from typing import Any

from steps import CLOSE, Fault, Repeat

OK = b"HTTP/1.1 200 OK\r\n"
LOGIN = b'Content-Type: application/json\r\nContent-Length: 25\r\n\r\n{"status":"ok","data":{}}'
ORDINARY = b"Content-Type: application/json\r\nContent-Length: @LENGTH@\r\n\r\n@BODY@"
PS, FW = b"Set-Cookie: SSphotoshelter_com_mem=", b"Set-Cookie: FWSession="
LIVE = PS + b"@LIVE@; path=/\r\n", FW + b"@LIVE@; path=/\r\n"
NO_COOKIES = "login/cookie/http", "login/device-token/http", "login/login-token/http"


def _login(name: str, before: bytes, value: bytes, ends: str, **more: Any) -> Fault:
    """The session's own cookie with this value, at a login of either system."""
    ps, fw = (OK + before + start + value + b"\r\n" + LOGIN for start in (PS, FW))
    but = {place: {"steps": (fw, CLOSE)} for place in NO_COOKIES[1:]}
    return Fault(name, " ".join(NO_COOKIES), (ps, CLOSE), ends, more, but)


def _rotated(name: str, lines: bytes, **more: Any) -> Fault:
    """What an ordinary response sets, in cookie mode."""
    where = "request/cookie/http keepalive/cookie/http redirect/cookie/http stream/cookie/http"
    return Fault(name, where, (OK + lines + ORDINARY,), "200", more)


JUNK = b"".join(b"Set-Cookie: junk%d=junk\r\n" % number for number in range(200))
SIXTEEN = b"".join(b"Set-Cookie: junk%d=junk\r\n" % number for number in range(16))

AT_LOGIN = [
    _login("cookie-of-8-bits", b"", b"plant\xffed", "PROTOCOL"),
    _login("cookie-with-return", b"", b"plant\red; path=/", "PROTOCOL"),
    _login("cookie-with-control", b"", b"plant\x01\x7fed", "PROTOCOL"),
    _login("cookie-with-blank", b"", b"plant ed", "PROTOCOL"),
    _login("cookie-of-9-KiB", b"", b"planted" * 1300, "PROTOCOL"),
    _login("cookie-of-100-KiB", b"", b"planted" * 15_000, "PROTOCOL|TOO_LARGE"),
    _login("cookie-after-16", SIXTEEN, b"@LIVE@", "200"),
    _login("cookie-after-200", JUNK, b"@LIVE@", "200"),
    _login("cookie-quoted", b"", b'"@LIVE@"', "200", adopts=None, after=None),
    _login("cookie-max-age", b"", b"@LIVE@; Max-Age=3600; Path=/; Secure; HttpOnly; SameSite=Strict", "200"),
    _login("cookie-max-age-odd", b"", b"@LIVE@; Max-Age=never; Expires=some day", "200"),
    _login("cookie-max-age-2^64", b"", b"@LIVE@; Max-Age=18446744073709551616", "200"),
    _login("cookie-expires-9999", b"", b"@LIVE@; Expires=Fri, 31-Dec-9999 23:59:59 GMT", "200"),
    _login("cookie-domain-foreign", b"", b"@LIVE@; Domain=.example.org; Path=/elsewhere", "200", adopts=None,
           after=None),
    Fault("cookie-deleted-then-live", "login/cookie/http",
          (OK + PS + b"deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT\r\n" + LIVE[0] + LOGIN,), "200"),
    Fault("cookie-live-then-deleted", "login/cookie/http login/device-token/http",
          (OK + LIVE[0] + PS + b"deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT\r\n" + LOGIN,), "PROTOCOL", {},
          {"login/device-token/http": {"steps": (OK + LIVE[1] + FW + b"; Max-Age=0\r\n" + LOGIN,),
                                       "ends": "SERVER|PROTOCOL", "then": "SERVER|200", "after": 1}}),
    Fault("cookie-deleted-only", "login/cookie/http", (OK + PS + b"deleted; Max-Age=0\r\n" + LOGIN,), "PROTOCOL"),
    Fault("cookie-empty", "login/cookie/http", (OK + PS + b"\r\n" + LOGIN,), "PROTOCOL"),
    Fault("cookie-named-nothing", "login/cookie/http",
          (OK + b"Set-Cookie: =planted\r\nSet-Cookie: planted\r\n" + LOGIN,), "PROTOCOL"),
    Fault("cookie-none", "login/cookie/http", (OK + LOGIN,), "PROTOCOL"),
    Fault("cookie-of-another-name", "login/device-token/http", (OK + b"Set-Cookie: ASP=planted\r\n" + LOGIN,), "SERVER",
          {"then": "SERVER"}),
    Fault("cookie-for-a-token", "login/token/http", (OK + LIVE[0] + LOGIN,), "PROTOCOL"),
    Fault("cookies-of-1-MiB", "login/cookie/http login/device-token/http",
          (OK, Repeat(b"Set-Cookie: junk=" + b"j" * 1000 + b"\r\n", 1000), LIVE[0] + LOGIN), "TOO_LARGE|TRANSFER|200",
          {"adopts": None, "after": None}),
]  # fmt: skip

ROTATED = [
    _rotated("rotated", LIVE[0]),
    _rotated("rotated-after-16", SIXTEEN + LIVE[0]),
    _rotated("rotated-after-200", JUNK + LIVE[0]),
    _rotated("rotated-twice", LIVE[0] + b"Set-Cookie: acs=other\r\n" + LIVE[0]),
    _rotated("rotated-in-other-case", b"sEt-CoOkIe: SSphotoshelter_com_mem=@LIVE@; PATH=/\r\n"),
    _rotated("rotated-without-blanks", b"Set-Cookie:SSphotoshelter_com_mem=@LIVE@\r\n"),
    _rotated("rotated-of-8-bits", PS + b"plant\xffed\r\n"),
    _rotated("rotated-with-return", PS + b"plant\red\r\n"),
    _rotated("rotated-of-9-KiB", PS + b"planted" * 1300 + b"\r\n"),
    # A server that takes the cookie away has ended the session.
    _rotated("rotated-away", PS + b"deleted; Max-Age=0\r\n", after=1),
    _rotated("rotated-away-by-date", PS + b"deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT\r\n", after=1),
    _rotated("rotated-away-last", LIVE[0] + PS + b"deleted; Max-Age=0\r\n", adopts=False, after=1),
    *(
        Fault(f"rotated-by-{status}", "request/cookie/http keepalive/cookie/http",
              (b"HTTP/1.1 %d Odd\r\n@SET@Content-Length: 0\r\n\r\n" % status,), ends, {"adopts": True},
              {"keepalive/cookie/http": {"ends": kept}})
        for status, ends, kept in (
            (400, "400", "PROTOCOL"), (404, "404", "PROTOCOL"), (500, "SERVER", "SERVER"), (503, "SERVER", "SERVER"),
            (429, "THROTTLED", "THROTTLED"))
    ),
    Fault("rotated-by-redirect", "request/cookie/http",
          (b"HTTP/1.1 302 Found\r\n@SET@Location: target\r\nContent-Length: 0\r\n\r\n",), "200",
          {"times": 1, "adopts": None}),
    Fault("rotated-by-403", "request/cookie/http", (b"HTTP/1.1 403 No\r\n@SET@Content-Length: 0\r\n\r\n",), "403",
          {"adopts": None}),
    Fault("rotated-on-logout", "logout/cookie/http", (OK + PS + b"deleted; Max-Age=0\r\n" + LIVE[0] + ORDINARY,), "200",
          {"adopts": False}),
]  # fmt: skip

FOREIGN = [
    # A token is all that proves a session; a device token is changed by logins only.
    Fault("set-for-a-token", "request/token/http request/token-in-url/http keepalive/token/http request/query/http",
          (OK + PS + b"planted\r\nSet-Cookie: planted=planted\r\n" + ORDINARY,), "200"),
    *(
        Fault(f"device-token-by-{status}", "request/device-token/http request/login-token/http",
              (b"HTTP/1.1 %d Odd\r\n" % status + FW + b"planted\r\nContent-Length: 0\r\n\r\n",), ends)
        for status, ends in ((400, "400"), (401, "401"), (403, "403"), (404, "404"), (500, "SERVER"))
    ),
    Fault("device-token-taken-away", "request/device-token/http",
          (b"HTTP/1.1 404 No\r\n" + FW + b"x; Max-Age=0\r\n" b"Content-Length: 0\r\n\r\n",), "404"),
]  # fmt: skip

FAULTS = AT_LOGIN + ROTATED + FOREIGN
