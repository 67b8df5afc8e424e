"""HTTP/1.1 up to the empty line: connections, handshakes, status lines and header lines, and where
they break off.

"200" stands where a lenient client may read a response all the same. What it must not do then is in
the rest of the row.
"""

from __future__ import annotations

from steps import CLOSE, HEAR, RESET, SILENCE, WELL, Drip, Endless, Fault, Repeat

LOGINS = "login/cookie/http login/token/http login/device-token/http login/login-token/http login/query/http"
REQUESTS = "request/cookie/http request/token/http request/device-token/http request/query/http"
FEW = "login/token/http request/cookie/http request/device-token/http"

OK = b"HTTP/1.1 200 OK\r\n"
REST = b"Content-Type: application/json\r\nContent-Length: @LENGTH@\r\n\r\n@BODY@"
FULL = b"@SET@" + REST
PLANTED = b"Set-Cookie: SSphotoshelter_com_mem=planted\r\nSet-Cookie: FWSession=planted\r\n"

CONNECTIONS = [
    Fault("reset-on-accept", "connect/token/http connect/device-token/http", (RESET,), "TRANSFER", {"during": 0}),
    Fault("closed-on-accept", "connect/token/http", (CLOSE,), "TRANSFER", {"during": 0}),
    Fault("silent-on-accept", "connect/token/http", (SILENCE,), "TIMEOUT", {"during": 0}),
    Fault("heard-then-reset", "connect/login-token/http", (HEAR, RESET), "TRANSFER", {"during": 0}),
    # It says no more: a server that went on would answer each request with what belongs to the one
    # before, and nobody could tell.
    Fault("answered-unasked", "connect/token/http connect/query/http",
          (OK + PLANTED + b"Content-Length: 2\r\n\r\n{}", CLOSE),
          "PROTOCOL|TRANSFER|200", {"adopts": None, "after": None}),
    Fault("handshake-reset", "connect/token/https connect/cookie/h2", (HEAR, RESET), "TLS", {"during": 0}),
    Fault("handshake-closed", "connect/token/https connect/cookie/h2", (HEAR, CLOSE), "TLS", {"during": 0}),
    Fault("handshake-silent", "connect/token/https", (SILENCE,), "TIMEOUT", {"during": 0}),
    Fault("handshake-plain", "connect/token/https", (HEAR, b"HTTP/1.1 400 Bad Request\r\n\r\n", CLOSE), "TLS",
          {"during": 0}),
    Fault("handshake-alert", "connect/token/https", (HEAR, b"\x15\x03\x03\x00\x02\x02\x28", CLOSE), "TLS",
          {"during": 0}),
    Fault("handshake-half", "connect/token/https", (HEAR, b"\x16\x03\x03\x20\x00\x02\x00\x1f", SILENCE), "TIMEOUT",
          {"during": 0}),
    Fault("handshake-endless", "connect/token/https", (HEAR, Endless(b"\x16\x03\x03\x40\x00\x02" + bytes(16_383))),
          "TLS", {"during": 0}),
    Fault("handshake-drips", "connect/token/https", (HEAR, Endless(Drip(b"\x16\x03\x03\x3f\xff\x02\x00\x3f", 0.2))),
          "TIMEOUT|TLS", {"during": 0}),
    *(
        Fault(f"certificate-{kind}", "connect/token/https connect/device-token/h2", (), "TLS",
              {"during": 0, "handshake": kind})
        for kind in ("expired", "misnamed", "stranger")
    ),
    Fault("tls-1.1", "connect/token/https", (), "TLS", {"during": 0, "handshake": "old"}),
]  # fmt: skip

