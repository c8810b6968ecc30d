"""Wake phrases: openWakeWord's models behind one shared front end.

A phrase is believed when its score, averaged over 240 ms, reaches its threshold: real phrases hold
their score for four hops and more, while what only resembles them makes spikes of one hop. The
score depends on how the hops happen to fall, so a doubtful phrase is looked at in between as well.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from audio.features import HOP, SpeechFeatures, State
from audio.format import RATE_HZ, Samples
from audio.models import Floats, Model, bundled_models
from audio.ports import WakeHit
from audio.sibilant import vowel_after_sibilant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOP_S = HOP / RATE_HZ
_AVERAGED = 3  # hops
_DOUBTFUL = 0.4  # of the threshold
_SHIFTS = (4, 2, 6)  # mel rows of 10 ms
_REFRACTORY_S = 2.0
_PRIMING_HOPS = 60  # 4.8 s: fills every memory of the front end
_PRIMING_LEVEL = 8.0  # a quiet room's noise, in units of the last bit


@dataclass(frozen=True, slots=True)
class WakePhrase:
    """One phrase to listen for.

    Attributes:
        phrase: as a person says it.
        model: name of an ONNX file of the openwakeword wheel, or an absolute path.
        threshold: of the score averaged over 240 ms, above 0 and up to 1.
        lag_s: typical time from the phrase's end to the decision.
        ends_in_vowel: the phrase has a sibilant before its last vowel, and that is checked.
        look_twice: score a doubtful phrase again, with the hops shifted by 20 to 60 ms.
    """

    phrase: str
    model: str
    threshold: float = 0.3
    lag_s: float = 0.1
    ends_in_vowel: bool = False
    look_twice: bool = False

    def __post_init__(self) -> None:
        """Check the ranges (ValueError)."""
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold must be above 0 and up to 1, not {self.threshold}")
        if not 0 <= self.lag_s <= 1:
            raise ValueError(f"lag_s must be between 0 and 1 second, not {self.lag_s}")


ALEXA = WakePhrase("alexa", "alexa_v0.1.onnx", ends_in_vowel=True)
HEY_JARVIS = WakePhrase("hey jarvis", "hey_jarvis_v0.1.onnx", threshold=0.4, look_twice=True)
HEY_MYCROFT = WakePhrase("hey mycroft", "hey_mycroft_v0.1.onnx", threshold=0.8)
SHIPPED = (ALEXA, HEY_JARVIS)


class _Spotter:
    """One phrase's model and the rule that believes it."""

    def __init__(self, phrase: WakePhrase, models: Path) -> None:
        self.phrase = phrase
        self._model = Model(models / phrase.model)
        self.reset()

    def reset(self) -> None:
        self.scores = deque([0.0] * _AVERAGED, maxlen=_AVERAGED)

    def score(self, features: SpeechFeatures) -> None:
        if features.steady:  # the model would say what it said before
            self.scores.append(self.scores[-1])
            return
        self.scores.append(self._score_of(features.latest()))

    def believed(self, features: SpeechFeatures, heard: Samples) -> bool:
        average = sum(self.scores) / _AVERAGED
        if average < self.phrase.threshold and not self._look_again(features, average):
            return False
        return not self.phrase.ends_in_vowel or vowel_after_sibilant(heard)

    def _look_again(self, features: SpeechFeatures, average: float) -> bool:
        if not self.phrase.look_twice or average < self.phrase.threshold * _DOUBTFUL:
            return False
        return any(self._average(features, rows) >= self.phrase.threshold for rows in _SHIFTS)

    def _average(self, features: SpeechFeatures, rows: int) -> float:
        looks = features.between(rows, _AVERAGED)
        return sum(self._score_of(look[None]) for look in looks) / _AVERAGED

    def _score_of(self, embeddings: Floats) -> float:
        return float(self._model.run_first(embeddings).flat[0])


class OpenWakeWord:
    """Scores a stream for several phrases at once; implements `WakeWord`."""

    def __init__(self, phrases: Sequence[WakePhrase] = SHIPPED, models: Path | None = None) -> None:
        """Load the models; `AudioError` (`AUD-NO-MODEL`, `AUD-BAD-MODEL`) where that fails."""
        folder = bundled_models() if models is None else models
        self._features = SpeechFeatures(folder)
        self._spotters = [_Spotter(phrase, folder) for phrase in phrases]
        self._primed = self._prime()
        self._waiting, self._heard = _silence(0), _silence(RATE_HZ)
        self._deaf_until = -np.inf
        self.hops = 0
        self.reset()

    def process(self, samples: Samples, at_s: float) -> WakeHit | None:
        """Take the next samples, the last of which is at stream time `at_s`."""
        self._waiting = np.concatenate((self._waiting, samples))
        hit = None
        while len(self._waiting) >= HOP:
            hop, self._waiting = self._waiting[:HOP], self._waiting[HOP:]
            hit = self._hop(hop, at_s - len(self._waiting) / RATE_HZ) or hit
        return hit

    def reset(self) -> None:
        """Forget the stream: as if a quiet room had been heard until now."""
        self._features.restore(self._primed)
        self._waiting, self._heard = _silence(0), _silence(RATE_HZ)
        self._deaf_until = -np.inf
        for spotter in self._spotters:
            spotter.reset()

    @property
    def scores(self) -> dict[str, float]:
        """The latest score (0..1) of each phrase, for a live view."""
        return {spotter.phrase.phrase: spotter.scores[-1] for spotter in self._spotters}

    def _hop(self, hop: Samples, at_s: float) -> WakeHit | None:
        self.hops += 1
        self._features.push(hop)
        self._heard = np.concatenate((self._heard[HOP:], hop))
        for spotter in self._spotters:
            spotter.score(self._features)
        if at_s < self._deaf_until:
            return None
        believed = [
            spotter for spotter in self._spotters if spotter.believed(self._features, self._heard)
        ]
        if not believed:
            return None
        best = max(believed, key=lambda spotter: sum(spotter.scores))
        self._deaf_until = at_s + _REFRACTORY_S
        phrase = best.phrase
        return WakeHit(phrase.phrase, max(best.scores), at_s, at_s - phrase.lag_s)

    def _prime(self) -> State:
        """A quiet room's features: without them a phrase at the very start would be missed."""
        for hop in priming_noise().reshape(-1, HOP):
            self._features.push(hop)
        return self._features.save()


def _silence(count: int) -> Samples:
    return np.zeros(count, np.int16)


def priming_noise() -> Samples:
    """What the front end is told that it heard before the first sample."""
    noise = np.random.default_rng(7).normal(0, _PRIMING_LEVEL, HOP * _PRIMING_HOPS)
    return noise.round().astype(np.int16)
