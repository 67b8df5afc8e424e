"""Times from a server: Retry-After and Date, which are outside numbers like all others."""

from __future__ import annotations

from typing import Any

from steps import CLOSE, Fault

from faults.envelopes import response

BOTH = "request/token/http login/token/http login/device-token/http"


def _after(
    name: str, value: bytes, status: int = 429, ends: str = "THROTTLED", **more: Any
) -> Fault:
    said = response(status, b"", more=b"Retry-After: " + value + b"\r\n")
    return Fault(f"retry-after-{name}", BOTH, (said,), ends, more)


def _date(name: str, value: bytes) -> Fault:
    """A clock that nobody can believe changes nothing but the next login token, which is
    corrected by a response.
    """
    where = "request/login-token/http request/cookie/http keepalive/token/http login/login-token/http login/token/http"
    rest = b"\r\nContent-Type: text/xml\r\nContent-Length: @LENGTH@\r\n\r\n@BODY@"
    return Fault(f"date-{name}", where, (b"HTTP/1.1 200 OK\r\n@SET@Date: " + value + rest,), "200")


RETRY = [
    _after("0", b"0"),
    _after("120", b"120"),
    _after("negative", b"-5"),
    _after("huge", b"99999999999999999999"),
    _after("2^31", b"2147483648"),
    _after("fraction", b"1.5"),
    _after("word", b"soon"),
    _after("empty", b""),
    _after("date", b"Fri, 31 Dec 9999 23:59:59 GMT"),
    _after("past", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    _after("date-and-date", b"Fri, 31 Dec 9999 23:59:59 GMT\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT"),
    _after("twice", b"5\r\nRetry-After: 99999999999"),
    _after("of-503", b"30", 503),
    _after("of-502", b"30", 502, "SERVER"),
    # More than the program is ready to wait for; and again and again what it is ready for, which
    # ends some time.
    _after("huge-and-willing", b"99999999999", options={"retry-after": "2"}),
    Fault("retry-after-willing", "request/token/http", (response(429, b"", more=b"Retry-After: 0\r\n"),), "THROTTLED",
          {"options": {"retry-after": "2"}, "seconds": 30.0, "is_short": False}),
    Fault("retry-after-willing-once", "request/token/http request/cookie/http",
          (response(429, b"", more=b"Retry-After: 1\r\n"),), "200", {"options": {"retry-after": "2"}, "times": 1}),
]  # fmt: skip

DATES = [
    _date("word", b"yesterday"),
    _date("9999", b"Fri, 31 Dec 9999 23:59:59 GMT"),
    _date("1970", b"Thu, 01 Jan 1970 00:00:00 GMT"),
    _date("0", b"Sat, 00 Jan 0000 00:00:00 GMT"),
    _date("negative", b"Mon, 01 Jan -999 00:00:00 GMT"),
    _date("huge", b"Fri, 31 Dec 99999999999999999999 23:59:59 GMT"),
    _date("overflowing", b"Fri, 31 Dec 292277026596 15:30:08 GMT"),
    _date("odd-hours", b"Fri, 31 Dec 2026 99:99:99 GMT"),
    _date("8-bit", b"Fri, 31 D\xe9c 2026 00:00:00 GMT"),
    _date("twice", b"Fri, 31 Dec 2027 00:00:00 GMT\r\nDate: garbage"),
    Fault("date-of-a-refusal", "login/login-token/http",
          (b"HTTP/1.1 401 No\r\nDate: Fri, 31 Dec 9999 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n", CLOSE),
          "CREDENTIALS_REFUSED", {"during": 2, "then": "CREDENTIALS_REFUSED"}),
    Fault("date-of-a-refusal-huge", "login/login-token/http",
          (b"HTTP/1.1 401 No\r\nDate: Fri, 31 Dec 292277026596 15:30:08 GMT\r\nContent-Length: 0\r\n\r\n", CLOSE),
          "CREDENTIALS_REFUSED", {"during": 2, "then": "CREDENTIALS_REFUSED"}),
]  # fmt: skip

FAULTS = RETRY + DATES
