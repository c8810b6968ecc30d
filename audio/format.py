"""What a piece of sound is, everywhere between the microphone and the engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
"""Every model that listens wants 16 kHz mono."""

FRAME_SAMPLES = 512
"""32 ms: one window of Silero VAD."""

FRAME_S = FRAME_SAMPLES / RATE_HZ

Samples: TypeAlias = NDArray[np.int16]
"""Mono signed 16-bit samples, shape [n]."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One step of the microphone.

    Attributes:
        samples: FRAME_SAMPLES samples at RATE_HZ.
        seq: counts frames since the microphone was opened; a gap means loss.
        captured_at: the stream's time in seconds at the END of the frame.
    """

    samples: Samples
    seq: int
    captured_at: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one person said between the wake phrase and the endpoint.

    Attributes:
        samples: speech with pre-roll and the endpoint's silence, at RATE_HZ.
        start_s: stream time at which speech began.
        end_s: stream time at which speech truly ended (before the endpoint's silence).
        ended_at_s: stream time at which the endpoint was decided.
        truncated: True if the maximum length cut the speaker off.
        pauses_s: how long the pauses were after which the speaker went on.
    """

    samples: Samples
    start_s: float
    end_s: float
    ended_at_s: float
    truncated: bool = False
    pauses_s: tuple[float, ...] = ()
