"""How loud frames are, against the room and against the speaker.

Silero's network goes on hearing speech for 0.1 to 0.8 s after it has stopped, longest where digital
silence follows. What isn't louder than the room, or is far weaker than the speech so far, is
none, whatever the network remembers.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from audio.format import FRAME_S

if TYPE_CHECKING:
    from audio.format import Samples
    from audio.models import Floats

_REMEMBERED = round(3.0 / FRAME_S)  # frames; in so long everyone pauses for a moment
_ABOVE_ROOM_DB = 6.0
_BELOW_SPEECH_DB = 34.0
_LEAST_DB = 6.0  # of the last bit: below it there is no sound
_LOUDEST = 3  # frames; two may be a click


class LevelGate:
    """Tells frames that are loud enough to be speech."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._levels: deque[float] = deque(maxlen=_REMEMBERED)

    def open(self, samples: Samples) -> bool:
        """Whether this frame is loud enough; it is remembered."""
        level = level_db(samples)
        self._levels.append(level)
        loudest = sorted(self._levels)[-_LOUDEST:][0]
        room = min(min(self._levels) + _ABOVE_ROOM_DB, loudest - _ABOVE_ROOM_DB)
        return level > max(room, loudest - _BELOW_SPEECH_DB, _LEAST_DB)


def level_db(samples: Samples) -> float:
    """Mean power in dB of the last bit; digital silence is 0, full scale about 90."""
    return power_db(samples.astype(np.float32))


def power_db(sound: Floats) -> float:
    """The same of floats in units of the last bit."""
    return 10 * math.log10(1 + float(sound @ sound) / len(sound))
