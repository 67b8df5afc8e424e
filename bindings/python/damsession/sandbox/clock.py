"""The clock of the servers: the real time plus the knob `clock-skew`.

All code that depends on time reads this clock. A test can therefore age sessions, lock-outs and
login tokens by setting one knob, without waiting.
"""

from __future__ import annotations

import time

from .knobs import Knobs


class Clock:
    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs

    def now(self) -> float:
        return time.time() + self._knobs.clock_skew
