"""A response, whole and in Python's own memory. Nothing in it needs to be closed.

It is read with one call into C and one copy of the body. The mapping of headers is made, and text
is decoded, at first use.
"""

from __future__ import annotations

import ctypes
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import _abi
from ._errors import DamError, Status
from ._links import parse_links
from ._site import Asked

_PIECE = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Headers(Mapping[str, str]):
    """Response headers. Names may be in any case. A header that came several times reads as one,
    joined by ", ".

    `get_all` returns the single values, which is the only right way for Set-Cookie.
    """

    def __init__(self, texts: list[bytes]) -> None:
        """`texts` holds names and values in turn."""
        self._values: dict[str, tuple[str, list[str]]] = {}
        for name, value in zip(map(_text, texts[::2]), map(_text, texts[1::2])):
            self._values.setdefault(name.lower(), (name, []))[1].append(value)

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._values[name.lower()][1])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._values.values())

    def __len__(self) -> int:
        return len(self._values)

    def get_all(self, name: str) -> list[str]:
        """Every value of one header, in the order received; empty if it did not come."""
        return list(self._values.get(name.lower(), ("", []))[1])

    def __repr__(self) -> str:
        return f"Headers({dict(self)})"


def _text(given: bytes) -> str:
    try:
        return given.decode("utf-8")
    except UnicodeDecodeError:
        return given.decode("latin-1")  # if it is not UTF-8, servers usually mean this


def _bytes_at(address: int, size: int) -> bytes:
    """A copy of `size` bytes, behind which there is a NUL. Text, which has none inside, is copied
    the faster way.
    """
    found: bytes = ctypes.c_char_p(address).value or b""
    return found if len(found) == size else ctypes.string_at(address, size)


#: One parameter of a Content-Type (RFC 9110, 5.6.6): its name, and its value, which may be quoted.
_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))')


def _charset(content_type: str) -> str:
    """The charset that a Content-Type names, else UTF-8."""
    for name, quoted, plain in _PARAMETER.findall(content_type):
        if name.lower() == "charset":
            return re.sub(r"\\(.)", r"\1", quoted) or plain or "utf-8"
    return "utf-8"


