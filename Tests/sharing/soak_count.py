"""The counting rule of the soak: every login at the server must have a cause, and every cause only
one login.

    logins = 1 + secrets that the server refused + logins whose yield nobody ever sent

A secret is a cookie or a device token. The server refuses one because it was revoked, expired or
idle for too long, or (PhotoShelter, old-cookie=refuse) because the process that had its successor
was killed before it could save it. However many requests carry a dead secret, it counts once. A
login whose yield is never sent was interrupted by a kill between the server's response and the
save. Those, and cookies lost to kills, together cannot outnumber the kills.

FotoWare's rule is in soak_renewals.py. Read from the servers' log as it goes; the library is not
asked.
"""

from __future__ import annotations

from typing import Any

from soak_renewals import Renewals

from damsession.sandbox import Sandbox

COOKIE = {"photoshelter": "SSphotoshelter_com_mem", "fotoweb": "FWSession"}
REFUSALS = ("expired", "revoked", "stale-cookie", "refused")


def cookies(line: str) -> dict[str, str]:
    return dict(pair.strip().partition("=")[::2] for pair in line.split(";"))


class Count:
    """The logins of one system, and their causes."""

    def __init__(self, system: str, name: str) -> None:
        self._system, self._name = system, name
        self.logins = 0
        self.refused: dict[str, str] = {}
        self._yields: set[str] = set()
        self._unsent: set[str] = set()

    def see(self, entry: dict[str, Any]) -> None:
        if entry["system"] != self._system:
            return
        sent = [
            cookies(value).get(self._name, "")
            for name, value in entry["headers"]
            if name.lower() == "cookie"
        ]
        for secret in filter(None, sent):
            self._unsent.discard(secret)
            if entry["verdict"] in REFUSALS:
                self.refused.setdefault(secret, entry["verdict"])
        if not any(sent) and entry["status"] == 200:
            fresh = [cookies(line).get(self._name, "") for line in entry["set_cookies"]]
            alive = [secret for secret in fresh if secret and secret != "deleted"]
            if alive:
                self.logins += 1
                self._unsent.add(alive[-1])

    @property
    def interrupted(self) -> int:
        return len(self._unsent)

    @property
    def lost(self) -> int:
        """Cookies whose successor died with its process."""
        return sum(why == "stale-cookie" for why in self.refused.values())

    @property
    def causes(self) -> int:
        return 1 + len(self.refused) + self.interrupted


class Reader:
    """Follows the log. Must be asked more often than the log wraps round."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._last = 0
        self.counts = {system: Count(system, name) for system, name in COOKIE.items()}
        self.renewals = Renewals()

    def read(self) -> None:
        entries = self._sandbox.log(self._last)
        if not entries:
            return
        if entries[0]["sequence"] != self._last + 1:
            raise RuntimeError("the log wrapped round before it was read")
        self._last = entries[-1]["sequence"]
        for entry in entries:
            for count in self.counts.values():
                count.see(entry)
            self.renewals.see(entry)
