"""Locking a user out after too many refused logins in a row.

While locked, the right password is refused too: the reason why a client must
never try refused credentials again by itself.
"""

from __future__ import annotations

from .clock import Clock
from .knobs import Knobs


class Lockout:
    """Who failed how often, and who is locked until when."""

    def __init__(self, knobs: Knobs, clock: Clock) -> None:
        self._knobs = knobs
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def locked(self, user: str) -> bool:
        until = self._until.get(user)
        if until is None:
            return False
        if self._clock.now() < until:
            return True
        del self._until[user]
        return False

    def failed(self, user: str) -> bool:
        """Note a refused login; true if this very one locks the user."""
        count = self._failures.get(user, 0) + 1
        self._failures[user] = count
        if count < self._knobs.lockout_after:
            return False
        del self._failures[user]
        self._until[user] = self._clock.now() + self._knobs.lockout_seconds
        return True

    def succeeded(self, user: str) -> None:
        self._failures.pop(user, None)

    def unlock(self) -> int:
        """Lift every lock and forget every failure; how many were locked."""
        lifted = len(self._until)
        self._until.clear()
        self._failures.clear()
        return lifted
