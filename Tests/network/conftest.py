"""What every test here uses: nginx in front of a sandbox and httpbin, started once, and sessions
that are closed again.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from certificates import Certificates
from nginx import Entry, Nginx
from processes import Server, free_ports

import damsession
from damsession.sandbox import Sandbox


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Of this run. Its path is short: those of Unix sockets must be."""
    with tempfile.TemporaryDirectory(prefix="dam-") as path:
        yield Path(path)


@pytest.fixture(scope="session")
def certificates(folder: Path) -> Certificates:
    return Certificates(folder)


@pytest.fixture(scope="session")
def httpbin_port(folder: Path) -> Iterator[int]:
    port = free_ports(1)[0]
    program = str(Path(__file__).with_name("httpbin_process.py"))
    with Server([sys.executable, "-W", "ignore", program, str(port)], folder / "httpbin.out", port):
        yield port


@pytest.fixture(scope="session")
def nginx(
    folder: Path, certificates: Certificates, httpbin_port: int, dam_sandbox_process: Sandbox
) -> Iterator[Nginx]:
    behind: dict[str, object] = {
        "sandbox": urlsplit(dam_sandbox_process.photoshelter).port,
        "fotoweb": urlsplit(dam_sandbox_process.fotoweb).port,
        "sandbox_ca": dam_sandbox_process.ca_file,
        "httpbin": httpbin_port,
    }
    with Nginx(folder, certificates, behind) as nginx:
        yield nginx


class Site:
    """nginx as one test sees it."""

    def __init__(self, nginx: Nginx, sandbox: Sandbox) -> None:
        self._nginx = nginx
        self._opened: list[damsession.Session] = []
        self.sandbox = sandbox
        self.certificates = nginx.certificates
        self.ports = nginx.ports
        self.url = f"https://localhost:{nginx.ports.main}"
        self.ipv4_url = f"https://127.0.0.1:{nginx.ports.main}"
        self.ipv6_url = f"https://[::1]:{nginx.ports.main}"
        self.other_url = (
            f"https://localhost:{nginx.ports.other}"  #: another origin, which logs what it is sent
        )
        self.mtls_url = f"https://localhost:{nginx.ports.mutual}"  #: wants a client certificate
        self.misnamed_url = (
            f"https://localhost:{nginx.ports.misnamed}"  #: has a certificate for another name
        )
        self.expired_url = (
            f"https://localhost:{nginx.ports.expired}"  #: has a certificate of last week
        )
        self.plain_url = f"http://localhost:{nginx.ports.plain}"
        self.unix_socket = nginx.unix_socket
        self.ca_file = nginx.certificates.ca_file
        #: What is below /files/, /member/ (with a session) and /gzip/. A request with "X-Custom:
        #: slow" gets it slowly.
        self.files = nginx.files
        self.sink = nginx.sink  #: where PUT /sink/NAME (with a session) puts things
        self._begin = len(nginx.log())

    @property
    def access_log(self) -> list[Entry]:
        """Every request of this test that is over, at any port of nginx, in order."""
        return self._nginx.log()[self._begin :]

    def at(self, port: int) -> list[Entry]:
        """Those at one port."""
        return [entry for entry in self.access_log if entry["port"] == str(port)]

    def session(self, **options: Any) -> damsession.Session:
        """A session at `url` with the usual options; keywords go before them. Closed after the
        test.
        """
        usual = {
            "system": "photoshelter",
            "url": self.url,
            "user": "solo@example.com",
            "password": "solo-password",
            "api_key": self.sandbox.api_key,
            "store": "memory",
            "ca_file": self.ca_file,
        }
        session = damsession.open(**{**usual, **options})
        self._opened.append(session)
        return session

    def fotoweb(self, **options: Any) -> damsession.Session:
        """The same for FotoWeb."""
        usual = {"system": "fotoweb", "user": "ada", "password": "ada-password", "api_key": None}
        return self.session(**{**usual, **options})

    def password(self, user: str) -> str:
        """That of a PhotoShelter user."""
        return str(self.sandbox.accounts["photoshelter"][user]["password"])

    def close(self) -> None:
        for session in self._opened:
            # Sessions of one identity share their memory: the next test begins without.
            session.forget()
            session.close()
        for place in (self.files, self.sink):
            for path in place.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture
def site(nginx: Nginx, dam_sandbox: Sandbox) -> Iterator[Site]:
    made = Site(nginx, dam_sandbox)
    yield made
    made.close()


#: Writes a file of so many bytes below /files/ and the like; returns them.
Publish = Callable[[str, int], bytes]


@pytest.fixture
def publish(site: Site) -> Publish:
    def write(name: str, size: int) -> bytes:
        content = (b"%09d\n" * (size // 10 + 1)) % tuple(range(size // 10 + 1))
        (site.files / name).write_bytes(content[:size])
        return content[:size]

    return write
