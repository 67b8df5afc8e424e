"""HTTP/2: streams that are reset, connections that the server ends (GOAWAY), header blocks that no
client may believe, and floods.

A malformed frame ends the stream or the connection (RFC 9113); libcurl reports that as TRANSFER or
PROTOCOL.
"""

from __future__ import annotations

import gzip
from typing import Any

from http2 import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    PING,
    PUSH_PROMISE,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
)
from steps import (
    AFTERWARDS,
    CLOSE,
    RESET,
    SILENCE,
    WELL,
    Data,
    Drip,
    Endless,
    Fault,
    Frame,
    Head,
    Headers,
    Repeat,
    Step,
)  # fmt: skip

SYSTEMS = "{0}/token/h2 {0}/cookie/h2 {0}/device-token/h2"
LOGIN, REQUEST = SYSTEMS.format("login"), SYSTEMS.format("request")
BOTH = f"login/token/h2 {REQUEST}"
BROKEN = "TRANSFER|PROTOCOL"
LAST = (1 << 31) - 1
EITHER: dict[str, Any] = {"adopts": None, "after": None}
LIMITED: dict[str, Any] = {**EITHER, "options": {"timeout": "4"}}

PLANTED: Headers = (
    ("set-cookie", "SSphotoshelter_com_mem=planted"),
    ("set-cookie", "FWSession=planted"),
)
STATUS: Headers = ((":status", "200"),)
OK: Headers = (*STATUS, ("content-type", "application/json"), ("@SET@", "@SET@"))
FULL = (Head((*OK, ("content-length", "@LENGTH@"))), Data(b"@BODY@", True))


def _goaway(last: int, code: int, words: bytes = b"") -> Frame:
    return Frame(GOAWAY, 0, last.to_bytes(4, "big") + code.to_bytes(4, "big") + words, 0)


def _reset(code: int) -> Frame:
    return Frame(RST_STREAM, 0, code.to_bytes(4, "big"))


CODES = {"none": 0, "protocol": 1, "internal": 2, "flow": 3, "refused": 7, "cancel": 8, "calm": 11, "http-1.1": 13,
         "odd": 0xDEADBEEF}  # fmt: skip

