"""What happens to the sessions of the soak: they end, clocks are set, answers get lost.

The next blow falls only when the last one has been noticed and dealt with: a request is sent again
once, and two expiries within it would be the weather's fault.
"""

from __future__ import annotations

import random
import time
from typing import Any

from damsession.sandbox import Sandbox

SETTLED = 1.5

#: What may befall FotoWare's tokens, and how often: whether the access token ends, and what then
#: befalls the renewal. One that does not end is renewed ahead of time, which takes longer. Answers
#: are lost after the server has acted; a slow one gives a kill time to come in between.
CALM = {(True, ""): 5, (False, ""): 1}
ROUGH = {
    (True, ""): 2,
    (True, "drop-after-processing"): 3,
    (True, "truncate"): 2,
    (True, "delay"): 5,
    (False, ""): 1,
    (False, "drop-after-processing"): 1,
}


class Weather:
    """Strikes each system by itself. `is_rough`: answers of the token endpoint get lost, too."""

    def __init__(self, sandbox: Sandbox, chance: random.Random) -> None:
        self._sandbox, self._chance = sandbox, chance
        self.is_rough = False
        self.blows = {"photoshelter": 0, "fotoweb": 0, "fotoware": 0}
        self._clear = dict.fromkeys(self.blows, 0.0)
        self._logins = dict.fromkeys(self.blows, 0)  # nobody has logged in yet

    def pass_time(self) -> None:
        state = self._sandbox.state()
        now = time.monotonic()
        for system in self.blows:
            logins = state[system]["logins_ok"] + state[system].get("renewals", 0)
            if logins > self._logins[system]:
                self._logins[system] = logins
                self._clear[system] = now + SETTLED + self._chance.uniform(0, 1)
            if 0 < self._clear[system] < now:
                self._clear[system] = 0.0  # until the next login
                self.blows[system] += self._strike(system, state)

    def _strike(self, system: str, state: dict[str, Any]) -> bool:
        """Whether a session has ended by it."""
        if system == "photoshelter":
            return self._strike_cookie(state["knobs"]["clock-skew"])
        if system == "fotoweb":
            return self._sandbox.revoke(system=system) > 0
        return self._strike_tokens()

    def _strike_cookie(self, skew: int) -> bool:
        kind = self._chance.choice(["end", "end", "step", "idle"])
        if kind == "step":
            self._sandbox.knobs(clock_skew=self._chance.randrange(-600, 600) + skew // 2)
        if kind == "idle":  # longer than the server's idle limit
            self._sandbox.knobs(clock_skew=skew + 7300)
            return True
        return self._sandbox.expire(system="photoshelter") > 0

    def _strike_tokens(self) -> bool:
        what = ROUGH if self.is_rough else CALM
        ((ends, fault),) = self._chance.choices(list(what), list(what.values()))
        if ends and self._sandbox.expire(system="fotoware") == 0:
            return False  # there is nobody who could lose an answer, either
        if fault == "delay":
            self._sandbox.fault(fault, match="oauth2/token", seconds=0.2)
        elif fault:
            self._sandbox.fault(fault, match="oauth2/token")
        return ends
