"""Sibilants: a second witness for wake phrases, and the mark by which their end is found.

openWakeWord hears only 60-3800 Hz, so to it the end of "pause" can look like that of "alexa", and
it decides anything from 0.1 s before to 0.5 s after the end of the phrase. An s is plain to see
above that: between 2.8 and 7.6 kHz it is louder than the voice (150-2000 Hz).
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
_LOUD_DB = 15.0  # a sibilant is among the steps that hiss nearly loudest
_CLEAR_DB = 5.0  # and hisses so much louder than the voice
_SHORTEST = 3  # steps
_BRIDGED = 3  # steps
_AROUND = 28  # steps compared before and after: 220 ms
_NEAR = 4  # steps left out next to the sibilant
_DROP_DB = -19.5  # real "alexa", 151 recordings: never below -14.7; "pause": -24


def vowel_after_sibilant(sound: Samples) -> bool:
    """Whether the voice goes on after the sharpest sibilant in `sound` (about a second)."""
    voice, hiss = _levels_db(sound)
    if len(voice) < _AROUND:
        return False
    sharp = np.where(hiss > hiss.max() - _LOUD_DB, hiss - voice, -np.inf)
    at = int(np.argmax(sharp))
    after = voice[at + _NEAR : at + _AROUND]
    before = voice[max(0, at - _AROUND) : max(1, at - _NEAR + 1)]
    return len(after) > 0 and bool(after.max() - before.max() > _DROP_DB)


def sibilant_ends(sound: Samples) -> list[float]:
    """When the clear sibilants end, in seconds from the start of `sound` (about a second)."""
    voice, hiss = _levels_db(sound)
    if not len(voice):
        return []
    steps = np.nonzero((hiss - voice > _CLEAR_DB) & (hiss > hiss.max() - _LOUD_DB))[0]
    runs = np.split(steps, np.nonzero(np.diff(steps) > _BRIDGED)[0] + 1)
    long = [run for run in runs if len(run) and run[-1] - run[0] >= _SHORTEST]
    return [(int(run[-1]) * _STEP + (_WINDOW + _STEP) / 2) / RATE_HZ for run in long]


def _levels_db(sound: Samples) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of the voice and of the hiss, step by step."""
    count = max(0, (len(sound) - _WINDOW) // _STEP + 1)
    at = np.arange(count)[:, None] * _STEP + np.arange(_WINDOW)
    power = np.abs(np.fft.rfft(sound[at] * np.hanning(_WINDOW), axis=1)) ** 2 + _FLOOR
    voice, hiss = power[:, _VOICE].sum(axis=1), power[:, _HISS].sum(axis=1)
    return 10 * np.log10(voice), 10 * np.log10(hiss)
