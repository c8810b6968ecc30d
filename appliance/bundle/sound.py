"""A recording as a picture: it tells hum, hiss and clipping from speech, and hardly a word."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from appliance.replay.spectrogram import ROWS, as_uri, pitch_share, shades
from appliance.replay.svg import Drawing, Scale
from audio.format import RATE_HZ, Samples
from audio.level import level_db

LOOKS_A_SECOND: Final = 1
"""At ten, four of ten spoken digits were told; at one, no more than by chance (docs/console.md)."""
LEVELS_A_SECOND: Final = 10
_FULL_SCALE: Final = 32_767
_PITCHES_HZ: Final = (250, 1000, 4000)
_LOUD_DB: Final = (10.0, 90.0)
_PICTURE, _LEVEL, _GAP, _AXIS = 150.0, 58.0, 10.0, 20.0


def portrait(samples: Samples) -> dict[str, Any]:
    """What a bundle carries of a recording; JSON can hold it.

    Args:
        samples: mono at 16 kHz, at least one.

    Returns:
        `seconds`; for each tenth of a second `level_db` and how many samples were `clipped`; and
        `shades` of a moment in each second, a byte each, a row for each pitch, the highest first.
    """
    parts = np.array_split(samples, _columns(samples, LEVELS_A_SECOND))
    return {
        "seconds": round(len(samples) / RATE_HZ, 2),
        "level_db": [round(level_db(part), 1) for part in parts],
        "clipped": [int((np.abs(part.astype(np.int32)) >= _FULL_SCALE).sum()) for part in parts],
        "shades": base64.b64encode(pictured(samples, LOOKS_A_SECOND).tobytes()).decode(),
    }


def pictured(samples: Samples, looks_a_second: int) -> NDArray[np.uint8]:
    """The spectrogram, as `shades` has it."""
    return shades(samples, RATE_HZ, _columns(samples, looks_a_second))


def _columns(samples: Samples, a_second: int) -> int:
    return max(1, round(len(samples) / RATE_HZ * a_second))


def drawn(told: Mapping[str, Any], drawing: Drawing, left: float, right: float) -> str:
    """The picture as SVG, with the level below it.

    Args:
        told: as `portrait` has it.
        drawing: an empty one.
        left: where time begins on it.
        right: where it ends.

    Raises:
        ValueError, TypeError, LookupError, ArithmeticError: it holds what `portrait` does not make.
    """
    levels = [float(each) for each in told["level_db"]]
    clipped = [int(each) for each in told["clipped"]]
    bytes_ = np.frombuffer(base64.b64decode(told["shades"], validate=True), np.uint8)
    picture = bytes_.reshape(ROWS, len(bytes_) // ROWS)
    time = Scale(0.0, float(told["seconds"]), left, right)
    _draw_pitches(drawing, time, as_uri(picture))
    _draw_level(drawing, time, levels, clipped)
    bottom = _PICTURE + _GAP + _LEVEL
    for second in range(len(levels) // LEVELS_A_SECOND + 1):
        drawing.line((time(second), bottom), (time(second), bottom + 4), "line-muted")
        drawing.text(time(second), bottom + 17, f"{second} s", "small muted", "middle")
    return drawing.finish(bottom + _AXIS, "spectrogram and level of the recording")


def _draw_pitches(drawing: Drawing, time: Scale, uri: str) -> None:
    drawing.text(0, 14, "spectrogram", "small")
    drawing.text(0, 30, "once a second", "small muted")
    drawing.image(time.start, 0, time.end - time.start, _PICTURE, uri)
    for hertz in _PITCHES_HZ:
        y = _PICTURE * (1 - pitch_share(hertz, RATE_HZ))
        drawing.text(time.start - 8, y + 4, f"{hertz / 1000:g} kHz", "small muted", "end")
        drawing.line((time.start - 4, y), (time.start, y), "line-muted")


def _draw_level(drawing: Drawing, time: Scale, levels: list[float], clipped: list[int]) -> None:
    top = _PICTURE + _GAP
    loud = Scale(*_LOUD_DB, top + _LEVEL, top)
    drawing.text(0, top + 14, "level, dB", "small")
    drawing.text(0, top + 30, f"{sum(clipped)} samples clipped", "small muted")
    for mark in (30, 60, 90):
        drawing.line((time.start, loud(mark)), (time.end, loud(mark)), "grid")
        drawing.text(time.start - 8, loud(mark) + 4, f"{mark}", "small muted", "end")
    step = (time.end - time.start) / len(levels)
    for column, (level, worst) in enumerate(zip(levels, clipped, strict=True)):
        left, y = time.start + column * step, loud(level)
        kind = "bad" if worst else "level"
        drawing.rect(left, y, step, top + _LEVEL - y, kind, title=f"{level:.0f} dB")
