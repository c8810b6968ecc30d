"""Earcons: the short sounds by which the appliance says what it is doing, without a word.

They are computed here, from the scores below: bells for the conversation, wood for the switches,
rising where something opens, falling where it closes. Every pitch is an A, a B or an E, so what
sounds together or in a row is a fourth, a fifth, an octave or a whole tone. They lie high: lower
ones look like speech to Silero, and a small loudspeaker swallows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from audio.format import Samples


class Earcon(Enum):
    """What can be said without words."""

    READY = "ready"  # it has started; its breath teaches the echo canceller the room
    WAKE = "wake"
    HEARD = "heard"  # the end of listening
    ERROR = "error"
    MUTE = "mute"
    UNMUTE = "unmute"
    ALARM = "alarm"  # one bar; repeated until somebody stops it
    VOLUME = "volume"
    DECLINED = "declined"  # it was not for the device, or not understood: barely there


@dataclass(frozen=True, slots=True)
class _Partial:
    """One sine of a tone: its frequency and strength to the fundamental's, and its decay."""

    ratio: float
    gain: float
    decay_s: float


@dataclass(frozen=True, slots=True)
class _Note:
    """A tone of `timbre` that begins at `at_s` and has faded away `length_s` later."""

    timbre: tuple[_Partial, ...]
    at_s: float
    hertz: float
    length_s: float
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class _Breath:
    """A swell of noise, softer towards `high_hz`, from the beginning on."""

    length_s: float
    low_hz: float
    high_hz: float
    gain: float


@dataclass(frozen=True, slots=True)
class _Score:
    length_s: float
    notes: tuple[_Note, ...]
    peak_db: float = -12.0  # of full scale
    breath: _Breath | None = None


_BELL = (_Partial(1, 1.0, 0.16), _Partial(2, 0.32, 0.09), _Partial(3.01, 0.10, 0.05))
_WOOD = (_Partial(1, 1.0, 0.06), _Partial(3.93, 0.16, 0.015))  # a marimba's bar
_CHIME = (
    *(_Partial(1, 1.0, 0.45), _Partial(2, 0.35, 0.22)),
    *(_Partial(3.01, 0.12, 0.10), _Partial(5.4, 0.04, 0.04)),
)
_E5, _A5, _B5, _E6 = 659.26, 880.0, 987.77, 1318.51
_RISE_S, _FALL_S = 0.006, 0.020
_FULL_SCALE = 32767
_AUDIBLE = 0.45  # of the rate; what lies above would alias or be lost in a resampler

_SCORES: Mapping[Earcon, _Score] = {
    Earcon.READY: _Score(
        2.0,
        tuple(
            _Note(_CHIME, 0.65 + step * 0.18, hertz, 0.55, 0.3)
            for step, hertz in enumerate((_E5, _A5, _E6))
        ),
        breath=_Breath(2.0, 150, 7000, 1.0),
    ),
    Earcon.WAKE: _Score(0.15, (_Note(_BELL, 0, _A5, 0.09, 0.8), _Note(_BELL, 0.05, _E6, 0.10))),
    Earcon.HEARD: _Score(
        0.12, (_Note(_BELL, 0, _E6, 0.07, 0.8), _Note(_BELL, 0.04, _A5, 0.08)), -15.0
    ),
    Earcon.ERROR: _Score(
        0.42,
        (_Note(_WOOD, 0, _B5, 0.2), _Note(_WOOD, 0.14, _B5, 0.2), _Note(_WOOD, 0.28, _E5, 0.14)),
    ),
    Earcon.MUTE: _Score(
        0.26,
        (_Note(_WOOD, 0, _E6, 0.12), _Note(_WOOD, 0.07, _B5, 0.12), _Note(_WOOD, 0.14, _A5, 0.12)),
    ),
    Earcon.UNMUTE: _Score(
        0.26,
        (_Note(_WOOD, 0, _A5, 0.12), _Note(_WOOD, 0.07, _B5, 0.12), _Note(_WOOD, 0.14, _E6, 0.12)),
    ),
    Earcon.ALARM: _Score(
        2.0,
        tuple(
            _Note(_CHIME, bar_s + step * 0.12, hertz, 0.55, gain)
            for bar_s, gain in ((0.0, 0.8), (0.6, 1.0))
            for step, hertz in enumerate((_A5, _E6, _B5))
        ),
    ),
    Earcon.VOLUME: _Score(0.08, (_Note(_WOOD, 0, _A5, 0.08),)),
    Earcon.DECLINED: _Score(0.14, (_Note(_WOOD, 0, _B5, 0.14),), -27.0),
}


@lru_cache(maxsize=4 * len(Earcon))  # a loudspeaker has one rate; all earcons are 3.3 s of sound
def render(earcon: Earcon, rate_hz: int) -> Samples:
    """The sound, read-only: it begins and ends with silence, so it can be played in a loop.

    Args:
        earcon: which.
        rate_hz: the loudspeaker's, 8,000 or more (ValueError).

    Returns:
        Samples whose peak is 12 dB below full scale; HEARD (15) and DECLINED (27) are softer.
    """
    if rate_hz < 8_000:  # noqa: PLR2004
        raise ValueError(f"an earcon needs a rate of at least 8000 Hz, not {rate_hz}")
    score = _SCORES[earcon]
    sound = np.zeros(round(score.length_s * rate_hz))
    for note in score.notes:
        begin = round(note.at_s * rate_hz)
        tone = _tone(note, rate_hz)[: len(sound) - begin]
        sound[begin : begin + len(tone)] += tone
    if score.breath:
        sound += _swell(score.breath, rate_hz)
    peak = _FULL_SCALE * 10 ** (score.peak_db / 20)
    samples: Samples = (sound * (peak / np.abs(sound).max())).round().astype(np.int16)
    samples.flags.writeable = False
    return samples


def _tone(note: _Note, rate_hz: int) -> NDArray[np.float64]:
    """The sum of its decaying partials, let in and out by half a cosine each."""
    t = np.arange(round(note.length_s * rate_hz)) / rate_hz
    tone = np.zeros(len(t))
    for partial in note.timbre:
        hertz = note.hertz * partial.ratio
        if hertz < _AUDIBLE * rate_hz:
            tone += partial.gain * np.sin(2 * np.pi * hertz * t) * np.exp(-t / partial.decay_s)
    left = t[-1] - t
    return note.gain * tone * _ramp(t / _RISE_S) * _ramp(left / _FALL_S)


def _swell(breath: _Breath, rate_hz: int) -> NDArray[np.float64]:
    """Sines of every frequency that fits, at random phases: the same noise at any rate."""
    count = round(breath.length_s * rate_hz)
    harmonics = np.arange(*(round(f * breath.length_s) for f in (breath.low_hz, breath.high_hz)))
    phases = np.random.default_rng(0).uniform(0, 2 * np.pi, len(harmonics))
    audible = harmonics < _AUDIBLE * count
    spectrum = np.zeros(count // 2 + 1, complex)
    spectrum[harmonics[audible]] = (np.exp(1j * phases) / np.sqrt(harmonics))[audible]
    noise = np.fft.irfft(spectrum, count)
    t = np.linspace(0, 1, count)
    swell: NDArray[np.float64] = (
        noise / np.abs(noise).max() * _ramp(t / 0.25) * _ramp((1 - t) / 0.3)
    )
    return breath.gain * swell


def _ramp(progress: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half a raised cosine: 0 at 0, 1 from 1 on, without a corner at either."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(progress, 0, 1))
