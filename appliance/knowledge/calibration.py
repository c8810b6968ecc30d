"""From features to a probability: weights learnt from golden questions. Data only.

`tests/appliance/knowledge/learn.py` prints these tables anew.
"""

from __future__ import annotations

import math

RANK = {
    "coverage": 1.27, "exact": 1.27, "heading": 1.04, "heading_precision": 1.16, "sentence": 1.25,
    "near": 1.06, "kind": 0.61, "bm25": 1.96,
}  # fmt: skip
"""Feature → weight when passages are put in order."""

BELIEF = {
    "bias": -4.54, "score": 0.53, "margin": 1.38, "unknown": -0.06, "missing": -0.66,
    "guessed": 0.35, "coverage": 0.59, "sentence": 0.71, "heading": 0.8, "length": 0.19,
    "focus": 0.75, "unmet": -0.41, "mass": 0.59, "story": 0.32, "statement": 0.63, "held": 0.83,
    "near": 0.79, "heading_precision": 0.49, "bm25": 0.08, "exact": 0.52, "kind": 1.07,
}  # fmt: skip
"""Feature → weight (in logits) when the probability of an answer is judged."""

THRESHOLD = 0.27
"""Below this probability the appliance says that it does not know."""


def sigmoid(x: float) -> float:
    """The logistic function, safe for large |x|."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
