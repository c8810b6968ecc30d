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
    "bias": -5.54, "score": 0.53, "margin": 2.04, "unknown": -0.04, "missing": -0.1,
    "guessed": 0.4, "coverage": 0.72, "sentence": 1.03, "heading": 0.31, "length": -0.06,
    "focus": 0.08, "unmet": -0.81, "mass": 1.1, "story": 0.07, "statement": 0.47, "held": 0.67,
    "near": 0.07, "heading_precision": 0.36, "bm25": 0.55, "exact": 0.14, "kind": 1.3,
    "bond": 0.25, "meaning": 0.99, "topic": 0.25, "whole": 0.37, "stranger": -0.79, "kin": 0.9,
}  # fmt: skip
"""Feature → weight (in logits) when the probability of an answer is judged."""

THRESHOLD = 0.2
"""Below this probability the appliance says that it does not know."""


def sigmoid(x: float) -> float:
    """The logistic function, safe for large |x|."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
