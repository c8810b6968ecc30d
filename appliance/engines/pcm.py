"""What voices do to sound before it leaves their process; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio.format import Samples

CHUNK_MS: Final = 60
PEAK: Final = 0.85
"""Of full scale: how loud the loudest of a voice's usual speech is made."""
QUIET: Final = 160 / 32768
"""Below this the ends of a sentence are silence."""
TAIL_S: Final = 0.03
"""Of which so much is kept."""
_KNEE: Final = 0.9


def pcm(loud: NDArray[np.float32]) -> Samples:
    """16 bits of what is mostly within -1..1: a rare louder sample is bent, never wrapped."""
    over = np.abs(loud) > _KNEE
    bent = np.array(loud, np.float32)
    bent[over] = np.sign(loud[over]) * (
        _KNEE + (1 - _KNEE) * np.tanh((np.abs(loud[over]) - _KNEE) / (1 - _KNEE))
    )
    return (bent * 32767).astype(np.int16)


def sounding(samples: NDArray[Any], quiet: float, tail: int) -> tuple[int, int]:
    """Where sound begins, and where it ends with `tail` samples after it; (0, 0): nowhere."""
    loud = np.flatnonzero(np.abs(samples.astype(np.float32)) > quiet)
    return (int(loud[0]), min(int(loud[-1]) + 1 + tail, samples.size)) if loud.size else (0, 0)


def chunks(samples: Samples, rate_hz: int) -> Iterator[Samples]:
    """Pieces of CHUNK_MS."""
    step = rate_hz * CHUNK_MS // 1000
    for at in range(0, samples.size, step):
        yield samples[at : at + step]
