"""What the appliance asks of microphones, loudspeakers and listening models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from audio.format import Frame, Samples


@dataclass(frozen=True, slots=True)
class WakeHit:
    """A wake phrase was heard.

    Attributes:
        phrase: which.
        score: how surely, 0..1.
        at_s: stream time at which it was decided.
        ends_s: stream time at which the phrase itself ended, as far as can be told; what follows
            is the question. None: no better guess than `at_s`.
    """

    phrase: str
    score: float
    at_s: float
    ends_s: float | None = None


class Microphone(Protocol):
    """Gives frames of RATE_HZ mono, in order, until stopped or exhausted."""

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        """Begin to deliver frames.

        `ended` is called once if the microphone ends by itself, with the error if one stopped
        it; it is not called because of `stop`. Both callbacks may be called from a thread of the
        microphone's own.
        """

    def stop(self) -> None:
        """Stop and release the device; nothing is delivered after this returns."""


class Loudspeaker(Protocol):
    """Plays mono 16-bit PCM of one rate."""

    @property
    def rate_hz(self) -> int:
        """The rate that `play` expects."""

    async def play(self, samples: Samples) -> None:
        """Queue samples; waits while more than about 200 ms are queued."""

    async def drain(self) -> None:
        """Wait until everything queued has been heard."""

    def flush(self) -> None:
        """Silence, now: drop what is queued. Safe to call at any time."""

    def heard_s(self) -> float:
        """Seconds of sound that left the loudspeaker since it was opened."""

    @property
    def gain(self) -> float:
        """Volume, 0 (silent) to 1; takes effect within a period of 20 ms."""

    @gain.setter
    def gain(self, gain: float) -> None: ...


class WakeWord(Protocol):
    """Scores a stream for several wake phrases at once."""

    def process(self, samples: Samples, at_s: float) -> WakeHit | None:
        """Take the next samples of the stream (any number); a hit if a phrase ended in them."""

    @property
    def scores(self) -> Mapping[str, float]:
        """The latest score (0..1) of each phrase."""

    def reset(self) -> None:
        """Forget the stream so far."""


class VoiceActivity(Protocol):
    """Tells speech from everything else."""

    def process(self, samples: Samples) -> float:
        """Probability of speech (0..1) in one frame of FRAME_SAMPLES."""

    def reset(self) -> None:
        """Forget the stream so far."""


class EchoRemover(Protocol):
    """Takes the device's own voice out of what the microphone hears."""

    def cancel(self, frame: Frame) -> Frame:
        """The same frame without what the loudspeaker played."""

    @property
    def only_echo(self) -> bool:
        """Whether nobody but the device itself has been heard lately: nothing is to be believed."""
