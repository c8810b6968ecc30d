"""From features to a probability: weights learnt from golden questions. Data only.

`tests/appliance/knowledge/learn.py` prints these tables anew.
"""

from __future__ import annotations

import math

RANK = {
    "coverage": 2.0, "exact": 0.5, "heading": 1.2, "heading_precision": 0.8, "sentence": 2.0,
    "near": 0.7, "kind": 0.3, "bm25": 0.7,
}  # fmt: skip
"""Feature → weight when passages are put in order."""

BELIEF = {
    "bias": -3.0, "score": 1.0, "margin": 1.0, "unknown": -3.0, "missing": -2.0, "guessed": -1.0,
}  # fmt: skip
"""Feature → weight (in logits) when the probability of an answer is judged."""

THRESHOLD = 0.5
"""Below this probability the appliance says that it does not know."""


def sigmoid(x: float) -> float:
    """The logistic function, safe for large |x|."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
