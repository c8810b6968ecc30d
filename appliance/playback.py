"""What the loudspeaker really played: for the echo canceller, and for those who watch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from audio.echo import EchoCanceller
from audio.format import Samples
from audio.playout import Tap
from audio.ports import Loudspeaker
from audio.reference import Reference


class TimedLoudspeaker(Loudspeaker, Protocol):
    """A loudspeaker that has a clock, by which its tap tells when something sounds."""

    def now_s(self) -> float:
        """The clock; may be asked from any thread."""

    def close(self) -> None:
        """Release the device; may be called again."""


class Playback:
    """Listens in at a loudspeaker."""

    def __init__(self, make: Callable[[Tap], TimedLoudspeaker]) -> None:
        """Open the loudspeaker: `make` gets the tap that it is to tell."""
        self._reference = Reference()
        self.watcher: Callable[[Samples, int], None] | None = None
        """Is told of everything that sounds, in the thread that plays."""
        self.speaker = make(self._tap)

    def close(self) -> None:
        """Release the loudspeaker.

        PortAudio's thread would call into an interpreter that is no more, and crash the process.
        """
        self.speaker.close()

    def echo_canceller(self) -> EchoCanceller:
        """Takes what was played out of what is heard; AudioError (`AUD-NO-AEC`)."""
        return EchoCanceller(self._reference, self.speaker.now_s)

    def _tap(self, samples: Samples, rate_hz: int, at_s: float) -> None:
        self._reference.put(samples, rate_hz, at_s)
        if self.watcher is not None:
            self.watcher(samples, rate_hz)
