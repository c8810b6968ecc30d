"""From features to a probability: weights learnt from golden questions. Data only.

`tests/appliance/knowledge/learn.py` prints these tables anew.
"""

from __future__ import annotations

import math

RANK = {
    "coverage": 1.46, "exact": 1.39, "heading": 1.02, "heading_precision": 1.21, "sentence": 1.43,
    "near": 1.1, "kind": 0.64, "bm25": 1.72,
}  # fmt: skip
"""Feature → weight when passages are put in order."""

BELIEF = {
    "bias": -5.48, "score": 0.73, "margin": 1.51, "unknown": -0.43, "missing": -0.62,
    "guessed": 0.42, "coverage": 0.94, "sentence": 1.18, "heading": 0.67, "length": 0.15,
    "focus": 0.39, "unmet": -0.66, "mass": 0.97, "story": 0.05, "statement": 0.53, "held": 0.77,
    "near": 0.52, "heading_precision": 0.9, "bm25": 0.01, "exact": 0.86, "kind": 1.12,
    "bond": 0.29,
}  # fmt: skip
"""Feature → weight (in logits) when the probability of an answer is judged."""

THRESHOLD = 0.225
"""Below this probability the appliance says that it does not know."""


def sigmoid(x: float) -> float:
    """The logistic function, safe for large |x|."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
