"""Locks a user out after too many refused logins in a row.

While a user is locked out, the right password is refused too. This is why a client must never try
refused credentials again by itself. The default numbers are FotoWeb's, from the vendor's page "How
to reset your FotoWeb password"; for PhotoShelter they are assumed.
"""

from __future__ import annotations

from .clock import Clock
from .knobs import Knobs


class Lockout:
    """How often each user failed in a row, and until when each is locked out."""

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
        """Counts a refused login. Returns whether this one locks the user out."""
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
        """Ends every lock-out and forgets all failures. Returns how many users were locked out."""
        lifted = len(self._until)
        self._until.clear()
        self._failures.clear()
        return lifted
