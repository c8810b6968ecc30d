"""What words promise: that more comes, or that it was all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.endpointing.english import SIGNS, hesitates, signs

WORDS = ("how", "do", "does", "the", "is", "a", "if", "of", "on", "water", "i", "pump", "one", "it")


def found(text: str) -> set[str]:
    return {name for name, value in zip(SIGNS, signs(text.split()), strict=True) if value}


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("how do i clean the", "determiner"),
        ("how many grams of", "preposition"),
        ("where does the bus leave from", "stranded"),
        ("how do i switch it off", "particle"),
        ("what does", "auxiliary"),
        ("how long should i", "subject"),
        ("how often should you", "subject"),
        ("tell me when", "question_word"),
        ("how many", "degree"),
        ("can i get a large", "size"),
        ("set a timer for ten", "number"),
        ("how do i clean it", "object"),
        ("a large latte please", "closer"),
        ("how do i clean", "bare_verb"),
        ("how does the water filter", "verb_missing"),
        ("how many grams", "no_verb_yet"),
        ("what does it mean when the tank light", "clause_open"),
        ("what does the red light mean", "closing_verb"),
        ("stop", "command"),
        ("volume up", "command"),
        ("what is the pump pressure and", "conjunction"),
    ],
)
def test_a_sign_is_seen(text: str, sign: str) -> None:
    assert sign in found(text)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("what does the red light mean", "verb_missing"),
        ("how do i clean it", "bare_verb"),
        ("how many grams of coffee does it take", "no_verb_yet"),
        ("how do i do that", "conjunction"),
        ("what should i do if the red light flashes", "clause_open"),
        ("what does it look like", "hesitation"),
        ("what do i have to do", "auxiliary"),
    ],
)
def test_a_sign_is_not_seen(text: str, sign: str) -> None:
    assert sign not in found(text)


@pytest.mark.parametrize("text", ["what is the pressure and", "set a timer um", "or"])
def test_hesitation_says_that_more_is_to_come(text: str) -> None:
    assert hesitates(text.split())


def test_a_finished_question_does_not_hesitate() -> None:
    assert not hesitates(["what", "is", "that"])
    assert not hesitates([])


@given(st.lists(st.sampled_from(WORDS)))
def test_any_words_give_a_zero_or_a_one_for_every_sign(words: list[str]) -> None:
    values = signs(words)
    assert len(values) == len(SIGNS)
    assert set(values) <= {0.0, 1.0}
