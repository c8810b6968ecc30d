"""What the loudspeaker played can be taken by time, from any thread, in bounded memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.format import RATE_HZ
from audio.reference import Reference

from .conftest import tone


def ramp(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count).astype(np.int16)


def test_sound_lies_where_it_sounded_and_silence_elsewhere() -> None:
    reference = Reference()
    reference.put(ramp(1, 320), RATE_HZ, 10.0)
    reference.put(ramp(321, 320), RATE_HZ, 10.02)
    reference.put(ramp(1_000, 320), RATE_HZ, 10.5)
    taken = reference.take(9.99, 8_480)
    assert not taken[:160].any()
    assert np.array_equal(taken[160:800], ramp(1, 640))
    assert not taken[800:8_160].any()
    assert np.array_equal(taken[8_160:], ramp(1_000, 320))
    assert not reference.take(10.52, 512).any()


def test_what_is_a_little_off_continues_without_a_seam() -> None:
    reference = Reference()
    reference.put(ramp(0, 441), 22_050, 5.0)
    for k in range(1, 50):
        reference.put(ramp(441 * k, 441), 22_050, 5.0 + 0.02 * k + 0.0004 * (-1) ** k)
    taken = reference.take(5.0, 15_900).astype(int)
    assert np.abs(np.diff(taken) - 22_050 / RATE_HZ).max() < 4  # soxr dithers


def test_only_the_last_seconds_are_kept() -> None:
    reference = Reference(kept_s=0.1)
    reference.put(ramp(0, 5_000), RATE_HZ, 0.0)
    taken = reference.take(0.0, 5_000)
    assert not taken[:3_400].any()
    assert np.array_equal(taken[3_400:], ramp(3_400, 1_600))
    reference.put(ramp(7, 10), RATE_HZ, 1_000_000.0)  # a pause of days costs nothing
    assert np.array_equal(reference.take(1_000_000.0, 10), ramp(7, 10))
    assert not reference.take(999_999.9, 1_600).any()


def test_a_clock_that_was_set_back_replaces_what_was_known() -> None:
    reference = Reference(kept_s=1.0)
    reference.put(ramp(1, 1_600), RATE_HZ, 7.0)
    reference.put(ramp(5_000, 160), RATE_HZ, 7.05)
    taken = reference.take(6.5, 16_000)
    assert np.array_equal(taken[8_000:8_800], ramp(1, 800))
    assert np.array_equal(taken[8_800:8_960], ramp(5_000, 160))
    assert not taken[:8_000].any()
    assert not taken[8_960:].any()
    reference.put(ramp(9, 160), RATE_HZ, 0.0)
    assert np.array_equal(reference.take(0.0, 160), ramp(9, 160))
    assert not reference.take(-0.5, 8_000).any()


def test_resampled_sound_is_there_at_once() -> None:
    reference = Reference()
    for k, part in enumerate((tone(1.0, 48_000) * 32767).astype(np.int16).reshape(50, -1)):
        reference.put(part, 48_000, 3.0 + 0.02 * k)
    expected = tone(1.0) * 32767
    assert reference.take(3.0, RATE_HZ)[:-8] == pytest.approx(expected[:-8], abs=200)


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 700)), max_size=20))
def test_any_rhythm_of_pauses_and_pieces(steps: list[tuple[int, int]]) -> None:
    """A pause is kept to the sample unless it is too short to tell from jitter."""
    reference, told = Reference(), np.zeros(0, np.int16)
    for number, (pause, count) in enumerate(steps):
        silence = np.zeros(pause + 64 if pause else 0, np.int16)
        part = np.full(count, number + 1, np.int16)
        reference.put(part, RATE_HZ, (len(told) + len(silence)) / RATE_HZ)
        told = np.concatenate((told, silence, part))
    assert np.array_equal(reference.take(0.0, len(told)), told)