ENDS = [
    *(
        # For HTTP_1_1_REQUIRED libcurl may ask again by itself, but not for a form: that it waits
        # for.
        Fault(f"stream-reset-{name}", f"{LOGIN} login/login-token/h2 {REQUEST}", (_reset(code),),
              f"{BROKEN}|TIMEOUT" if name == "http-1.1" else BROKEN)
        for name, code in CODES.items()
    ),
    # The head was whole: a rotated cookie counts, and so does a device token.
    Fault("stream-reset-after-head", f"{LOGIN} {REQUEST}",
          (Head((*OK, ("content-length", "5000"))), Data(b"@BODY@"), _reset(2)), BROKEN, EITHER,
          {"login/device-token/h2": {"ends": "200|TRANSFER|PROTOCOL", "after": 0}}),
    Fault("stream-reset-in-download", SYSTEMS.format("download"), (Head(OK), Data(b"x" * 9000), _reset(2)), BROKEN,
          EITHER),
    Fault("stream-reset-in-upload", SYSTEMS.format("upload"), (_reset(8),), BROKEN, {"early": True}),
    Fault("stream-reset-no-error-in-upload", "upload/token/h2", (Head(((":status", "413"),), True), _reset(0)),
          "413|TRANSFER|PROTOCOL", {"early": True}),
    Fault("goaway-before-response", BOTH, (_goaway(0, 0), CLOSE), BROKEN),
    Fault("goaway-enhance-your-calm", BOTH, (_goaway(0, 11, b"calm"), CLOSE), BROKEN),
    Fault("goaway-then-response", BOTH, (_goaway(LAST, 0), *FULL), "200"),
    Fault("goaway-amid-response", BOTH,
          (Head((*OK, ("content-length", "5000"))), Data(b"@BODY@"), _goaway(LAST, 0), CLOSE), BROKEN, EITHER),
    Fault("goaway-while-idle", REQUEST, (WELL, AFTERWARDS, _goaway(LAST, 0), CLOSE), "200"),
    Fault("goaway-with-words", "request/token/h2", (_goaway(0, 2, b"planted" * 2000), CLOSE), BROKEN),
    Fault("closed-while-idle-h2", REQUEST, (WELL, AFTERWARDS, CLOSE), "200"),
    Fault("reset-while-idle-h2", "request/token/h2 request/device-token/h2", (WELL, AFTERWARDS, RESET), "200"),
    Fault("closed-h2", f"{LOGIN} {REQUEST}", (CLOSE,), BROKEN),
    Fault("reset-h2", f"{LOGIN} {REQUEST}", (RESET,), BROKEN),
    Fault("silent-h2", "login/device-token/h2 request/token/h2 request/cookie/h2", (SILENCE,), "TIMEOUT"),
    Fault("silent-after-head-h2", "request/cookie/h2 request/token/h2", (Head(OK), SILENCE), "TIMEOUT",
          {"adopts": True}),
    Fault("silent-in-frame", "request/token/h2", (Head(OK), b"\x00\x40\x00\x00\x01\x00\x00\x00\x01x", SILENCE),
          "TIMEOUT"),
    Fault("closed-in-frame", BOTH, (b"\x00\x40\x00\x01\x04\x00\x00\x00\x01\x88", CLOSE), BROKEN),
    Fault("closed-after-head-h2", BOTH, (Head(OK), CLOSE), BROKEN, EITHER),
    Fault("drips-h2", "request/token/h2", (Head(OK), Endless(Drip(b"\x00\x00\x00\xfa\x00\x00\x00\x00\x00", 0.05))),
          "TIMEOUT", {"options": {"timeout": "2"}}),
    Fault("unsaid-end", "request/token/h2 request/cookie/h2",
          (Head((*OK, ("content-length", "@LENGTH@"))), Data(b"@BODY@")), "TIMEOUT|200", {"adopts": True}),
    Fault("http-1.1-after-all", BOTH, (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted", CLOSE), BROKEN),
    Fault("redirect-elsewhere-h2", REQUEST, (Head(((":status", "302"), ("location", "@OTHER@/x")), True),), "200"),
    Fault("redirect-with-secret-h2", REQUEST, (Head(((":status", "302"), ("location", "@OTHER@/x?y=@SENT@")), True),),
          "INSECURE"),
    Fault("redirect-to-plain-h2", REQUEST, (Head(((":status", "302"), ("location", "@PLAIN@/x")), True),), "INSECURE"),
]  # fmt: skip


def _head(
    name: str, fields: Headers, ends: str = BROKEN, where: str = BOTH, *more: Any, **values: Any
) -> Fault:
    steps = (Head(fields), *(more or (Data(b"planted", True),)))
    return Fault(f"head-{name}", where, steps, ends, values)


BLOCKS = [
    _head("without-status", PLANTED),
    _head("with-two-statuses", ((":status", "200"), (":status", "401"), *PLANTED)),
    _head("with-status-last", (*PLANTED, (":status", "200"))),
    _head("with-path", ((":status", "200"), (":path", "/planted"), *PLANTED)),
    _head("with-odd-pseudo", ((":status", "200"), (":planted", "planted"), *PLANTED)),
    _head("with-empty-status", ((":status", ""), *PLANTED)),
    _head("with-status-word", ((":status", "two"), *PLANTED)),
    _head("with-status-99999", ((":status", "99999"), *PLANTED)),
    _head("with-status-000", ((":status", "000"), *PLANTED)),
    _head("with-status-negative", ((":status", "-20"), *PLANTED)),
    _head("with-status-999", ((":status", "999"),), "SERVER|TRANSFER|PROTOCOL"),
    _head("with-status-101", ((":status", "101"), *PLANTED), "TRANSFER|PROTOCOL"),
    _head("in-capitals", ((":status", "200"), ("Set-Cookie", "SSphotoshelter_com_mem=planted"), ("X-UP", "x"))),
    _head("with-connection", ((":status", "200"), ("connection", "close"), *PLANTED)),
    _head("with-transfer-encoding", ((":status", "200"), ("transfer-encoding", "chunked"), *PLANTED)),
    # A field that is malformed may be left out, or end the stream.
    _head("with-nul", ((":status", "200"), ("x-a", "b\0c")), "200|TRANSFER|PROTOCOL", **EITHER),
    _head("with-line", ((":status", "200"), ("x-a", "b\r\nset-cookie: FWSession=planted")), "200|TRANSFER|PROTOCOL",
          **EITHER),
    _head("cookie-with-line", ((":status", "200"), ("set-cookie", "a=b\r\nset-cookie: FWSession=planted")),
          "200|TRANSFER|PROTOCOL", **EITHER),
    _head("name-with-line", ((":status", "200"), ("x\r\nset-cookie", "FWSession=planted")), "200|TRANSFER|PROTOCOL",
          **EITHER),
    _head("name-with-colon", ((":status", "200"), ("set-cookie: FWSession=planted; x", "y")), "200|TRANSFER|PROTOCOL",
          **EITHER),
    _head("name-http", ((":status", "200"), ("http/1.1 401 no", "x")), "200|TRANSFER|PROTOCOL", **EITHER),
    _head("name-empty", ((":status", "200"), ("", "planted")), "200|TRANSFER|PROTOCOL", **EITHER),
    _head("8-bit-h2", ((":status", "200"), ("x-a", "\xff\xfe\x80")), "200|TRANSFER|PROTOCOL", **EITHER),
    _head("of-90-KiB", ((":status", "200"), ("x-big", "a" * 90_000)), "TOO_LARGE|TRANSFER|PROTOCOL"),
    _head("of-1-MiB", ((":status", "200"), ("x-big", "a" * (1 << 20))), "TOO_LARGE|TRANSFER|PROTOCOL"),
    _head("of-10000-fields", ((":status", "200"), *(("x-small", f"{number:06}") for number in range(10_000))),
          "TOO_LARGE|TRANSFER|PROTOCOL"),
    _head("length-too-large", (*OK, ("content-length", "5000")), BROKEN, BOTH, Data(b"@BODY@", True), **EITHER),
    _head("length-too-small", (*OK, ("content-length", "5")), BROKEN, BOTH, Data(b"@BODY@", True), **EITHER),
    _head("length-2^64", (*OK, ("content-length", str(2**64))), BROKEN + "|TOO_LARGE", BOTH, Data(b"@BODY@", True),
          **EITHER),
    _head("length-word", (*OK, ("content-length", "long")), BROKEN, BOTH, Data(b"@BODY@", True), **EITHER),
    _head("length-differs-h2", (*OK, ("content-length", "@LENGTH@"), ("content-length", "5")), BROKEN, BOTH,
          Data(b"@BODY@", True), **EITHER),
    _head("204-with-body", ((":status", "204"), ("@SET@", "@SET@")), "204|TRANSFER|PROTOCOL", REQUEST, **EITHER),
    _head("after-head-h2", STATUS, "200|TRANSFER|PROTOCOL", "head/token/h2 head/cookie/h2", **EITHER),
    _head("304-with-body", ((":status", "304"), ("@SET@", "@SET@")), "304|TRANSFER|PROTOCOL", REQUEST, **EITHER),
    _head("alt-svc", (*OK, ("alt-svc", 'h3=":443"; ma=9999'), ("content-length", "@LENGTH@")), "200", BOTH,
          Data(b"@BODY@", True)),
    _head("link", (*OK, ("link", "</planted>; rel=preload"), ("content-length", "@LENGTH@")), "200", BOTH,
          Data(b"@BODY@", True)),
    _head("gzip-bomb", (*STATUS, ("content-encoding", "gzip")), "TOO_LARGE|PROTOCOL|TRANSFER", BOTH,
          *(Data(gzip.compress(bytes(1 << 24)), False), Data(b"", True)), options={"response-limit": "1M"}, memory=40,
          for_shell=False),
]  # fmt: skip

LATER = [
    Fault("trailer-h2", BOTH, (Head(OK), Data(b"@BODY@"), Head(PLANTED, True)), "200"),
    Fault("trailer-status-h2", BOTH, (Head(OK), Data(b"@BODY@"), Head(((":status", "401"), *PLANTED), True)), BROKEN,
          EITHER),
    Fault("trailer-named-status", BOTH,
          (Head(OK), Data(b"@BODY@"), Head((("status", "401"), ("retry-after", "9")), True)), "200"),
    Fault("trailer-of-1-MiB-h2", BOTH, (Head(OK), Data(b"@BODY@"), Head((("x", "a" * (1 << 20)),), True)),
          "200|TOO_LARGE|TRANSFER|PROTOCOL", EITHER),
    Fault("trailer-without-end", BOTH, (Head(OK), Data(b"@BODY@"), Head(PLANTED), Data(b"planted", True)), BROKEN,
          EITHER),
    Fault("two-heads", BOTH, (Head(OK), Head((*STATUS, *PLANTED)), Data(b"planted", True)), BROKEN, EITHER),
    Fault("data-before-head", BOTH, (Data(b"planted"), Head((*STATUS, *PLANTED), True)), BROKEN),
    Fault("data-after-end", "request/token/h2 request/cookie/h2", (*FULL, Data(b"planted", True)),
          "200|TRANSFER|PROTOCOL", EITHER),
    Fault("head-after-end", "request/token/h2 request/cookie/h2", (*FULL, Head((*STATUS, *PLANTED), True)),
          "200|TRANSFER|PROTOCOL", EITHER),
    *(
        Fault(f"interim-{status}-h2", BOTH, (Head(((":status", status), *PLANTED)), WELL), "200") for status in ("100",
              "102", "103")
    ),
    Fault("interim-with-end", BOTH, (Head(((":status", "103"), *PLANTED), True),), BROKEN),
    Fault("interim-with-body", BOTH, (Head(((":status", "103"), *PLANTED)), Data(b"planted"), *FULL), BROKEN, EITHER),
    Fault("interim-10000-h2", BOTH, (Repeat(Head(((":status", "103"), *PLANTED)), 10_000), *FULL),
          "200|TOO_LARGE|TRANSFER|PROTOCOL", EITHER),
    Fault("interim-for-ever-h2", "request/token/h2 login/token/h2",
          (Endless(Repeat(Head(((":status", "103"), *PLANTED)), 200)),), "TOO_LARGE|TRANSFER|PROTOCOL"),
]  # fmt: skip


def _promise(stream: int) -> Frame:
    block = bytes.fromhex("828684") + b"\x41\x09localhost"
    return Frame(PUSH_PROMISE, END_HEADERS, stream.to_bytes(4, "big") + block)


CUTS: list[tuple[str, Step]] = [
    ("padding", Frame(DATA, 0x8, b"\xffplanted")),
    ("settings", Frame(SETTINGS, 0, b"12345", 0)),
    ("continuation", Frame(CONTINUATION, END_HEADERS, b"\x88")),
    ("garbage", b"planted" * 99),
]

FRAMES = [
    Fault("promise", BOTH, (_promise(2), *FULL), "200|TRANSFER|PROTOCOL", EITHER),
    Fault("promise-odd-stream", BOTH, (_promise(3), *FULL), BROKEN, EITHER),
    Fault("promise-flood", "request/token/h2", (*(_promise(number) for number in range(2, 4000, 2)), *FULL),
          "200|TRANSFER|PROTOCOL",
          EITHER),
    Fault("continuation-alone", BOTH, (Frame(CONTINUATION, END_HEADERS, b"\x88"),), BROKEN),
    Fault("continuation-interrupted", BOTH,
          (Frame(HEADERS, 0, b"\x88"), Frame(PING, 0, bytes(8), 0), Frame(CONTINUATION, END_HEADERS, b"")), BROKEN),
    Fault("continuation-elsewhere", BOTH, (Frame(HEADERS, 0, b"\x88"), Frame(CONTINUATION, END_HEADERS, b"", 99)),
          BROKEN),
    Fault("continuation-flood", BOTH,
          (Frame(HEADERS, 0, b"\x88"), Endless(Frame(CONTINUATION, 0, b"\x40\x01x\x01y" * 1000))),
          "TOO_LARGE|TRANSFER|PROTOCOL"),
    Fault("continuation-flood-empty", "request/token/h2 login/device-token/h2",
          (Frame(HEADERS, 0, b"\x88"), Endless(Frame(CONTINUATION, 0, b""))), "TOO_LARGE|TRANSFER|PROTOCOL|TIMEOUT",
          LIMITED),
    Fault("settings-flood", BOTH, (Endless(Frame(SETTINGS, 0, b"\x00\x04\x00\x10\x00\x00" * 50, 0)),),
          f"{BROKEN}|TIMEOUT", LIMITED),
    Fault("ping-flood", BOTH, (Endless(Frame(PING, 0, b"planted!", 0)),), f"{BROKEN}|TIMEOUT", LIMITED),
    Fault("empty-data-flood", "request/token/h2 stream/token/h2", (Head(OK), Endless(Data(b""))), f"{BROKEN}|TIMEOUT",
          LIMITED),
    Fault("unknown-frames", BOTH, (Repeat(Frame(0xFA, 0xFF, b"planted", 0), 1000), *FULL), "200"),
    Fault("unknown-frame-flood", "request/token/h2", (Endless(Frame(0xFA, 0xFF, b"planted", 0)),), f"{BROKEN}|TIMEOUT",
          LIMITED),
    Fault("priority-flood", "request/token/h2", (Endless(Frame(2, 0, b"\0\0\0\0\1", 1)),), f"{BROKEN}|TIMEOUT",
          LIMITED),
    Fault("window-flood", "request/token/h2", (Endless(Frame(WINDOW_UPDATE, 0, b"\0\0\0\1", 0)),), f"{BROKEN}|TIMEOUT",
          LIMITED),
    Fault("reset-flood", "request/token/h2", (Endless(Frame(RST_STREAM, 0, b"\0\0\0\1", 2)),), f"{BROKEN}|TIMEOUT",
          LIMITED),
    Fault("window-of-0", BOTH, (Frame(WINDOW_UPDATE, 0, bytes(4), 0), *FULL), "200|TRANSFER|PROTOCOL", EITHER),
    Fault("window-overflow", BOTH, (Repeat(Frame(WINDOW_UPDATE, 0, b"\x7f\xff\xff\xff", 0), 2), *FULL), BROKEN, EITHER),
    Fault("settings-odd-length", BOTH, (Frame(SETTINGS, 0, b"12345", 0),), BROKEN),
    Fault("settings-on-a-stream", BOTH, (Frame(SETTINGS, 0, b""),), BROKEN),
    Fault("settings-frame-size-0", BOTH, (Frame(SETTINGS, 0, b"\x00\x05\x00\x00\x00\x00", 0), *FULL), BROKEN, EITHER),
    Fault("settings-window-2^31", BOTH, (Frame(SETTINGS, 0, b"\x00\x04\x80\x00\x00\x00", 0), *FULL), BROKEN, EITHER),
    Fault("settings-no-streams", "request/token/h2 request/cookie/h2",
          (Frame(SETTINGS, 0, b"\x00\x03\x00\x00\x00\x00", 0), *FULL), "200|TIMEOUT",
          {"adopts": None, "then": "200|TIMEOUT"}),
    Fault("ping-odd-length", BOTH, (Frame(PING, 0, b"1234567", 0),), BROKEN),
    Fault("frame-too-large", BOTH, (Frame(DATA, 0, bytes(1 << 20)),), BROKEN),
    Fault("frame-of-2^24-1", "request/token/h2", (b"\xff\xff\xff\x00\x00\x00\x00\x00\x01" + bytes(100), CLOSE), BROKEN),
    # What cuts the connection cuts the response. libcurl before 8 takes that for its end, unless
    # there is a length.
    *(Fault(f"amid-{name}", BOTH, (Head(OK), Data(b"@BODY@"), cut), f"200|{BROKEN}", EITHER) for name, cut in CUTS),
    *(
        Fault(f"amid-a-length-{name}", BOTH, (Head((*OK, ("content-length", "5000"))), Data(b"@BODY@"), cut), BROKEN,
              EITHER)
        for name, cut in CUTS
    ),
    Fault("data-on-0", BOTH, (Frame(DATA, END_STREAM, b"planted", 0),), BROKEN),
    Fault("head-on-0", BOTH, (Frame(HEADERS, END_HEADERS | END_STREAM, b"\x88", 0),), BROKEN),
    Fault("head-on-an-idle-stream", BOTH, (Frame(HEADERS, END_HEADERS | END_STREAM, b"\x88", 99),), BROKEN),
    Fault("head-on-an-even-stream", BOTH, (Frame(HEADERS, END_HEADERS | END_STREAM, b"\x88", 2),), BROKEN),
    Fault("head-empty", BOTH, (Frame(HEADERS, END_HEADERS | END_STREAM, b""),), BROKEN),
    Fault("hpack-garbage", BOTH, (Frame(HEADERS, END_HEADERS, b"\xff" * 50),), BROKEN),
    Fault("hpack-beyond-table", BOTH, (Frame(HEADERS, END_HEADERS, b"\x88\xfe"),), BROKEN),
    Fault("hpack-integer", BOTH, (Frame(HEADERS, END_HEADERS, b"\x7f" + b"\xff" * 20 + b"\x01"),), BROKEN),
    Fault("hpack-huffman", BOTH, (Frame(HEADERS, END_HEADERS, b"\x88\x40\x01x\x84\xff\xff\xff\xff"),), BROKEN),
    Fault("hpack-table-size", BOTH, (Frame(HEADERS, END_HEADERS, b"\x3f\xff\xff\xff\xff\x0f\x88"),), BROKEN),
    # One field of 4 KiB in the table, named again and again by a byte.
    Fault("hpack-bomb", BOTH,
          (Frame(HEADERS, END_HEADERS, b"\x88\x40\x01x\x7f\xc1\x1e" + b"a" * 4000 + b"\xbe" * 12_000),),
          "TOO_LARGE|TRANSFER|PROTOCOL"),
    Fault("body-without-end-h2", BOTH, (Head(OK), Endless(Data(b" " * 16_384))), "TOO_LARGE|PROTOCOL|TRANSFER",
          {**EITHER, "options": {"response-limit": "1M"}, "for_shell": False}),
    Fault("upload-stalls", "upload/token/h2 upload/cookie/h2 upload/device-token/h2", (SILENCE,), "TIMEOUT",
          {"early": True}),
]  # fmt: skip

PREFACES = [
    Fault("preface-closed", "preface/token/h2 preface/device-token/h2", (CLOSE,), BROKEN, {"during": 0}),
    Fault("preface-goaway", "preface/token/h2", (_goaway(0, 11), CLOSE), BROKEN, {"during": 0}),
    Fault("preface-silent", "preface/token/h2", (SILENCE,), "TIMEOUT", {"during": 0}),
    Fault("preface-http-1.1", "preface/token/h2", (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted", CLOSE),
          BROKEN, {"during": 0}),
    Fault("preface-no-streams", "preface/token/h2", (Frame(SETTINGS, 0, b"\x00\x03\x00\x00\x00\x00", 0), SILENCE),
          "TIMEOUT", {"during": 0}),
    Fault("preface-no-window", "preface/token/h2", (Frame(SETTINGS, 0, b"\x00\x04\x00\x00\x00\x00", 0), SILENCE),
          "TIMEOUT", {"during": 0}),
    Fault("preface-response", "preface/token/h2",
          (Frame(SETTINGS, 0, b"", 0), Frame(HEADERS, END_HEADERS | END_STREAM, b"\x88", 1), CLOSE),
          "TRANSFER|PROTOCOL", {"during": 0}),
]  # fmt: skip

FAULTS = ENDS + BLOCKS + LATER + FRAMES + PREFACES
