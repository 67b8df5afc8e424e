"""PhotoShelter's envelope, damaged and abused: wrong bodies of responses whose status and head are
right.
"""

from __future__ import annotations

from typing import Any

from steps import CLOSE, Fault, Repeat

JSON = "application/json"


def response(status: int, body: bytes, kind: str = JSON, more: bytes = b"") -> bytes:
    """What is yet to be filled in has no length: such a response ends with its connection."""
    length = "" if b"@" in body else f"Content-Length: {len(body)}\r\n"
    return (
        f"HTTP/1.1 {status} Said\r\nContent-Type: {kind}\r\n{length}".encode()
        + more
        + b"\r\n"
        + body
    )


def error(status: int, name: str, message: str = "no") -> bytes:
    return response(
        status,
        b'{"status":"error","error":{"class":"%s","message":"%s"}}'
        % (name.encode(), message.encode()),
    )


def _login(
    name: str, body: bytes, ends: str, where: str = "login/token/http", **more: Any
) -> Fault:
    return Fault(f"login-{name}", where, (response(200, body), CLOSE), ends, more)


BOTH = "login/token/http login/cookie/http"
DEEP = b"[" * 100_000 + b"]" * 100_000
#: U+2200 is the byte 0x22 twice over to whoever counts quotation marks in bytes.
SLY = '["\u2200",' + "[" * 50_000 + "]" * 50_001


def _wide(text: str, order: str, mark: bytes = b"") -> bytes:
    return mark + text.encode(f"utf-16-{order}")


NESTED = {
    "utf-8": DEEP,
    "utf-8-mark": b"\xef\xbb\xbf" + DEEP,
    "in-objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "in-error": b'{"status":"error","error":' + DEEP + b"}",
    "utf-16-le": _wide(DEEP.decode(), "le", b"\xff\xfe"),
    "utf-16-be": _wide(DEEP.decode(), "be", b"\xfe\xff"),
    "utf-16-sly": _wide('{"error":' + SLY + "}", "le", b"\xff\xfe"),
    "utf-16-sly-no-mark": _wide('{"error":' + SLY + "}", "le"),
    "utf-32": b"\xff\xfe\x00\x00" + ("[" * 15_000).encode("utf-32-le"),
}

