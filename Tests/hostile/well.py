"""The responses of the server while it is well: both systems in their simplest form, and a list of
all requests.

It knows no connections; http1.py and http2.py send its responses. Cookies and tokens that it has
issued stay valid, so that a test sees which one a client uses. A request without any of them is
refused.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import secrets
import threading
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

PASSWORD, KEY, SITE_SECRET = "pass+word/%41 Zäh", "key-0123456789", "site-secret-0123456789"
COOKIE = "SSphotoshelter_com_mem"
FILE = b"".join(b"%09d\n" % number for number in range(30_000))
TAG = '"v1"'
BROKEN_AT = 100_000

PHOTOSHELTER = ("cookie", "token", "token-in-url")
API = {True: "/psapi/v3/", False: "/fotoweb/fwbin/fotoweb_isapi.dll/ArchiveAgent/"}

_ENDINGS = {
    "mem/authenticate": "login",
    "mem/organization/O1/authenticate": "organization",
    "mem/authenticate/logout": "logout",
    "mem/user/session": "keepalive",
    "/upload": "upload",
    "/download": "download",
    "/target": "target",
    "Login.fwx": "login",
    "Information": "keepalive",
}

#: Kinds of requests; a connection has other stages before there is one.
REQUESTS = {*_ENDINGS.values(), "request"}


class Request(NamedTuple):
    """A request as it arrived."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)


