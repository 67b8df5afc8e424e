"""Every fault, in one table: its name, its arguments and what it does.

A fault strikes either before a request is handled (the server never sees it)
or after (the server did the work, the client does not learn the outcome). The
difference matters to every client that rotates cookies. What a fault strikes,
and how often, stands in `faults`.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from .exchange import HTML, JSON, TEXT, Answer
from .pages import login_page, maintenance_page

BEFORE = "before"
AFTER = "after"
DELAY = "delay"
EXPIRE = "expire"

Arguments = dict[str, Any]


@dataclass(frozen=True)
class FaultKind:
    """One row of the table. The defaults also say which arguments there are."""

    name: str
    stage: str
    help: str
    arguments: Mapping[str, Any]
    before: Callable[[Arguments], Answer] | None = None
    after: Callable[[Arguments, Answer], None] | None = None


def _reset(arguments: Arguments) -> Answer:
    return Answer(0, delivery="reset")


def _garbage(arguments: Arguments) -> Answer:
    text: str = arguments["text"]
    return Answer(0, text.encode("utf-8"), delivery="garbage")


def _status(arguments: Arguments) -> Answer:
    body: str = arguments["body"]
    headers = dict(arguments["headers"])
    kind = headers.pop("Content-Type", TEXT)
    return Answer(arguments["status"], body.encode("utf-8"), kind, list(headers.items()))


def _answer(arguments: Arguments) -> Answer:
    text, encoded = arguments["body"], arguments["base64"]
    body = b64decode(encoded) if encoded else text.encode("utf-8")
    headers = [(name, value) for name, value in arguments["headers"]]
    return Answer(arguments["status"], body, None, headers, delivery="exact")


def _retry_after(arguments: Arguments) -> Answer:
    headers = [("Retry-After", str(arguments["seconds"]))]
    return Answer(arguments["status"], b"Try again later\n", TEXT, headers)


def _truncate(arguments: Arguments, answer: Answer) -> None:
    answer.delivery = "truncate"


def _stall(arguments: Arguments, answer: Answer) -> None:
    answer.delivery = "stall"


def _drop(arguments: Arguments, answer: Answer) -> None:
    answer.delivery = "reset"


def _empty_body(arguments: Arguments, answer: Answer) -> None:
    answer.body = b""
    answer.stream = None


def _cut_body(arguments: Arguments, answer: Answer) -> None:
    _hold(answer)
    answer.body = answer.body[: len(answer.body) // 2]


def _maintenance_page(arguments: Arguments, answer: Answer) -> None:
    _put_page(answer, arguments["status"], maintenance_page())


def _login_page(arguments: Arguments, answer: Answer) -> None:
    _put_page(answer, arguments["status"], login_page("/login", "Please log in."))


def _huge_header(arguments: Arguments, answer: Answer) -> None:
    answer.headers.append(("X-Sandbox-Huge", "x" * arguments["size"]))


def _latin1_header(arguments: Arguments, answer: Answer) -> None:
    _hold(answer)
    answer.headers.insert(0, ("X-Sandbox-Place", "Troms\u00f8"))
    answer.delivery = "exact"


def _cookie_bomb(arguments: Arguments, answer: Answer) -> None:
    answer.headers += _junk("bomb", arguments)


def _junk_cookies(arguments: Arguments, answer: Answer) -> None:
    answer.headers[:0] = _junk("junk", arguments)


def _large_cookie(arguments: Arguments, answer: Answer) -> None:
    answer.headers = [
        (name, _padded(value, arguments["size"]) if name == "Set-Cookie" else value)
        for name, value in answer.headers
    ]


def _invalid_utf8(arguments: Arguments, answer: Answer) -> None:
    answer.stream = None
    html = ("Content-Type", HTML) in answer.headers
    answer.body = b"<html>\xff\xfe\xc3</html>" if html else b'{"status":"ok","data":"\xff\xfe\xc3"}'


def _hold(answer: Answer) -> None:
    """Bytes in place of a slice that is made while it is sent."""
    if answer.stream is not None:
        answer.body, answer.stream = answer.stream.read(), None


def _put_page(answer: Answer, status: int, page: bytes) -> None:
    answer.status, answer.body, answer.stream = status, page, None
    answer.headers = [one for one in answer.headers if one[0] != "Content-Type"]
    answer.headers.append(("Content-Type", HTML))


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
        FaultKind("reset", BEFORE, "TCP reset before any answer", {}, before=_reset),
        FaultKind(
            "garbage",
            BEFORE,
            "bytes that are not HTTP, then the end",
            {"text": "\x00\x01 this is not HTTP\r\n\r\n"},
            before=_garbage,
        ),
        FaultKind(
            "status",
            BEFORE,
            "any status, headers and body",
            {"status": 500, "headers": {"Content-Type": JSON}, "body": ""},
            before=_status,
        ),
        FaultKind(
            "answer",
            BEFORE,
            "exactly this: headers as [name, value] pairs in order, a character a byte, nothing"
            " added but Content-Length; the body as text, or its bytes in base64",
            {"status": 200, "headers": [], "body": "", "base64": ""},
            before=_answer,
        ),
        FaultKind(
            "retry-after",
            BEFORE,
            "a Retry-After answer",
            {"status": 503, "seconds": 1},
            before=_retry_after,
        ),
        FaultKind(DELAY, BEFORE, "waits before it handles the request", {"seconds": 1.0}),
        FaultKind(
            EXPIRE, BEFORE, "ends the session or device token that the request comes with", {}
        ),
        FaultKind("truncate", AFTER, "declares the length, closes half-way", {}, after=_truncate),
        FaultKind("stall", AFTER, "stops half-way until the client goes away", {}, after=_stall),
        FaultKind(
            "drop-after-processing",
            AFTER,
            "does the work, rotation included, then resets without an answer",
            {},
            after=_drop,
        ),
        FaultKind("empty-body", AFTER, "the real head, no body", {}, after=_empty_body),
        FaultKind("cut-body", AFTER, "half of the body, as if it were whole", {}, after=_cut_body),
        FaultKind(
            "maintenance-page",
            AFTER,
            "an HTML page without a password field for a body; cookies stay",
            {"status": 200},
            after=_maintenance_page,
        ),
        FaultKind(
            "login-page",
            AFTER,
            "an HTML page with a password field for a body; cookies stay",
            {"status": 200},
            after=_login_page,
        ),
        FaultKind(
            "huge-header", AFTER, "one very long header more", {"size": 102_400}, after=_huge_header
        ),
        FaultKind(
            "latin1-header",
            AFTER,
            "one header more with a byte that is no UTF-8",
            {},
            after=_latin1_header,
        ),
        FaultKind(
            "cookie-bomb",
            AFTER,
            "many Set-Cookie lines more",
            {"lines": 200, "size": 40},
            after=_cookie_bomb,
        ),
        FaultKind(
            "junk-cookies",
            AFTER,
            "Set-Cookie lines of no meaning before the answer's own",
            {"lines": 16, "size": 8},
            after=_junk_cookies,
        ),
        FaultKind(
            "large-cookie",
            AFTER,
            "pads every cookie that is set to this many characters",
            {"size": 20_000},
            after=_large_cookie,
        ),
        FaultKind("invalid-utf8", AFTER, "a body that is not UTF-8", {}, after=_invalid_utf8),
    )
}
