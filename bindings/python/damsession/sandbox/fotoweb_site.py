"""What logging in to FotoWeb needs of the site that it is on."""

from __future__ import annotations

from typing import Protocol

from .clock import Clock
from .exchange import Exchange
from .fotoweb_devices import Device, DeviceTable
from .knobs import Knobs
from .lockout import Lockout


class Site(Protocol):
    """Its settings, what it counts, and which device tokens there are."""

    knobs: Knobs
    clock: Clock
    counters: dict[str, int]
    devices: DeviceTable
    lockout: Lockout
    failed_logins: dict[str, int]

    def end_session(self, exchange: Exchange) -> None:
        """Revokes the device token that a request comes with."""

    def pass_storm(self, device: Device) -> None:
        """Every so many requests, finds the device token revoked."""
