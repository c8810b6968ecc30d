"""A second witness for phrases like "alexa": its s must be followed by a vowel.

openWakeWord hears only 60-3800 Hz, so to it the end of "pause" can look like that of "alexa".
Here the sibilant is found in 2.8-7.6 kHz, and the voice (150-2000 Hz) after it is compared with
the voice before it. Real "alexa", 151 speakers' recordings: never below -14.7 dB; "pause": -24 dB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from audio.format import RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audio.format import Samples

_WINDOW, _STEP = 256, 128  # 16 ms every 8 ms
_HERTZ = np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ)
_VOICE = slice(*np.searchsorted(_HERTZ, (150, 2_000)))
_HISS = slice(*np.searchsorted(_HERTZ, (2_800, 7_600)))
_FLOOR = 1e3  # about one bit of noise: digital silence has a finite level
_LOUD_DB = 15.0  # the sibilant is among the frames that hiss nearly loudest
_BEFORE, _AFTER = 28, 27  # steps looked at: 220 ms on each side
_NEAR = 4  # steps left out around the sibilant
_DROP_DB = -19.5


def vowel_after_sibilant(sound: Samples) -> bool:
    """Whether the voice goes on after the strongest sibilant of the last second of `sound`."""
    voice, hiss = _levels_db(sound[-RATE_HZ:])
    if len(voice) < _BEFORE:
        return False
    sharp = np.where(hiss > hiss.max() - _LOUD_DB, hiss - voice, -np.inf)
    at = int(np.argmax(sharp))
    after = voice[at + _NEAR : at + _NEAR + _AFTER]
    before = voice[max(0, at - _NEAR - _BEFORE) : max(1, at - _NEAR + 1)]
    return len(after) > 0 and bool(after.max() - before.max() > _DROP_DB)


def _levels_db(sound: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count = max(0, (len(sound) - _WINDOW) // _STEP + 1)
    at = np.arange(count)[:, None] * _STEP + np.arange(_WINDOW)
    power = np.abs(np.fft.rfft(sound[at] * np.hanning(_WINDOW), axis=1)) ** 2 + _FLOOR
    voice, hiss = power[:, _VOICE].sum(axis=1), power[:, _HISS].sum(axis=1)
    return 10 * np.log10(voice), 10 * np.log10(hiss)
