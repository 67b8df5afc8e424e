"""Accepts connections on loopback, one thread for each: the common part of servers on sockets."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Acceptor:
    """A context manager, which ends all connections. A server says in `_serve` what becomes of
    one.
    """

    def __init__(self) -> None:
        self._acceptor = threading.Thread(target=self._accept)
        self._threads: list[threading.Thread] = []
        # Each a second way to a connection, which works in any state of TLS.
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        for one in self._sockets:
            with contextlib.suppress(OSError):  # the client has gone
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for one in [self._listener, *self._sockets]:
            one.close()

    @property
    def count(self) -> int:
        """Connections so far."""
        return len(self._sockets)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was shut down
            while True:
                plain, _ = self._listener.accept()
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets.append(plain.dup())
                self._threads.append(threading.Thread(target=self._serve, args=(plain,)))
                self._threads[-1].start()

    def _serve(self, plain: socket.socket) -> None:
        raise NotImplementedError
