"""The servers' own notion of time: the real clock plus the knob `clock-skew`.

Everything that depends on time asks here, so that a test can age sessions,
locks and login tokens by turning one knob in place of waiting.
"""

from __future__ import annotations

import time

from .knobs import Knobs


class Clock:
    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs

    def now(self) -> float:
        return time.time() + self._knobs.clock_skew
