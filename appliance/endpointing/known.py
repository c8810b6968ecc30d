"""Whether a question is whole, by its words and by what they find in the owner's documents.

The melody of a voice tells one speaker's end from the next one's middle no better than the words
do; what the documents know of the words does. `python -m tests.bench.endings` learns the weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from appliance.endpointing.features import worded

FEATURES: Final = ("words", "ends", "found", "ahead", "length", "asks")
WEIGHTS: Final[Mapping[str, float]] = {
    "words": 3.112,
    "ends": 1.808,
    "found": -0.971,
    "ahead": 1.19,
    "length": 3.739,
    "asks": 0.831,
}
BIAS: Final = -3.507
WHOLE: Final = 0.515
"""Probability from which a question is taken for whole: so were 4 % of the beginnings of questions
and 47 % of whole ones, over six manuals, each judged by the others."""
BROKEN_OFF: Final = 0.3
"""Probability up to which these words say nothing for an end; between the two they say a little."""

_LONG: Final = 14
_ASKING: Final = frozenset(
    {
        *("what", "how", "where", "when", "which", "who", "why"),
        *("can", "may", "is", "are", "does", "do", "should", "could", "must", "will"),
    }
)


def features(
    words: Sequence[str], ending: float | None, scores: Sequence[float]
) -> dict[str, float]:
    """What the weights weigh.

    Args:
        words: lower case, as recognised.
        ending: probability that a sentence ends after the last two; None: unknown.
        scores: of the passages found, best first.
    """
    said = worded(words, ending)
    best, second = (*scores, 0.0, 0.0)[:2]
    return {
        "words": said["words"],
        "ends": said["ends"],
        "found": best,
        "ahead": best - second,
        "length": min(len(words), _LONG) / _LONG,
        "asks": float(bool(words) and words[0] in _ASKING),
    }


def wholeness(words: Sequence[str], ending: float | None, scores: Sequence[float]) -> float:
    """How sure it is (0..1) that nobody need wait for more: 1 from WHOLE, 0 up to BROKEN_OFF."""
    values = features(words, ending, scores)
    total = BIAS + sum(WEIGHTS[name] * values[name] for name in FEATURES)
    probability = 1 / (1 + math.exp(-total))
    return min(max((probability - BROKEN_OFF) / (WHOLE - BROKEN_OFF), 0.0), 1.0)
