"""`Session.stream`: a response whose body a blocking program reads piece by piece, as fast as it
takes it.

Each stream has a `dam_loop` of its own, which runs while the program waits for the next piece.
There is no thread, and no more than a quarter of a MiB is read ahead. Other requests of the session
may be sent meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ._handle import SessionHandle
from ._incoming import Incoming
from ._loop import Loop, Transfer
from ._request import StreamOptions, build
from ._response import Headers, Response, pieces
from ._site import Asked, Site


class BaseStream:
    """What both kinds of stream know about their response. RuntimeError: it is used before `with`,
    or its pieces after it.
    """

    _incoming: Incoming | None = None
    _is_open = False  # whether it is inside of `with`

    @property
    def response(self) -> Response | None:
        """The response; None before its head is here. Its `content` is empty if the body is
        streamed (2xx), else the whole body.
        """
        return None if self._incoming is None else self._incoming.response

    @property
    def _arrived(self) -> Response:
        response = self.response
        if response is None:
            raise _outside()
        return response

    @property
    def _arriving(self) -> Incoming:
        if self._incoming is None or not self._is_open:
            raise _outside()
        return self._incoming

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._arrived.status

    @property
    def status_code(self) -> int:
        """`status`, by the name that it has in requests and httpx."""
        return self._arrived.status

    @property
    def reason(self) -> str:
        """`Response.reason`."""
        return self._arrived.reason

    @property
    def url(self) -> str:
        """`Response.url`."""
        return self._arrived.url

    @property
    def links(self) -> dict[str, dict[str, str]]:
        """`Response.links`."""
        return self._arrived.links

    @property
    def headers(self) -> Headers:
        """The response headers."""
        return self._arrived.headers

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return self._arrived.ok

    @property
    def is_redirect(self) -> bool:
        """`Response.is_redirect`."""
        return self._arrived.is_redirect

    @property
    def encoding(self) -> str:
        """`Response.encoding`."""
        return self._arrived.encoding

    @property
    def _whole(self) -> Response:
        response = self._arrived
        if response.ok:
            raise RuntimeError("the body of a success is streamed: iterate over it, or call read()")
        return response

    @property
    def content(self) -> bytes:
        """`Response.content` of a response other than 2xx. RuntimeError: the body is streamed."""
        return self._whole.content

    @property
    def text(self) -> str:
        """`Response.text` of a response other than 2xx. RuntimeError: the body is streamed."""
        return self._whole.text

    def json(self) -> Any:
        """`Response.json` of a response other than 2xx. RuntimeError: the body is streamed."""
        return self._whole.json()

    @property
    def generation(self) -> int:
        """`Response.generation`."""
        return self._arrived.generation


def _outside() -> RuntimeError:
    return RuntimeError("a stream is used inside of its `with`")


class Stream(BaseStream):
    """The body of a 2xx response, in pieces. `with` waits for the response's head; leaving it ends
    the transfer.

        with session.stream("GET", "mem/image/I1/download") as response:
            for piece in response.raise_for_status():
                ...

    A response other than 2xx has no pieces: its body is in `content`, `text` and `json()`. One
    thread at a time may use a stream.
    """

    def __init__(
        self, handle: SessionHandle, site: Site, method: str, path: str, options: StreamOptions
    ) -> None:
        self._handle, self._site = handle, site
        self._method, self._path, self._options = method, path, options

    def __enter__(self) -> Stream:
        from concurrent.futures import Future  # imported here, because it takes long

        self._loop = Loop()
        transfer = Transfer(Future())
        try:
            request = build(self._method, self._path, keep=transfer.keep, **self._options)
            transfer.asked = Asked(self._site, self._method, request.path)
            self._incoming = Incoming(transfer, request, lambda: None)
            self._loop.submit(transfer, self._handle, "dam_loop_request", request)
            while not self._incoming.ready:
                self._loop.run()
            if transfer.over.done() and self._incoming.empty:
                transfer.over.result()  # raises what went wrong
        except BaseException:
            self._loop.free()
            raise
        self._is_open = True
        return self

    def __exit__(self, *_: object) -> None:
        self._is_open = False
        if self._incoming is not None:
            self._incoming.drop()
        self._loop.free()

    def raise_for_status(self) -> Stream:
        """As `Response.raise_for_status`."""
        self._arrived.raise_for_status()
        return self

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        incoming = self._arriving
        while incoming.empty:
            if incoming.transfer.over.done():
                incoming.transfer.over.result()
                raise StopIteration
            self._loop.run()
        piece = incoming.pop()
        if incoming.wants_more():
            self._loop.resume(incoming.transfer)
        return piece

    def iter_content(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """The pieces, none of them longer than `chunk_size` bytes."""
        return iter(self) if chunk_size is None else pieces(self, chunk_size)

    def read(self) -> bytes:
        """The rest of the body, in memory. It raises the transfer's error if the body broke off."""
        return b"".join(self)

    if not TYPE_CHECKING:  # a type checker would take any name for one that is here

        def __getattr__(self, name: str) -> Any:
            from ._missing import STREAM, absent

            return absent(self, name, STREAM)
