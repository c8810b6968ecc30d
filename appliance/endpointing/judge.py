"""How much silence completes an utterance: little after a question, more after "and …".

A logistic model weighs the words, the melody of the last ones and the length so far; what it is
unsure about waits in proportion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from appliance.endpointing.english import hesitates
from appliance.endpointing.features import heard, weighed, worded
from appliance.endpointing.weights import BOTH, SOUND
from audio.prosody import prosody

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audio.format import Samples

_RANGES: Final = {
    "shortest_s": (0.2, 2.0),
    "longest_s": (0.3, 5.0),
    "hesitant_s": (0.3, 5.0),
    "sure": (0.0, 1.0),
    "unsure": (0.0, 1.0),
}
_USUAL_S: Final = 0.45
"""How long people pause within a sentence, until we know better."""

_PACE: Final = (0.85, 1.3)
_LEARNING: Final = 0.15
_PAUSE_S: Final = (0.15, 1.5)
"""Shorter is a closed lip, longer is someone who was distracted."""


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """How patient the appliance is.

    Attributes:
        shortest_s: silence that ends what is surely complete.
        longest_s: silence that ends what is surely incomplete, of a speaker of usual pace.
        hesitant_s: the same after "and", "um" and their like.
        sure: probability of the end from which `shortest_s` holds.
        unsure: probability up to which `longest_s` holds.
    """

    shortest_s: float = 0.45
    longest_s: float = 0.9
    hesitant_s: float = 1.2
    sure: float = 0.8
    unsure: float = 0.7

    def __post_init__(self) -> None:
        """Check the ranges (ValueError)."""
        for field, (low, high) in _RANGES.items():
            value = getattr(self, field)
            if not low <= value <= high:
                raise ValueError(f"{field} must be between {low} and {high}, not {value}")
        if not self.shortest_s <= self.longest_s <= self.hesitant_s:
            raise ValueError("shortest_s, longest_s and hesitant_s must not fall in this order")
        if self.unsure >= self.sure:
            raise ValueError(f"unsure must be below sure, not {self.unsure}")


@dataclass(frozen=True, slots=True)
class Pause:
    """Someone fell silent: for good, or to think?

    Attributes:
        sound: the utterance so far with the silence at its end, at 16 kHz.
        silence_s: how long that silence is.
        spoken_s: from the beginning of speech to the silence.
        text: what recognition made of it; None: not known yet, or no English.
        inner_pauses_s: the silences before, within this utterance.
        is_question_complete: from the knowledge's side, the probability (0..1) that a sentence
            ends after the last two words; None: nobody knows.
    """

    sound: Samples
    silence_s: float
    spoken_s: float
    text: str | None = None
    inner_pauses_s: tuple[float, ...] = ()
    is_question_complete: float | None = None


class Judge:
    """Decides how long to wait; learns how long its speaker pauses."""

    def __init__(self, settings: EndpointSettings | None = None) -> None:
        """Begin with a speaker of usual pace."""
        self.settings = settings or EndpointSettings()
        self._usual_s = _USUAL_S

    def patience_s(self, pause: Pause) -> float:
        """The silence, from its beginning, that completes the utterance. Takes about 4 ms."""
        words = (pause.text or "").split()
        return patience_s(finished(pause), self.settings, self.pace, more=hesitates(words))

    def learn(self, inner_pauses_s: Iterable[float]) -> None:
        """Take the pauses within an utterance that was heard to its end."""
        low, high = _PAUSE_S
        for pause_s in inner_pauses_s:
            if low <= pause_s <= high:
                self._usual_s += _LEARNING * (pause_s - self._usual_s)

    @property
    def pace(self) -> float:
        """How long this speaker pauses against people in general, within bounds."""
        return min(max(self._usual_s / _USUAL_S, _PACE[0]), _PACE[1])


def patience_s(
    probability: float, settings: EndpointSettings, pace: float = 1.0, *, more: bool = False
) -> float:
    """The silence that completes what is finished with this probability.

    Args:
        probability: 0..1.
        settings: between which silences.
        pace: stretches what exceeds the shortest.
        more: the words themselves say that more is to come.
    """
    doubt = (settings.sure - probability) / (settings.sure - settings.unsure)
    doubt = 1.0 if more else min(max(doubt, 0.0), 1.0)
    longest_s = settings.hesitant_s if more else settings.longest_s
    return settings.shortest_s + doubt * (longest_s - settings.shortest_s) * pace


def finished(pause: Pause) -> float:
    """Probability (0..1) that the speaker has said everything."""
    spoken_s = pause.spoken_s - sum(pause.inner_pauses_s)
    values = heard(prosody(pause.sound, pause.silence_s), spoken_s)
    weights = SOUND
    if pause.text:
        weights = BOTH
        values = {**values, **worded(pause.text.split(), pause.is_question_complete)}
    return 1 / (1 + math.exp(-weighed(weights, values)))
