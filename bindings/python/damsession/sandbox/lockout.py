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
        self.lock(user)
        return True

    def succeeded(self, user: str) -> None:
        self._failures.pop(user, None)

    def lock(self, user: str) -> None:
        """Locks a user out as if too many logins had been refused."""
        self._failures.pop(user, None)
        self._until[user] = self._clock.now() + self._knobs.lockout_seconds

    def locked_users(self) -> dict[str, float]:
        """Until when each user is locked out."""
        return {user: until for user, until in self._until.items() if self._clock.now() < until}

    def unlock(self, user: str = "") -> int:
        """Ends every lock-out, or that of one user, and forgets the failures. Returns how many
        users were locked out.
        """
        users = [user] if user else {*self._until, *self._failures}
        for one in users:
            self._failures.pop(one, None)
        return sum(self._until.pop(one, None) is not None for one in users)
