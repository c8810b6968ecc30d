"""Whole questions are known by their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.endpointing.known import wholeness


@pytest.mark.parametrize(
    ("text", "ending", "complete"),
    [
        ("what does the red light mean", 0.75, 4.6),
        ("how do i clean the dust sensor", 0.47, 2.0),
        ("how often should i replace the filter", None, 3.5),
    ],
)
def test_a_whole_question_is_not_kept_waiting(
    text: str, ending: float | None, complete: float
) -> None:
    assert wholeness(text, ending, complete) == 1


@pytest.mark.parametrize("text", ["what does the", "how do i clean the", "and", "how often should"])
def test_a_beginning_is_waited_for(text: str) -> None:
    assert wholeness(text, 0.01, -3.0) == 0


def test_what_may_be_whole_waits_less_than_what_is_not() -> None:
    assert 0 < wholeness("what is the longest rinse", 0.3, 1.6) < 1


@given(st.text("abc ", max_size=60), st.floats(0, 1), st.floats(-50, 50))
def test_any_words_get_an_answer(text: str, ending: float, complete: float) -> None:
    assert 0 <= wholeness(text, ending, complete) <= 1
    assert 0 <= wholeness(text, None, complete) <= 1
