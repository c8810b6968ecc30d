"""Near misses of the wake word: somebody may have called, and was not heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

NEAR: Final = 0.7
"""Of the threshold: a peak from here on, without a wake, is a near miss. Not yet calibrated."""
SETTLED_S: Final = 1.0
"""A wake phrase is believed within this after its peak, or never."""


class NearMiss(NamedTuple):
    """The phrase, its highest score, and the score from which it counts."""

    phrase: str
    score: float
    threshold: float


class NearMisses:
    """Looks at the scores of each frame; times are of the stream, in seconds."""

    def __init__(self, thresholds: Mapping[str, float]) -> None:
        self._thresholds = thresholds
        self._peaks: dict[str, tuple[float, float]] = {}

    def hear(self, scores: Mapping[str, float], at_s: float) -> list[NearMiss]:
        """The next scores; returns the near misses that are certain now."""
        for phrase, score in scores.items():
            if score >= NEAR * self._thresholds.get(phrase, 2.0):
                highest = max(score, self._peaks.get(phrase, (0.0, 0.0))[0])
                self._peaks[phrase] = (highest, at_s)
        over = [p for p, (_, last_s) in self._peaks.items() if at_s - last_s >= SETTLED_S]
        return [NearMiss(p, self._peaks.pop(p)[0], self._thresholds[p]) for p in over]

    def forget(self) -> None:
        """It woke after all, or nobody is waiting for a wake phrase."""
        self._peaks.clear()
