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

READ = 1.97
"""The weight of the verifier's word when the first few are put in order anew."""

BELIEF = {
    "bias": -2.2, "score": 0.54, "margin": 2.04, "unknown": 0.03, "missing": -0.07, "guessed":
    0.93, "coverage": 0.26, "sentence": 0.39, "heading": 0.32, "length": -0.44, "focus": -0.39,
    "unmet": -0.09, "mass": 1.07, "story": -0.17, "statement": -0.15, "held": 0.53, "near": -0.06,
    "heading_precision": 0.32, "bm25": -0.07, "exact": -0.8, "kind": 0.8, "bond": 0.11, "meaning":
    0.96, "topic": -0.12, "whole": 0.18, "stranger": -0.59, "kin": 0.31, "answers": 1.57,
}  # fmt: skip
"""Feature → weight (in logits) when the probability of an answer is judged."""

THRESHOLD = 0.19
"""Below this probability the appliance says that it does not know."""


def sigmoid(x: float) -> float:
    """The logistic function, safe for large |x|."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else 1 - 1 / (1 + math.exp(x))