LOGINS = [
    _login("empty", b"", "PROTOCOL", BOTH),
    _login("cut", b'{"status":"ok","data":{"token":"planted', "PROTOCOL"),
    _login("null", b"null", "PROTOCOL", BOTH),
    _login("number", b"1e999", "PROTOCOL"),
    _login("text", b'"ok"', "PROTOCOL"),
    _login("array", b'["status","ok"]', "PROTOCOL", BOTH),
    _login("with-nul", b'{"status":"ok","data":{"token":"plant\0ed"}}', "PROTOCOL"),
    _login("of-nuls", bytes(5000), "PROTOCOL", BOTH),
    _login("with-mark", b'\xef\xbb\xbf{"status":"ok","data":{"token":"planted"}}', "PROTOCOL"),
    _login("utf-16", _wide('{"status":"ok","data":{"token":"planted"}}', "le", b"\xff\xfe"), "PROTOCOL"),
    _login("bad-utf-8", b'{"status":"ok","data":{"token":"plant\xff\xfeed"}}', "PROTOCOL"),
    _login("half-surrogate", b'{"status":"ok","data":{"token":"plant\\ud800ed"}}', "PROTOCOL"),
    _login("two-documents", b'{"status":"ok","data":{"token":"planted"}}{"status":"error"}', "PROTOCOL"),
    _login("10-MiB", b'{"status":"ok","data":{"token":"' + b"planted" * 1_500_000 + b'"}}', "PROTOCOL|TOO_LARGE",
           memory=48),
    _login("xml", b"<PhotoShelterAPI><status>ok</status><data><token>planted</token></data></PhotoShelterAPI>",
           "PROTOCOL", BOTH),
    _login("data-absent", b'{"status":"ok"}', "PROTOCOL", BOTH),
    _login("data-null", b'{"status":"ok","data":null}', "PROTOCOL", BOTH),
    _login("data-array", b'{"status":"ok","data":["token","planted"]}', "PROTOCOL"),
    _login("data-number", b'{"status":"ok","data":1}', "PROTOCOL"),
    _login("status-absent", b'{"data":{"token":"planted"}}', "PROTOCOL"),
    _login("status-true", b'{"status":true,"data":{"token":"planted"}}', "PROTOCOL"),
    _login("status-odd", b'{"status":"maybe","data":{"token":"planted"}}', "PROTOCOL"),
    _login("ok-with-error", b'{"status":"ok","error":{"class":"StrangeErr"},"data":{"token":"@LIVE@"}}',
           "200|PROTOCOL|SERVER", after=None, adopts=None, then="200|SERVER"),
    _login("status-twice", b'{"status":"error","status":"ok","data":{"token":"@LIVE@"}}', "200|PROTOCOL|SERVER",
           after=None, adopts=None, then="200|SERVER"),
    _login("token-twice", b'{"status":"ok","data":{"token":"old","token":"@LIVE@"}}', "200|PROTOCOL", after=None,
           adopts=None),
    _login("token-null", b'{"status":"ok","data":{"token":null}}', "PROTOCOL"),
    _login("token-empty", b'{"status":"ok","data":{"token":""}}', "PROTOCOL"),
    _login("token-array", b'{"status":"ok","data":{"token":["planted"]}}', "PROTOCOL"),
    _login("token-object", b'{"status":"ok","data":{"token":{"planted":"planted"}}}', "PROTOCOL"),
    _login("token-false", b'{"status":"ok","data":{"token":false}}', "PROTOCOL"),
    # Numbers come as strings and strings as numbers there; a token that is none costs a login.
    _login("token-number", b'{"status":"ok","data":{"token":12345}}', "200|PROTOCOL", after=1),
    _login("token-1e999", b'{"status":"ok","data":{"token":1e999}}', "PROTOCOL"),
    _login("token-large-number", b'{"status":"ok","data":{"token":123456789012345678901234567890}}', "200|PROTOCOL",
           after=1),
    _login("token-two-lines", b'{"status":"ok","data":{"token":"a\\r\\nCookie: planted"}}', "PROTOCOL"),
    _login("token-with-nul", b'{"status":"ok","data":{"token":"plant\\u0000ed"}}', "PROTOCOL"),
    _login("token-with-blank", b'{"status":"ok","data":{"token":"plant ed"}}', "PROTOCOL"),
    _login("token-not-ascii", '{"status":"ok","data":{"token":"plantéd"}}'.encode(), "PROTOCOL"),
    _login("token-of-20-KiB", b'{"status":"ok","data":{"token":"' + b"planted" * 3000 + b'"}}', "PROTOCOL"),
    _login("token-two-lines-in-url", b'{"status":"ok","data":{"token":"a\\r\\nCookie: planted"}}', "PROTOCOL",
           "login/token-in-url/http"),
    _login("two-factor", b'{"status":"ok","data":{"token":"planted","two_factor":true}}', "SECOND_FACTOR",
           then="SECOND_FACTOR"),
    _login("two-factor-t", b'{"status":"ok","data":{"two_factor":"t"}}', "SECOND_FACTOR", BOTH, then="SECOND_FACTOR"),
    _login("two-factor-odd", b'{"status":"ok","data":{"token":"@LIVE@","two_factor":{}}}', "200|PROTOCOL|SECOND_FACTOR",
           after=None, adopts=None, then="200|SECOND_FACTOR"),
    *(
        _login(f"nested-{name}", body, "PROTOCOL|SERVER|TOO_LARGE", then="200|SERVER") for name, body in NESTED.items()
    ),
    # Half a character is no JSON to a strict reader.
    _login("organizations-odd",
           b'{"status":"ok","data":{"token":"@LIVE@","org":[{"id":"O\\u0000\\r\\n1","name":"\\ud83d"}]}}',
           "200|PROTOCOL", adopts=None, after=None),
    *(
        _login(f"organizations-{name}", b'{"status":"ok","data":{"token":"@LIVE@","org":%s}}' % listed, "200")
        for name, listed in {
            "null": b"null", "object": b'{"id":"O1"}', "numbers": b"[1,2,null,[[]],{}]", "text": b'"O1"',
            "nameless": b'[{"id":null},{"name":"x"}]',
            "control": b'[{"id":"O\\u0000\\r\\n1","name":"\\u202e","member":{}}]',
        }.items()
    ),
    Fault("login-organizations-300-KiB", "login/token/http login/cookie/http",
          (b"HTTP/1.1 200 OK\r\n@SET@Content-Type: application/json\r\n\r\n"
            b'{"status":"ok","data":{"token":"@LIVE@","org":[{"id":"O1"}',
           Repeat(b',{"id":"O2","name":"%s"}' % (b"n" * 80), 3000), b"]}}", CLOSE), "200", {"adopts": None}),
]  # fmt: skip


