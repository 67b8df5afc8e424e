"""nginx in front of a sandbox and of httpbin: one process, unprivileged, with all its files in a
folder of its own.

Its access log shows what it was sent. To know that the log is complete, this sends a marker and
waits until that is in the log.
"""

from __future__ import annotations

import http.client
import json
import ssl
from itertools import count
from pathlib import Path

from certificates import Certificates
from common import wait_for
from nginx_conf import Ports, configuration
from processes import Server, executable, free_ports

#: What nginx knew of one request; the names stand in nginx_conf.py.
Entry = dict[str, str]

_TRIES = 5


class Nginx:
    """A context manager. `behind`: the ports of what is behind it, and whom to trust there."""

    def __init__(self, folder: Path, certificates: Certificates, behind: dict[str, object]) -> None:
        self.folder = folder
        self.certificates = certificates
        self.files = folder / "files"
        self.sink = folder / "sink"
        self.unix_socket = folder / "unix"
        for each in (self.files, self.sink):
            each.mkdir()
        self._behind = behind
        self._markers = count()
        self._tls = ssl.create_default_context(cafile=certificates.ca_file)
        self._log = folder / "access.log"
        self._server = self._start()

    def _start(self) -> Server:
        tries = _TRIES
        while True:
            self.ports = Ports(*free_ports(len(Ports._fields)))
            try:
                return self._start_at(self.ports)
            except RuntimeError as error:  # another program may have taken a port meanwhile
                tries -= 1
                if tries == 0 or "Address already in use" not in str(error):
                    raise

    def _start_at(self, ports: Ports) -> Server:
        self.unix_socket.unlink(missing_ok=True)
        path = self.folder / "nginx.conf"
        text = configuration(
            ports,
            folder=self.folder,
            files=self.files,
            sink=self.sink,
            unix_socket=self.unix_socket,
            good=self.certificates.good,
            other_certificate=self.certificates.other,
            misnamed_certificate=self.certificates.misnamed,
            expired_certificate=self.certificates.expired,
            client_ca=self.certificates.client_ca_file,
            **self._behind,
        )
        path.write_text(text, "utf-8")
        command = [
            executable("usr/sbin/nginx"),
            "-p",
            str(self.folder),
            "-e",
            "stderr",
            "-c",
            str(path),
        ]
        return Server(command, self.folder / "nginx.out", ports.main)

    def __enter__(self) -> Nginx:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def log(self) -> list[Entry]:
        """Every request that was over by now, in order, markers left out."""
        marker = f"/marker?{next(self._markers)}"
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.ports.main, context=self._tls, timeout=30
        )
        try:
            connection.request("GET", marker)
            connection.getresponse().read()
        finally:
            connection.close()
        entries: list[Entry] = []

        def is_complete() -> bool:
            # The last line may be on its way.
            whole, _, _ = self._log.read_text("utf-8").rpartition("\n")
            entries[:] = [json.loads(line) for line in whole.splitlines()]
            return any(entry["uri"] == marker for entry in entries)

        wait_for(is_complete)
        return [entry for entry in entries if not entry["uri"].startswith("/marker?")]
