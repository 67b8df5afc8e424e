"""Plays one row: a server, a client, the fault, and what must be true of both afterwards.

The order is always the same: the requests before, the fault, the next request to the server that is
well again, and one more after the session was opened anew from its store. The client's report alone
is not enough: logins, and the cookies and tokens that a client sends, are counted at the server.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_plus

from certificates import Certificates
from clients import Client, Said, environment
from server import FaultServer
from stages import STAGES
from steps import Row
from well import FILE, KEY, PASSWORD, PHOTOSHELTER, SITE_SECRET, Request, Site

#: How long anything may take that is not the fault itself.
PATIENCE = 60.0

#: What an operation asks for, below the API's path: of PhotoShelter, of FotoWeb.
PATHS = {
    "get": ("mem/gallery/echo", "Search"),
    "head": ("mem/gallery/echo", "Search"),
    "stream": ("mem/gallery/echo", "Search"),
    "post": ("mem/gallery/echo", "Search"),
    "redirected": ("mem/gallery/moved", "moved"),
    "forbidden": ("mem/gallery/forbidden", "forbidden"),
    "upload": ("mem/image/upload", "upload"),
    "broken": ("mem/image/I1/download", "download"),
    "download": ("mem/image/I1/download", "download"),
    "resume": ("mem/image/I1/download", "download"),
}
_GETS = ("redirected", "forbidden")


@dataclass
class Outcome:
    """What came of a row with one client; `wrong` is empty where all is well."""

    row: Row
    client: str
    said: Said = Said("none", 0, 0, "", 0.0)
    during: int = 0
    after: int = 0
    grown: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Play:
    """One row and one client."""

    def __init__(
        self, row: Row, client: str, server: FaultServer, process: Client, folder: Path
    ) -> None:
        self._row = row
        self._stage = STAGES[row.place.stage]
        self._server = server
        self._site: Site = server.site
        self._process = process
        self._folder = folder
        self._asked = 0
        self.outcome = Outcome(row, client)

    def run(self) -> Outcome:
        for operation in ("open", *self._stage.before):
            said = self._do(operation, PATIENCE)
            self._check(
                said.end == ("TRANSFER" if operation == "broken" else "200"),
                f"before, {operation}: {said}",
            )
        self._process.mark()
        self._server.arm()
        for _ in range(self._row.repeat):
            said = self.outcome.said = self._do(self._stage.operation, self._row.seconds + 20)
            self._judge_end(said)
        self.outcome.grown = self._process.grown()
        self._server.disarm()
        self._judge_fault(said)
        if said.status not in ("HANG", "CRASH"):
            self._go_on()
        self._judge_requests()
        return self.outcome

    # ---- The client ------------------------------------------------------------------------------

    def _do(self, operation: str, patience: float) -> Said:
        self._asked += 1
        path = ""
        if operation in PATHS:
            mark = "" if "download" in PATHS[operation][0] else f"?n={self._asked}"
            path = PATHS[operation][self._row.place.system not in PHOTOSHELTER] + mark
        return self._process.do("get" if operation in _GETS else operation, path, patience)

    def _go_on(self) -> None:
        """The server is well again; so must be the session."""
        row = self._row
        for operation in self._stage.after:
            said = self._do(operation, PATIENCE)
            if operation == "get" and said.end in row.then - {"200"}:
                insists = self._do("insist", PATIENCE)
                self._check(insists.end == "200", f"insisting on a login: {insists}")
                said = self._do("get", PATIENCE)
            elif operation == "get":
                self._check(said.end in row.then, f"the next request: {said}")
            self._check_well(operation, said)
        self.outcome.after = self._site.logins(is_armed=False) - (1 if self._stage.before else 0)
        carried = next(filter(None, map(self._site.carried, self._after_fault())), "")
        if row.adopts is not None and self._site.issued_in_fault:
            adopted = carried in self._site.issued_in_fault
            self._check(
                adopted == row.adopts,
                f"the cookie of the fault was {'' if adopted else 'not '}adopted",
            )
        right = self.outcome.after <= 1 if row.after is None else self.outcome.after == row.after
        self._check(right, f"{self.outcome.after} logins afterwards, not {row.after}")
        self._do("open", PATIENCE)
        said = self._do("get", PATIENCE)
        self._check_well("get", said)
        again = self._site.logins(is_armed=False) - (1 if self._stage.before else 0)
        self._check(
            again == self.outcome.after,
            "the stored session was not good enough for the next program",
        )

    def _after_fault(self) -> list[Request]:
        heard = self._site.heard
        last = max((index for index, one in enumerate(heard) if one.is_armed), default=-1)
        return [one.request for one in heard[last + 1 :]]

    def _check_well(self, operation: str, said: Said) -> None:
        if operation == "resume":
            content = self._folder / "file"
            self._check(said.end in ("200", "206"), f"going on with the download: {said}")
            self._check(
                content.exists() and content.read_bytes() == FILE, "the file is not the server's"
            )
        else:
            self._check(
                said.end == "200" and f"n={self._asked}" in said.text,
                f"a response that is not its own: {said}",
            )

    # ---- Judgement -------------------------------------------------------------------------------

    def _check(self, holds: bool, complaint: str) -> None:
        if not holds:
            self.outcome.wrong.append(complaint)

    def _judge_end(self, said: Said) -> None:
        row = self._row
        ends = " or ".join(sorted(row.ends))
        self._check(said.end in row.ends, f"ended with {said.end}, not {ends}: {said.text[:300]}")
        self._check(said.seconds <= row.seconds, f"took {said.seconds:.1f} s of {row.seconds}")

    def _judge_fault(self, said: Said) -> None:
        row = self._row
        self._check(
            self.outcome.grown <= row.memory,
            f"grew by {self.outcome.grown:.1f} MiB of {row.memory}",
        )
        self.outcome.during = self._site.logins(is_armed=True)
        self._check(
            self.outcome.during <= row.during,
            f"{self.outcome.during} logins meanwhile, not {row.during}",
        )
        if said.status != "OK":
            leaks = [secret for secret in self._secrets() if secret in said.text]
            self._check(not leaks, f"the message holds a secret: {said.text}")
            self._check(
                said.text.isprintable(), f"the message holds control characters: {said.text!r}"
            )
        if self._stage.kind == "download":
            file = self._folder / "file"
            is_whole = not file.exists() or row.is_another_file or file.read_bytes() == FILE
            self._check(
                is_whole if said.status == "OK" else not file.exists(),
                f"there is a file after {said.end}",
            )

    def _judge_requests(self) -> None:
        for one in self._site.heard:
            text = f"{one.request.target} {one.request.headers}"
            self._check("planted" not in text, f"came back with what was planted: {text[:300]}")
        for data in self._site.foreign:
            leaks = [
                secret
                for secret in self._secrets()
                if any(secret in text for text in _readings(data))
            ]
            self._check(not leaks, f"another origin was sent a secret: {data[:300]!r}")

    def _secrets(self) -> list[str]:
        return [PASSWORD, KEY, SITE_SECRET, *self._site.issued]


def _readings(data: bytes) -> list[str]:
    """What somebody reads in a request who looks closely."""
    texts = [data.decode("latin-1"), data.decode("utf-8", "replace")]
    for _ in range(3):
        texts.append(unquote_plus(texts[-1]))
    for word in (
        texts[-1].replace("=", " ").replace("&", " ").replace("?", " ").replace("/", " ").split()
    ):
        try:
            texts.append(
                base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode("utf-8", "replace")
            )
            texts.append(bytes.fromhex(word).decode("utf-8", "replace"))
        except ValueError:
            pass
    return texts


def play(row: Row, client: str, command: Sequence[str], certificates: Certificates) -> Outcome:
    with (
        tempfile.TemporaryDirectory(prefix="dam-hostile-") as name,
        FaultServer(row, certificates) as server,
    ):
        folder = Path(name)
        options = {
            "system": "photoshelter" if row.place.system in PHOTOSHELTER else "fotoweb",
            "authentication": row.place.system,
            "url": server.url,
            "user": "ada@example.com",
            "password": PASSWORD,
            "store": str(folder / "store"),
            "idle-timeout": "2" if "TIMEOUT" in row.ends else "30",
            "connect-timeout": "2" if "TIMEOUT" in row.ends else "30",
            "lock-timeout": "5",
        }
        options |= {"api-key": KEY} if row.place.system in PHOTOSHELTER else {}
        if row.place.system == "login-token":
            options["encryption-secret"] = SITE_SECRET
            del options["password"]
        if row.place.protocol == "proxy":
            options["proxy"] = server.proxy
        if row.place.protocol == "http":
            options["allow-loopback-http"] = "yes"
        else:
            options |= {
                "ca-file": certificates.ca_file,
                "http": "2" if row.place.protocol == "h2" else "1.1",
            }
        options |= {**STAGES[row.place.stage].options, **row.options}
        with Client(command, environment(options), folder) as process:
            return Play(row, client, server, process, folder).run()
