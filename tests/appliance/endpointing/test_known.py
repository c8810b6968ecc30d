"""Whole questions are known by their words and by what they find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.endpointing.known import wholeness


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("what does the red light mean", 0.75),
        ("how do i clean the dust sensor", 0.47),
        ("how often should i replace the filter", 0.4),
    ],
)
def test_a_whole_question_is_not_kept_waiting(text: str, ending: float) -> None:
    assert wholeness(text.split(), ending, [0.95, 0.1]) == 1


@pytest.mark.parametrize("text", ["what does the", "how do i clean the", "and", "how often should"])
def test_a_beginning_is_waited_for(text: str) -> None:
    assert wholeness(text.split(), 0.01, [0.9, 0.1]) == 0


@given(st.lists(st.text("abc", min_size=1, max_size=5)), st.floats(0, 1), st.lists(st.floats(0, 1)))
def test_any_words_get_an_answer(words: list[str], ending: float, scores: list[float]) -> None:
    assert 0 <= wholeness(words, ending, scores) <= 1
    assert 0 <= wholeness(words, None, scores) <= 1