def pieces(wholes: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes, in pieces of at most `size`."""
    if size < 1:
        raise ValueError(f"chunk_size must be a number of bytes above 0, not {size}")
    return (whole[at : at + size] for whole in wholes for at in range(0, len(whole), size))


class Response:
    """The response of the server. It is made by `Session.request`."""

    __slots__ = (
        "_asked", "_headers", "_redirected", "_texts", "content", "generation", "replays", "status",
    )  # fmt: skip

    def __init__(self, view: _abi.dam_response_view, asked: Asked) -> None:
        """Copies what `view` borrows. `asked` is the request."""
        #: The HTTP status: 200, 404, ...
        self.status: int = view.http_status
        #: The body.
        self.content: bytes = _bytes_at(view.body, view.body_size)
        #: The generation of the session secret that the request was sent with. `Session.bind_image`
        #: needs it.
        self.generation: int = view.generation
        #: 1 if the request was sent again after a new login, else 0.
        self.replays: int = view.replays
        self._texts = _abi.header_texts(view.headers, view.header_count)
        self._headers: Headers | None = None
        self._asked = asked
        self._redirected: bytes | None = view.redirected_url

    @property
    def status_code(self) -> int:
        """`status`, by the name that it has in requests and httpx."""
        return self.status

    @property
    def reason(self) -> str:
        """The standard phrase of the status, such as "Not Found"; "" if it has none. The server's
        own is not kept, and HTTP/2 has none.
        """
        import http  # here, as few programs need it

        try:
            return http.HTTPStatus(self.status).phrase
        except ValueError:
            return ""

    @property
    def url(self) -> str:
        """The URL of the response, after redirects, without the session's secrets. Where one may be
        in the query of a redirect, that is left out.
        """
        return self._redirected.decode() if self._redirected else self._asked.url

    @property
    def links(self) -> dict[str, dict[str, str]]:
        """The links of the header Link (RFC 8288), by their relation: `links["next"]["url"]`. URLs
        are as they were sent.
        """
        return parse_links(self.headers.get("Link", ""))

    @property
    def headers(self) -> Headers:
        """The response headers, without cookies that hold the session's secrets."""
        if self._headers is None:
            self._headers = Headers(self._texts)
        return self._headers

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx. A redirect that was not followed is not ok either."""
        return 200 <= self.status < 300

    @property
    def is_redirect(self) -> bool:
        """Whether this is a redirect that was not followed, as with the option `redirects` 0."""
        return self.status in _REDIRECTS and "Location" in self.headers

    @property
    def encoding(self) -> str:
        """The charset of Content-Type, else "utf-8". Another one: `content.decode("latin-1")`."""
        return _charset(self.headers.get("Content-Type", ""))

    @property
    def text(self) -> str:
        """The body as text, in the charset `encoding`, or UTF-8 if Python does not know that. Bytes
        that are not valid become U+FFFD.
        """
        return self._decoded(self.content)

    def _decoded(self, body: bytes) -> str:
        try:
            return body.decode(self.encoding, "replace")
        except (LookupError, ValueError):  # the charset is unknown to Python, or none of text
            return body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body parsed as JSON. json.JSONDecodeError, a ValueError: it is not JSON."""
        try:
            return json.loads(self.content)
        except UnicodeDecodeError as error:
            before, body = (
                part.decode(error.encoding, "replace")
                for part in (self.content[: error.start], self.content)
            )
            told = f"The body is not valid {error.encoding.upper()}"
            raise json.JSONDecodeError(told, body, len(before)) from None

    def __iter__(self) -> Iterator[bytes]:
        """The body in pieces, as a `Stream` gives it, so that the same loop serves both."""
        return self.iter_content()

    def iter_content(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The body in pieces of at most `chunk_size` bytes. It is in memory already: a large one is
        for `Session.stream` or `Session.download`.
        """
        return pieces((self.content,), _PIECE if chunk_size is None else chunk_size)

    def iter_lines(self) -> Iterator[str]:
        """The lines of `text`, without their ends."""
        return iter(self.text.splitlines())

    def raise_for_status(self) -> Response:
        """Raises HTTPStatusError unless `ok`. Returns the response itself, so that calls can be
        chained.
        """
        if not self.ok:
            raise self._failure()
        return self

    def _failure(self) -> HTTPStatusError:
        from ._detail import MOST_OF_A_BODY, detail

        wait = self.headers.get("Retry-After", "")
        said = detail(
            self._asked,
            self.headers.get("Content-Type", ""),
            self.content,
            self._decoded(self.content[:MOST_OF_A_BODY]),
        )
        return HTTPStatusError(
            Status.OK,
            self.status,
            int(wait) if wait.isdecimal() else None,
            f"the server answered {self.status} to {self._asked.name}" + (said and f": {said}"),
            self,
            said,
        )

    if not TYPE_CHECKING:  # a type checker would take any name for one that is here

        def __getattr__(self, name: str) -> Any:
            from ._missing import RESPONSE, absent

            return absent(self, name, RESPONSE)

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.content)} bytes>"


class HTTPStatusError(DamError):
    """The response is no success. Only `Response.raise_for_status` raises this: the exchange itself
    went well (`status` is 0). Its text ends with the server's own words, if there are any: cut, and
    without what may be a secret.
    """

    def __init__(
        self,
        status: int,
        http_status: int | None,
        retry_after: int | None,
        message: str,
        response: Response | None = None,
        detail: str = "",
    ) -> None:
        """`response` is the response that is no success; `detail`, the server's words."""
        super().__init__(status, http_status, retry_after, message)
        self.response: Response | None = response
        self.detail: str = detail
