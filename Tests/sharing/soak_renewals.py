"""FotoWare in the soak: who consents, and the rules that renewals are counted by.

    renewals = tokens refused + renewals ahead of time + answers that nobody heard

An answer is not heard if it was lost, or its process killed before it could save what it got: then
the same refresh token is sent once more. Where the server takes each of them once, that costs the
consent, and there is no such renewal; nothing else costs it. A refresh token is old as soon as
anybody has used an access token that came after it: they are saved before either is used, so the
store held its successor by then. Nobody may send an old one. One that arrived before is none: the
server may answer it late, to a process that was killed meanwhile.

Read from the servers' log as it goes; the library is not asked.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import records

import damsession
from damsession.sandbox import Sandbox

TOKEN = "/fotoweb/oauth2/token"
#: Seconds. The library renews a tenth of it ahead; clocks tell whole seconds, and the log is read
#: a little late.
LIFE = 10
AHEAD = 7.5


class Renewals:
    """Follows the log."""

    def __init__(self) -> None:
        self.renewals = self.consents = self.ahead = 0
        #: Answers that were lost on the way, and all that nobody heard.
        self.lost = self._unheard = 0
        #: Refresh tokens that were sent although they were old.
        self.stale = 0
        #: Access tokens that the server refused.
        self.refused: set[str] = set()
        self._access: set[str] = set()
        #: Refresh tokens that were sent, and of these the old ones: with the number of the request,
        #: in order of arrival, that had used a later access token.
        self._sent: set[str] = set()
        self._old: dict[str, int] = {}
        self._issued, self._is_heard = 0.0, True
        self._is_due = False  # the last access token was refused

    def see(self, entry: dict[str, Any]) -> None:
        if entry["system"] != "fotoware":
            return
        if entry["path"] == TOKEN:
            self._see_grant(entry)
        for name, value in entry["headers"]:
            if name.lower() == "authorization":
                self._see_use(value, entry)

    def _see_grant(self, entry: dict[str, Any]) -> None:
        for token in entry["form"].get("refresh_token", []):
            self.stale += token in self._old and entry["arrival"] > self._old[token]
            self._sent.add(token)
        self.lost += bool({"fault:drop-after-processing", "fault:truncate"} & set(entry["flags"]))
        if entry["verdict"] != "ok":
            return
        self._unheard = self.unheard
        now = time.monotonic()
        if "refresh_token" in entry["form"]:
            self.renewals += 1
            self.ahead += not self._is_due and now - self._issued > AHEAD
        else:
            self.consents += 1
        self._issued, self._is_due, self._is_heard = now, False, False

    def _see_use(self, value: str, entry: dict[str, Any]) -> None:
        if value not in self._access:
            self._access.add(value)
            self._old = {**dict.fromkeys(self._sent, entry["arrival"]), **self._old}
            self._is_heard = True
        if entry["verdict"] in ("expired", "refused"):
            self._is_due |= value not in self.refused
            self.refused.add(value)

    @property
    def unheard(self) -> int:
        return self._unheard + (not self._is_heard)

    @property
    def causes(self) -> int:
        return len(self.refused) + self.ahead + self.unheard

    def is_kept(self, folder: Path) -> bool:
        """Whether the store has the newest refresh token, as far as anybody was told of it: that is
        one that was not sent yet, unless the last answer was lost.
        """
        (token,) = [
            document["secret"]["refresh_token"]
            for document in map(records.read, folder.glob("*.record"))
            if (document.get("identity") or {}).get("system") == "fotoware"
        ]
        return token not in self._sent or not self._is_heard


class Person:
    """Consents whenever the stored session cannot renew itself any more."""

    def __init__(self, sandbox: Sandbox, options: dict[str, str]) -> None:
        self._sandbox = sandbox
        self._session = damsession.open(**options)  # type: ignore[arg-type]

    def look(self) -> None:
        if not self._session.state.renewable:
            address = self._sandbox.consent(self._session.begin_consent())
            self._session.finish_consent(address)
