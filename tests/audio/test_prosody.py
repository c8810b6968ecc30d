"""The end of speech: what falls, what dwindles, what is drawn out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.format import RATE_HZ, Samples
from audio.prosody import Prosody, prosody

SILENCE_S = 0.2


def voice(
    pitch_hz: tuple[float, float], seconds: float = 1.0, level: tuple[float, float] = (3000, 3000)
) -> Samples:
    """A buzz with the overtones of a throat, gliding from one pitch and level to another."""
    count = round(seconds * RATE_HZ)
    phase = np.cumsum(np.linspace(*pitch_hz, count)) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 12))
    sound: Samples = (buzz * np.linspace(*level, count)).astype(np.int16)
    return sound


def hiss(seconds: float, level: float) -> Samples:
    count = round(seconds * RATE_HZ)
    noise: Samples = np.random.default_rng(5).normal(0, level, count).astype(np.int16)
    return noise


def said(*parts: Samples) -> Samples:
    return np.concatenate([*parts, hiss(SILENCE_S, 10)])


@pytest.mark.parametrize("pitch_hz", [85.0, 120.0, 210.0, 290.0])
def test_a_falling_voice_ends_below_its_median_and_a_rising_one_above(pitch_hz: float) -> None:
    falling = prosody(said(voice((pitch_hz * 1.3, pitch_hz * 0.9))), SILENCE_S)
    rising = prosody(said(voice((pitch_hz * 0.9, pitch_hz * 1.3))), SILENCE_S)
    assert -5 < falling.pitch_height_st < -1.5
    assert 1.5 < rising.pitch_height_st < 5
    assert falling.pitch_rank > 0.8
    assert rising.pitch_rank < 0.2
    assert falling.pitch_floor_st < 1 < rising.pitch_floor_st


def test_the_height_is_in_semitones() -> None:
    octave = prosody(said(voice((100, 200), seconds=2.0)), SILENCE_S)
    # A straight line: 150 Hz in its middle, 197 Hz in the last 0.12 s.
    assert octave.pitch_height_st == pytest.approx(12 * np.log2(197 / 150), abs=0.4)


def test_a_level_voice_stays_where_it_is() -> None:
    level = prosody(said(voice((140, 140))), SILENCE_S)
    assert abs(level.pitch_height_st) < 0.2
    assert abs(level.level_fall_db) < 1
    assert level.fade_s < 0.05


def test_a_voice_that_fades_is_weaker_at_its_end() -> None:
    fading = prosody(said(voice((140, 140), level=(6000, 300))), SILENCE_S)
    assert fading.level_fall_db > 6
    assert fading.peak_fall_db > 6
    assert fading.fade_s > 0.1


def test_a_voice_that_breaks_at_its_end_creaks() -> None:
    noise = hiss(0.2, 1500)
    creaking = np.concatenate([voice((140, 140)), voice((140, 140), 0.2) + noise])
    assert prosody(said(creaking), SILENCE_S).creak > 0.1
    assert abs(prosody(said(voice((140, 140))), SILENCE_S).creak) < 0.09


def test_the_last_syllable_is_measured_against_the_others() -> None:
    short, rest = voice((140, 140), 0.12), hiss(0.08, 400)
    drawn_out = said(short, rest, short, rest, short, rest, voice((140, 140), 0.5))
    hurried = said(voice((140, 140), 0.5), rest, voice((140, 140), 0.5), rest, short)
    assert prosody(drawn_out, SILENCE_S).lengthening > 2
    assert prosody(hurried, SILENCE_S).lengthening < 0.6


def test_a_final_s_is_an_unvoiced_tail() -> None:
    assert prosody(said(voice((140, 140)), hiss(0.15, 2000)), SILENCE_S).unvoiced_tail_s > 0.1
    assert prosody(said(voice((140, 140))), SILENCE_S).unvoiced_tail_s < 0.05


def test_it_is_the_same_from_afar() -> None:
    sound = said(voice((150, 110)))
    near, far = prosody(sound, SILENCE_S), prosody((sound // 4).astype(np.int16), SILENCE_S)
    assert near.pitch_height_st == pytest.approx(far.pitch_height_st, abs=0.3)
    assert near.level_fall_db == pytest.approx(far.level_fall_db, abs=0.5)


@pytest.mark.parametrize(
    "sound", [np.zeros(0, np.int16), np.zeros(9600, np.int16), hiss(1.0, 300), hiss(0.02, 300)]
)
def test_where_nobody_speaks_there_is_no_prosody(sound: Samples) -> None:
    assert prosody(sound, SILENCE_S) == Prosody()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 12_000),
    st.integers(0, 32_767),
    st.floats(0, 2),
)
def test_any_sound_gives_finite_figures(
    seed: int, count: int, level: int, silence_s: float
) -> None:
    random = np.random.default_rng(seed)
    sound = random.integers(-level, level + 1, count).astype(np.int16)
    found = prosody(sound, silence_s)
    assert all(np.isfinite(getattr(found, name)) for name in Prosody.__dataclass_fields__)