class Reply(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    cut: int | None = None  #: only so much of the body, and then the connection ends


class Heard(NamedTuple):
    """A request, and whether the fault lasted when it came."""

    kind: str
    request: Request
    is_armed: bool


class Site:
    """One server for one row. `others`: what @ORIGIN@ and the like stand for."""

    def __init__(self, system: str, met: str, places: dict[str, str]) -> None:
        self.system = system
        self.is_photoshelter = system in PHOTOSHELTER
        self.path = API[self.is_photoshelter]
        self.is_armed = False
        self.heard: list[Heard] = []
        self.foreign: list[bytes] = []  #: what the other origin was sent
        self.issued: list[str] = []
        self.issued_in_fault: list[str] = []  #: of these, what a fault said
        self._replied: tuple[Request, Reply] | None = (
            None  #: the proper response that a fault takes its parts from
        )
        self._met = met
        self._places = places
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    # ---- What is asked ---------------------------------------------------------------------------

    def kind(self, request: Request) -> str:
        path = urlsplit(request.target).path
        kind = next((kind for ending, kind in _ENDINGS.items() if path.endswith(ending)), "request")
        # FotoWeb's methods 1 and 3 log in by asking for something small.
        asks = self.system == "query" and self._met in ("login", "accept")
        return "login" if kind == "keepalive" and (asks or "lt" in request.query) else kind

    def hear(self, request: Request) -> str:
        kind = self.kind(request)
        with self._lock:
            self.heard.append(Heard(kind, request, self.is_armed))
        return kind

    def logins(self, is_armed: bool) -> int:
        """How many logins were tried, while the fault lasted or after it."""
        return sum(
            1 for one in self.heard if self.is_login(one.request) and one.is_armed == is_armed
        )

    def is_login(self, request: Request) -> bool:
        return self.kind(request) == "login" or (
            self.system == "query" and "/Information" in request.target
        )

    # ---- What is said ----------------------------------------------------------------------------

    def answer(self, request: Request) -> Reply:
        kind = self.kind(request)
        if kind == "login":
            return self._login(request)
        if not self._proves(request):
            return self._error(401, "SessionRequiredErr")
        path = urlsplit(request.target).path
        if path.endswith("/forbidden"):
            return Reply(403, [("Content-Type", "text/plain"), *self._set(request)], b"not for you")
        if path.endswith("/moved"):
            target = request.target.replace("/moved", "/target")
            return Reply(302, [("Location", target), *self._set(request)], b"")
        if kind == "download":
            return self._file(request)
        return self._data({"echo": request.target, "size": len(request.body)}, request)

    def _login(self, request: Request) -> Reply:
        if self.system == "query":
            return (
                self._data({"echo": request.target}, request)
                if self._proves(request)
                else self._error(401, "")
            )
        form = parse_qs(request.body.decode("ascii", "replace"))
        if "lt" not in request.query and PASSWORD not in form.get("password", []) + form.get(
            "p", []
        ):
            return self._error(401, "AuthInvalidPasswordErr")
        token = self.issue()
        if not self.is_photoshelter:
            return Reply(
                200,
                [("Content-Type", "text/xml"), ("Set-Cookie", f"FWSession={token}; Path=/")],
                b"<ok/>",
            )
        data: dict[str, object] = {"org": [{"id": "O1", "name": "One", "member": "t"}]}
        if self.system != "cookie":
            data["token"] = token
        return Reply(200, [("Content-Type", "application/json"), *self._cookies(token)], _ok(data))

    def _data(self, data: dict[str, object], request: Request) -> Reply:
        if self.is_photoshelter:
            return Reply(
                200, [("Content-Type", "application/json"), *self._set(request)], _ok(data)
            )
        return Reply(
            200, [("Content-Type", "text/xml")], f"<echo>{json.dumps(data)}</echo>".encode()
        )

    def _file(self, request: Request) -> Reply:
        headers = [("Content-Type", "image/tiff"), ("ETag", TAG), *self._set(request)]
        if request.header("x-break"):
            return Reply(200, headers, FILE, cut=BROKEN_AT)
        first = re.fullmatch(r"bytes=(\d+)-", request.header("range"))
        if first and request.header("if-range") == TAG:
            start = int(first.group(1))
            headers.append(("Content-Range", f"bytes {start}-{len(FILE) - 1}/{len(FILE)}"))
            return Reply(206, headers, FILE[start:])
        return Reply(200, headers, FILE)

    def _error(self, status: int, name: str) -> Reply:
        body = {"status": "error", "error": {"class": name, "message": "no"}}
        return Reply(status, [("Content-Type", "application/json")], json.dumps(body).encode())

    # ---- Secrets ---------------------------------------------------------------------------------

    def issue(self) -> str:
        """A new cookie or token; it is good from now on."""
        with self._lock:
            token = f"live{next(self._numbers)}-{secrets.token_hex(16)}"
            self.issued.append(token)
            return token

    def carried(self, request: Request) -> str:
        """The session's secret in a request; "" for none."""
        if self.system == "token":
            return request.header("x-ps-auth-token")
        if self.system == "token-in-url":
            return "".join(request.query.get("auth_token", []))
        name = COOKIE if self.is_photoshelter else "FWSession"
        found = re.search(rf"(?:^|; ){name}=([^;]*)", request.header("cookie"))
        return found.group(1).strip('"') if found else ""

    def _proves(self, request: Request) -> bool:
        if self.system == "query":
            return PASSWORD in request.query.get("p", [])
        has_key = not self.is_photoshelter or request.header("x-ps-api-key") == KEY
        return has_key and self.carried(request) in self.issued

    def _set(self, request: Request) -> list[tuple[str, str]]:
        """The rotated cookie of an ordinary response."""
        return (
            [("Set-Cookie", f"{COOKIE}={self.issue()}; path=/")] if self.system == "cookie" else []
        )

    def _cookies(self, token: str) -> list[tuple[str, str]]:
        """Those of a login, in the order on record: a deletion goes before the live one of the
        same name.
        """
        gone = f"{COOKIE}=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; path=/"
        live = [
            ("Set-Cookie", gone),
            ("Set-Cookie", f"{COOKIE}={token}; path=/"),
            ("Set-Cookie", "acs=companion; path=/"),
        ]
        return live if self.system == "cookie" else live[:1]

    # ---- What a fault says -----------------------------------------------------------------------

    def fill(self, text: str, request: Request | None) -> str:
        """Puts in what the words in @ stand for, spelled as they say: "@PASSWORD:double@"."""
        if "@" not in text:
            return text
        words = {"PASSWORD": PASSWORD, "KEY": KEY, **self._places}
        if request is not None:
            words |= {"SENT": self.carried(request), "TARGET": request.target}
        if "@LIVE@" in text:
            words["LIVE"] = self.issue()
        if request is not None and re.search("@(SET|BODY|LENGTH)@", text):
            if self._replied is None or self._replied[0] is not request:
                self._replied = request, self.answer(request)
            reply = self._replied[1]
            words["SET"] = "".join(
                f"{name}: {value}\r\n" for name, value in reply.headers if name == "Set-Cookie"
            )
            words |= {"BODY": reply.body.decode(), "LENGTH": str(len(reply.body))}
        filled = re.sub(
            "@([A-Z]+)(?::([a-z0-9]+))?@",
            lambda found: _bytes(SPELLINGS[found[2]](words[found[1]])),
            text,
        )
        self.issued_in_fault += [
            token for token in self.issued if token in filled and token != words.get("SENT")
        ]
        return filled


def _bytes(text: str) -> str:
    """Steps are bytes, each in a character of its own."""
    return text.encode().decode("latin-1")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


#: How a server may spell a secret that it knows, so that nobody finds it in a URL.
SPELLINGS: dict[str | None, Callable[[str], str]] = {
    None: str,
    "percent": lambda text: quote(text, safe=""),
    "plus": lambda text: quote_plus(text),
    "slash": lambda text: quote(text, safe="/+"),
    "lower": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    "every": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "double": lambda text: quote(quote(text, safe=""), safe=""),
    "triple": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "base64": lambda text: quote(_base64(text), safe=""),
    "bare64": lambda text: _base64(text).rstrip("="),
    "url64": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
}


def _ok(data: dict[str, object]) -> bytes:
    return json.dumps({"status": "ok", "data": data}).encode()