BREAKS = [
    Fault("reset-before-head",
          f"{LOGINS} {REQUESTS} organization/cookie/http keepalive/cookie/http download/token/http"
           " upload/token/http redirect/cookie/http", (RESET,), "TRANSFER"),
    Fault("closed-before-head",
          f"{LOGINS} {REQUESTS} organization/token/https confirmation/device-token/http"
           " upload/cookie/https login/token/https", (CLOSE,), "TRANSFER"),
    Fault("not-told", "logout/cookie/http logout/token/https logout/device-token/http", (RESET,), "200"),
    Fault("silent-before-head",
          "login/cookie/http organization/token/http request/token/http keepalive/cookie/http"
           " redirect/cookie/http upload/token/http", (SILENCE,), "TIMEOUT"),
    Fault("status-line-cut", f"{LOGINS} {REQUESTS}", (b"HTTP/1.1 20", CLOSE), "TRANSFER|PROTOCOL"),
    Fault("status-line-alone", FEW, (OK, CLOSE), "TRANSFER"),
    Fault("head-cut",
          f"{LOGINS} {REQUESTS} organization/token/http keepalive/cookie/http download/token/http"
           " confirmation/device-token/http redirect/token/http upload/cookie/http stream/cookie/http",
          (OK + b"@SET@Content-Type: text/xml\r\n", CLOSE), "TRANSFER", {"adopts": None, "after": None}),
    Fault("head-reset", f"{FEW} login/device-token/https", (OK + b"@SET@Content-Type: text/xml\r\n", RESET), "TRANSFER",
          {"adopts": None, "after": None}),
    Fault("head-cut-in-name", FEW, (OK + b"Content-Ty", CLOSE), "TRANSFER"),
    Fault("head-cut-in-cookie", f"{LOGINS} {REQUESTS} keepalive/cookie/http",
          (OK + b"Set-Cookie: SSphotoshelter_com_mem=planted; FWSession=planted", CLOSE), "TRANSFER"),
    Fault("head-cut-after-no-header", FEW, (OK + b"not a header\r\nX-A: b\r\n", CLOSE), "TRANSFER|PROTOCOL"),
    Fault("head-cut-on-logout", "logout/cookie/http", (OK + b"@SET@", CLOSE), "200", {"adopts": False}),
    Fault("head-stops", "login/device-token/http request/cookie/http download/token/http",
          (OK + b"@SET@X-A: b", SILENCE), "TIMEOUT", {"adopts": None, "after": None}),
    Fault("head-drips-for-ever", "login/token/http request/cookie/http", (OK, Endless(Drip(b"X: y\r\n", 0.1))),
          "TIMEOUT", {"options": {"timeout": "2"}}),
    Fault("head-stutters", "request/cookie/http", (OK, Endless(Drip(b"X", 4))), "TIMEOUT"),
    Fault("head-drips", "login/token/http request/cookie/http", (Drip(OK, 0.02), FULL), "200"),
]  # fmt: skip


def _line(name: str, line: bytes, ends: str) -> Fault:
    return Fault(
        f"status-{name}",
        FEW,
        (line + b"\r\n" + PLANTED + b"Content-Length: 0\r\n\r\n", CLOSE),
        ends,
    )


def _odd(name: str, line: bytes, ends: str) -> Fault:
    """Strange, but not beyond understanding: whoever understands it may take its cookies too."""
    return Fault(
        f"status-{name}", FEW, (line + b"\r\n" + FULL, CLOSE), ends, {"adopts": None, "after": None}
    )


