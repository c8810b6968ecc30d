"""How the last words sound: falling or held up, dwindling or cut off, drawn out or hurried.

People announce that they have finished: the pitch falls to the bottom of their range, the voice
fades and creaks. Before "and …" it stays up. All of it is relative to the same speaker in the
same utterance, so neither voice nor microphone matters.

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
_CLEAR: Final = 0.7  # the same, where the pitch may be believed
_AUDIBLE_DB: Final = 30.0  # below the loudest; fainter is room
_STRONG_DB: Final = 12.0  # below the loudest tenth of the voice
_LAST: Final = 12  # hops: the last syllable
_FEWEST: Final = 8  # voiced hops from which anything is said


@dataclass(frozen=True, slots=True)
class Prosody:
    """The end of what was said so far, against the rest of it.

    Attributes:
        pitch_height_st: pitch of the last 0.12 s of clear voice above the median, in semitones.
        pitch_rank: share of the clear voice that is higher than that, 0..1.
        pitch_floor_st: lowest pitch of the last 0.2 s above the speaker's lowest tenth.
        creak: how much less clear the last 80 ms of voice are than the median, up to 1.
        level_fall_db: how much weaker the last 0.12 s of voice are than the median.
        peak_fall_db: how much the loudest of them is below the loudest tenth.
        fade_s: from the last strong sound to the last audible one.
        last_voiced_s: length of the last voiced stretch.
        lengthening: the same over the median stretch.
        unvoiced_tail_s: audible sound after the last voice, such as a final "s".
    """

    pitch_height_st: float = 0.0
    pitch_rank: float = 0.5
    pitch_floor_st: float = 0.0
    creak: float = 0.0
    level_fall_db: float = 0.0
    peak_fall_db: float = 0.0
    fade_s: float = 0.0
    last_voiced_s: float = 0.0
    lengthening: float = 1.0
    unvoiced_tail_s: float = 0.0


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
    clear = voiced & (strength > _CLEAR)
    tune = _Tune.of(pitch[clear]) if clear.sum() >= _FEWEST else _Tune()
    return _described(level, strength, audible, voiced, tune)


@dataclass(frozen=True, slots=True)
class _Tune:
    """How the pitch ends."""

    height_st: float = 0.0
    rank: float = 0.5
    floor_st: float = 0.0

    @classmethod
    def of(cls, pitch: Floats) -> _Tune:
        final = pitch[-_LAST:].mean()
        return cls(
            height_st=float(final - np.median(pitch)),
            rank=float(np.mean(pitch > final)),
            floor_st=float(pitch[-20:].min() - np.quantile(pitch, 0.1)),
        )


def _described(
    level: Floats,
    strength: Floats,
    audible: NDArray[np.bool_],
    voiced: NDArray[np.bool_],
    tune: _Tune,
) -> Prosody:
    at = np.flatnonzero(voiced)
    last, loud = level[at[-_LAST:]], np.quantile(level[at], 0.9)
    lengths = _runs(voiced)
    end = int(np.flatnonzero(audible)[-1])
    strong = int(np.flatnonzero(level > loud - _STRONG_DB)[-1])
    return Prosody(
        pitch_height_st=tune.height_st,
        pitch_rank=tune.rank,
        pitch_floor_st=tune.floor_st,
        creak=float(np.median(strength[at]) - strength[at[-8:]].mean()),
        level_fall_db=float(np.median(level[at]) - last.mean()),
        peak_fall_db=float(loud - last.max()),
        fade_s=max(0, end - strong) / _HOPS_S,
        last_voiced_s=float(lengths[-1]) / _HOPS_S,
        lengthening=float(lengths[-1] / np.median(lengths)),
        unvoiced_tail_s=float(end - at[-1]) / _HOPS_S,
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
