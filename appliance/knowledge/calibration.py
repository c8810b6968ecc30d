"""From features to a probability: weights learnt from golden questions. Data only.

`tests/appliance/knowledge/learn.py` prints these tables anew.
"""

from __future__ import annotations

import math

RANK = {
    "coverage": 0.89, "exact": 0.58, "heading": 0.33, "heading_precision": 0.36, "sentence": 0.85,
    "near": 0.51, "kind": 0.33, "bm25": 1.02, "meaning": 1.75, "topic": 0.71, "whole": 1.51,
}  # fmt: skip
"""Feature → weight when passages are put in order."""

READ = 1.74
"""The weight of the verifier's word when the first few are put in order anew."""

BELIEF = {
    "bias": -2.31, "score": 0.42, "margin": 1.78, "unknown": 0.08, "missing": -0.11, "guessed":
    0.92, "coverage": 0.22, "sentence": 0.4, "heading": 0.26, "length": -0.25, "focus": -0.27,
    "unmet": 0.04, "mass": 1.22, "story": 0.03, "statement": 0.24, "held": 0.39, "near": -0.14,
    "heading_precision": 0.48, "bm25": 0.21, "exact": -0.78, "kind": 0.95, "bond": 0.32, "meaning":
    0.77, "topic": -0.01, "whole": 0.04, "stranger": -0.62, "kin": 0.44, "answers": 1.16,
    "contrast": 0.14,
}  # fmt: skip
"""Feature → weight (in logits) when the probability of an answer is judged."""

THRESHOLD = 0.2
"""Below this probability the appliance says that it does not know."""


def sigmoid(x: float) -> float:
    """The logistic function, safe for large |x|."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
