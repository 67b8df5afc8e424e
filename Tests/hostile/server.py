"""The fault server: one row at one port, on raw sockets. It is well until it is armed, and again
when it is disarmed.

Three more listen beside it: the other origin, which responds to every request and keeps every byte
of it; a server that never responds; and a proxy. play.py judges.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from certificates import Certificates
from http1 import Http1
from http2 import Http2
from stages import STAGES
from steps import SILENCE, WELL, Row, Step
from well import REQUESTS, Site
from wire import Gone, Later, Player, Wire


class Raw(Player):
    """Before there is any protocol."""

    def encode(self, step: Step) -> bytes:
        assert isinstance(step, bytes)
        return step

    def answer_well(self) -> None:
        """To let it go on is all there is to say."""


class FaultServer:
    """A context manager: all its connections are over when it is."""

    def __init__(self, row: Row, certificates: Certificates) -> None:
        self._row = row
        self._stage = STAGES[row.place.stage]
        self._left = row.times
        self._later = Later()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._context = self._bad_context = self._other_context = None
        if row.place.protocol != "http":
            self._context = _context(certificates, "good", row.place.protocol)
            self._bad_context = _context(certificates, row.handshake, row.place.protocol)
            self._other_context = _context(certificates, "good", "https")
        scheme = "http" if self._context is None else "https"
        serves = (
            self._serve,
            self._serve_other,
            self._serve_silent,
            self._serve_other,
            self._serve_proxy,
        )
        ports = [self._listen(serve) for serve in serves]
        self.proxy = f"http://localhost:{ports[4]}"
        self.url = f"{scheme}://localhost:{ports[0]}"
        places = {"ORIGIN": self.url, "OTHER": f"{scheme}://localhost:{ports[1]}"}
        places |= {
            "SILENT": f"{scheme}://localhost:{ports[2]}",
            "PLAIN": f"http://localhost:{ports[3]}",
        }
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            places["CLOSED"] = f"{scheme}://localhost:{nobody.getsockname()[1]}"
        self.site = Site(row.place.system, self._stage.kind, places)

    # ---- Connections -----------------------------------------------------------------------------

    def _listen(self, serve: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._start(self._accept, listener, serve)
        port: int = listener.getsockname()[1]
        return port

    def _start(
        self, function: Callable[..., None], connection: socket.socket, *more: object
    ) -> None:
        with self._lock:
            self._sockets.append(connection)
            self._threads.append(
                threading.Thread(target=function, args=(connection, *more), daemon=True)
            )
            self._threads[-1].start()

    def _accept(self, listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start(self._guard, connection, serve)

    def _guard(self, connection: socket.socket, serve: Callable[[socket.socket], None]) -> None:
        try:
            serve(connection)
        except (Gone, OSError):
            pass
        finally:
            connection.close()

    def _serve(self, connection: socket.socket) -> None:
        if (steps := self._strike("accept", True)) is not None:
            Raw(Wire(connection), self._later).play_all(steps)
        if self._context is None:
            return Http1(Wire(connection), self._later, self.site, self._strike).serve()
        connection.settimeout(60)
        context = (
            self._bad_context
            if self.site.is_armed and self._bad_context is not None
            else self._context
        )
        with context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=True) as secure:
            speaks = Http2 if secure.selected_alpn_protocol() == "h2" else Http1
            speaks(Wire(secure), self._later, self.site, self._strike).serve()

    def _serve_other(self, connection: socket.socket) -> None:
        if self._other_context is not None and connection.recv(1, socket.MSG_PEEK) == b"\x16":
            connection = self._other_context.wrap_socket(connection, server_side=True)
        self.site.foreign.append(connection.recv(65_536))
        connection.sendall(
            self.site.fill(self._row.foreign.decode("latin-1"), None).encode("latin-1")
        )
        connection.close()

    def _serve_proxy(self, connection: socket.socket) -> None:
        """The way leads nowhere else than here."""
        wire = Wire(connection)
        while b"\r\n\r\n" not in wire.heard:
            wire.heard += wire.hear()
        self.site.foreign.append(wire.heard)
        if (steps := self._strike("way", True)) is not None:
            Raw(wire, self._later).play_all(steps)
            if WELL not in steps:
                wire.end(SILENCE)
        else:
            wire.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._serve(connection)

    def _serve_silent(self, connection: socket.socket) -> None:
        while connection.recv(65_536):
            pass

    # ---- The fault -------------------------------------------------------------------------------

    def arm(self) -> None:
        self.site.is_armed = True

    def disarm(self) -> None:
        self.site.is_armed = False
        self._later.comes()

    def _strike(self, kind: str, is_early: bool) -> tuple[Step, ...] | None:
        """The steps for a request of this kind; None: the server is well."""
        with self._lock:
            if (
                not self.site.is_armed
                or not self._meets(kind)
                or (kind in REQUESTS and is_early != self._row.early)
            ):
                return None
            if self._left is not None:
                if self._left == 0:
                    return None
                self._left -= 1
            return self._row.steps

    def _meets(self, kind: str) -> bool:
        if self._stage.kind == "any":
            return kind in REQUESTS
        return kind == self._stage.kind or (
            self._stage.kind == "others" and kind in REQUESTS and kind != "login"
        )

    def __enter__(self) -> FaultServer:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            sockets, threads = self._sockets[:], self._threads[:]
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in threads:
            thread.join(5)


def _context(certificates: Certificates, handshake: str, protocol: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    name = handshake if handshake in ("misnamed", "expired", "stranger") else "good"
    context.load_cert_chain(f"{getattr(certificates, name)}.pem")
    context.set_alpn_protocols(["h2", "http/1.1"] if protocol == "h2" else ["http/1.1"])
    if handshake == "old":
        context.minimum_version, context.maximum_version = (
            ssl.TLSVersion.TLSv1,
            ssl.TLSVersion.TLSv1_1,
        )
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context
