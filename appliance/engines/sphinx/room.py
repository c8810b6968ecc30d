"""A little of the noise that every room has, for speech that was never in one.

The acoustic model learnt from recordings. Digital silence, and the empty bands between a
synthesiser's formants, give log energies that it has never seen: with noise 35 dB below the speech,
eSpeak's word errors fall from 58 to 30 %. Real recordings bring their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from audio.format import RATE_HZ

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audio.format import Samples

_FRAME: Final = RATE_HZ // 100
_WINDOW: Final = 400  # 25 ms, as the recogniser's
_BRIGHT_HZ: Final = (3000, 5000)
_BRIGHT_DB: Final = -22.0
"""Of the loud frames' power; people and recorded voices lie at -28..-45, eSpeak at -12..-18."""

_EMPTY_DB: Final = -55.0
"""A fifth of the frames below this: no room was there (recordings: -37..-59)."""

_BEND_HZ: Final = 100.0
_SEED: Final = 7


def with_room(samples: Samples, below_db: float) -> Samples:
    """The samples with pink noise under them, always the same for the same samples.

    Args:
        samples: int16 [n] at 16 kHz, at least one frame of 10 ms.
        below_db: how far the noise lies below the level of the loudest third of the frames.
    """
    level = _speech_level(samples) * 10 ** (-below_db / 20)
    noisy = samples + _pink(samples.size) * level
    result: Samples = np.clip(np.rint(noisy), -32768, 32767).astype(np.int16)
    return result


def is_bare(samples: Samples) -> bool:
    """Whether this is a formant synthesiser, digitally silent between its words.

    Args:
        samples: int16 [n] at 16 kHz.
    """
    count = (samples.size - _WINDOW) // _FRAME
    if count < 10:  # noqa: PLR2004 - a tenth of a second tells nothing
        return False
    starts = np.arange(count)[:, None] * _FRAME + np.arange(_WINDOW)
    power = np.abs(np.fft.rfft(samples[starts] * np.hanning(_WINDOW), 512)) ** 2
    total = power.sum(axis=1)
    level = max(float(np.sort(total)[-max(count // 3, 1) :].mean()), 1e-9)
    low, high = (hz * 512 // RATE_HZ for hz in _BRIGHT_HZ)
    loud = total >= np.sort(total)[-max(count // 3, 1)]
    bright = float(np.median(power[loud, low:high].sum(axis=1))) / level
    floor = float(np.percentile(total, 20)) / level
    return bool(floor < 10 ** (_EMPTY_DB / 10) and bright > 10 ** (_BRIGHT_DB / 10))


def _speech_level(samples: Samples) -> float:
    frames = samples[: samples.size // _FRAME * _FRAME].astype(np.float64).reshape(-1, _FRAME)
    power = np.sort(np.mean(frames**2, axis=1))
    return float(np.sqrt(np.mean(power[-max(power.size // 3, 1) :])))


def _pink(count: int) -> NDArray[np.float64]:
    """Noise whose power falls with frequency, of unit power."""
    spectrum = np.fft.rfft(np.random.default_rng(_SEED).standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / RATE_HZ)
    spectrum /= np.sqrt(np.maximum(frequency, _BEND_HZ) / _BEND_HZ)
    noise = np.fft.irfft(spectrum, count)
    return noise / max(float(noise.std()), 1e-9)
