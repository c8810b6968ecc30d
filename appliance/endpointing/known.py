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
    "words": 3.171,
    "ends": 2.174,
    "found": -1.033,
    "ahead": 1.328,
    "length": 4.043,
    "asks": 0.744,
}
BIAS: Final = -3.571
WHOLE: Final = 0.469
"""Probability from which a question is taken for whole: so were 4 % of the beginnings of questions
and 57 % of whole ones, over six manuals, each judged by the others."""

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


def is_whole(words: Sequence[str], ending: float | None, scores: Sequence[float]) -> bool:
    """Whether nobody need wait for more."""
    values = features(words, ending, scores)
    total = BIAS + sum(WEIGHTS[name] * values[name] for name in FEATURES)
    return 1 / (1 + math.exp(-total)) >= WHOLE
