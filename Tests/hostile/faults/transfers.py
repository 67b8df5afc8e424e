"""Files in both directions: downloads that are another file or another part of it, and uploads that
the server does not read.
"""

from __future__ import annotations

from steps import CLOSE, RESET, SILENCE, Endless, Fault, Repeat
from well import BROKEN_AT, FILE

SIZE, FIRST = len(FILE), BROKEN_AT
SYSTEMS = "{0}/token/http {0}/cookie/http {0}/device-token/http"


def _response(status: int, lines: bytes, length: int, body: bytes = b"") -> tuple[bytes, ...]:
    head = b"HTTP/1.1 %d Said\r\n@SET@Content-Type: image/tiff\r\n" % status + lines
    return (head + b"Content-Length: %d\r\n\r\n" % length, body or b"x" * length)


def _range(
    name: str, value: bytes, length: int, ends: str = "PROTOCOL", tag: bytes = b'ETag: "v1"\r\n'
) -> Fault:
    said = _response(
        206, b"Content-Range: " + value + b"\r\n" + tag, length, FILE[FIRST : FIRST + length]
    )
    return Fault(
        f"resumed-{name}", SYSTEMS.format("resume"), (*said, CLOSE), ends, {"adopts": None}
    )


REST = SIZE - FIRST

DOWNLOADS = [
    Fault("download-cut", f"{SYSTEMS.format('download')} download/token/https",
          (*_response(200, b'ETag: "v1"\r\n', SIZE, b"x" * 9), CLOSE), "TRANSFER", {"adopts": True}),
    Fault("download-reset", SYSTEMS.format("download"), (*_response(200, b"", SIZE, b"x" * 90_000), RESET), "TRANSFER",
          {"adopts": None}),
    Fault("download-silent", SYSTEMS.format("download"),
          (*_response(200, b"", SIZE, b"x" * 90_000), SILENCE), "TIMEOUT",
          {"adopts": None}),
    Fault("download-206", SYSTEMS.format("download"), _response(206, b"Content-Range: bytes 5-9/300000\r\n", 5),
          "PROTOCOL", {"adopts": None}),
    Fault("download-204", SYSTEMS.format("download"), (b"HTTP/1.1 204 No Content\r\n@SET@\r\n",),
          "204|PROTOCOL|TRANSFER",
          {"adopts": None, "is_another_file": True, "for_shell": False}),
    Fault("download-404", SYSTEMS.format("download"), _response(404, b"", 9), "404"),
    Fault("download-416", SYSTEMS.format("download"), _response(416, b"", 9), "416"),
    Fault("download-2^63-1", SYSTEMS.format("download"), (*_response(200, b"", 2**63 - 1, b"x" * 90_000), CLOSE),
          "TRANSFER|TOO_LARGE|STORE", {"adopts": None}),
    Fault("download-2^64", SYSTEMS.format("download"), (*_response(200, b"", 2**64, b"x" * 90_000), CLOSE),
          "TRANSFER|TOO_LARGE|PROTOCOL", {"adopts": None}),
    Fault("download-chunk-cut", SYSTEMS.format("download"),
          (b"HTTP/1.1 200 OK\r\n@SET@Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 0x4000 + b"\r\n", CLOSE),
          "TRANSFER", {"adopts": None}),
    Fault("download-tag-two-lines", "download/token/http",
          (*_response(200, b'ETag: "v1"\r\n continued: x\r\n', SIZE, b"x" * 9), CLOSE), "TRANSFER"),
    Fault("download-tag-of-90-KiB", "download/token/http",
          (*_response(200, b'ETag: "' + b"v" * 90_000 + b'"\r\n', SIZE, b"x" * 9), CLOSE), "TRANSFER"),
    Fault("download-tag-of-8-bits", "download/token/http",
          (*_response(200, b'ETag: "\xff\xfe\x80"\r\n', SIZE, b"x" * 9), CLOSE), "TRANSFER"),
    Fault("download-tag-odd", "download/token/http",
          (*_response(200, b'ETag: "v1\rX-Planted: planted"\r\n', SIZE, b"x" * 9), CLOSE), "TRANSFER"),
    _range("elsewhere", b"bytes 5-9/300000", 5),
    _range("at-0", b"bytes 0-299999/300000", SIZE),
    _range("without-words", b"", REST),
    _range("in-lines", b"lines 100000-299999/300000", REST),
    _range("negative", b"bytes -100000-299999/300000", REST),
    _range("2^64", b"bytes 18446744073709551616-18446744073709551617/18446744073709551618", 2),
    _range("total-2^63", b"bytes 100000-9223372036854775807/9223372036854775808", REST, "PROTOCOL|TRANSFER"),
    _range("total-smaller", b"bytes 100000-100009/50", 10, "PROTOCOL|TRANSFER"),
    _range("total-larger", b"bytes 100000-100009/300000", 10, "PROTOCOL|TRANSFER"),
    _range("of-another-version", b"bytes 100000-299999/300000", REST, "PROTOCOL", b'ETag: "v2"\r\n'),
    _range("of-a-weak-version", b"bytes 100000-299999/300000", REST, "PROTOCOL", b'ETag: W/"v1"\r\n'),
    Fault("resumed-2^63-1", SYSTEMS.format("resume"),
          (*_response(206, b'ETag: "v1"\r\nContent-Range: bytes 100000-299999/*\r\n', 2**63 - 1, b"x" * 90_000), CLOSE),
          "TRANSFER|PROTOCOL|TOO_LARGE", {"adopts": None}),
    Fault("resumed-in-parts", SYSTEMS.format("resume"),
          (b"HTTP/1.1 206 Parts\r\n@SET@Content-Type: multipart/byteranges; boundary=b"
            b"\r\nContent-Length: 5\r\n\r\n--b--",), "PROTOCOL", {"adopts": None}),
    Fault("resumed-416", SYSTEMS.format("resume"), _response(416, b"Content-Range: bytes */5\r\n", 9), "416"),
    Fault("resumed-416-once", SYSTEMS.format("resume"), _response(416, b"Content-Range: bytes */5\r\n", 9), "200",
          {"times": 1, "adopts": None}),
    Fault("resumed-404", SYSTEMS.format("resume"), _response(404, b"", 9), "404"),
    Fault("resumed-cut", SYSTEMS.format("resume"),
          (*_response(206, b'ETag: "v1"\r\nContent-Range: bytes 100000-299999/300000\r\n', REST,
                    FILE[FIRST : FIRST + 100]), CLOSE), "TRANSFER", {"adopts": None}),
    Fault("resumed-from-the-start-cut", SYSTEMS.format("resume"),
          (*_response(200, b'ETag: "v2"\r\n', SIZE, b"x" * 9), CLOSE), "TRANSFER", {"adopts": None}),
    Fault("resumed-reset", SYSTEMS.format("resume"), (RESET,), "TRANSFER"),
    Fault("resumed-page", "resume/token/http resume/device-token/http",
          (b"HTTP/1.1 500 No\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nbusy",), "SERVER"),
]  # fmt: skip

SAID = b"Content-Length: 2\r\n\r\nno"
EARLY = {"early": True, "adopts": None}

UPLOADS = [
    # A response while the body is still on its way, and then the end: the reset may overtake the
    # response.
    Fault("upload-413-early", SYSTEMS.format("upload"),
          (b"HTTP/1.1 413 Large\r\n@SET@Connection: close\r\n" + SAID, CLOSE), "413|TRANSFER", EARLY),
    Fault("upload-500-early", SYSTEMS.format("upload"),
          (b"HTTP/1.1 500 No\r\n@SET@Connection: close\r\n" + SAID, CLOSE), "SERVER|TRANSFER", EARLY),
    Fault("upload-200-early", SYSTEMS.format("upload"),
          (b"HTTP/1.1 200 OK\r\n@SET@Connection: close\r\n" + SAID, CLOSE), "200|TRANSFER", EARLY),
    Fault("upload-429-early", SYSTEMS.format("upload"),
          (b"HTTP/1.1 429 Wait\r\nRetry-After: 9\r\nConnection: close\r\n" + SAID, CLOSE), "THROTTLED|TRANSFER", EARLY),
    Fault("upload-401-early", "upload/device-token/http", (b"HTTP/1.1 401 No\r\nConnection: close\r\n" + SAID, CLOSE),
          "401|TRANSFER", EARLY),
    Fault("upload-302-early", "upload/token/http",
          (b"HTTP/1.1 302 Go\r\nLocation: ?x\r\nConnection: close\r\n" + SAID, CLOSE), "PROTOCOL|TRANSFER|200", EARLY),
    Fault("upload-reset-early", SYSTEMS.format("upload"), (RESET,), "TRANSFER", EARLY),
    Fault("upload-closed-early", SYSTEMS.format("upload"), (CLOSE,), "TRANSFER", EARLY),
    Fault("upload-silent-early", "upload/token/http", (SILENCE,), "TIMEOUT", EARLY),
    Fault("upload-interim-early", "upload/token/http upload/cookie/http", (b"HTTP/1.1 100 Continue\r\n\r\n" * 3, CLOSE),
          "TRANSFER", EARLY),
    Fault("upload-garbage-early", SYSTEMS.format("upload"), (b"planted" * 9, CLOSE), "PROTOCOL|TRANSFER", EARLY),
    Fault("upload-answered-without-end", "upload/token/http", (b"HTTP/1.1 400 No\r\n\r\n", Endless(b"x" * 65_536)),
          "TOO_LARGE|TRANSFER", {"options": {"response-limit": "1M"}, "for_shell": False, **EARLY}),
    Fault("upload-answered-in-advance", "connect/token/http",
          (b"HTTP/1.1 200 OK\r\n", Repeat(b"X-A: b\r\n", 50), b"\r\n", CLOSE), "PROTOCOL|TRANSFER|TOO_LARGE",
          {"during": 1}),
    Fault("post-closed-while-idle", "post/token/http post/cookie/http", (CLOSE,), "TRANSFER"),
]  # fmt: skip

FAULTS = DOWNLOADS + UPLOADS
