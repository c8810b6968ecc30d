"""What the loudspeaker really played, for whoever must tell it from what the room says."""

from __future__ import annotations

from threading import Lock

import numpy as np
import soxr  # type: ignore[import-untyped]

from audio.format import RATE_HZ, Samples

KEPT_S = 4.0
"""Sound that can still be taken: the ears may be two seconds behind."""

_GAP_S = 0.002  # sound that follows closer than this continues what was played before


class Reference:
    """The last seconds of the loudspeaker at RATE_HZ, on the loudspeaker's clock.

    The loudspeaker puts, from a thread of its own, the ears take; where nothing was played, or is
    no longer remembered, there are zeros.
    """

    def __init__(self, kept_s: float = KEPT_S) -> None:
        """Begin in silence; `kept_s` is the bound, and the oldest is forgotten."""
        self._ring: Samples = np.zeros(round(kept_s * RATE_HZ), np.int16)
        self._end = 0  # index after the newest sample, counted from the clock's zero
        self._due_s = 0.0  # when the sample after the newest sounds
        self._rate_hz = 0
        self._lock = Lock()

    def put(self, samples: Samples, rate_hz: int, at_s: float) -> None:
        """Add what was played: mono, its first sample at `at_s`; later news replaces older."""
        with self._lock:
            self._seek(rate_hz, at_s)
            self._due_s = at_s + len(samples) / rate_hz
            self._write(self._resampler.resample_chunk(samples) if self._resampler else samples)

    def take(self, from_s: float, count: int) -> Samples:
        """`count` samples at RATE_HZ from a time of the loudspeaker's clock on."""
        taken = np.zeros(count, np.int16)
        first = round(from_s * RATE_HZ)
        with self._lock:
            low = max(first, self._end - len(self._ring))
            high = min(first + count, self._end)
            if low < high:
                at = np.arange(low, high) % len(self._ring)
                taken[low - first : high - first] = self._ring[at]
        return taken

    def _seek(self, rate_hz: int, at_s: float) -> None:
        """Go on, or begin anew after silence."""
        if rate_hz == self._rate_hz and abs(at_s - self._due_s) < _GAP_S:
            return
        self._rate_hz = rate_hz
        self._resampler = None
        if rate_hz != RATE_HZ:
            # The quick interpolation holds nothing back, and costs the canceller 0.1 dB.
            self._resampler = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="int16", quality="QQ")
        start = round(at_s * RATE_HZ)
        later = max(start, self._end)
        blank = min(abs(start - self._end), len(self._ring))  # a pause, or what is to be replaced
        self._ring[np.arange(later - blank, later) % len(self._ring)] = 0
        self._end = start

    def _write(self, samples: Samples) -> None:
        kept = samples[-len(self._ring) :]
        self._end += len(samples)
        at = np.arange(self._end - len(kept), self._end) % len(self._ring)
        self._ring[at] = kept
