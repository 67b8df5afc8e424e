"""HTTP/1.1 after the empty line: wrong lengths, chunks, encodings, trailers, and bodies that never
end.

Where a server contradicts itself, a client may believe either statement, or none. It must not take
bytes of this response for those of the next one, and must not take a part for the whole.
"""

from __future__ import annotations

import gzip
import zlib
from typing import Any

from steps import AFTERWARDS, CLOSE, RESET, SILENCE, WELL, Drip, Endless, Fault, Repeat

from faults.heads import EARLY_HINTS, FEW, LOGINS, OK, PLANTED, REQUESTS

JSON = b"Content-Type: application/json\r\n"
CHUNKED = b"@SET@" + JSON + b"Transfer-Encoding: chunked\r\n"
SMALL: dict[str, Any] = {"options": {"response-limit": "1M"}, "for_shell": False}
#: One read of libcurl's, unpacked a thousandfold, is in memory before anybody can judge it.
BOUND: dict[str, Any] = {**SMALL, "memory": 24 + 16}
EITHER: dict[str, Any] = {"adopts": None, "after": None}
#: The wrapper keeps no connection from one step to the next.
KEPT: dict[str, Any] = {"for_shell": False}
#: What nobody asked for. It is there before the client asks again: what comes while it asks is told
#: from no response.
SECOND = OK + PLANTED + b"Content-Length: 7\r\n\r\nplanted"


def _length(name: str, lines: bytes, ends: str, where: str = FEW, **more: Any) -> Fault:
    return Fault(
        f"length-{name}",
        where,
        (OK + b"@SET@" + JSON + lines + b"\r\n@BODY@", CLOSE),
        ends,
        {**EITHER, **more},
    )


