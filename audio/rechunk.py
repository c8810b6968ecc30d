"""Whatever a device gives, in whatever pieces, becomes frames of 16 kHz mono."""

from __future__ import annotations

import numpy as np

from audio.format import FRAME_SAMPLES, RATE_HZ, Samples


class Framer:
    """Down-mixes, resamples and cuts interleaved 16-bit samples; what's left over waits."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        """Take the device's rate and number of channels."""
        self._channels = channels
        self._left: Samples = np.zeros(0, np.int16)
        self._resampler = None
        if rate_hz != RATE_HZ:
            import soxr  # type: ignore[import-untyped]  # noqa: PLC0415  (16 kHz needs none)

            self._resampler = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="int16")

    def feed(self, interleaved: Samples) -> list[Samples]:
        """The frames that are complete now."""
        mono = interleaved
        if self._channels > 1:
            mono = interleaved.reshape(-1, self._channels).mean(axis=1).round().astype(np.int16)
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono)
        joined = np.concatenate((self._left, mono))
        whole = len(joined) // FRAME_SAMPLES * FRAME_SAMPLES
        self._left = joined[whole:]
        return list(joined[:whole].reshape(-1, FRAME_SAMPLES))
