"""Whether a question is whole, by its words.

The melody of a voice tells one speaker's end from the next one's middle no better than the words
do; nor does it help to know what the words find in the owner's documents.
`python -m tests.bench.endings` learns the weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from appliance.endpointing.features import worded

WEIGHTS: Final[Mapping[str, float]] = {
    "bias": -2.097,
    "complete": 3.662,
    "ends": 1.765,
    "length": 1.402,
}
WHOLE: Final = 0.517
"""Probability from which words are taken for a whole question: so were 4 % of the beginnings of
questions and 71 % of whole ones, over 14 manuals, each judged by the others."""
BROKEN_OFF: Final = 0.3
"""Probability up to which the words say nothing for an end; between the two they say a little."""

_LONG: Final = 14
_SURE: Final = 4.0
"""Logits of completeness seldom exceed it."""


def features(text: str, ending: float | None, complete: float) -> dict[str, float]:
    """What the weights weigh.

    Args:
        text: lower case, as recognised.
        ending: probability that a sentence ends after its last two words; None: unknown.
        complete: the logit that it is a whole question.
    """
    words = text.split()
    return {
        "bias": 1.0,
        "complete": min(max(complete / _SURE, -1.0), 1.0),
        "ends": worded(words, ending)["ends"],
        "length": min(len(words), _LONG) / _LONG,
    }


def wholeness(text: str, ending: float | None, complete: float) -> float:
    """How sure it is (0..1) that nobody need wait for more; the arguments are `features`'."""
    values = features(text, ending, complete)
    total = sum(weight * values[name] for name, weight in WEIGHTS.items())
    probability = 1 / (1 + math.exp(-total))
    return min(max((probability - BROKEN_OFF) / (WHOLE - BROKEN_OFF), 0.0), 1.0)
