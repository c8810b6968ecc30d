"""SenseVoice's frames: seven of the filter bank side by side, every six (LFR), then normalised.

Recipe (FunASR, `funasr/frontends/wav_frontend.py`): the first frame is repeated three times in
front, so that a stack is centred on its frame; the last stack is filled with the last frame.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from appliance.engines.asr_faults import bad_model, text_of
from appliance.engines.rknn.fbank import BANDS, HOP, WINDOW
from appliance.engines.rknn.port import Floats

STACK = 7
STRIDE = 6
WIDTH = STACK * BANDS
"""Values in a stacked frame: 560."""

_NUMBERS = re.compile(r"<LearnRateCoef>\s+\S+\s+\[([^\]]*)\]")


class Normalisation(NamedTuple):
    """What was learnt of the values' distribution; each part is [560]."""

    shift: Floats
    scale: Floats

    def apply(self, stacked: Floats) -> Floats:
        """Frames [n, 560] of mean 0 and spread 1, as the network saw them in training."""
        return (stacked + self.shift) * self.scale


def stack(energies: Floats) -> Floats:
    """Frames [ceil(n / 6), 560] of energies [n, 80]."""
    count = -(-len(energies) // STRIDE)
    if not count:
        return np.empty((0, WIDTH), np.float32)
    wanted = STRIDE * np.arange(count)[:, None] + np.arange(STACK) - STACK // 2
    stacked: Floats = energies[np.clip(wanted, 0, len(energies) - 1)].reshape(count, WIDTH)
    return stacked


def longest_samples(frames: int) -> int:
    """How many samples at most give no more than that many stacked frames."""
    return WINDOW + HOP * (STRIDE * frames) - 1


def read_normalisation(path: Path) -> Normalisation:
    """The two vectors of a Kaldi `am.mvn`: what to add, then what to multiply by.

    Raises:
        EngineError: `ENG-NO-MODEL`, or `ENG-BAD-MODEL` where they aren't 560 numbers each.
    """
    vectors = [numbers.split() for numbers in _NUMBERS.findall(text_of(path))]
    try:
        shift, scale = (np.array(vector, np.float32) for vector in vectors)
    except ValueError as error:
        raise bad_model(path, f"no two vectors of numbers in it: {error}") from error
    if shift.shape != (WIDTH,) or scale.shape != (WIDTH,):
        raise bad_model(path, f"vectors of {shift.size} and {scale.size}, not {WIDTH}")
    return Normalisation(shift, scale)
