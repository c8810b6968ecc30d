"""Whole questions are told from their beginnings."""

from __future__ import annotations

from functools import cache

import pytest

from appliance.knowledge.meaning.completeness import Completeness


@cache
def completeness() -> Completeness:
    return Completeness()


@pytest.mark.parametrize(
    "question",
    [
        "how do i clean the filter",
        "what does the red light mean",
        "where do i put the detergent",
        "how long does the battery last in winter",
        "can i use it in the rain",
        "who do i call when it leaks",
    ],
)
def test_whole_questions_are_surer_than_any_of_their_beginnings(question: str) -> None:
    words = question.split()
    whole, *begun = (
        completeness().logit(" ".join(words[:count])) for count in range(len(words), 1, -1)
    )
    assert whole > 0
    assert begun[0] < whole
    assert sum(logit < 0 for logit in begun) >= len(begun) - 1  # one may be whole as it is


@pytest.mark.parametrize("text", ["", "the", "x" * 500, "how " * 200, "零 七"])
def test_anything_is_read(text: str) -> None:
    assert abs(completeness().logit(text)) < 30
