"""The device tokens of FotoWeb: how they are issued, found and revoked.

By the vendor's guide, "Method 2", a user can have a limited number of device tokens, there is no
logout, and a token lives until an administrator revokes it. By "Validity of image IDs", an image ID
is valid only with the device token that it was issued to, whatever the user or the archive. Clients
without a device token share their image IDs.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64encode

from .clock import Clock
from .knobs import Knobs

_SEAL = 20


class Device:
    """A device token, and the second cookie if one was issued with it."""

    __slots__ = ("number", "token", "second", "user", "issued", "live", "tried")

    def __init__(self, number: int, user: str, second: bool, now: float) -> None:
        self.number = number
        # The token ends in "=": a parser that splits a cookie at every "=" loses it.
        self.token = b64encode(secrets.token_bytes(64)).decode("ascii")
        self.second = secrets.token_hex(16) if second else ""
        self.user = user
        self.issued = now
        self.live = True
        self.tried = False


class DeviceTable:
    """All device tokens that were ever issued, and those of each user that are live."""

    def __init__(self, knobs: Knobs, clock: Clock) -> None:
        self._knobs = knobs
        self._clock = clock
        self._by_token: dict[str, Device] = {}
        self._by_user: dict[str, dict[str, Device]] = {}
        self.revoked = 0

    @property
    def created(self) -> int:
        return len(self._by_token)

    def issue(self, user: str) -> Device | None:
        """A new device token, or None if the user has as many as are allowed."""
        own = self._by_user.setdefault(user, {})
        if len(own) >= self._knobs.token_limit:
            return None
        device = Device(
            self.created + 1, user, self._knobs.second_cookie == "on", self._clock.now()
        )
        own[device.token] = device
        self._by_token[device.token] = device
        return device

    def find(self, token: str) -> Device | None:
        """The device with this token, live or revoked, or None if the token was never issued."""
        return self._by_token.get(token)

    def revoke(self, user: str = "") -> int:
        """Revokes all live tokens, or those of one user. Returns how many there were."""
        if user:
            users: list[str] = [user]
        else:
            users = list(self._by_user)
        devices = [one for name in users for one in self._by_user.get(name, {}).values()]
        for device in devices:
            self.revoke_one(device)
        return len(devices)

    def revoke_one(self, device: Device) -> None:
        del self._by_user[device.user][device.token]
        device.live = False
        self.revoked += 1

    def revoke_number(self, number: int) -> int:
        """Revokes one live token by its number. Returns how many there were: 0 or 1."""
        found = [one for one in self.all_live() if one.number == number]
        for device in found:
            self.revoke_one(device)
        return len(found)

    def all_live(self) -> list[Device]:
        """The live devices, oldest first."""
        return [one for one in self._by_token.values() if one.live]

    def live_by_user(self) -> dict[str, int]:
        return {user: len(own) for user, own in self._by_user.items() if own}


class ImageIds:
    """Image IDs: a number, sealed for one owner. The owner is a device token or "", and only its
    requests can use the ID.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def mint(self, owner: str, number: int) -> str:
        return f"{number:010x}{self._seal(owner, number)}"

    def read(self, owner: str, text: str) -> int | None:
        try:
            number = int(text[:10], 16)
        except ValueError:
            return None
        return number if text == self.mint(owner, number) else None

    def _seal(self, owner: str, number: int) -> str:
        message = f"{owner}\n{number}".encode()
        return hmac.digest(self._key, message, "sha256").hex()[:_SEAL]
