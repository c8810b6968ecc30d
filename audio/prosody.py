"""How the last words sound: falling or level, dwindling or cut off, drawn out or hurried.

People announce that they have finished: the pitch falls to the bottom of their range, the last
syllable is drawn out, the voice fades. Before "and …" the pitch stays up. All of it is relative
to the same speaker in the same utterance, so neither voice nor microphone matters.

Pitch is the peak of the normalised autocorrelation (Boersma, 1993: divided by the window's own).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from audio.format import RATE_HZ

if TYPE_CHECKING:
    from audio.format import Samples

Floats: TypeAlias = NDArray[np.float64]

_HOP: Final = 160
_HOPS_S: Final = RATE_HZ // _HOP
_REACH_S: Final = 2.5
"""Sound before the pause that is looked at."""

_WINDOW: Final = 320  # samples, at half the rate: 40 ms, three periods of a low voice
_TRANSFORM: Final = 432  # points, at least the window and the longest lag
_LAGS: Final = (20, 107)  # samples at half the rate: 400 Hz down to 75 Hz
_VOICED: Final = 0.5  # height of the autocorrelation's peak
_AUDIBLE_DB: Final = 30.0  # below the loudest; fainter is room
_TAIL: Final = 40  # hops: the last words
_LAST: Final = 12  # hops: the last syllable
_FEWEST: Final = 5  # voiced hops from which a pitch is believed


@dataclass(frozen=True, slots=True)
class Prosody:
    """The end of what was said so far, against the rest of it.

    Attributes:
        pitch_height_st: pitch of the last voiced 0.12 s above the speaker's median, in semitones.
        pitch_floor_st: the same above the speaker's lowest tenth.
        pitch_slope_st: change of pitch over the last voiced 0.4 s, in semitones per second.
        level_fall_db: how much weaker the last voiced 0.12 s are than the median voiced level.
        level_slope_db: change of level over the last audible 0.3 s, in dB per second.
        last_voiced_s: length of the last voiced stretch.
        lengthening: the same over the median stretch.
        unvoiced_tail_s: audible sound after the last voice, such as a final "s".
        voiced_s: voice in all.
    """

    pitch_height_st: float = 0.0
    pitch_floor_st: float = 0.0
    pitch_slope_st: float = 0.0
    level_fall_db: float = 0.0
    level_slope_db: float = 0.0
    last_voiced_s: float = 0.0
    lengthening: float = 1.0
    unvoiced_tail_s: float = 0.0
    voiced_s: float = 0.0


def prosody(sound: Samples, silence_s: float) -> Prosody:
    """What the end of an utterance sounds like; all zero where nobody's voice is in it.

    Args:
        sound: int16 [n] at 16 kHz, the utterance so far with the silence at its end.
        silence_s: how long that silence is.
    """
    # The voice may fade into what was counted as silence already.
    end = max(0, len(sound) - max(0, round((silence_s - 0.06) * RATE_HZ)))
    spoken = sound[max(0, end - round(_REACH_S * RATE_HZ)) : end].astype(np.float64)
    if len(spoken) < 2 * _WINDOW:
        return Prosody()
    level, pitch, strength = _contours(spoken)
    audible = level > level.max() - _AUDIBLE_DB
    voiced = audible & (strength > _VOICED) & (level.max() > 0)
    if voiced.sum() < _FEWEST:
        return Prosody()
    return _described(level, pitch, audible, voiced)


def _described(
    level: Floats, pitch: Floats, audible: NDArray[np.bool_], voiced: NDArray[np.bool_]
) -> Prosody:
    at = np.flatnonzero(voiced)
    tones, last = pitch[at], at[-_LAST:]
    lengths = _runs(voiced)
    final = pitch[last].mean()
    ends = int(np.flatnonzero(audible)[-1])
    tail = at[at > at[-1] - _TAIL]
    fading = np.arange(max(0, ends - 29), ends + 1)
    return Prosody(
        pitch_height_st=float(final - np.median(tones)),
        pitch_floor_st=float(final - np.quantile(tones, 0.1)),
        pitch_slope_st=_slope(tail, pitch[tail]),
        level_fall_db=float(np.median(level[at]) - level[last].mean()),
        level_slope_db=_slope(fading, level[fading]),
        last_voiced_s=float(lengths[-1]) / _HOPS_S,
        lengthening=float(lengths[-1] / np.median(lengths)),
        unvoiced_tail_s=float(ends - at[-1]) / _HOPS_S,
        voiced_s=len(at) / _HOPS_S,
    )


def _contours(spoken: Floats) -> tuple[Floats, Floats, Floats]:
    """Level in dB, pitch in semitones and strength of the voice (0..1), every 10 ms."""
    halved = (spoken[0 : len(spoken) // 2 * 2 : 2] + spoken[1::2][: len(spoken) // 2]) / 2
    windows = sliding_window_view(halved, _WINDOW)[:: _HOP // 2] * np.hanning(_WINDOW)
    power = np.fft.rfft(windows, _TRANSFORM)
    lags = np.fft.irfft(power.real**2 + power.imag**2)[:, : _LAGS[1] + 1]
    level = 10 * np.log10(lags[:, 0] / _WINDOW + 1.0)
    height = lags / np.maximum(lags[:, :1], 1e-9) / _OF_THE_WINDOW
    peaks = height[:, _LAGS[0] : _LAGS[1]]
    # Of peaks nearly as high, the shortest lag: its multiples are as high, but no pitch.
    near = peaks >= 0.9 * peaks.max(axis=1, keepdims=True)
    inner = (peaks >= height[:, _LAGS[0] - 1 : _LAGS[1] - 1]) & (
        peaks >= height[:, _LAGS[0] + 1 : _LAGS[1] + 1]
    )
    lag = np.argmax(near & inner, axis=1)
    found = (near & inner).any(axis=1)
    strength = np.where(found, np.take_along_axis(peaks, lag[:, None], axis=1)[:, 0], 0.0)
    return level, 12 * np.log2(RATE_HZ / 2 / (lag + _LAGS[0])), strength


def _window_autocorrelation() -> Floats:
    power = np.abs(np.fft.rfft(np.hanning(_WINDOW), _TRANSFORM)) ** 2
    lags = np.fft.irfft(power)[: _LAGS[1] + 1]
    normalised: Floats = lags / lags[0]
    return normalised


_OF_THE_WINDOW: Final = _window_autocorrelation()


def _runs(voiced: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Lengths of the voiced stretches, in hops; a gap of 20 ms does not end one."""
    closed = voiced.copy()
    for gap in (1, 2):
        closed[gap:-gap] |= voiced[2 * gap :] & voiced[: -2 * gap]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], closed.astype(np.int8), [0]))))
    lengths: NDArray[np.int_] = edges[1::2] - edges[::2]
    return lengths


def _slope(hops: NDArray[np.int_], values: Floats) -> float:
    """Of the straight line through the values, per second."""
    if len(hops) < _FEWEST:
        return 0.0
    times = (hops - hops.mean()) / _HOPS_S
    return float(np.clip(times @ (values - values.mean()) / (times @ times), -200, 200))
