"""Long sound is cut where it is quiet, and nothing of it is lost."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from appliance.engines.windows import has_sound, windows
from tests.appliance.engines.rknn.graphs import silence, tone


@given(st.integers(0, 5000), st.integers(1, 2000))
def test_nothing_is_lost_and_nothing_too_long(size: int, longest: int) -> None:
    sound = (np.arange(size) * 7919 % 2000).astype(np.int16)
    pieces = list(windows(sound, longest))
    assert np.array_equal(np.concatenate(pieces), sound)
    assert all(piece.size <= longest for piece in pieces)
    assert all(piece.size for piece in pieces) or not size


def test_the_cut_is_in_the_pause() -> None:
    sound = np.concatenate([tone(300, 1.7), silence(0.1), tone(300, 1.0)])
    first, second = windows(sound, 32_000)
    assert 1.7 * 16_000 <= first.size <= 1.8 * 16_000
    assert first.size + second.size == sound.size


def test_silence_and_clicks_are_no_speech() -> None:
    assert not has_sound(silence(0))
    assert not has_sound(silence(2))
    assert not has_sound(tone(300, 0.05))
    assert has_sound(tone(300, 0.2))