def _refusal(
    name: str, said: bytes, ends: str, then: str | None = None, where: str = BOTH
) -> Fault:
    return Fault(f"refused-{name}", where, (said, CLOSE), ends, {"then": then or "200"})


REFUSALS = [
    _refusal("password", error(400, "AuthInvalidPasswordErr"), "CREDENTIALS_REFUSED", "CREDENTIALS_REFUSED"),
    _refusal("user", error(400, "AuthInvalidLoginErr"), "CREDENTIALS_REFUSED", "CREDENTIALS_REFUSED"),
    _refusal("with-200", error(200, "AuthInvalidPasswordErr"), "CREDENTIALS_REFUSED", "CREDENTIALS_REFUSED"),
    _refusal("with-500", error(500, "AuthInvalidPasswordErr"), "CREDENTIALS_REFUSED|SERVER",
             "CREDENTIALS_REFUSED|SERVER|200"),
    _refusal("bare-401", response(401, b""), "CREDENTIALS_REFUSED", "CREDENTIALS_REFUSED"),
    _refusal("in-xml",
             response(400,
                    b"<PhotoShelterAPI><status>error</status><error><class>AuthInvalidPasswordErr</class>"
                     b"</error></PhotoShelterAPI>", "text/xml"), "CREDENTIALS_REFUSED", "CREDENTIALS_REFUSED"),
    _refusal("quoting", error(400, "AuthInvalidPasswordErr", "your password is @PASSWORD@, @PASSWORD:percent@"),
             "CREDENTIALS_REFUSED", "CREDENTIALS_REFUSED"),
    _refusal("with-controls", error(400, "AuthInvalidPasswordErr", "a\\u0000\\u001b[31mb\\r\\nc\\u202e\\u0085d"),
             "CREDENTIALS_REFUSED", "CREDENTIALS_REFUSED"),
    _refusal("at-length", error(400, "AuthInvalidPasswordErr", "x" * 50_000), "CREDENTIALS_REFUSED",
             "CREDENTIALS_REFUSED"),
    _refusal("unknown", error(400, "StrangeErr"), "SERVER", "SERVER"),
    _refusal("unknown-200", error(200, "StrangeErr"), "SERVER", "SERVER"),
    _refusal("unknown-403", error(403, "StrangeErr"), "SERVER", "SERVER"),
    _refusal("list", response(400, b'{"errors":[{"title":"no"}]}'), "SERVER", "SERVER"),
    _refusal("list-200", response(200, b'{"errors":[{"title":"no"}]}'), "SERVER|PROTOCOL", "SERVER|200"),
    _refusal("list-empty", response(400, b'{"errors":[]}'), "SERVER|PROTOCOL", "SERVER|200"),
    _refusal("bare-400", response(400, b""), "SERVER", "SERVER"),
    _refusal("bare-403", response(403, b""), "SERVER", "SERVER"),
    _refusal("bare-404", response(404, b""), "PROTOCOL"),
    _refusal("bare-500", response(500, b""), "SERVER"),
    _refusal("bare-502", response(502, b""), "SERVER"),
    _refusal("bare-503", response(503, b""), "SERVER"),
    _refusal("bare-429", response(429, b""), "THROTTLED"),
    _refusal("bare-407", response(407, b""), "PROTOCOL"),
    _refusal("redirect", response(302, b"", more=b"Location: @OTHER@/login\r\n"), "PROTOCOL|SERVER", "200|SERVER"),
    _refusal("api-key", error(403, "ApiKeyInvalidErr"), "API_KEY_REFUSED"),
    _refusal("https", error(403, "HTTPSRequiredPermErr"), "INSECURE"),
    _refusal("second-factor", error(403, "TwoFactorRequiredErr"), "SECOND_FACTOR", "SECOND_FACTOR"),
    _refusal("session", error(403, "SessionRequiredErr"), "SERVER|SESSION_INVALID|PROTOCOL", "200|SERVER"),
]  # fmt: skip


def _step(name: str, said: bytes, ends: str, during: int = 1) -> Fault:
    where = "organization/token/http organization/cookie/http"
    more = {"after": None} if "200" in ends else {}
    return Fault(f"step-{name}", where, (said,), ends, {"during": during, **more})


