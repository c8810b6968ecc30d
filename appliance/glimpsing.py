"""How often to look at what somebody who is still speaking has said so far.

An engine hears everything anew at each glimpse; one that takes a second for it would do nothing
else, and keep the final pass waiting. So glimpses have a share of the time as their budget.
"""

from __future__ import annotations

from appliance.clock import now_s
from appliance.engines.ports import SpeechToText, Transcript
from audio.format import Samples

_ROUNDING_S = 1e-6


class Budget:
    """Says when the next glimpse may begin; times in seconds, of any clock."""

    def __init__(self, share: float) -> None:
        """`share`: of the time, 0..1, that glimpses may take; 1: one may follow the other."""
        self._share = share
        self._due_s = float("-inf")

    def allows(self, at_s: float) -> bool:
        """Whether one may begin now. The first may, whatever it will cost."""
        return at_s >= self._due_s - _ROUNDING_S

    def spend(self, began_s: float, ended_s: float) -> None:
        """A glimpse took this long; the next begins when that is at most `share` of the time."""
        self._due_s = max(self._due_s, began_s + (ended_s - began_s) / self._share)


class GlimpsingEars:
    """SpeechToText whose passes are charged to a budget, also those that fail."""

    def __init__(self, ears: SpeechToText, budget: Budget) -> None:
        self._ears, self._budget = ears, budget

    def are_free(self) -> bool:
        """Whether a glimpse may begin now."""
        return self._budget.allows(now_s())

    async def transcribe(self, samples: Samples) -> Transcript:
        """Recognise what was said so far."""
        began_s = now_s()
        try:
            return await self._ears.transcribe(samples)
        finally:
            self._budget.spend(began_s, now_s())
