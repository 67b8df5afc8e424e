"""Apache with its sessions: unprivileged, with all its files in a folder of its own.

Its logs show what it was sent. They are complete when two lines match: Apache logs every request
before it responds (mod_log_forensic), and again when it has written the line of its access log.
"""

from __future__ import annotations

import base64
import hashlib
import json
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from apache_conf import Host, configuration
from certificates import Certificates
from common import wait_for
from processes import SERVERS, Server, executable

#: What Apache knew of one request; the names stand in apache_conf.py.
Entry = dict[str, str]

USERS = ("ada", "bob", "cleo", "dan", "eve", "finn")
_STARTED = "resuming normal operations"


def password(user: str) -> str:
    return f"{user}-password"


def _user(name: str) -> str:
    """A line of htpasswd's."""
    digest = hashlib.sha1(password(name).encode()).digest()
    return f"{name}@example.com:{{SHA}}{base64.b64encode(digest).decode()}\n"


class Apache:
    """A context manager. It listens, from the beginning to the end of the `with`, but for where
    it was stopped.
    """

    def __init__(self, certificates: Certificates, *hosts: Host) -> None:
        self._certificates = certificates
        self._hosts = hosts
        self._temporary = tempfile.TemporaryDirectory(prefix="dam-")
        self._folder = Path(self._temporary.name)
        self._folder.chmod(0o711)  # started by root, Apache serves as another user
        pages = self._folder / "pages" / "psapi" / "v3" / "mem"
        (pages / "user").mkdir(parents=True)
        for page in ("user/session", "gallery", "forbidden"):
            (pages / page).write_text('{"status":"ok","data":{"Session":{}}}')
        (self._folder / "users").write_text("".join(_user(name) for name in USERS))
        self._server: Server | None = None
        try:
            self.start()
        except BaseException:  # nobody gets this object, and so nobody ends it
            self._end()
            raise

    def __enter__(self) -> Apache:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._server is not None:
            self._server.stop()
        self._temporary.cleanup()

    def options(self, port: int, user: str = "ada", **more: Any) -> dict[str, Any]:
        """Those of a session of PhotoShelter's at one of the hosts."""
        return {
            "system": "photoshelter",
            "url": f"https://127.0.0.1:{port}",
            "user": f"{user}@example.com",
            "password": password(user),
            "api_key": "which Apache does not look at",
            "ca_file": self._certificates.ca_file,
            **more,
        }

    def accepts(self, port: int, cookie: str) -> bool:
        """Asks with curl. The response changes nothing: the cookie stays as old as it is."""
        url, trust = (
            f"https://127.0.0.1:{port}/psapi/v3/mem/user/session",
            self._certificates.ca_file,
        )
        command = [
            "curl",
            "-s",
            "--cacert",
            trust,
            "-H",
            "@-",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            url,
        ]
        done = subprocess.run(
            command, input=f"Cookie: {cookie}\n".encode(), capture_output=True, check=True
        )
        assert done.stdout in (b"200", b"401")
        return done.stdout == b"200"

    def start(self) -> None:
        libraries = next((SERVERS / "usr" / "lib").glob("*-linux-gnu"))
        command = [
            "env",
            f"LD_LIBRARY_PATH={libraries}",
            executable("usr/sbin/apache2"),
            "-DFOREGROUND",
        ]
        with self._starting():
            self._server = Server(
                [*command, "-f", str(self._folder / "httpd.conf")],
                self._folder / "apache.out",
                self._hosts[0].port,
            )

    def stop(self) -> None:
        """Nothing listens any more."""
        assert self._server is not None
        self._server.stop()
        self._server = None

    def restart(self, *hosts: Host) -> None:
        """Goes on with other hosts at the same ports; no connection outlives it, no new one is
        refused.
        """
        self._hosts = hosts
        assert self._server is not None
        with self._starting():
            self._server.signal(signal.SIGHUP)

    @contextmanager
    def _starting(self) -> Iterator[None]:
        """Apache listens before it is ready, and takes the configuration anew after it was told
        to.
        """
        self._configure()
        before = self._starts()
        yield
        wait_for(lambda: self._starts() > before)

    def _starts(self) -> int:
        """How often Apache became ready. It listens some time before it opens its log."""
        log = self._folder / "error.log"
        return log.read_text("utf-8", "replace").count(_STARTED) if log.exists() else 0

    def _configure(self) -> None:
        modules = SERVERS / "usr" / "lib" / "apache2" / "modules"
        text = configuration(
            self._hosts,
            folder=self._folder,
            modules=str(modules),
            certificate=self._certificates.good,
        )
        (self._folder / "httpd.conf").write_text(text)

    def arrived(self) -> list[Entry]:
        """Every request so far, answered or not, in order: method, path, port and cookie."""
        return [_arrival(mark) for mark in self._marks() if mark[0] == "+"]

    def log(self) -> list[Entry]:
        """Every request so far, in order, once all of them are answered and noted.

        Ask when the connections are closed: of one with HTTP/2 that stays open, Apache notes the
        last responses seconds later.
        """
        arrived: list[str] = []

        def is_complete() -> bool:
            marks = self._marks()
            arrived[:] = [mark[1:].partition("|")[0] for mark in marks if mark[0] == "+"]
            return set(arrived) == {mark[1:] for mark in marks if mark[0] == "-"}

        wait_for(is_complete)
        entries = [
            json.loads(line)
            for line in (self._folder / "access.log").read_text("utf-8").splitlines()
        ]
        return sorted(entries, key=lambda entry: arrived.index(entry["id"]))

    def _marks(self) -> list[str]:
        return (self._folder / "forensic.log").read_text("latin-1").splitlines()


def _arrival(mark: str) -> Entry:
    """A line of mod_log_forensic's: "+id|GET /path HTTP/1.1|Name:value|..."."""
    _, request, *rest = (unquote(field) for field in mark.split("|"))
    headers = {name.lower(): value for name, _, value in (field.partition(":") for field in rest)}
    method, target, _ = request.split(" ")
    port = headers["host"].rpartition(":")[2]
    return {"method": method, "path": target, "port": port, "cookie": headers.get("cookie", "-")}


def logins(entries: Iterable[Entry]) -> int:
    """How many logins were tried."""
    return sum(entry["path"].endswith("/mem/authenticate") for entry in entries)


def value(header: str) -> str:
    """Of the one cookie in a `Cookie` or `Set-Cookie` header."""
    return header.partition("=")[2].partition(";")[0]


def handed_on(entries: Iterable[Entry]) -> bool:
    """Whether each response brought a cookie of its own, and each but the last one's was sent
    once.
    """
    known = list(entries)
    sent = [value(entry["cookie"]) for entry in known if entry["cookie"] != "-"]
    brought = {value(entry["new_cookie"]) for entry in known}
    return (
        len(brought) == len(known)
        and len(sent) == len(set(sent)) == len(known) - 1
        and set(sent) < brought
    )
