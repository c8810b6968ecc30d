"""Where speech begins and ends, by seconds of silence and speech."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.format import FRAME_S
from audio.segmenter import Segmenter, SegmenterSettings, Verdict

SPEECH, SILENCE = 0.9, 0.05
OVER = {Verdict.ENDED, Verdict.TRUNCATED, Verdict.NO_SPEECH}


def run(*parts: tuple[float, float], **settings: float) -> tuple[list[Verdict], Segmenter]:
    """The verdicts, up to the deciding one, over (seconds, probability) parts."""
    segmenter, verdicts = Segmenter(SegmenterSettings(**settings)), []
    for seconds, probability in parts:
        for _ in range(round(seconds / FRAME_S)):
            verdicts.append(segmenter.process(FRAME_S, probability))
            if verdicts[-1] in OVER:
                return verdicts, segmenter
    return verdicts, segmenter


def test_an_utterance_is_found_with_its_true_end() -> None:
    verdicts, segmenter = run((0.64, SILENCE), (1.6, SPEECH), (2, SILENCE))
    assert verdicts.count(Verdict.STARTED) == 1
    assert verdicts[-1] is Verdict.ENDED
    assert segmenter.start_s == pytest.approx(0.64)
    assert segmenter.end_s == pytest.approx(2.24)
    assert segmenter.now_s == pytest.approx(2.24 + 0.704)


@pytest.mark.parametrize("pause", [0.1, 0.3, 0.5, 0.6])
def test_a_pause_for_thought_does_not_cut(pause: float) -> None:
    verdicts, segmenter = run((0.3, SILENCE), (1, SPEECH), (pause, SILENCE), (1, SPEECH))
    assert not OVER & set(verdicts)
    assert segmenter.end_s == pytest.approx(segmenter.now_s)


def test_nobody_speaks() -> None:
    verdicts, segmenter = run((10, SILENCE))
    assert verdicts[-1] is Verdict.NO_SPEECH
    assert segmenter.now_s == pytest.approx(5.0, abs=FRAME_S)


def test_a_cough_is_not_an_utterance() -> None:
    verdicts, _ = run((1, SILENCE), (0.1, SPEECH), (9, SILENCE))
    assert Verdict.STARTED not in verdicts


def test_speech_that_begins_just_before_the_timeout_is_heard() -> None:
    verdicts, _ = run((4.9, SILENCE), (1, SPEECH), (1, SILENCE))
    assert verdicts[-1] is Verdict.ENDED


def test_an_endless_speaker_is_cut_off() -> None:
    verdicts, segmenter = run((0.32, SILENCE), (60, SPEECH))
    assert verdicts[-1] is Verdict.TRUNCATED
    assert segmenter.now_s - (segmenter.start_s or 0) == pytest.approx(15, abs=FRAME_S)


@pytest.mark.parametrize("blip_every", [2, 3, 5, 10])
def test_flicker_does_not_keep_an_utterance_open(blip_every: int) -> None:
    segmenter = Segmenter(SegmenterSettings())
    for _ in range(40):
        segmenter.process(FRAME_S, SPEECH)
    end = segmenter.now_s
    for frame in range(60):
        blip = frame % blip_every == blip_every - 1
        if segmenter.process(FRAME_S, SPEECH if blip else SILENCE) is Verdict.ENDED:
            break
    assert segmenter.now_s == pytest.approx(end + 0.7, abs=2.1 * FRAME_S)
    assert segmenter.end_s <= end + 0.14


def test_the_tail_of_the_wake_phrase_is_not_an_utterance() -> None:
    verdicts, _ = run((0.35, SPEECH), (9, SILENCE))
    assert verdicts[-1] is Verdict.NO_SPEECH
    assert Verdict.STARTED not in verdicts


def test_a_question_without_a_pause_counts_from_the_opening() -> None:
    verdicts, segmenter = run((1.5, SPEECH), (2, SILENCE))
    assert verdicts[-1] is Verdict.ENDED
    assert segmenter.start_s == 0.0


def test_a_short_word_after_the_tail_counts_by_itself() -> None:
    verdicts, segmenter = run((0.2, SPEECH), (0.32, SILENCE), (0.32, SPEECH), (2, SILENCE))
    assert verdicts[-1] is Verdict.ENDED
    assert segmenter.start_s == pytest.approx(0.512, abs=FRAME_S)


@pytest.mark.parametrize(
    ("field", "value"),
    [("onset", 1.5), ("endpoint_s", 0.0), ("max_s", 1e9), ("no_speech_s", float("nan"))],
)
def test_settings_name_the_field_and_its_range(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} must be between"):
        SegmenterSettings(**{field: value})


def test_release_above_onset_is_refused() -> None:
    with pytest.raises(ValueError, match="release"):
        SegmenterSettings(onset=0.4, release=0.6)


probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=700)


@given(probabilities)
def test_times_never_run_backwards(given_probabilities: list[float]) -> None:
    segmenter = Segmenter(SegmenterSettings())
    end = 0.0
    for probability in given_probabilities:
        verdict = segmenter.process(FRAME_S, probability)
        assert end <= segmenter.end_s <= segmenter.now_s
        end = segmenter.end_s
        if segmenter.start_s is not None:
            assert 0 <= segmenter.start_s <= segmenter.end_s
        if verdict in OVER:
            break


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200).map(lambda part: part * 10))
def test_it_always_decides_in_bounded_time(given_probabilities: list[float]) -> None:
    """Whatever is heard, an answer comes within the two limits together."""
    segmenter = Segmenter(SegmenterSettings(no_speech_s=1, max_s=2))
    endless = given_probabilities + [SILENCE] * 60
    verdicts = [segmenter.process(FRAME_S, probability) for probability in endless]
    assert OVER & set(verdicts)


@given(
    silence=st.integers(8, 100),  # earlier speech is the wake phrase's
    speech=st.integers(15, 200),
    step=st.sampled_from([1, 2, 4]),
)
def test_the_length_of_a_step_does_not_matter(silence: int, speech: int, step: int) -> None:
    """20 ms or 80 ms frames give the same utterance, to the step's length."""
    width = 0.02 * step
    segmenter = Segmenter(SegmenterSettings())
    plan = [SILENCE] * silence + [SPEECH] * speech + [SILENCE] * 50
    for probability in plan[::step]:
        if segmenter.process(width, probability) in OVER:
            break
    assert segmenter.start_s == pytest.approx(0.02 * silence, abs=width + 1e-6)
    assert segmenter.end_s == pytest.approx(0.02 * (silence + speech), abs=width + 1e-6)