LENGTHS = [
    # The head of a FotoWeb login is all of it: its token is taken and counts.
    Fault("body-cut", f"{LOGINS} {REQUESTS} organization/token/http keepalive/cookie/http upload/cookie/http"
          " redirect/token/http stream/cookie/http request/cookie/https",
          (OK + b"@SET@" + JSON + b"Content-Length: 5000\r\n\r\n@BODY@", CLOSE), "TRANSFER", {"adopts": True},
          {place: {"ends": "200|TRANSFER", "after": 0} for place in ("login/device-token/http",
          "login/login-token/http")}
          | {"login/cookie/http": {"adopts": False}, "login/token/http": {"adopts": False},
             "organization/token/http": {"adopts": False}}),
    Fault("body-reset", f"{FEW} stream/token/http",
          (OK + b"@SET@" + JSON + b"Content-Length: 5000\r\n\r\n@BODY@", RESET), "TRANSFER", EITHER),
    Fault("body-silent", "login/token/http login/device-token/http request/cookie/http stream/cookie/http",
          (OK + b"@SET@" + JSON + b"Content-Length: 5000\r\n\r\n@BODY@", SILENCE), "TIMEOUT", {"adopts": True},
          {"login/token/http": {"adopts": False}, "login/device-token/http": {"ends": "200|TIMEOUT", "after": 0}}),
    Fault("no-body", FEW, (OK + b"@SET@" + JSON + b"Content-Length: 5000\r\n\r\n", CLOSE), "TRANSFER", EITHER),
    Fault("body-stutters", "request/cookie/http", (OK + b"@SET@Content-Length: 500\r\n\r\n", Endless(Drip(b"X", 4))),
          "TIMEOUT", {"adopts": True}),
    Fault("body-drips-for-ever", "request/token/http keepalive/token/http login/token/http",
          (OK + JSON + b"\r\n", Endless(Drip(b"[", 0.1))), "TIMEOUT", {"options": {"timeout": "2"}}),
    Fault("length-of-1", FEW, (OK + b"@SET@" + JSON + b"Content-Length: 1\r\n\r\n@BODY@",), "200|PROTOCOL", EITHER),
    Fault("length-of-0", FEW,
          (OK + b"@SET@" + JSON + b"Content-Length: 0\r\n\r\n@BODY@" + OK + PLANTED + b"\r\nplanted",), "200|PROTOCOL",
          EITHER),
    _length("negative", b"Content-Length: -1\r\n", "PROTOCOL"),
    _length("word", b"Content-Length: long\r\n", "PROTOCOL"),
    _length("empty", b"Content-Length:\r\n", "200|PROTOCOL|TRANSFER"),
    _length("hex", b"Content-Length: 0x10\r\n", "200|PROTOCOL|TRANSFER"),
    _length("list", b"Content-Length: @LENGTH@, @LENGTH@\r\n", "200|PROTOCOL|TRANSFER"),
    _length("plus", b"Content-Length: +@LENGTH@\r\n", "200|PROTOCOL|TRANSFER"),
    _length("2^63-1", b"Content-Length: 9223372036854775807\r\n", "TRANSFER|TOO_LARGE", f"{FEW} stream/token/http"),
    _length("2^63", b"Content-Length: 9223372036854775808\r\n", "TRANSFER|TOO_LARGE|PROTOCOL"),
    _length("2^64", b"Content-Length: 18446744073709551616\r\n", "TRANSFER|TOO_LARGE|PROTOCOL",
            f"{FEW} stream/token/http"),
    _length("2^64+1", b"Content-Length: 18446744073709551617\r\n", "TRANSFER|TOO_LARGE|PROTOCOL"),
    _length("twice", b"Content-Length: @LENGTH@\r\nContent-Length: @LENGTH@\r\n", "200|PROTOCOL"),
    _length("differs", b"Content-Length: 5\r\nContent-Length: @LENGTH@\r\n", "PROTOCOL|TRANSFER"),
    _length("differs-back", b"Content-Length: @LENGTH@\r\nContent-Length: 5\r\n", "PROTOCOL|TRANSFER"),
    Fault("length-and-chunks", FEW, (OK + b"Content-Length: 3\r\n" + CHUNKED + b"\r\n4\r\nabcd\r\n0\r\n\r\n",),
          "200|PROTOCOL", EITHER),
    Fault("no-length", FEW, (OK + b"@SET@" + JSON + b"\r\n@BODY@", CLOSE), "200"),
    # Without a length, TLS's own farewell is all that tells an end from a cut.
    Fault("no-length-no-farewell", "request/token/https request/cookie/https",
          (OK + b"@SET@" + JSON + b"\r\n@BODY@", CLOSE), "TRANSFER|200", {"adopts": True}),
    Fault("no-length-no-end", "request/token/http login/token/http", (OK + JSON + b"\r\n@BODY@", SILENCE), "TIMEOUT",
          EITHER),
    *(
        Fault(f"body-after-{status}", "request/token/http request/device-token/http request/cookie/http",
              (b"HTTP/1.1 %s No\r\n@SET@Content-Length: 7\r\n\r\nplanted" % status.encode(),), status)
        for status in ("204", "205", "304")
    ),
    Fault("body-after-head", "head/token/http head/cookie/http head/device-token/https",
          (OK + b"@SET@Content-Length: 7\r\n\r\nplanted",), "200"),
    Fault("chunks-after-head", "head/token/http head/cookie/http",
          (OK + b"@SET@Transfer-Encoding: chunked\r\n\r\n7\r\nplanted\r\n0\r\n\r\n",), "200"),
    Fault("head-of-a-refusal", "head/token/http head/cookie/http head/device-token/http",
          # In cookie mode the small request that follows brings a newer one.
          (b"HTTP/1.1 401 No\r\n@SET@Content-Length: 5000\r\n\r\n",),
          "401", {}, {"head/cookie/http": {"adopts": False}}),
    Fault("login-204", "login/cookie/http login/token/http", (b"HTTP/1.1 204 No Content\r\n@SET@\r\n",), "PROTOCOL"),
    Fault("second-response", f"{REQUESTS} keepalive/cookie/http login/token/http",
          (OK + b"@SET@" + JSON + b"Content-Length: @LENGTH@\r\n\r\n@BODY@" + SECOND,), "200"),
    Fault("second-response-later",
          f"{REQUESTS} keepalive/cookie/http login/token/http login/token/https"
          " request/cookie/https request/token/https",
          (WELL, AFTERWARDS, SECOND), "200", KEPT),
    # Each step is a record of TLS: the end of the response and what nobody asked for are in one.
    Fault("second-response-in-record", "request/token/https request/cookie/https request/device-token/https"
          " login/token/https",
          (OK + b"@SET@" + JSON + b"Content-Length: @LENGTH@\r\n\r\n", b"@BODY@" + SECOND), "200", KEPT),
    Fault("farewell-408", f"{REQUESTS} request/token/https request/cookie/https",
          (WELL, AFTERWARDS, b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n", CLOSE), "200", KEPT),
    Fault("closed-while-idle", f"{REQUESTS} request/token/https request/cookie/https", (WELL, AFTERWARDS, CLOSE),
          "200"),
    Fault("reset-while-idle", f"{REQUESTS} request/token/https", (WELL, AFTERWARDS, RESET), "200"),
    Fault("keeps-after-close", "request/token/http request/cookie/http",
          (OK + b"@SET@Connection: close\r\nContent-Length: @LENGTH@\r\n\r\n@BODY@",), "200"),
    Fault("206-unasked", "request/token/http request/cookie/http",
          (b"HTTP/1.1 206 Partial Content\r\n@SET@Content-Range: bytes 5-6/7\r\nContent-Length: 2\r\n\r\nxx",), "206"),
    Fault("206-unasked-2^63-1", "request/token/http stream/token/http",
          (b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-6/7\r\n"
            b"Content-Length: 9223372036854775807\r\n\r\nxx", CLOSE), "TRANSFER|TOO_LARGE"),
]  # fmt: skip


def _chunks(name: str, chunks: bytes, ends: str, *more: Any, **values: Any) -> Fault:
    steps = (OK + CHUNKED + b"\r\n" + chunks, *more, CLOSE)
    return Fault(f"chunk-{name}", FEW, steps, ends, {**EITHER, **values})


CHUNK_FAULTS = [
    _chunks("size-word", b"zz\r\nplanted\r\n0\r\n\r\n", "TRANSFER|PROTOCOL"),
    _chunks("size-negative", b"-5\r\nplanted\r\n0\r\n\r\n", "TRANSFER|PROTOCOL"),
    _chunks("size-absent", b"\r\nplanted\r\n0\r\n\r\n", "TRANSFER|PROTOCOL"),
    _chunks("size-2^63-1", b"7FFFFFFFFFFFFFFF\r\nxxxx", "TRANSFER|PROTOCOL|TOO_LARGE"),
    _chunks("size-2^64-1", b"FFFFFFFFFFFFFFFF\r\nxxxx", "TRANSFER|PROTOCOL|TOO_LARGE"),
    _chunks("size-2^68", b"100000000000000000\r\nxxxx", "TRANSFER|PROTOCOL|TOO_LARGE"),
    _chunks("size-of-zeros", b"0" * 5000 + b"2\r\n{}\r\n0\r\n\r\n", "TRANSFER|PROTOCOL|200"),
    _chunks("without-end", b"2\r\n{}\r\n", "TRANSFER"),
    _chunks("end-cut", b"2\r\n{}\r\n0\r\n", "TRANSFER"),
    _chunks("cut", b"ffff\r\n{}", "TRANSFER"),
    _chunks("too-long", b"2\r\n{}planted\r\n0\r\n\r\n", "TRANSFER|PROTOCOL"),
    _chunks("without-breaks", b"2\r\n{}0\r\n\r\n", "TRANSFER|PROTOCOL"),
    _chunks("with-line-feeds", b"2\n{}\n0\n\n", "200|TRANSFER|PROTOCOL"),
    _chunks("extension-1-MiB", b"2;", "200|TRANSFER|PROTOCOL|TOO_LARGE", Repeat(b"x" * 1024, 1024),
            b"\r\n{}\r\n0\r\n\r\n"),
    _chunks("extension-without-end", b"2;", "TIMEOUT|TRANSFER|PROTOCOL|TOO_LARGE", Endless(b"x" * 4096),
            options={"timeout": "2"}),
    _chunks("of-one-byte", b"", "200|PROTOCOL", Repeat(b"1\r\n \r\n", 50_000), b"0\r\n\r\n"),
    _chunks("trailer-cookie", b"2\r\n{}\r\n0\r\n" + PLANTED + b"\r\n", "200|PROTOCOL"),
    _chunks("trailer-status", b"2\r\n{}\r\n0\r\nHTTP/1.1 401 Unauthorized: x\r\nStatus: 401\r\n\r\n", "200|PROTOCOL"),
    _chunks("trailer-location", b"2\r\n{}\r\n0\r\nLocation: /planted\r\nRetry-After: 5\r\n\r\n", "200|PROTOCOL"),
    _chunks("trailer-of-1-MiB", b"2\r\n{}\r\n0\r\nX-Big: ", "TOO_LARGE|TRANSFER|PROTOCOL", Repeat(b"x" * 1024, 1024),
            b"\r\n\r\n"),
    _chunks("trailers-without-end", b"2\r\n{}\r\n0\r\n", "TOO_LARGE|TRANSFER|PROTOCOL", Endless(b"X-A: b\r\n" * 1000),
            memory=32),
    _chunks("interim-in-trailer", b"2\r\n{}\r\n0\r\n" + EARLY_HINTS, "200|PROTOCOL|TRANSFER"),
    Fault("coding-unknown", FEW, (OK + b"@SET@Transfer-Encoding: rot13\r\n\r\n@BODY@", CLOSE), "200|PROTOCOL|TRANSFER",
          EITHER),
    Fault("trailer-cookies-kept-alive",
          "request/cookie/http request/token/http request/device-token/http keepalive/cookie/http",
          (OK + CHUNKED + b"\r\n2\r\n{}\r\n0\r\n" + PLANTED + b"\r\n",), "200", {"adopts": True}),
]  # fmt: skip

ZEROS = gzip.compress(bytes(1 << 26))  # 64 KiB that are 64 MiB
#: 54 bytes that are as many, and a gibibyte in 32 KiB.
BROTLI = bytes.fromhex(
    "cfffff7ff82700e2b14020f7fe9ffffffff04f00c4610180eefd3fffffffe19f0088c32200ddfb7ffeffffc33f0110870500baf7ff03"
)
ZSTD = bytes.fromhex("28b52ffd0058") + ((1 << 17 << 3 | 2).to_bytes(3, "little") + b" ") * (1 << 13)
BOMB = gzip.compress(b"{" + b" " * (1 << 26))


def _coded(
    name: str, coding: bytes, body: bytes, ends: str, where: str = FEW, **more: Any
) -> Fault:
    head = (
        OK
        + b"@SET@"
        + JSON
        + b"Content-Encoding: "
        + coding
        + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    return Fault(f"coded-{name}", where, (head, body), ends, {**EITHER, "for_shell": False, **more})


CODINGS = [
    _coded("gzip-plain", b"gzip", b'{"status":"ok"}', "PROTOCOL|TRANSFER", f"{FEW} keepalive/cookie/http"),
    _coded("gzip-cut", b"gzip", gzip.compress(b"x" * 5000)[:-12], "PROTOCOL|TRANSFER|200"),
    _coded("gzip-damaged", b"gzip", gzip.compress(bytes(range(256)) * 40)[:100] + b"\xff" * 200,
           "PROTOCOL|TRANSFER|200"),
    _coded("gzip-checksum", b"gzip", gzip.compress(b"{}")[:-8] + b"planted!", "PROTOCOL|TRANSFER|200"),
    _coded("gzip-trailing", b"gzip", gzip.compress(b"{}") + b"planted", "PROTOCOL|TRANSFER|200"),
    _coded("gzip-header", b"gzip", b"\x1f\x8b\x08\x1f" + b"\xff" * 500, "PROTOCOL|TRANSFER|200"),
    _coded("deflate-damaged", b"deflate", zlib.compress(b"x" * 500)[:10] + b"\xff" * 20, "PROTOCOL|TRANSFER"),
    _coded("br-plain", b"br", b"<html>no brotli</html>", "PROTOCOL|TRANSFER"),
    _coded("zstd-plain", b"zstd", b"<html>no zstd</html>", "PROTOCOL|TRANSFER"),
    _coded("unknown", b"x-planted", b"{}", "PROTOCOL|TRANSFER|200"),
    _coded("many-layers", b", ".join([b"gzip"] * 200), b"{}", "PROTOCOL|TRANSFER"),
    _coded("empty", b"gzip", b"", "200|PROTOCOL|TRANSFER"),
    _coded("bomb", b"gzip", ZEROS, "TOO_LARGE|PROTOCOL", f"{FEW} organization/token/http", **BOUND),
    _coded("bomb-kept-alive", b"gzip", ZEROS, "TOO_LARGE|PROTOCOL|200", "keepalive/cookie/http keepalive/token/http",
           **BOUND),
    _coded("bomb-of-json", b"gzip", BOMB, "TOO_LARGE|PROTOCOL", **BOUND),
    # libcurl keeps 64 MiB at the most for who does not want more now.
    _coded("bomb-of-brotli", b"br", BROTLI, "TOO_LARGE|PROTOCOL", **{**BOUND, "memory": 96}),
    _coded("bomb-of-zstd", b"zstd", ZSTD, "TOO_LARGE|PROTOCOL", **{**BOUND, "memory": 96}),
    _coded("bomb-in-bomb", b"gzip, gzip", gzip.compress(ZEROS), "TOO_LARGE|PROTOCOL", **BOUND),
    _coded("bomb-on-logout", b"gzip", ZEROS, "200", "logout/cookie/http logout/token/http", after=1, memory=24),
]  # fmt: skip

ENDLESS = [
    Fault("body-without-end", f"{FEW} request/token/https", (OK + b"@SET@" + JSON + b"\r\n", Endless(b" " * 65_536)),
          "TOO_LARGE|PROTOCOL", {**SMALL, **EITHER}),
    Fault("chunks-without-end", FEW, (OK + CHUNKED + b"\r\n", Endless(b"4000\r\n" + b" " * 0x4000 + b"\r\n")),
          "TOO_LARGE|PROTOCOL", {**SMALL, **EITHER}),
    Fault("session-asked-without-end", "keepalive/cookie/http confirmation/device-token/http",
          (OK + b"@SET@" + JSON + b"\r\n", Endless(b" " * 65_536)), "TOO_LARGE|PROTOCOL|200|403", {**SMALL, **EITHER}),
    Fault("step-without-end", "organization/token/http organization/cookie/http",
          (OK + b"@SET@" + JSON + b"\r\n", Endless(b" " * 65_536)), "TOO_LARGE|PROTOCOL", {**SMALL, "adopts": False}),
    Fault("logout-without-end", "logout/cookie/http", (OK + b"@SET@" + JSON + b"\r\n", Endless(b" " * 65_536)), "200",
          {"adopts": False}),
    Fault("error-without-end", "request/token/http request/cookie/http",
          (b"HTTP/1.1 404 No\r\n@SET@\r\n", Endless(b" " * 65_536)), "TOO_LARGE", {**SMALL, "adopts": True}),
    Fault("stream-without-end", "stream/token/http", (OK + b"\r\n", Endless(b"x" * 65_536)), "TIMEOUT",
          {"options": {"timeout": "2"}}),
    Fault("stream-error-without-end", "stream/token/http", (b"HTTP/1.1 404 No\r\n\r\n", Endless(b"x" * 65_536)),
          "TOO_LARGE", SMALL),
    Fault("redirect-without-end", "request/token/http",
          (b"HTTP/1.1 302 Found\r\nLocation: ?again\r\n\r\n", Endless(b"x" * 65_536)), "PROTOCOL|TOO_LARGE", SMALL),
]  # fmt: skip

FAULTS = LENGTHS + CHUNK_FAULTS + CODINGS + ENDLESS
