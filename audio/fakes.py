"""Stand-ins for the ports: they behave as scripted, insist on the protocol and fail when told to.

The loudspeaker's is `audio.playout.RecordingLoudspeaker`; a microphone on the loop's clock is
`audio.files.FileMicrophone`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from audio.format import FRAME_S, FRAME_SAMPLES, Frame, Samples
from audio.ports import WakeHit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class ScriptedMicrophone:
    """Hears what a test says, when it says so; implements `Microphone`."""

    def __init__(self) -> None:
        """Not started yet."""
        self._deliver: Callable[[Frame], None] | None = None
        self._ended: Callable[[Exception | None], None] | None = None
        self._seq = 0
        self.starts = 0
        self.stops = 0
        self.refuse: Exception | None = None
        """What the next `start` raises."""

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        """As the port; RuntimeError where it runs already."""
        if self._deliver is not None:
            raise RuntimeError("start while running")
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error
        self.starts += 1
        self._deliver, self._ended = deliver, ended

    def stop(self) -> None:
        """As the port; may be called again."""
        self.stops += 1
        self._deliver = self._ended = None

    @property
    def running(self) -> bool:
        """Whether frames would be delivered."""
        return self._deliver is not None

    def hear(self, samples: Samples) -> None:
        """Deliver these samples in frames, the last filled up with silence."""
        padded = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES))
        for part in padded.reshape(-1, FRAME_SAMPLES):
            if self._deliver is None:
                raise RuntimeError("hear while stopped")
            self._seq += 1
            self._deliver(Frame(part, self._seq - 1, self._seq * FRAME_S))

    def wait(self, seconds: float) -> None:
        """Deliver silence."""
        self.hear(np.zeros(round(seconds / FRAME_S) * FRAME_SAMPLES, np.int16))

    def lose(self, frames: int) -> None:
        """Skip frames, as a stalled USB bus does."""
        self._seq += frames

    def end(self, error: Exception | None = None) -> None:
        """End by itself: unplugged (an error) or exhausted (None)."""
        if self._ended is None:
            raise RuntimeError("end while stopped")
        ended, self._deliver, self._ended = self._ended, None, None
        ended(error)


class ScriptedWakeWord:
    """Hears the hits of a script as their time comes; implements `WakeWord`."""

    def __init__(self, hits: Sequence[WakeHit] = ()) -> None:
        """Take the script."""
        self._hits = sorted(hits, key=lambda hit: hit.at_s)
        self._error: Exception | None = None
        self.hops = 0
        self.resets = 0

    def fail_next(self, error: Exception) -> None:
        """Make the next `process` raise."""
        self._error = error

    def process(self, samples: Samples, at_s: float) -> WakeHit | None:  # noqa: ARG002
        """As the port."""
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        self.hops += 1
        if self._hits and self._hits[0].at_s <= at_s:
            return self._hits.pop(0)
        return None

    @property
    def scores(self) -> dict[str, float]:
        """The script knows no scores."""
        return {}

    def reset(self) -> None:
        """Count."""
        self.resets += 1


class ScriptedVad:
    """Finds speech between scripted times of the stream; implements `VoiceActivity`."""

    def __init__(self, speech: Sequence[tuple[float, float]] = ()) -> None:
        """Take the (from, to) times in seconds."""
        self._speech = speech
        self._now_s = 0.0
        self._error: Exception | None = None

    def fail_next(self, error: Exception) -> None:
        """Make the next `process` raise."""
        self._error = error

    def process(self, samples: Samples) -> float:
        """As the port; ValueError for another count of samples than FRAME_SAMPLES."""
        if len(samples) != FRAME_SAMPLES:
            raise ValueError(f"a frame has {FRAME_SAMPLES} samples, not {len(samples)}")
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        middle, self._now_s = self._now_s + FRAME_S / 2, self._now_s + FRAME_S
        return 0.95 if any(begin <= middle < end for begin, end in self._speech) else 0.02

    def reset(self) -> None:
        """Time goes on; nothing else is remembered."""
