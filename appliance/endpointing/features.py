"""What the judge weighs, each value made comparable and bounded."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from appliance.endpointing.english import SIGNS, signs
from appliance.endpointing.weights import WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from audio.prosody import Prosody


_LONG_S: Final = 3.0
"""Speech longer than this is no likelier to end."""


def heard(prosody: Prosody, spoken_s: float) -> dict[str, float]:
    """Values of the sound, each about -2..2; a missing voice is all zero."""
    return {
        "pitch_height": _within(prosody.pitch_height_st, 6.0),
        "pitch_rank": _within(2 * prosody.pitch_rank - 1, 1.0),
        "pitch_floor": _within(prosody.pitch_floor_st, 6.0),
        "creak": _within(prosody.creak, 0.3),
        "level_fall": _within(prosody.level_fall_db, 12.0),
        "peak_fall": _within(prosody.peak_fall_db, 12.0),
        "fade": _within(prosody.fade_s, 0.3),
        "last_voiced": _within(prosody.last_voiced_s, 0.6),
        "lengthening": _within(math.log(max(prosody.lengthening, 0.1)), 2.0),
        "unvoiced_tail": _within(prosody.unvoiced_tail_s, 0.3),
        "duration": math.log(min(max(spoken_s, 0.1), _LONG_S)) / 2,
    }


def worded(
    words: Sequence[str], ends: float | None, worth: Mapping[str, float] = WORDS
) -> dict[str, float]:
    """Values of the words.

    Args:
        words: lower case, as recognised.
        ends: the probability that a sentence ends here, or None.
        worth: weights of the SIGNS.
    """
    said = dict(zip(SIGNS, signs(words), strict=True))
    return {
        "words": _within(weighed(worth, said), 4.0),
        "ends": 0.0 if ends is None else _within(_logit(ends), 4.0),
        "ends_known": float(ends is not None),
    }


def weighed(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    """The sum of the values by their weights, and the weight called `bias`."""
    return weights["bias"] + sum(w * values[name] for name, w in weights.items() if name != "bias")


def _within(value: float, bound: float) -> float:
    """Scaled by its bound, -1..1."""
    return min(max(value / bound, -1.0), 1.0)


def _logit(probability: float) -> float:
    bounded = min(max(probability, 0.01), 0.99)
    return math.log(bounded / (1 - bounded))
