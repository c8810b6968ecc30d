"""Follow-ups: what was left out comes back, and whoever says all that is needed is left alone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.knowledge.context import Exchange, in_context
from appliance.knowledge.golden import read_golden
from appliance.knowledge.lexicon import LIGHT, STOP
from appliance.knowledge.words import stem, tokens

TESTS = Path(__file__).parents[2]
DESCALING = Exchange(
    "how do i descale the kettle", "Fill in one sachet. Rinse it twice.", "Manual, Descaling"
)
TRAY = Exchange("can the drip tray go in the dishwasher", "Yes.", "Manual, Drip tray")
CODE = Exchange("what does code thirty one mean", "It is too hot.", "Manual, Codes")


def said(text: str) -> set[str]:
    return set(tokens(text))


@pytest.mark.parametrize(
    "question",
    ["and how long does that take", "how often must i do it", "is that dangerous", "how long",
     "can i do that in winter", "what do i do then", "who can do it instead",
     "and if i have no sachet", "how much does a new one cost", "and which one do i need",
     "can i do this alone"],
)  # fmt: skip
def test_what_points_back_is_told_what_it_points_at(question: str) -> None:
    asked = in_context(question, DESCALING)
    assert {"descaling", "kettle"} <= said(asked)
    assert said(question) - {"and"} <= said(asked)


@pytest.mark.parametrize(
    "question",
    ["how do i clean the lid", "and how do i clean the lid", "what does one long beep mean",
     "what is this policy about", "is this device waterproof", "who made that kettle",
     "where is the plug", "no the machine is leaking", "and the lamp has gone out",
     "how heavy is it", "can it boil milk", "does it boil milk"],
)  # fmt: skip
def test_a_question_that_stands_by_itself_stays_as_it_is(question: str) -> None:
    assert in_context(question, DESCALING) == question


def test_it_is_the_product_unless_the_answer_spoke_of_such() -> None:
    heard = Exchange("how do i descale the kettle", "It boils milk as well.", "Manual, Descaling")
    assert "kettle" in said(in_context("does it boil milk", heard))


@pytest.mark.parametrize(
    ("before", "then", "asked"),
    [
        (TRAY, "and the cup rail", "can the cup rail go in the dishwasher"),
        (TRAY, "what about the lid", "can the lid tray go in the dishwasher"),
        (TRAY, "no the lid", "can the lid go in the dishwasher"),
        (TRAY, "no i meant the cup rail", "can the cup rail go in the dishwasher"),
        (TRAY, "not the drip tray the lid", "can the lid go in the dishwasher"),
        (TRAY, "sorry not the tray but the lid", "can the lid go in the dishwasher"),
        (TRAY, "no i want to know about descaling", "descaling"),
        (CODE, "and forty", "what does code 40 mean"),
        (CODE, "no i said forty two", "what does code 42 mean"),
    ],
)
def test_the_same_is_asked_of_something_else(before: Exchange, then: str, asked: str) -> None:
    assert in_context(then, before) == asked


def test_a_correction_is_not_drawn_to_what_was_wrong() -> None:
    for then in ("no i meant the lid", "sorry the lid", "actually i want to know about the lid"):
        assert not {"drip", "tray"} & said(in_context(then, TRAY))


@pytest.mark.parametrize("part", ["and in winter", "in winter", "for winter", "but not in winter"])
def test_a_part_of_a_question_is_completed(part: str) -> None:
    assert {"kettle", "descaling", "winter"} <= said(in_context(part, DESCALING))


def test_whoever_says_enough_is_left_alone() -> None:
    question = "and business class on a plane"
    assert in_context(question, DESCALING) == question


def test_without_anything_before_nothing_is_added() -> None:
    assert in_context("and how long does that take", None) == "and how long does that take"


def test_golden_questions_stay_as_they_are_after_one_another() -> None:
    """They stand by themselves. Those with a word that mostly points back are few."""
    asked, drawn = 0, []
    for golden in sorted((TESTS / "golden").glob("*/golden.tsv")):
        for first, then in pairwise(read_golden(golden)):
            asked += 1
            if in_context(then.question, Exchange(first.question, "", "Manual")) != then.question:
                drawn.append(then.question)
    assert len(drawn) < 0.06 * asked, drawn


SPOKEN = (
    "no not sorry actually i meant mean the a my and what about how long does do that it one ones "
    "is in winter filter drip tray but thirty then this clean 5 , . ' é"
)
WORDS = st.lists(st.sampled_from(SPOKEN.split()), max_size=12).map(" ".join)


@given(st.text() | WORDS, st.text() | WORDS, st.text() | WORDS, st.text() | WORDS)
def test_whatever_is_said(question: str, first: str, heard: str, title: str) -> None:
    """Nothing breaks, and nothing of the topic that was said is lost."""
    asked = in_context(question, Exchange(first, heard, title))
    kept = said(asked)
    light = {stem(word) for word in LIGHT}
    topic = {word for word in said(question) if word not in STOP and stem(word) not in light}
    if " not " not in f" {question} ":
        assert topic <= kept
    assert not question.strip() or asked.strip()


@given(WORDS, WORDS)
def test_only_words_that_were_spoken_are_added(question: str, first: str) -> None:
    asked = in_context(question, Exchange(first, "", "Manual, Heading"))
    assert said(asked) <= said(question) | said(first) | {"heading"}


def test_endless_speech_takes_no_time() -> None:
    """A pattern that tries again and again would still be busy tomorrow."""
    for words in ("no not the ", "and , ", "what about one ", "i mean not a "):
        in_context(words * 2_000, DESCALING)
