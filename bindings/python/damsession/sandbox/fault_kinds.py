"""All faults in one table: the name, the arguments, and what the fault does.

A fault happens either before a request is handled (the server does not do the work) or after it
(the server has done the work, but the client does not learn the outcome). The difference matters to
every client that rotates cookies. Which requests a fault applies to, and how often, is in `faults`.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from .exchange import HTML, JSON, TEXT, Response
from .pages import login_page, maintenance_page

BEFORE = "before"
AFTER = "after"
DELAY = "delay"
EXPIRE = "expire"

Arguments = dict[str, Any]


@dataclass(frozen=True)
class FaultKind:
    """One row of the table. The defaults also define which arguments exist, and their types."""

    name: str
    stage: str
    help: str
    arguments: Mapping[str, Any]
    before: Callable[[Arguments], Response] | None = None
    after: Callable[[Arguments, Response], None] | None = None


def _reset(arguments: Arguments) -> Response:
    return Response(0, delivery="reset")


def _garbage(arguments: Arguments) -> Response:
    text: str = arguments["text"]
    return Response(0, text.encode("utf-8"), delivery="garbage")


def _status(arguments: Arguments) -> Response:
    body: str = arguments["body"]
    headers = dict(arguments["headers"])
    kind = headers.pop("Content-Type", TEXT)
    return Response(arguments["status"], body.encode("utf-8"), kind, list(headers.items()))


def _response(arguments: Arguments) -> Response:
    text, encoded = arguments["body"], arguments["base64"]
    body = b64decode(encoded) if encoded else text.encode("utf-8")
    headers = [(name, value) for name, value in arguments["headers"]]
    return Response(arguments["status"], body, None, headers, delivery="exact")


def _retry_after(arguments: Arguments) -> Response:
    headers = [("Retry-After", str(arguments["seconds"]))]
    return Response(arguments["status"], b"Try again later\n", TEXT, headers)


def _truncate(arguments: Arguments, response: Response) -> None:
    response.delivery = "truncate"


def _stall(arguments: Arguments, response: Response) -> None:
    response.delivery = "stall"


def _drop(arguments: Arguments, response: Response) -> None:
    response.delivery = "reset"


def _empty_body(arguments: Arguments, response: Response) -> None:
    response.body = b""
    response.stream = None


def _cut_body(arguments: Arguments, response: Response) -> None:
    _hold(response)
    response.body = response.body[: len(response.body) // 2]


def _maintenance_page(arguments: Arguments, response: Response) -> None:
    _put_page(response, arguments["status"], maintenance_page())


def _login_page(arguments: Arguments, response: Response) -> None:
    _put_page(response, arguments["status"], login_page("/login", "Please log in."))


def _huge_header(arguments: Arguments, response: Response) -> None:
    response.headers.append(("X-Sandbox-Huge", "x" * arguments["size"]))


def _latin1_header(arguments: Arguments, response: Response) -> None:
    _hold(response)
    response.headers.insert(0, ("X-Sandbox-Place", "Troms\u00f8"))
    response.delivery = "exact"


def _cookie_bomb(arguments: Arguments, response: Response) -> None:
    response.headers += _junk("bomb", arguments)


def _junk_cookies(arguments: Arguments, response: Response) -> None:
    response.headers[:0] = _junk("junk", arguments)


def _large_cookie(arguments: Arguments, response: Response) -> None:
    response.headers = [
        (name, _padded(value, arguments["size"]) if name == "Set-Cookie" else value)
        for name, value in response.headers
    ]


def _invalid_utf8(arguments: Arguments, response: Response) -> None:
    response.stream = None
    html = ("Content-Type", HTML) in response.headers
    response.body = (
        b"<html>\xff\xfe\xc3</html>" if html else b'{"status":"ok","data":"\xff\xfe\xc3"}'
    )


def _hold(response: Response) -> None:
    """Replaces a slice, which is made while it is sent, by its bytes."""
    if response.stream is not None:
        response.body, response.stream = response.stream.read(), None


def _put_page(response: Response, status: int, page: bytes) -> None:
    response.status, response.body, response.stream = status, page, None
    response.headers = [one for one in response.headers if one[0] != "Content-Type"]
    response.headers.append(("Content-Type", HTML))


def _junk(word: str, arguments: Arguments) -> list[tuple[str, str]]:
    return [
        ("Set-Cookie", f"{word}{number}={'b' * arguments['size']}; path=/")
        for number in range(arguments["lines"])
    ]


def _padded(line: str, size: int) -> str:
    pair, semicolon, attributes = line.partition(";")
    name, _, value = pair.partition("=")
    if value == "deleted":
        return line
    return f"{name}={value.ljust(size, 'x')}{semicolon}{attributes}"


TABLE: dict[str, FaultKind] = {
    kind.name: kind
    for kind in (
        FaultKind(
            "reset", BEFORE, "resets the TCP connection before any response", {}, before=_reset
        ),
        FaultKind(
            "garbage",
            BEFORE,
            "sends bytes that are not HTTP, and closes the connection",
            {"text": "\x00\x01 this is not HTTP\r\n\r\n"},
            before=_garbage,
        ),
        FaultKind(
            "status",
            BEFORE,
            "sends a response with any status, headers and body",
            {"status": 500, "headers": {"Content-Type": JSON}, "body": ""},
            before=_status,
        ),
        FaultKind(
            "answer",
            BEFORE,
            "sends exactly this response: headers as [name, value] pairs in order, in Latin-1; only"
            " Content-Length is added; the body is a text, or bytes in base64",
            {"status": 200, "headers": [], "body": "", "base64": ""},
            before=_response,
        ),
        FaultKind(
            "retry-after",
            BEFORE,
            "sends a response with Retry-After",
            {"status": 503, "seconds": 1},
            before=_retry_after,
        ),
        FaultKind(DELAY, BEFORE, "waits before the request is handled", {"seconds": 1.0}),
        FaultKind(
            EXPIRE,
            BEFORE,
            "first ends the session, device token, access token or refresh token of the request",
            {},
        ),
        FaultKind(
            "truncate",
            AFTER,
            "sends the whole Content-Length and half of the body",
            {},
            after=_truncate,
        ),
        FaultKind(
            "stall",
            AFTER,
            "sends half of the body and waits for the client to close",
            {},
            after=_stall,
        ),
        FaultKind(
            "drop-after-processing",
            AFTER,
            "does the work, cookie rotation included, and resets the connection without a response",
            {},
            after=_drop,
        ),
        FaultKind(
            "empty-body", AFTER, "sends the real head without the body", {}, after=_empty_body
        ),
        FaultKind(
            "cut-body", AFTER, "sends half of the body as if it were whole", {}, after=_cut_body
        ),
        FaultKind(
            "maintenance-page",
            AFTER,
            "replaces the body by an HTML page without a password field; keeps the cookies",
            {"status": 200},
            after=_maintenance_page,
        ),
        FaultKind(
            "login-page",
            AFTER,
            "replaces the body by an HTML page with a password field; keeps the cookies",
            {"status": 200},
            after=_login_page,
        ),
        FaultKind(
            "huge-header", AFTER, "adds a very long header", {"size": 102_400}, after=_huge_header
        ),
        FaultKind(
            "latin1-header",
            AFTER,
            "adds a header that is not valid UTF-8",
            {},
            after=_latin1_header,
        ),
        FaultKind(
            "cookie-bomb",
            AFTER,
            "adds many Set-Cookie lines",
            {"lines": 200, "size": 40},
            after=_cookie_bomb,
        ),
        FaultKind(
            "junk-cookies",
            AFTER,
            "adds meaningless Set-Cookie lines before those of the response",
            {"lines": 16, "size": 8},
            after=_junk_cookies,
        ),
        FaultKind(
            "large-cookie",
            AFTER,
            "pads the value of every cookie that the response sets to `size` characters",
            {"size": 20_000},
            after=_large_cookie,
        ),
        FaultKind(
            "invalid-utf8",
            AFTER,
            "replaces the body by one that is not valid UTF-8",
            {},
            after=_invalid_utf8,
        ),
    )
}
