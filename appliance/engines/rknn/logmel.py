"""The log mel spectrogram that Whisper was trained on.

Recipe (openai/whisper, `whisper/audio.py`; the bands are librosa's, Slaney's scale and norm):
25 ms amid each 10 ms, the ends mirrored; periodic Hann; power in 80 bands of 0-8000 Hz; base 10
logarithm, at most 8 below the loudest; x/4 + 1. Sound is filled up with silence first.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from appliance.engines.rknn.port import Array, Floats
from audio.format import RATE_HZ, Samples

BANDS = 80
HOP = 160
"""Samples between two frames."""

_FFT = 400
_QUIETEST = np.float32(1e-10)
_RANGE = np.float32(8)
_LINEAR_HZ = 1000.0  # Slaney's scale is linear below, logarithmic above
_MEL_AT_LINEAR = 15.0
_MEL_PER_LOG = 27 / np.log(6.4)


def log_mel(samples: Samples, frames: int) -> Floats:
    """Bands [80, frames] of sound at RATE_HZ, which is at most HOP * frames samples long."""
    sound = np.zeros(HOP * frames, np.float32)
    sound[: samples.size] = samples
    sound = np.pad(sound / np.float32(32768), _FFT // 2, mode="reflect")
    windows = sliding_window_view(sound, _FFT)[::HOP][:frames] * _hann()
    spectrum = np.fft.rfft(windows)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    levels = np.log10(np.maximum(_bands() @ power.T, _QUIETEST))
    levels = np.maximum(levels, levels.max() - _RANGE)
    scaled: Floats = levels / np.float32(4) + np.float32(1)
    return scaled


@cache
def _hann() -> Floats:
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FFT) / _FFT)).astype(np.float32)


@cache
def _bands() -> Floats:
    """The weight [80, 201] of each frequency in each band; every band has the same area."""
    hertz = np.arange(_FFT // 2 + 1) * RATE_HZ / _FFT
    edges = _hertz(np.linspace(0, _mel(RATE_HZ / 2), BANDS + 2))
    left, centre, right = (edges[at : at + BANDS, None] for at in range(3))
    rising, falling = (hertz - left) / (centre - left), (right - hertz) / (right - centre)
    weights: Floats = (np.maximum(0, np.minimum(rising, falling)) * 2 / (right - left)).astype(
        np.float32
    )
    return weights


def _mel(hertz: float) -> float:
    """Of a frequency above the linear part."""
    return float(_MEL_AT_LINEAR + np.log(hertz / _LINEAR_HZ) * _MEL_PER_LOG)


def _hertz(mel: Array) -> Array:
    above = _LINEAR_HZ * np.exp((mel - _MEL_AT_LINEAR) / _MEL_PER_LOG)
    return np.where(mel < _MEL_AT_LINEAR, mel * _LINEAR_HZ / _MEL_AT_LINEAR, above)
