"""Wake phrases: openWakeWord's models behind one shared front end.

A phrase is believed when its score, averaged over 240 ms, reaches its threshold: real phrases hold
their score for four hops and more, while what only resembles them makes spikes of one hop. The
score depends on how the hops happen to fall, so a doubtful phrase is looked at in between as well.

In a still room nothing is computed; the first sound has the models make up for what they missed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from audio.features import SpeechFeatures, State
from audio.format import RATE_HZ, Samples
from audio.mel import HOP
from audio.models import Floats, Model, bundled_models, quiet_room
from audio.ports import WakeHit
from audio.quiet import StillRoom
from audio.sibilant import sibilant_ends, vowel_after_sibilant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_AVERAGED = 3  # hops
_DOUBTFUL = 0.5  # of the lower threshold; below it nobody looks twice
_SHIFTS = (4, 2, 6)  # mel rows of 10 ms
_REFRACTORY_S = 2.0  # the models look so far back: until then it is the same phrase
_PRIMING_HOPS = 60  # 4.8 s: fills every memory of the front end
_EARLIEST_S, _LATEST_S = 0.45, 0.02  # a phrase's last sibilant ends so long before the decision


@dataclass(frozen=True, slots=True)
class WakePhrase:
    """One phrase to listen for.

    Attributes:
        phrase: as a person says it.
        model: name of an ONNX file of the openwakeword wheel, or an absolute path.
        threshold: of the score averaged over 240 ms, above 0 and up to 1.
        witnessed: the threshold where its sibilant was heard; None: the same.
        lag_s: typical time from the phrase's end to the decision.
        after_sibilant_s: time from the end of its last sibilant to its end; None: it has none.
        vowel_check: demand a voice after the sibilant.
    """

    phrase: str
    model: str
    threshold: float = 0.4
    witnessed: float | None = None
    lag_s: float = 0.15
    after_sibilant_s: float | None = None
    vowel_check: bool = False

    def __post_init__(self) -> None:
        """Check the ranges (ValueError)."""
        for field in ("threshold", "witnessed"):
            value = getattr(self, field)
            if value is not None and not 0 < value <= 1:
                raise ValueError(f"{field} must be above 0 and up to 1, not {value}")
        if not -1 <= self.lag_s <= 1:
            raise ValueError(f"lag_s must be between -1 and 1 second, not {self.lag_s}")


ALEXA = WakePhrase(
    "alexa",
    "alexa_v0.1.onnx",
    threshold=0.3,
    lag_s=0.0,
    after_sibilant_s=0.14,
    vowel_check=True,
)
HEY_JARVIS = WakePhrase(
    "hey jarvis",
    "hey_jarvis_v0.1.onnx",
    threshold=0.4,
    witnessed=0.28,
    lag_s=0.2,
    after_sibilant_s=0.0,
)
HEY_MYCROFT = WakePhrase("hey mycroft", "hey_mycroft_v0.1.onnx", threshold=0.95)
"""Not shipped: half of its real recordings score lower than three commands that lack it."""

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
        self.scores.append(self._score_of(features.latest()))

    def rest(self) -> None:
        self.scores.append(0.0)  # nobody speaks

    def believed(self, features: SpeechFeatures, heard: Samples) -> bool:
        average = sum(self.scores) / _AVERAGED
        witnessed = self.phrase.witnessed
        lowest = self.phrase.threshold if witnessed is None else witnessed
        if average < lowest * _DOUBTFUL:
            return False
        if average < self.phrase.threshold and witnessed is not None:
            heard_it = self._last_sibilant(heard) is not None
            needed = witnessed if heard_it else self.phrase.threshold
            return average >= needed or self._look_again(features, needed)
        if average < self.phrase.threshold:
            return False
        return not self.phrase.vowel_check or vowel_after_sibilant(heard)

    def end_s(self, heard: Samples, at_s: float) -> float:
        """The stream time at which the phrase ended: by its sibilant, else as is typical."""
        ago = self._last_sibilant(heard)
        if ago is None or self.phrase.after_sibilant_s is None:
            return at_s - self.phrase.lag_s
        return at_s - ago + self.phrase.after_sibilant_s

    def _last_sibilant(self, heard: Samples) -> float | None:
        """How long ago the sibilant ended that lies where the phrase's last one should."""
        if self.phrase.after_sibilant_s is None:
            return None
        expected = self.phrase.lag_s + self.phrase.after_sibilant_s
        ago = [len(heard) / RATE_HZ - end for end in sibilant_ends(heard)]
        likely = [seconds for seconds in ago if _LATEST_S <= seconds <= _EARLIEST_S]
        return min(likely, key=lambda seconds: abs(seconds - expected), default=None)

    def _look_again(self, features: SpeechFeatures, needed: float) -> bool:
        return any(self._average(features, rows) >= needed for rows in _SHIFTS)

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
        self._features, self._room = SpeechFeatures(folder), StillRoom(HOP)
        self._spotters = [_Spotter(phrase, folder) for phrase in phrases]
        self._primed = self._prime()
        self._waiting, self._heard = _silence(0), _silence(RATE_HZ)
        self._deaf_until = -np.inf
        self.hops = 0
        """Steps of 80 ms heard since the start, for a watchdog."""
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
        self._room.reset()
        self._waiting, self._heard = _silence(0), _silence(RATE_HZ)
        self._deaf_until = -np.inf
        for spotter in self._spotters:
            spotter.reset()

    @property
    def scores(self) -> dict[str, float]:
        """The latest score (0..1) of each phrase, for a live view."""
        return {spotter.phrase.phrase: spotter.scores[-1] for spotter in self._spotters}

    @property
    def inferences(self) -> int:
        """Steps computed since the start; a still room needs none."""
        return self._features.inferences

    def _hop(self, hop: Samples, at_s: float) -> WakeHit | None:
        self.hops += 1
        self._heard = np.concatenate((self._heard[HOP:], hop))
        if self._room.still(hop):
            self._rest(hop)
            return None
        self._features.push(hop)
        for spotter in self._spotters:
            spotter.score(self._features)
        if at_s < self._deaf_until:
            return None
        believed = [s for s in self._spotters if s.believed(self._features, self._heard)]
        if not believed:
            return None
        best = max(believed, key=lambda spotter: sum(spotter.scores))
        self._deaf_until = at_s + _REFRACTORY_S
        ends_s = best.end_s(self._heard, at_s)
        return WakeHit(best.phrase.phrase, max(best.scores), at_s, ends_s)

    def _rest(self, hop: Samples) -> None:
        self._features.skip(hop)
        for spotter in self._spotters:
            spotter.rest()

    def _prime(self) -> State:
        """A quiet room's features: without them a phrase at the very start would be missed."""
        for hop in quiet_room(HOP * _PRIMING_HOPS).reshape(-1, HOP):
            self._features.push(hop)
        return self._features.save()


def _silence(count: int) -> Samples:
    return np.zeros(count, np.int16)