STATUS_LINES = [
    Fault("no-http", FEW, (b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", CLOSE), "PROTOCOL"),
    Fault("no-head", FEW, (b"<html>planted</html>", CLOSE), "PROTOCOL"),
    Fault("binary", FEW, (bytes(range(256)) * 16, CLOSE), "PROTOCOL"),
    _line("0", b"HTTP/1.1 000 None", "PROTOCOL"),
    _line("99", b"HTTP/1.1 099 Small", "PROTOCOL"),
    _line("1000", b"HTTP/1.1 1000 Large", "PROTOCOL"),
    _line("negative", b"HTTP/1.1 -200 OK", "PROTOCOL"),
    _line("2-digits", b"HTTP/1.1 20 OK", "PROTOCOL"),
    _line("letters", b"HTTP/1.1 2OO OK", "PROTOCOL"),
    _line("absent", b"HTTP/1.1", "PROTOCOL"),
    _line("huge", b"HTTP/1.1 99999999999999999999 OK", "PROTOCOL"),
    _line("no-version", b"HTTP 200 OK", "PROTOCOL"),
    _line("http-3.7", b"HTTP/3.7 200 OK", "PROTOCOL"),
    _line("http-0.9", b"HTTP/0.9 200 OK", "PROTOCOL"),
    _odd("http-2.0", b"HTTP/2.0 200 OK", "PROTOCOL|200"),
    _odd("lower-case", b"http/1.1 200 OK", "PROTOCOL|200"),
    _line("icy", b"ICY 200 OK", "PROTOCOL"),
    _line("with-nul", b"HTTP/1.1 200 O\0K", "PROTOCOL"),
    _line("101", b"HTTP/1.1 101 Switching Protocols", "PROTOCOL|TRANSFER"),
    # A number beyond those that are defined counts as 5xx (RFC 9110, 15).
    _odd("600", b"HTTP/1.1 600 Beyond", "SERVER|PROTOCOL"),
    _odd("999", b"HTTP/1.1 999 Request denied", "SERVER|PROTOCOL"),
    Fault("status-without-phrase", FEW, (b"HTTP/1.1 200\r\n" + FULL,), "200"),
    Fault("status-http-1.0", FEW, (b"HTTP/1.0 200 OK\r\n" + FULL, CLOSE), "200"),
    Fault("status-long", FEW, (b"HTTP/1.1 200 ", Endless(b"a" * 4096)), "TOO_LARGE|PROTOCOL|TRANSFER"),
    Fault("blank-line-first", FEW, (b"\r\n" + OK + FULL, CLOSE), "PROTOCOL|200", {"adopts": None, "after": None}),
]  # fmt: skip

HEADER_LINES = [
    Fault("bare-line-feeds", FEW, (b"HTTP/1.1 200 OK\nContent-Length: @LENGTH@\n@SET@\n@BODY@",), "200"),
    # curl issue 11101: the header before this one is of the response before.
    Fault("begins-with-a-blank", f"{FEW} redirect/cookie/http keepalive/cookie/http confirmation/device-token/http",
          (OK + b"  continued\r\n" + FULL,), "200|PROTOCOL", {"adopts": None, "after": None, "repeat": 3},
          {"login/token/http": {"repeat": 1}}),
    Fault("begins-with-a-tab", "request/token/http request/token/https", (OK + b"\t" + b"x" * 4000 + b"\r\n" + FULL,),
          "200|PROTOCOL", {"repeat": 3}),
    Fault("folded", FEW, (OK + b"X-A: b\r\n c\r\n\td\r\n" + FULL,), "200"),
    Fault("folded-cookie", FEW,
          (OK + b"@SET@X-A: b\r\n Set-Cookie: SSphotoshelter_com_mem=planted\r\n\tSet-Cookie:"
            b" FWSession=planted\r\n" + REST,), "200"),
    Fault("without-colon", FEW, (OK + b"@SET@this is no header\r\n" + REST,), "200|PROTOCOL",
          {"adopts": None, "after": None}),
    Fault("with-nul", FEW, (OK + b"X-A: b\0c\r\n" + PLANTED + REST,), "PROTOCOL"),
    Fault("cookie-with-nul", "login/cookie/http login/device-token/http request/cookie/http",
          (OK + b"Set-Cookie: SSphotoshelter_com_mem=planted\0; path=/\r\nSet-Cookie: FWSession=planted\0\r\n" + REST,),
          "PROTOCOL"),
    Fault("with-bare-returns", FEW, (OK + b"@SET@X-A: b\rSet-Cookie: FWSession=planted\r\n" + REST,), "200|PROTOCOL",
          {"adopts": None, "after": None}),
    Fault("named-http", FEW, (OK + b"@SET@HTTP/1.1: x\r\n" + REST,), "200"),
    Fault("named-as-a-status", FEW,
          (OK + b"@SET@HTTP/1.1 401 Unauthorized: x\r\n" + PLANTED.replace(b"Set-", b"Get-") + REST,), "200"),
    Fault("named-with-a-blank", FEW,
          (OK + b"@SET@Set-Cookie : SSphotoshelter_com_mem=planted; FWSession=planted\r\n" + REST,), "200|PROTOCOL",
          {"adopts": None, "after": None}),
    Fault("nameless", FEW, (OK + b": x\r\n" + FULL,), "200|PROTOCOL", {"adopts": None, "after": None}),
    Fault("8-bit", FEW, (OK + b"X-\xe6\xf8: \xff\xfe\x80\r\n" + FULL,), "200|PROTOCOL",
          {"adopts": None, "after": None}),
    Fault("one-of-1-MiB", FEW, (OK + b"X-Big: ", Repeat(b"a" * 1024, 1100), b"\r\n" + FULL), "TOO_LARGE|TRANSFER"),
    Fault("100-of-90-KiB", FEW, (OK, Repeat(b"X-Big: " + b"a" * 92_000 + b"\r\n", 100), FULL), "TOO_LARGE|TRANSFER"),
    Fault("100000-headers", FEW, (OK, Repeat(b"X-Small: abcdef\r\n", 100_000), FULL), "TOO_LARGE|TRANSFER"),
    Fault("headers-without-end", "login/device-token/http request/cookie/http keepalive/cookie/http logout/cookie/http",
          (OK, Endless(b"X-Small: abcdef\r\n" * 1000)), "TOO_LARGE|TRANSFER", {},
          {"logout/cookie/http": {"ends": "200"}}),
]  # fmt: skip

EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\n" + PLANTED + b"\r\n"

INTERIM = [
    *(
        Fault(f"interim-{number}", FEW, (b"HTTP/1.1 %d Wait\r\n" % number + PLANTED + b"\r\n", WELL), "200")
        for number in (100, 102, 103, 199)
    ),
    Fault("interim-and-silence", "request/cookie/http login/token/http", (EARLY_HINTS, SILENCE), "TIMEOUT"),
    Fault("interim-and-close", FEW, (EARLY_HINTS, CLOSE), "TRANSFER"),
    Fault("interim-10000", FEW, (Repeat(EARLY_HINTS, 10_000), WELL), "200|TOO_LARGE|PROTOCOL|TRANSFER",
          {"adopts": None, "after": None}),
    Fault("interim-for-ever", FEW, (Endless(EARLY_HINTS * 1000),), "TOO_LARGE|PROTOCOL|TRANSFER"),
    Fault("interim-after-final", "request/cookie/http", (WELL, EARLY_HINTS), "200"),
]  # fmt: skip

FAULTS = CONNECTIONS + BREAKS + STATUS_LINES + HEADER_LINES + INTERIM
