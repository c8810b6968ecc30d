"""Whether what the microphone delivers can be sound: counts that only a living one raises.

A dead microphone rarely says so. It delivers nothing, zeros, one value, the same buffer again and
again, or a signal that is cut off; so each of these has a count of its own, of frames that show
the contrary.
"""

from __future__ import annotations

from collections import deque

import numpy as np

from audio.format import Frame

REMEMBERED = 64
"""Frames (2 s): a buffer that is repeated within so long is noticed."""
CLIPPED = 32_700
"""A sample from here on is cut off."""
CLIPPED_SHARE = 0.05
"""Of a frame's samples; loud speech close by has fewer."""


class Pulse:
    """Fed by the microphone's thread, read by any: every count is one assignment.

    Attributes:
        frames: delivered at all.
        sounding: not all zeros.
        fresh: not one single value, and unlike every frame of the last 2 s.
        clear: not cut off.
    """

    def __init__(self) -> None:
        self.frames = self.sounding = self.fresh = self.clear = 0
        self._recent: deque[int] = deque(maxlen=REMEMBERED)

    def take(self, frame: Frame) -> None:
        """Judge one frame; a fraction of a millisecond at most."""
        samples = frame.samples
        digest = hash(samples.tobytes())
        varied = bool((samples != samples[0]).any())
        clipped = np.count_nonzero(np.abs(samples.astype(np.int32)) >= CLIPPED)
        self.sounding += bool(samples.any())
        self.fresh += not samples.any() or (varied and digest not in self._recent)
        self.clear += bool(clipped < CLIPPED_SHARE * len(samples))
        self._recent.append(digest)
        self.frames += 1
