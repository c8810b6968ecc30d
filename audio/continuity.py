"""Whether all that a microphone heard has come; PortAudio tells of some losses only."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

WINDOW_S: Final = 2.0
LATE_S: Final = 0.1
"""More than a sound card's buffer can hold back."""


class Continuity:
    """Compares what came with the time that passed.

    Sound that comes late and whole makes up for it within a window; after sound that never came,
    everything seems to be late for good. Not for several threads at once.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        """`now_s`: a clock that is never set."""
        self._now_s = now_s
        self.losses = 0
        """How often some was lost; what was lost within one window counts once, unless told."""
        self.begin()

    def begin(self) -> None:
        """The device is opened; what was lost before stays counted."""
        self._received_s, self._ends_s = 0.0, math.inf
        self._least_s = self._usual_s = math.inf
        self._told_s = -math.inf

    def arrived(self, seconds: float, *, told: bool = False) -> None:
        """So much sound came; `told`: the device says that some before it was lost."""
        now_s = self._now_s()
        if math.isinf(self._ends_s):
            self._ends_s = now_s + WINDOW_S
        self._received_s += seconds
        self._least_s = min(self._least_s, now_s - self._received_s)
        if told:
            self.losses, self._told_s = self.losses + 1, now_s
        if now_s >= self._ends_s:
            is_late = self._least_s - self._usual_s > LATE_S
            self.losses += is_late and now_s - self._told_s > 2 * WINDOW_S
            self._usual_s, self._least_s = self._least_s, math.inf
            self._ends_s = now_s + WINDOW_S