STEPS = [
    _step("empty", response(200, b""), "PROTOCOL"),
    _step("cut", response(200, b'{"status":"ok","da'), "PROTOCOL"),
    _step("null", response(200, b"null"), "PROTOCOL"),
    _step("nested", response(200, DEEP), "PROTOCOL|TOO_LARGE"),
    _step("page", response(200, b"<html>maintenance</html>", "text/html"), "PROTOCOL|SERVER"),
    _step("bare-404", response(404, b""), "PROTOCOL|ORGANIZATION_REFUSED"),
    _step("bare-500", response(500, b""), "SERVER"),
    _step("bare-429", response(429, b""), "THROTTLED"),
    _step("refused", error(403, "OrganizationPermErr"), "ORGANIZATION_REFUSED"),
    _step("bare-403", response(403, b""), "ORGANIZATION_REFUSED"),
    _step("another", response(200, b'{"status":"ok","data":{"Session":{"organization":"O2"}}}'),
          "ORGANIZATION_REFUSED"),
    _step("api-key", error(403, "ApiKeyInvalidErr"), "API_KEY_REFUSED"),
    _step("token-two-lines", response(200, b'{"status":"ok","data":{"token":"a\\r\\nCookie: planted"}}'),
          "PROTOCOL|200"),
    # It has expired between the two; after three logins in a row another will not mend it.
    _step("ended", error(403, "SessionRequiredErr"), "SESSION_INVALID", during=3),
    _step("bare-401", response(401, b""), "SESSION_INVALID", during=3),
    Fault("step-ended-once", "organization/token/http organization/cookie/http", (error(403, "SessionRequiredErr"),),
          "200", {"during": 2, "times": 1}),
    Fault("step-ended-twice", "organization/token/http organization/cookie/http", (error(403, "SessionRequiredErr"),),
          "200", {"during": 3, "times": 2}),
]  # fmt: skip

REQUESTS = [
    # Content is the application's, whatever it is made of.
    *(
        Fault(f"content-{name}", "request/token/http request/cookie/http", (response(400, body, more=b"@SET@"),), "400")
        for name, body in NESTED.items()
    ),
    Fault("content-10-MiB", "request/token/http", (response(200, b'{"error":"' + b"x" * 10_000_000 + b'"}'),), "200",
          {"memory": 64}),
    Fault("content-error-cut", "request/token/http",
          (response(400, b'{"status":"error","error":{"class":"SessionRequ'),),
          "400"),
    Fault("content-ended-in-passing", "request/token/http request/cookie/http",
          (response(200, b'{"status":"ok","data":{"error":{"class":"SessionRequiredErr"}}}', more=b"@SET@"),), "200"),
    Fault("request-ended", "request/token/http", (error(400, "SessionRequiredErr"),), "SESSION_INVALID", {"during": 2}),
    Fault("request-ended-with-cookies", "request/cookie/http", (error(200, "SessionRequiredErr"),), "SESSION_INVALID",
          {"during": 2}),
    Fault("request-ended-once", "request/token/http request/cookie/http post/token/http upload/token/http",
          (error(401, "SessionRequiredErr"),), "200", {"during": 1, "times": 1}),
    Fault("request-ended-twice", "request/token/http request/cookie/http", (error(401, "SessionRequiredErr"),), "200",
          {"during": 2, "times": 2}),
    Fault("request-api-key", "request/token/http request/cookie/http", (error(403, "ApiKeyInvalidErr"),),
          "API_KEY_REFUSED"),
    Fault("request-unknown-401", "request/token/http request/cookie/http", (error(401, "StrangeErr"),), "401"),
    Fault("request-unknown-403", "request/token/http request/cookie/http", (error(403, "StrangeErr"),), "403"),
    Fault("request-list-401", "request/token/http request/cookie/http",
          (response(401, b'{"errors":[{"title":"no"}]}'),),
          "401"),
    Fault("request-list-403", "request/token/http request/cookie/http",
          (response(403, b'{"errors":[{"title":"no"}]}'),),
          "403"),
    Fault("request-bare-401",
          "request/token/http request/cookie/http request/device-token/http request/login-token/http"
           " request/query/http", (response(401, b""),), "401", {"repeat": 3}, {"request/query/http": {"during": 3}}),
    Fault("request-bare-403",
          "request/token/http request/cookie/http request/device-token/http request/login-token/http"
           " request/query/http", (response(403, b""),), "403", {"repeat": 3}, {"request/query/http": {"during": 3}}),
]  # fmt: skip

FAULTS = LOGINS + REFUSALS + STEPS + REQUESTS
