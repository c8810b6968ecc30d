"""Log mel filter bank energies as Kaldi computes them, for SenseVoice.

Recipe (kaldi/src/feat/feature-{window,fbank}.cc and mel-computations.cc, with the options of
SenseVoice's `config.yaml`): frames of 25 ms every 10 ms that lie wholly within the sound, no
dither; each loses its mean, is emphasised by 0.97 and tapered by a Hamming window; power of 512
points; 80 triangles of equal width on the mel scale between 20 and 8000 Hz; natural logarithm.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from appliance.engines.rknn.port import Array, Floats
from audio.format import RATE_HZ, Samples

BANDS = 80
WINDOW = 400
"""Samples of a frame."""
HOP = 160
"""Samples between the beginnings of two frames."""

_FFT = 512
_LOWEST_HZ = 20.0
_EMPHASIS = np.float32(0.97)
_QUIETEST = np.float32(2**-23)  # power; the logarithm needs more than 0


def fbank(samples: Samples) -> Floats:
    """Energies [frames, 80] of sound at RATE_HZ; [0, 80] where it is shorter than a frame.

    Samples count as they are, within ±32768: that is the scale that SenseVoice was trained on.
    """
    if samples.size < WINDOW:
        return np.empty((0, BANDS), np.float32)
    frames = sliding_window_view(samples, WINDOW)[::HOP].astype(np.float32)
    frames -= frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    tapered = (frames - _EMPHASIS * before) * _hamming()
    spectrum = np.fft.rfft(tapered, _FFT)[:, : _FFT // 2]
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    energies: Floats = np.log(np.maximum(power @ _bands(), _QUIETEST)).astype(np.float32)
    return energies


@cache
def _hamming() -> Floats:
    window: Floats = np.hamming(WINDOW).astype(np.float32)
    return window


@cache
def _bands() -> Floats:
    """The weight [256, 80] of each frequency below half the rate in each band."""
    edges = np.linspace(_mel(_LOWEST_HZ), _mel(RATE_HZ / 2), BANDS + 2)
    mel = _mel(np.arange(_FFT // 2) * RATE_HZ / _FFT)[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (mel - left) / (centre - left), (right - mel) / (right - centre)
    weights: Floats = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    return weights


def _mel(hertz: float | Array) -> Array:
    mel: Array = 1127 * np.log1p(np.asarray(hertz) / 700)
    return mel
