"""glewlwyd, an OAuth2 server in C, as a process: set up by its REST API, with all its files in a
folder of its own.

Its refresh tokens are good for one use. Whoever sends one again gets a 400 without a body, and the
family that it belonged to is dead. All of that is in its database, which this reads: it is in
write-ahead mode, so that reading holds nobody up.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import glewlwyd_conf as conf
import requests
from issuer import Issuer, answer, query, usual
from processes import SERVERS, Server, executable


class Glewlwyd(Issuer):
    """A context manager."""

    name = "glewlwyd"
    path = "userinfo"
    forgives = False

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self._url = f"http://127.0.0.1:{port}/api"
        with contextlib.ExitStack() as stack:
            self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dam-")))
            stack.enter_context(self._started())
            self._set_up()
            self._stack = stack.pop_all()

    def __enter__(self) -> Glewlwyd:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _started(self) -> Server:
        usr = SERVERS / "usr"
        tables = usr / "share" / "dbconfig-common" / "data" / "glewlwyd" / "install" / "sqlite3"
        with contextlib.closing(sqlite3.connect(self._database)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(tables.read_text())
        file = self._folder / "glewlwyd.conf"
        file.write_text(conf.file(self.port, self._folder, usr / "lib" / "glewlwyd"))
        libraries = next((usr / "lib").glob("*-linux-gnu"))
        command = ["env", f"LD_LIBRARY_PATH={libraries}", executable("usr/bin/glewlwyd")]
        output = self._folder / "glewlwyd.out"
        return Server([*command, "-c", str(file)], output, self.port)

    def _set_up(self) -> None:
        with self._browser(conf.ADMINISTRATOR) as administrator:
            for place, what in [
                ("mod/plugin/", conf.plugin(self.port)),
                ("scope/", conf.scope()),
                *(("client/", client) for client in conf.clients()),
                ("user/", conf.user()),
            ]:
                answer(administrator.post(f"{self._url}/{place}", json=what))

    @property
    def _database(self) -> Path:
        return self._folder / "glewlwyd.db"

    def _browser(self, who: dict[str, str]) -> requests.Session:
        """Somebody who has logged in."""
        browser = requests.Session()
        browser.trust_env = False
        answer(browser.post(f"{self._url}/auth/", json=who))
        return browser

    def options(self, **more: Any) -> dict[str, Any]:
        place = f"/api/{conf.PLUGIN}"
        return usual(
            **{
                "port": self.port,
                "client_id": conf.NATIVE,
                "scope": conf.SCOPE,
                "authorize_path": f"{place}/auth",
                "token_path": f"{place}/token",
                "revoke_path": f"{place}/revoke",
                "device_path": f"{place}/device_authorization",
                "api_path": f"{place}/",
                **more,
            }
        )

    def consent(self, url: str) -> str:
        person = {"username": conf.USER, "password": conf.PASSWORD}
        with self.turn, self._browser(person) as browser:
            grant = f"{self._url}/auth/grant/{query(url)['client_id']}"
            answer(browser.put(grant, json={"scope": query(url)["scope"]}))
            # What the login page adds when the person has logged in and agreed.
            page = browser.get(f"{url}&g_continue", allow_redirects=False)
            assert page.status_code == 302, page.text
            return str(page.headers["Location"])

    def type_code(self, code: str, client: str) -> None:
        """What a person does at another machine, with the code that they were given."""
        person = {"username": conf.USER, "password": conf.PASSWORD}
        with self.turn, self._browser(person) as browser:
            grant = f"{self._url}/auth/grant/{client}"
            answer(browser.put(grant, json={"scope": conf.SCOPE}))
            page = browser.get(
                f"{self._url}/{conf.PLUGIN}/device",
                params={"code": code, "g_continue": ""},
                allow_redirects=False,
            )
            assert page.status_code == 302 and "deviceComplete" in page.headers["Location"]

    def revoke(self, token: str, client: str) -> None:
        """Ends a token of one of the programs that have a secret."""
        told = {"token": token, "client_id": client, "client_secret": conf.SECRETS[client]}
        with self._browser(conf.ADMINISTRATOR) as browser:
            answer(browser.post(f"{self._url}/{conf.PLUGIN}/revoke", data=told))

    def takes(self, refresh_token: str) -> bool:
        found = self._rows("SELECT gpor_enabled FROM gpo_refresh_token WHERE", refresh_token)
        return bool(found[0][0])

    def alive(self, refresh_token: str) -> int:
        ((name,),) = self._rows("SELECT gpor_jti FROM gpo_refresh_token WHERE", refresh_token)
        with self._reading() as database:
            ((alive,),) = database.execute(
                "SELECT sum(gpor_enabled) FROM gpo_refresh_token WHERE gpor_jti = ?", (name,)
            )
        return int(alive)

    def issues(self) -> list[float]:
        with self._reading() as database:
            rows = database.execute("SELECT gpoa_issued_at FROM gpo_access_token ORDER BY gpoa_id")
            return [float(issued) for (issued,) in rows]

    def refusals(self) -> int:
        log = (self._folder / "glewlwyd.log").read_text("utf-8", "replace")
        return log.count("Security - Token invalid")

    def _rows(self, what: str, refresh_token: str) -> list[Any]:
        digest = base64.b64encode(hashlib.sha256(refresh_token.encode()).digest()).decode()
        with self._reading() as database:
            found = database.execute(
                f"{what} gpor_token_hash = ?", (f"{{SHA256}}{digest}",)
            ).fetchall()
        assert len(found) == 1, "the server does not know this refresh token"
        return found

    def _reading(self) -> contextlib.closing[sqlite3.Connection]:
        return contextlib.closing(
            sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=30)
        )
