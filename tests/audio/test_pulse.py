"""Which counts a living microphone raises, and a dead one doesn't."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from audio.format import FRAME_SAMPLES, Frame, Samples
from audio.pulse import Pulse

_random = np.random.default_rng(3)


def _room(_seq: int) -> Samples:
    return _random.normal(0, 3, FRAME_SAMPLES).astype(np.int16)


RING = [_room(0) for _ in range(7)]


@pytest.mark.parametrize(
    ("sound", "stands_still"),
    [
        (_room, set()),
        (lambda _seq: np.zeros(FRAME_SAMPLES, np.int16), {"sounding"}),
        (lambda _seq: np.full(FRAME_SAMPLES, -512, np.int16), {"fresh"}),
        (lambda _seq: RING[0], {"fresh"}),
        (lambda seq: RING[seq % len(RING)], {"fresh"}),
        (lambda seq: (_room(seq) > 0) * np.int16(32767), {"clear"}),
        (lambda seq: (_room(seq) * 3000).clip(-32000, 32000).astype(np.int16), set()),
    ],
)
def test_a_dead_microphone_raises_no_count(
    sound: Callable[[int], Samples], stands_still: set[str]
) -> None:
    pulse = Pulse()
    for seq in range(20):
        pulse.take(Frame(sound(seq), seq, 0.0))
    names = ("frames", "sounding", "fresh", "clear")
    before = {name: getattr(pulse, name) for name in names}
    for seq in range(20, 60):
        pulse.take(Frame(sound(seq), seq, 0.0))
    assert {name for name in names if getattr(pulse, name) == before[name]} == stands_still
