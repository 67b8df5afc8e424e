"""The way to the server and from it: proxies, the other origin of a redirect, and second tries."""

from __future__ import annotations

from typing import Any

from steps import CLOSE, FAREWELL, RESET, SILENCE, WELL, Endless, Fault, Repeat

from faults.heads import EARLY_HINTS, OK, PLANTED
from faults.redirects import to

FEW = "way/token/proxy way/device-token/proxy"


def _proxy(name: str, ends: str, *steps: Any, **more: Any) -> Fault:
    """The server itself is not met: it sees no login."""
    return Fault(f"proxy-{name}", FEW, steps, ends, {"during": 0, **more})


PROXIES = [
    _proxy("reset", "CONNECT|TRANSFER", RESET),
    _proxy("closed", "CONNECT|TRANSFER", CLOSE),
    _proxy("silent", "TIMEOUT", SILENCE),
    _proxy("head-cut", "CONNECT|TRANSFER|PROTOCOL", b"HTTP/1.1 200 Conn", CLOSE),
    _proxy("head-cut-after-status", "CONNECT|TRANSFER|PROTOCOL|TLS", b"HTTP/1.1 200 OK\r\nX-A", CLOSE),
    _proxy("garbage", "CONNECT|TRANSFER|PROTOCOL", b"SSH-2.0-OpenSSH_9.2p1\r\n", CLOSE),
    _proxy("407", "CONNECT",
           b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\n" + PLANTED + b"Content-Length: 0\r\n\r\n"),
    _proxy("403-page", "CONNECT", b"HTTP/1.1 403 No\r\n" + PLANTED + b"Content-Length: 7\r\n\r\nplanted"),
    _proxy("302", "CONNECT", b"HTTP/1.1 302 Go\r\nLocation: @OTHER@/x\r\nContent-Length: 0\r\n\r\n"),
    _proxy("503-without-end", "CONNECT|TIMEOUT", b"HTTP/1.1 503 No\r\n\r\n", Endless(b"x" * 65_536),
           options={"timeout": "4"}),
    _proxy("headers-without-end", "CONNECT|TOO_LARGE|TRANSFER|TIMEOUT", b"HTTP/1.1 200 OK\r\n",
           Endless(b"X-A: b\r\n" * 1000), options={"timeout": "4"}),
    _proxy("interim-for-ever", "CONNECT|TOO_LARGE|TRANSFER|PROTOCOL|TIMEOUT", Endless(EARLY_HINTS * 100),
           options={"timeout": "4"}),
    _proxy("header-of-1-MiB", "CONNECT|TOO_LARGE|TRANSFER", b"HTTP/1.1 200 OK\r\nX-A: ", Repeat(b"x" * 1024, 1024),
           b"\r\n\r\n"),
    _proxy("status-999", "CONNECT", b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n"),
    _proxy("established-then-plain", "TLS",
           b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted", CLOSE),
    _proxy("established-then-closed", "TLS", b"HTTP/1.1 200 OK\r\n\r\n", CLOSE),
    # What a proxy sets on the way is nobody's session, and its length is no length.
    Fault("proxy-sets-cookies", FEW, (b"HTTP/1.1 200 OK\r\n" + PLANTED + b"Content-Length: 5000\r\n\r\n", WELL), "200"),
    Fault("proxy-says-much-before", FEW, (Repeat(EARLY_HINTS, 20), b"HTTP/1.1 200 OK\r\n\r\n", WELL),
          "200|CONNECT|TRANSFER", {"after": None}),
]  # fmt: skip

FAREWELLS = [
    Fault("farewell-in-head", "login/token/https request/cookie/https request/token/http request/device-token/http",
          (OK + b"@SET@X-A", FAREWELL), "TRANSFER", {"adopts": None}),
    Fault("farewell-in-body", "login/token/https request/cookie/https request/token/http request/device-token/http",
          (OK + b"@SET@Content-Length: 5000\r\n\r\n@BODY@", FAREWELL), "TRANSFER", {"adopts": None}),
    Fault("farewell-as-end", "request/cookie/https request/token/http request/device-token/https",
          (OK + b"@SET@\r\n@BODY@", FAREWELL), "200"),
    Fault("farewell-unsaid", "login/token/https request/cookie/https upload/token/https", (FAREWELL,), "TRANSFER"),
]  # fmt: skip


def _foreign(
    name: str,
    said: bytes,
    ends: str,
    where: str = "request/token/http request/cookie/https",
    **more: Any,
) -> Fault:
    return Fault(
        f"foreign-{name}", where, to(b"@OTHER@/x"), ends, {"foreign": said, "adopts": None, **more}
    )


END = b"Connection: close\r\nContent-Length: 0\r\n\r\n"

FOREIGN = [
    # Another origin knows nothing of the session: whatever it says is a response, and costs
    # nothing.
    *(
        _foreign(str(status), b"HTTP/1.1 %d Odd\r\n" % status + PLANTED + END, f"{status}|SERVER|THROTTLED")
        for status in (200, 401, 403, 404, 429, 500, 503)
    ),
    _foreign("class",
             b'HTTP/1.1 401 No\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{"status":"error","error":'
              b'{"class":"SessionRequiredErr"}}', "401"),
    _foreign("form", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<input type=password>",
             "200"),
    _foreign("head-cut", b"HTTP/1.1 200 OK\r\n" + PLANTED, "TRANSFER"),
    _foreign("garbage", b"planted" * 99, "PROTOCOL"),
    _foreign("interim", EARLY_HINTS + b"HTTP/1.1 200 OK\r\n" + END, "200"),
    _foreign("in-circles", b"HTTP/1.1 302 Go\r\nLocation: @OTHER@/x\r\n" + END, "PROTOCOL"),
    _foreign("and-back", b"HTTP/1.1 302 Go\r\nLocation: @ORIGIN@/x/target?n=4\r\n" + END, "200", times=1),
    _foreign("and-back-again", b"HTTP/1.1 302 Go\r\nLocation: @ORIGIN@/x\r\n" + END, "PROTOCOL"),
    _foreign("to-plain", b"HTTP/1.1 302 Go\r\nLocation: @PLAIN@/x\r\n" + END, "INSECURE",
             "request/cookie/https request/query/https"),
    _foreign("to-nowhere", b"HTTP/1.1 302 Go\r\nLocation: javascript:x\r\n" + END, "PROTOCOL"),
]  # fmt: skip

TWO = {"options": {"retries": "2"}}
ONCE = {**TWO, "times": 1, "adopts": None}

TRIES = [
    Fault("tried-again",
          "request/token/http request/cookie/http request/device-token/https keepalive/token/http download/token/http",
          (RESET,), "200", ONCE, {"keepalive/token/http": {"ends": "TRANSFER|200"}}),
    Fault("tried-again-after-a-head", "request/token/http request/cookie/http", (OK + b"@SET@X-A", CLOSE),
          "200|TRANSFER", ONCE),
    Fault("tried-in-vain", "request/token/http request/cookie/http", (RESET,), "TRANSFER", TWO),
    # Nobody knows whether the server has acted on it.
    Fault("not-tried-again", "post/token/http post/cookie/http upload/token/http", (RESET,), "TRANSFER", ONCE),
    Fault("login-not-tried-again", "login/token/http login/device-token/http login/login-token/http login/query/http",
          (RESET,), "TRANSFER", {**TWO, "times": 1}),
    Fault("errors-not-tried-again", "request/token/http", (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",), "SERVER",
          {**TWO, "times": 1}),
]  # fmt: skip

FAULTS = PROXIES + FAREWELLS + FOREIGN + TRIES
