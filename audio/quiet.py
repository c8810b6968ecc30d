"""Tells when a room is so still that no model need listen.

Nothing is decided by this level but when to look: the first sound has the models make up for what
they skipped. A phrase is lost only if no 80 ms of it stand out, and such a phrase is not heard
anyway: of 154 real ones at 0 dB over four rooms, resting lost none (`tests/audio/tune_quiet.py`).
"""

from __future__ import annotations

import math
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from audio.format import RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audio.format import Samples

_WINDOW = 1280  # 80 ms: long enough for noise to have a steady level
_HANN = np.hanning(_WINDOW).astype(np.float32)  # keeps a hum out of the voice's bands
_HERTZ = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)
_BANDS = tuple(  # within what the phrase models hear; a hum or a hiss leaves one of them free
    slice(*np.searchsorted(_HERTZ, band)) for band in ((200, 1_000), (1_000, 3_800))
)
_FLOOR_S = 5.0  # what was lowest in so long is the room
_STILL_S = 1.2  # a phrase may be decided on 0.9 s after its last loud sound
_ABOVE_FLOOR_DB = 6.0
_LOUDEST_DB = 45.0  # of the last bit, -45 dB of full scale: a room so loud is never still


class StillRoom:
    """Knows the room's own sound, step by step."""

    def __init__(self, step: int) -> None:
        """Know nothing yet; a room that isn't known is not still.

        Args:
            step: samples in each call of `still`, 1280 at most.
        """
        self._still_steps = math.ceil(_STILL_S * RATE_HZ / step)
        self._floor_steps = math.ceil(_FLOOR_S * RATE_HZ / step)
        self.reset()

    def reset(self) -> None:
        """Forget the room."""
        self._window = np.zeros(0, np.float32)
        self._levels = [deque[float](maxlen=self._floor_steps) for _ in _BANDS]

    def still(self, samples: Samples) -> bool:
        """Whether it has been still up to the end of these samples.

        That is: for 1.2 s neither voice band was 6 dB above its lowest level of 5 s.
        """
        self._window = np.concatenate((self._window, samples), dtype=np.float32)[-_WINDOW:]
        if len(self._window) < _WINDOW:
            return False
        spectrum = np.fft.rfft(self._window * _HANN)
        for levels, band in zip(self._levels, _BANDS, strict=True):
            levels.append(_level_db(spectrum[band]))
        return all(self._flat(levels) for levels in self._levels)

    def _flat(self, levels: deque[float]) -> bool:
        if len(levels) < self._still_steps:
            return False
        latest = max(islice(reversed(levels), self._still_steps))
        return latest <= min(min(levels) + _ABOVE_FLOOR_DB, _LOUDEST_DB)


def _level_db(spectrum: NDArray[np.complexfloating]) -> float:
    """Mean power in dB of the last bit."""
    power = 2 * float(np.vdot(spectrum, spectrum).real) / (_WINDOW * float(_HANN @ _HANN))
    return 10 * math.log10(1 + power)
