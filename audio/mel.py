"""The mel spectrogram that openWakeWord's models were trained on, by FFT.

Recipe (openWakeWord 0.4.0, `melspectrogram.onnx` and `utils.py`): every 10 ms a Hann window of
25 ms amid 512 samples; power in 32 mel bands of 60-3800 Hz; dB, at most 80 below the loudest of its
hop; scaled x/10+2. The file has the Fourier transform as two convolutions; only its bands are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from audio.models import Floats, contents, refused
from audio.onnxfile import GraphField, Message, ModelField, TensorField

if TYPE_CHECKING:
    from pathlib import Path

    from audio.format import Samples

HOP = 1280
"""Samples in one step of the models: 80 ms, 8 rows."""
OVERLAP = 480
"""Samples before the hop that its first rows look back on."""
BANDS = 32

_FFT, _STRIDE, _HANN = 512, 160, 400  # samples
_BINS = _FFT // 2 + 1
_QUIETEST = np.float32(1e-10)  # power
_RANGE_DB = np.float32(80)


class MelSpectrogram:
    """Sound → mel rows."""

    def __init__(self, path: Path) -> None:
        """Read the bands of `melspectrogram.onnx`; AudioError where that fails."""
        bands = _bands(path)
        used = np.nonzero(bands.any(axis=1))[0]
        self._bins = slice(used[0], used[-1] + 1)
        self._bands = np.ascontiguousarray(bands[self._bins])
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_HANN) / _HANN)
        self._window = np.pad(hann, (_FFT - _HANN) // 2).astype(np.float32)

    def rows(self, sound: Samples) -> Floats:
        """The rows [8n, 32] of n hops; `sound` is these and OVERLAP samples before them."""
        windows = sliding_window_view(sound, _FFT)[::_STRIDE] * self._window
        spectrum = np.fft.rfft(windows)[:, self._bins]
        power = (spectrum.real**2 + spectrum.imag**2) @ self._bands
        level_db = 10 * np.log10(np.maximum(power, _QUIETEST)).reshape(-1, HOP // _STRIDE * BANDS)
        level_db = np.maximum(level_db, level_db.max(axis=1, keepdims=True) - _RANGE_DB)
        rows: Floats = level_db.reshape(-1, BANDS) / np.float32(10) + np.float32(2)
        return rows


def _bands(path: Path) -> Floats:
    """The weight [257, 32] of each frequency in each band."""
    data = contents(path)
    try:
        (graph,) = Message(data).messages(ModelField.GRAPH)
        for tensor in graph.messages(GraphField.INITIALIZER):
            if tensor.numbers(TensorField.DIMENSIONS) == [_BINS, BANDS]:
                (raw,) = tensor.blobs(TensorField.RAW_DATA)
                return np.frombuffer(raw, "<f4").reshape(_BINS, BANDS)
    except ValueError as error:
        raise refused(path, str(error)) from error
    raise refused(path, f"it has no weights of {_BINS} x {BANDS}")
