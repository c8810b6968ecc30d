"""From features to a probability: weights learnt from golden questions. Data only.

`tests/appliance/knowledge/learn.py` prints these tables anew.
"""

from __future__ import annotations

import math

RANK = {
    "coverage": 0.87, "exact": 0.75, "heading": 0.42, "heading_precision": 0.47, "sentence": 0.88,
    "near": 0.72, "kind": 0.37, "bm25": 1.01, "meaning": 1.66, "topic": 0.72, "whole": 1.3,
}  # fmt: skip
"""Feature → weight when passages are put in order."""

BELIEF = {
    "bias": -5.24, "score": 0.57, "margin": 2.13, "unknown": -0.19, "missing": -0.45,
    "guessed": 0.37, "coverage": 0.9, "sentence": 1.18, "heading": 0.35, "length": -0.14,
    "focus": 0.12, "unmet": -0.83, "mass": 1.17, "story": 0.09, "statement": 0.45, "held": 0.69,
    "near": 0.1, "heading_precision": 0.3, "bm25": 0.5, "exact": 0.25, "kind": 1.3, "bond": 0.29,
    "meaning": 1.01, "topic": 0.2, "whole": 0.37,
}  # fmt: skip
"""Feature → weight (in logits) when the probability of an answer is judged."""

THRESHOLD = 0.2
"""Below this probability the appliance says that it does not know."""


def sigmoid(x: float) -> float:
    """The logistic function, safe for large |x|."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
