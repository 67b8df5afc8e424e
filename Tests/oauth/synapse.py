"""Synapse, a Matrix server in Python, as a process behind its token endpoint (synapse_door.py).

Its refresh tokens are good for one use, with grace: the old one works until somebody has used what
it was exchanged for. So whoever lost an answer may ask once more. Of a family it keeps what may
still be needed, which this reads; what it was asked, and when, is in its log.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import itertools
import re
import secrets
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests
import synapse_conf
from common import ROOT
from issuer import Issuer, answer, query, usual
from processes import Server

_PYTHON = ROOT / ".build" / "synapse" / "bin" / "python"
#: Seconds that it may take to start, since it makes its tables first.
_START = 120.0
_ASKED = re.compile(r'^(\S+) .* (\d+) "POST /_matrix/client/v3/(login|refresh) ')

#: As Synapse looks a refresh token up: what it was exchanged for, and whether that was used.
_ALIVE = """
    SELECT count(*) FROM refresh_tokens one
    LEFT JOIN refresh_tokens next ON one.next_token_id = next.id
    LEFT JOIN access_tokens used ON used.refresh_token_id = next.id
    WHERE next.next_token_id IS NULL AND NOT coalesce(used.used, 0) AND
"""


class Synapse(Issuer):
    """A context manager."""

    name = "Synapse"
    path = "whoami"
    forgives = True

    def __init__(self, port: int, own_port: int) -> None:
        super().__init__()
        self.port = port
        self._url = f"http://127.0.0.1:{own_port}"
        self._secret = secrets.token_hex(16)
        self._people = itertools.count(1)
        self._stack = contextlib.ExitStack()
        with contextlib.ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dam-")))
            stack.enter_context(self._started(own_port))
            door = str(Path(__file__).with_name("synapse_door.py"))
            command = [sys.executable, door, str(port), str(own_port)]
            stack.enter_context(Server(command, self._folder / "door.out", port))
            self._stack = stack.pop_all()

    def _started(self, port: int) -> Server:
        assert _PYTHON.exists(), f"{_PYTHON} is missing: `make test-one T=oauth` installs Synapse"
        file = synapse_conf.write(self._folder, port, self._secret)
        command = [str(_PYTHON), "-m", "synapse.app.homeserver", "-c", str(file)]
        return Server(command, self._folder / "homeserver.out", port, _START)

    def __enter__(self) -> Synapse:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def options(self, **more: Any) -> dict[str, Any]:
        return usual(
            **{
                "port": self.port,
                "client_id": "desk",
                "authorize_path": "/authorize",
                "token_path": "/token",
                "api_path": "/_matrix/client/v3/account/",
                **more,
            }
        )

    def consent(self, url: str) -> str:
        """Another person each time, since Synapse gives each a login token a minute."""
        with requests.Session() as browser:
            browser.trust_env = False
            token = self._register(browser, f"person{next(self._people)}")
            given = answer(
                browser.post(
                    f"{self._url}/_matrix/client/v1/login/get_token",
                    json={},
                    headers={"Authorization": f"Bearer {token}"},
                )
            )
        asked = query(url)
        told = urlencode({"code": given["login_token"], "state": asked["state"]})
        return f"{asked['redirect_uri']}?{told}"

    def _register(self, browser: requests.Session, name: str) -> str:
        """By the secret of the site's administrator; the access token of the new person."""
        place = f"{self._url}/_synapse/admin/v1/register"
        nonce = answer(browser.get(place))["nonce"]
        password = secrets.token_hex(16)
        proof = "\0".join([nonce, name, password, "notadmin"]).encode()
        person = {
            "nonce": nonce,
            "username": name,
            "password": password,
            "mac": hmac.new(self._secret.encode(), proof, hashlib.sha1).hexdigest(),
        }
        return str(answer(browser.post(place, json=person))["access_token"])

    def takes(self, refresh_token: str) -> bool:
        return self._count(f"{_ALIVE} one.token = ?", refresh_token) == 1

    def alive(self, refresh_token: str) -> int:
        device = "(SELECT device_id FROM refresh_tokens WHERE token = ?)"
        return self._count(f"{_ALIVE} one.device_id = {device}", refresh_token)

    def _count(self, what: str, refresh_token: str) -> int:
        path = self._folder / "homeserver.db"
        with contextlib.closing(
            sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
        ) as database:
            ((count,),) = database.execute(what, (refresh_token,))
        return int(count)

    def issues(self) -> list[float]:
        return [moment for moment, status, _ in self._asked() if status == 200]

    def refusals(self) -> int:
        return sum(status != 200 for _, status, what in self._asked() if what == "refresh")

    def _asked(self) -> list[tuple[float, int, str]]:
        """Each login and renewal that Synapse has answered: when, how, and which."""
        lines = (self._folder / "access.log").read_text("utf-8", "replace").splitlines()
        found = [match for line in lines if (match := _ASKED.match(line))]
        return [(float(moment), int(status), what) for moment, status, what in map(_parts, found)]


def _parts(match: re.Match[str]) -> tuple[str, str, str]:
    return match[1], match[2], match[3]
