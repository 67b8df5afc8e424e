"""Stands before a token endpoint and holds requests for a renewal: until the test has killed
somebody, or for ever, before the server has got them or after it has answered.

It speaks as much HTTP as libcurl and these servers do with each other: one request after the other,
with a Content-Length.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading

from acceptor import Acceptor
from common import PATIENCE
from issuer import Issuer

REQUEST, ANSWER = "request", "answer"
_RENEWAL = b"grant_type=refresh_token"


class Catch:
    """One renewal that the gate holds: its request, or the answer to it. `share` is how much of
    that goes on when it is let go; the connection is closed where it is not all.
    """

    def __init__(self, what: str, share: float) -> None:
        self.what = what
        self.share = share
        self._there, self._go, self._over = (threading.Event() for _ in range(3))

    def wait(self) -> None:
        """Returns when it is here."""
        assert self._there.wait(PATIENCE), "no renewal came"

    def go(self) -> None:
        """Lets it go on."""
        self._go.set()

    def let_go(self) -> None:
        """The same; returns when the server has done what there was to do."""
        self.go()
        assert self._over.wait(PATIENCE), "the server does not answer"

    def hold(self) -> None:
        self._there.set()
        self._go.wait(PATIENCE)

    def end(self) -> None:
        self._over.set()


class Gate(Acceptor):
    """A context manager. Leads from `port` to a server. Requests that change something there take
    turns, with those of other gates to it as well (see `Issuer.turn`).
    """

    def __init__(self, issuer: Issuer) -> None:
        super().__init__()
        self._issuer = issuer
        self._next: Catch | None = None
        self._guard = threading.Lock()

    def catch(self, what: str, share: float = 0.0) -> Catch:
        """The next renewal, whoever asks for it."""
        with self._guard:
            assert self._next is None
            self._next = Catch(what, share)
            return self._next

    def _take(self) -> Catch | None:
        with self._guard:
            taken, self._next = self._next, None
            return taken

    def _serve(self, plain: socket.socket) -> None:
        with (
            plain,
            socket.create_connection(("127.0.0.1", self._issuer.port)) as server,
            contextlib.suppress(OSError),  # the client has gone, or the test ends
        ):
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (request := _message(plain)) and self._forward(request, plain, server):
                pass
            plain.shutdown(socket.SHUT_RDWR)  # to close it is not enough: there is a duplicate

    def _forward(self, request: bytes, client: socket.socket, server: socket.socket) -> bool:
        """Whether the connection goes on."""
        catch = self._take() if _RENEWAL in request else None
        if catch is None:
            client.sendall(self._exchange(request, server))
            return True
        try:
            if catch.what == REQUEST:
                catch.hold()
                if catch.share < 1:
                    return False
            response = self._exchange(request, server)
            if catch.what == ANSWER:
                catch.hold()
            client.sendall(response[: int(len(response) * catch.share)])
            return catch.share == 1
        finally:
            catch.end()

    def _exchange(self, request: bytes, server: socket.socket) -> bytes:
        with self._issuer.turn if request.startswith(b"POST ") else contextlib.nullcontext():
            server.sendall(request)
            return _message(server)


def _message(source: socket.socket) -> bytes:
    """One request or response; b"" where there is none any more."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := source.recv(65536)):
            return b""
        data += more
    head, _, _ = data.partition(b"\r\n\r\n")
    said = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    assert b"chunked" not in head.lower()
    size = len(head) + 4 + (int(said[1]) if said else 0)
    while len(data) < size:
        if not (more := source.recv(65536)):
            return b""
        data += more
    assert len(data) == size
    return data
