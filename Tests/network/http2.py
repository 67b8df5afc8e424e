"""An HTTP/2 server that does what no server should: a test decides, frame by frame, about each
request.

It uses TLS on loopback and one thread for each connection. It does not speak HTTP/1.1.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import NamedTuple

import h2.config
import h2.connection
import h2.errors
import h2.events
from acceptor import Acceptor


class Request(NamedTuple):
    """What came, and how to answer it: `connection` has h2's methods, and is flushed afterwards."""

    path: str
    cookie: str
    connection: h2.connection.H2Connection
    stream: int

    def answer(self, status: int, *fields: tuple[str, str], body: bytes = b"ok") -> None:
        """The ordinary way."""
        self.connection.send_headers(self.stream, [(":status", str(status)), *fields])
        self.connection.send_data(self.stream, body, end_stream=True)

    def refuse(self, error: h2.errors.ErrorCodes) -> None:
        """By a frame, instead of a response."""
        self.connection.reset_stream(self.stream, error)


class HTTP2(Acceptor):
    """A context manager. `script` is called for every request, on threads of the server, one at
    a time.
    """

    def __init__(self, certificate: str, script: Callable[[Request], None]) -> None:
        super().__init__()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(f"{certificate}.pem")
        self._tls.set_alpn_protocols(["h2"])
        self._script, self._lock = script, threading.Lock()
        self.url = f"https://localhost:{self.port}"
        self.resumed: list[
            bool
        ] = []  #: of every connection, whether it went on with the TLS session of another one

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError):  # the client has gone
            with self._tls.wrap_socket(plain, server_side=True) as secure:
                self.resumed.append(bool(secure.session_reused))
                self._talk(secure)

    def _talk(self, secure: ssl.SSLSocket) -> None:
        settings = h2.config.H2Configuration(client_side=False, header_encoding="utf-8")
        connection = h2.connection.H2Connection(settings)
        connection.initiate_connection()
        secure.sendall(connection.data_to_send())
        heads: dict[int, dict[str, str]] = {}
        while data := secure.recv(65536):
            for event in connection.receive_data(data):
                if isinstance(event, h2.events.RequestReceived):
                    heads[event.stream_id] = dict(event.headers)
                if isinstance(event, h2.events.StreamEnded):
                    head = heads.pop(event.stream_id)
                    with self._lock:
                        self._script(
                            Request(
                                head[":path"], head.get("cookie", ""), connection, event.stream_id
                            )
                        )
            secure.sendall(connection.data_to_send())
