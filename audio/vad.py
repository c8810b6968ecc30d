"""Voice activity by Silero's recurrent network (ONNX, out of the openwakeword wheel)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from audio.format import FRAME_SAMPLES, RATE_HZ, Samples
from audio.models import Model, bundled_models, quiet_room
from audio.quiet import StillRoom

if TYPE_CHECKING:
    from pathlib import Path

_FULL_SCALE = np.float32(32768)
_STATE = (2, 1, 64)  # layers, streams, cells
_PRIMING_FRAMES = 31  # a second; without it speech in the first 0.3 s is missed
_SKIPPED_FRAMES = 31  # made up for; what was before is a second ago


class SileroVad:
    """Probability of speech, frame by frame; implements `VoiceActivity`."""

    def __init__(self, models: Path | None = None) -> None:
        """Load `silero_vad.onnx`; `AudioError` where that fails."""
        self._model = Model((models or bundled_models()) / "silero_vad.onnx")
        self._rate = np.array(RATE_HZ, np.int64)
        self._room = StillRoom(FRAME_SAMPLES)
        self._skipped: deque[Samples] = deque(maxlen=_SKIPPED_FRAMES)
        self._h = self._c = np.zeros(_STATE, np.float32)
        for frame in quiet_room(_PRIMING_FRAMES * FRAME_SAMPLES).reshape(-1, FRAME_SAMPLES):
            self._probability(frame)
        self._primed = self._h, self._c

    def process(self, samples: Samples) -> float:
        """Probability of speech (0..1) in FRAME_SAMPLES samples; ValueError for another count.

        0 while the room is still; what the network skipped meanwhile it hears when sound comes.
        """
        if self._room.still(samples):
            self._skipped.append(samples)
            return 0.0
        while self._skipped:
            self._probability(self._skipped.popleft())
        return self._probability(samples)

    def reset(self) -> None:
        """Forget the stream so far: as if a quiet room had been heard until now."""
        self._skipped.clear()
        self._room.reset()
        self._h, self._c = self._primed

    def _probability(self, samples: Samples) -> float:
        if len(samples) != FRAME_SAMPLES:
            raise ValueError(f"a frame has {FRAME_SAMPLES} samples, not {len(samples)}")
        sound = (samples / _FULL_SCALE)[None]
        probability, self._h, self._c = self._model.run(
            input=sound, sr=self._rate, h=self._h, c=self._c
        )
        return float(probability.flat[0])
