"""Whom the judge lets finish, and whom it makes wait."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.endpointing.judge import EndpointSettings, Judge, Pause, finished, patience_s
from tests.audio.test_prosody import SILENCE_S, hiss, said, voice

FALLING = said(voice((150, 140), 0.4), hiss(0.06, 400), voice((140, 135), 0.5), hiss(0.05, 400),
               voice((130, 85), 0.5, (3000, 1200)))  # fmt: skip
HELD_UP = said(voice((120, 125), 0.4), hiss(0.06, 400), voice((125, 130), 0.5), hiss(0.05, 400),
               voice((140, 170), 0.5))  # fmt: skip
NOBODY = np.zeros(16_000, np.int16)


def pause(text: str | None = None, sound: np.ndarray = FALLING, **changes: object) -> Pause:
    plain = Pause(sound, SILENCE_S, spoken_s=len(sound) / 16_000 - SILENCE_S, text=text)
    return replace(plain, **changes)  # type: ignore[arg-type]


def waits_s(text: str | None, **changes: object) -> float:
    return Judge().patience_s(pause(text, **changes))


@pytest.mark.parametrize(
    "text",
    [
        "what does the red light mean",
        "how do i clean the water tank",
        "how long does the battery last",
        "set a timer for ten minutes please",
    ],
)
def test_a_question_that_has_ended_waits_little(text: str) -> None:
    assert waits_s(text, spoken_s=1.8, is_question_complete=0.8) <= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "how do i clean the",
        "how do i",
        "how many grams of",
        "what is the temperature of my",
        "what does it mean when the",
        "how often should you",
    ],
)
def test_words_that_cannot_be_the_end_outlast_a_pause_to_think(text: str) -> None:
    assert waits_s(text) >= 0.85


@pytest.mark.parametrize("text", ["what is the pump pressure and", "set a timer um", "tea or"])
def test_a_hesitation_waits_longest(text: str) -> None:
    assert waits_s(text) == pytest.approx(EndpointSettings().hesitant_s)


@pytest.mark.parametrize("text", [None, "where is the front lamp"])
def test_a_falling_voice_is_likelier_to_have_finished_than_one_held_up(text: str | None) -> None:
    assert finished(pause(text)) > finished(pause(text, HELD_UP)) + 0.1


def test_a_sentence_that_the_documents_end_so_is_likelier_to_be_finished() -> None:
    doubtful = pause("what is the pump", HELD_UP)
    known = [finished(replace(doubtful, is_question_complete=p)) for p in (0.02, 0.2, 0.9)]
    assert known == sorted(known)
    assert known[-1] > known[0] + 0.15


@pytest.mark.parametrize("text", [None, ""])
def test_without_words_and_voice_the_wait_is_safe(text: str | None) -> None:
    assert waits_s(text, sound=NOBODY, spoken_s=0.5) >= 0.7


def test_a_speaker_of_long_pauses_is_given_more_time_within_bounds() -> None:
    judge, thinking = Judge(), pause("how do i clean the")
    before = judge.patience_s(thinking)
    judge.learn([0.7, 0.6])
    learnt = judge.patience_s(thinking)
    judge.learn([1.4] * 100)
    assert before < learnt < judge.patience_s(thinking) <= before * 1.3


def test_a_speaker_of_short_pauses_is_given_less() -> None:
    judge, thinking = Judge(), pause("how do i clean the")
    before = judge.patience_s(thinking)
    judge.learn([0.2] * 100)
    assert before * 0.8 < judge.patience_s(thinking) < before


def test_a_distraction_teaches_nothing() -> None:
    judge = Judge()
    judge.learn([0.03, 4.0, 20.0])
    assert judge.pace == 1.0


@pytest.mark.parametrize(
    "changes",
    [
        {"shortest_s": 0.1},
        {"longest_s": 9.0},
        {"shortest_s": 0.9, "longest_s": 0.5},
        {"hesitant_s": 0.5},
        {"sure": 0.3, "unsure": 0.3},
        {"unsure": -0.1},
    ],
)
def test_settings_out_of_range_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must"):
        EndpointSettings(**changes)


@given(st.lists(st.floats(0.0, 1.0), min_size=2, max_size=9), st.floats(0.85, 1.3))
def test_surer_is_never_slower(probabilities: list[float], pace: float) -> None:
    waits = [patience_s(p, EndpointSettings(), pace) for p in sorted(probabilities)]
    assert waits == sorted(waits, reverse=True)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(st.none(), st.text(max_size=60), st.sampled_from(["how do i", "and", "stop"])),
    st.integers(0, 20_000),
    st.floats(0.0, 30.0),
    st.lists(st.floats(0.0, 5.0), max_size=3),
    st.one_of(st.none(), st.floats(0.0, 1.0)),
)
def test_any_pause_gets_a_patience_within_the_settings(
    text: str | None, count: int, spoken_s: float, inner_pauses_s: list[float], ends: float | None
) -> None:
    sound = np.random.default_rng(count).integers(-3000, 3000, count).astype(np.int16)
    judge, limits = Judge(), EndpointSettings()
    asked = Pause(sound, SILENCE_S, spoken_s, text, tuple(inner_pauses_s), ends)
    assert limits.shortest_s <= judge.patience_s(asked) <= limits.hesitant_s
