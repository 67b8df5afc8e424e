"""Starts and stops the servers: ports, certificate, ready line.

They listen on loopback only, whatever the host name in the URLs. A new certificate authority, which
nobody else trusts, makes a certificate at every start. The private key stays in memory, except for
the moment in which Python's TLS reads it from a file.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Callable

import trustme
from aiohttp import web

from .accounts import API_KEY, ENCRYPTION_SECRET, described, registered
from .control import PREFIX
from .listener import Listener
from .world import World

_BACKLOG = 1024
# Large enough for the cookies of `cookie-bomb` when a client sends them back.
_HEADER_LIMIT = 1 << 17


@dataclass(frozen=True)
class Settings:
    """Where the servers listen, and how they announce it."""

    host: str = "localhost"
    photoshelter_port: int = 0
    photoshelter_http_port: int = 0
    fotoweb_port: int = 0
    fotoware_port: int = 0
    fotoware_http_port: int = 0
    ca_file: str = ""
    plain_http: bool = False
    until_eof: bool = False
    until_pid: int = 0


#: Called once, with the ready line and the folder of the servers, which ends with them.
Announce = Callable[[dict[str, Any], Path], None]


def print_line(ready: dict[str, Any], folder: Path) -> None:
    # ASCII, so that the reader's locale does not matter.
    print(json.dumps(ready), flush=True)


async def serve(settings: Settings, world: World, announce: Announce = print_line) -> None:
    """Serves until a signal, or, if so set, the end of standard input or of a process."""
    stop = asyncio.Event()
    _stop_on_signals(stop)
    if settings.until_eof:
        _stop_at_end_of_input(stop)
    if settings.until_pid:
        _stop_at_end_of_process(settings.until_pid, stop)
    with TemporaryDirectory(prefix="damsession-sandbox-") as directory:
        ca_file = Path(settings.ca_file or Path(directory, "ca.pem")).absolute()
        tls = _certificate(settings.host, ca_file)
        ports = _Ports()
        context = None if settings.plain_http else tls
        urls: dict[str, str] = {}
        try:
            for system, port in (
                (world.photoshelter, settings.photoshelter_port),
                (world.fotoweb, settings.fotoweb_port),
                (world.fotoware, settings.fotoware_port),
            ):
                listener = Listener(world, system, True, settings.host)
                number = await ports.open(listener, port, context)
                urls[system.name] = _url(context, settings.host, number)
            for system, port in (
                (world.photoshelter, settings.photoshelter_http_port),
                (world.fotoware, settings.fotoware_http_port),
            ):
                if settings.plain_http:
                    urls[f"{system.name}_http"] = urls[system.name]
                    continue
                exposed = Listener(world, system, False, settings.host)
                number = await ports.open(exposed, port, None)
                urls[f"{system.name}_http"] = _url(None, settings.host, number)
            announce(_ready(urls, ca_file), Path(directory))
            await stop.wait()
        finally:
            await ports.close()


def _ready(urls: dict[str, str], ca_file: Path) -> dict[str, Any]:
    return {
        **urls,
        "window": urls["photoshelter_http"] + PREFIX,
        "ca_file": str(ca_file),
        "api_key": API_KEY,
        "accounts": described(),
        "clients": registered(),
        "encryption_secret": ENCRYPTION_SECRET,
    }


def _url(tls: ssl.SSLContext | None, host: str, port: int) -> str:
    return f"{'http' if tls is None else 'https'}://{host}:{port}"


def _certificate(host: str, ca_file: Path) -> ssl.SSLContext:
    authority = trustme.CA()
    names = dict.fromkeys((host, "localhost", "127.0.0.1", "::1"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*names).configure_cert(context)
    authority.cert_pem.write_to_path(str(ca_file))
    return context


class _Ports:
    """The open ports of this process and the HTTP servers behind them."""

    def __init__(self) -> None:
        self._sockets: list[asyncio.AbstractServer] = []
        self._servers: list[web.Server] = []

    async def open(self, listener: Listener, port: int, tls: ssl.SSLContext | None) -> int:
        """Listens on 127.0.0.1 and, where it exists, on ::1 with the same port."""
        server = web.Server(
            listener,
            access_log=None,
            max_line_size=_HEADER_LIMIT,
            max_field_size=_HEADER_LIMIT,
        )
        self._servers.append(server)
        loop = asyncio.get_running_loop()
        first = await loop.create_server(server, "127.0.0.1", port, ssl=tls, backlog=_BACKLOG)
        self._sockets.append(first)
        number: int = first.sockets[0].getsockname()[1]
        if socket.has_ipv6:
            try:
                second = await loop.create_server(server, "::1", number, ssl=tls, backlog=_BACKLOG)
            except OSError:
                # There is no IPv6 loopback, or the port is taken there. IPv4 is enough.
                return number
            self._sockets.append(second)
        return number

    async def close(self) -> None:
        for one in self._sockets:
            one.close()
        for server in self._servers:
            await server.shutdown(timeout=0.05)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)


def _stop_at_end_of_input(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    descriptor = sys.stdin.fileno()

    def wait() -> None:
        # Not through Python's buffered reader: a daemon thread must not hold its lock at exit.
        while os.read(descriptor, 4096):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, daemon=True).start()


def _stop_at_end_of_process(pid: int, stop: asyncio.Event) -> None:
    # Readable when it has ended. It stays open as long as this process.
    asyncio.get_running_loop().add_reader(os.pidfd_open(pid), stop.set)
