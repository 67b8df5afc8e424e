"""What logins need of the FotoWeb site that they belong to."""

from __future__ import annotations

from typing import Protocol

from .clock import Clock
from .exchange import Exchange
from .fotoweb_devices import Device, DeviceTable
from .knobs import Knobs
from .lockout import Lockout


class Site(Protocol):
    """The site's settings, counters and device tokens."""

    knobs: Knobs
    clock: Clock
    counters: dict[str, int]
    devices: DeviceTable
    lockout: Lockout
    failed_logins: dict[str, int]

    def end_session(self, exchange: Exchange) -> None:
        """Revokes the device token of a request."""

    def pass_storm(self, device: Device) -> None:
        """Revokes the device token if the knob `storm` says so."""
