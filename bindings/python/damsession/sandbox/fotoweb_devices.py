"""The device tokens of FotoWeb: issued, found, revoked, and never logged out.

A user has a limited number of them. They live until an administrator revokes
them. Image IDs are sealed with the device token they were given to and mean
nothing under another one; the user does not matter, nor does the archive. Who
comes without a device token shares image IDs with all who do.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64encode

from .knobs import Knobs

_SEAL = 20


class Device:
    """One device token, and the second cookie issued with it if there was one."""

    __slots__ = ("token", "second", "user", "live")

    def __init__(self, user: str, second: bool) -> None:
        # Padding at the end: a parser that splits a cookie at every "=" loses it.
        self.token = b64encode(secrets.token_bytes(64)).decode("ascii")
        self.second = secrets.token_hex(16) if second else ""
        self.user = user
        self.live = True


class DeviceTable:
    """All device tokens ever issued, by token, and the live ones by user."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self._by_token: dict[str, Device] = {}
        self._by_user: dict[str, dict[str, Device]] = {}
        self.revoked = 0

    @property
    def created(self) -> int:
        return len(self._by_token)

    def issue(self, user: str) -> Device | None:
        """A new device token, or None if the user has as many as allowed."""
        own = self._by_user.setdefault(user, {})
        if len(own) >= self._knobs.token_limit:
            return None
        device = Device(user, self._knobs.second_cookie == "on")
        own[device.token] = device
        self._by_token[device.token] = device
        return device

    def find(self, token: str) -> Device | None:
        """The device of a token, live or revoked, or None if it was never issued."""
        return self._by_token.get(token)

    def revoke(self, user: str = "") -> int:
        """Revoke all live tokens, or those of one user; how many there were."""
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

    def live_by_user(self) -> dict[str, int]:
        return {user: len(own) for user, own in self._by_user.items() if own}


class ImageIds:
    """Image IDs: a number sealed for one owner, a device token or "", readable for it only."""

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
