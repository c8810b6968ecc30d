"""What of a sound is worth recognising; what is longer than a network's window is cut."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from audio.format import RATE_HZ, Samples

_SHORTEST = RATE_HZ // 10  # 0.1 s: too short for a word
_SILENT = 20  # of 32768, root mean square: digital silence, where models hear words of their own
_STEP = RATE_HZ // 50  # 20 ms: shorter than a pause between words


def has_sound(samples: Samples) -> bool:
    """Whether there is anything that may be speech."""
    wide = samples.astype(np.float32)
    return samples.size >= _SHORTEST and bool(np.sqrt(np.mean(wide * wide)) >= _SILENT)


def windows(samples: Samples, longest: int) -> Iterator[Samples]:
    """Pieces of at most `longest` samples, in order; together they are `samples`.

    Each but the last is cut at the quietest 20 ms of the last quarter that fits.
    """
    while samples.size > longest:
        end = _quietest(samples[:longest])
        yield samples[:end]
        samples = samples[end:]
    yield samples


def spoken(samples: Samples, longest: int) -> list[Samples]:
    """Of the `windows` of a sound those in which there is something to hear."""
    return [piece for piece in windows(samples, longest) if has_sound(piece)]


def _quietest(samples: Samples) -> int:
    """Where to cut: in the middle of the quietest step of the last quarter."""
    begin = samples.size - samples.size // 4
    steps = samples[begin:]
    steps = steps[: steps.size // _STEP * _STEP].reshape(-1, _STEP)
    if not steps.size:
        return int(samples.size)
    loudness = np.square(steps.astype(np.float32)).sum(axis=1)
    return begin + int(loudness.argmin()) * _STEP + _STEP // 2
