"""Where speech begins and ends, from probabilities alone: no sound, no clock, no model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Verdict(Enum):
    """What the latest frame decided."""

    WAITING = auto()  # nobody has spoken yet
    STARTED = auto()
    SPEAKING = auto()  # or in a pause that decided nothing
    PAUSED = auto()  # silence that may be the end
    RESUMED = auto()  # it was not
    ENDED = auto()
    SILENT = auto()  # it has ended, and nobody went on
    TRUNCATED = auto()
    NO_SPEECH = auto()


_FLICKER_S = 0.05
"""A blip of one frame in a pause is flicker."""

_RANGES = {
    "onset": (0.0, 1.0),
    "release": (0.0, 1.0),
    "min_speech_s": (0.03, 1.0),
    "carry_s": (0.0, 2.0),
    "gap_s": (0.0, 0.5),
    "resume_s": (0.0, 0.5),
    "pre_roll_s": (0.0, 1.0),
    "pause_s": (0.1, 2.0),
    "endpoint_s": (0.1, 5.0),
    "no_speech_s": (0.5, 60.0),
    "max_s": (1.0, 120.0),
}


@dataclass(frozen=True, slots=True)
class SegmenterSettings:
    """When speech counts.

    Attributes:
        onset: probability from which a frame begins to be speech.
        release: probability below which speech pauses.
        min_speech_s: speech shorter than this is a cough.
        carry_s: as `min_speech_s`, for speech already running at the opening: it may be the
            tail of the wake phrase.
        gap_s: a pause up to this long doesn't interrupt speech.
        resume_s: in a longer pause, speech must last so long to end it (Silero flickers).
        pre_roll_s: sound kept before the first speech.
        pause_s: silence that may be the end of an utterance: time to prepare for it.
        endpoint_s: silence that ends an utterance, unless somebody knows better (`patience_s`).
        no_speech_s: time to begin to speak.
        max_s: longest utterance.
    """

    onset: float = 0.5
    release: float = 0.35
    min_speech_s: float = 0.15
    carry_s: float = 0.4
    gap_s: float = 0.1
    resume_s: float = 0.1
    pre_roll_s: float = 0.3
    pause_s: float = 0.125
    endpoint_s: float = 0.7
    no_speech_s: float = 5.0
    max_s: float = 15.0

    def __post_init__(self) -> None:
        """Check the ranges (ValueError)."""
        for field, (low, high) in _RANGES.items():
            value = getattr(self, field)
            if not low <= value <= high:
                raise ValueError(f"{field} must be between {low} and {high}, not {value}")
        if self.release > self.onset:
            raise ValueError(f"release must be between 0 and onset, not {self.release}")
        if self.gap_s >= self.endpoint_s:
            raise ValueError(f"gap_s must be shorter than endpoint_s, not {self.gap_s}")


class Segmenter:
    """Finds one utterance; times count in seconds from the opening.

    After ENDED it may still be resumed; after TRUNCATED or NO_SPEECH it is done.
    """

    def __init__(self, settings: SegmenterSettings) -> None:
        """Open at time 0."""
        self._settings = settings
        self.now_s = 0.0
        self.start_s: float | None = None
        """When speech began; None until STARTED."""
        self.end_s = 0.0
        """When speech last was heard."""
        self.pauses_s: list[float] = []
        """How long the pauses were after which it went on."""
        self.patience_s = settings.endpoint_s
        """Silence that ends the utterance; speech that goes on sets it back."""
        self._solid_s = 0.0  # the end of speech that was no flicker
        self._begun_s: float | None = None  # speech that may still be too short to count
        self._voiced = False
        self._solid_run_s = 0.0  # speech since then, less the silence in it
        self._paused = self._ended = False

    def process(self, frame_s: float, probability: float) -> Verdict:
        """Take the next `frame_s` seconds, which are speech with `probability`."""
        limit = self._settings.release if self._voiced else self._settings.onset
        self._voiced = probability >= limit
        before, self.now_s = self.now_s, self.now_s + frame_s
        if self.start_s is None:
            return self._await_speech(before, frame_s)
        return self._await_end(before, frame_s, self.start_s)

    def _await_speech(self, before: float, frame_s: float) -> Verdict:
        settings = self._settings
        self._solid_run_s = max(0.0, self._solid_run_s + (frame_s if self._voiced else -frame_s))
        if self._voiced:
            self._begun_s = before if self._begun_s is None else self._begun_s
            self.end_s = self._solid_s = self.now_s
            carried = self._begun_s < settings.gap_s
            if self._solid_run_s >= (settings.carry_s if carried else settings.min_speech_s):
                self.start_s, self._solid_run_s = self._begun_s, 0.0
                return Verdict.STARTED
        elif self._solid_run_s == 0 or self.now_s - self.end_s > settings.gap_s:
            self._begun_s, self._solid_run_s = None, 0.0
        late = self.now_s >= settings.no_speech_s and self._begun_s is None
        return Verdict.NO_SPEECH if late else Verdict.WAITING

    def _await_end(self, before: float, frame_s: float, start_s: float) -> Verdict:
        solid_s, run_s = self._solid_s, self._solid_run_s + frame_s
        if self._voiced:
            self._hear(before - self._solid_s, frame_s)
        else:
            self._solid_run_s = max(0.0, self._solid_run_s - frame_s)
        if self.now_s - start_s >= self._settings.max_s and not self._ended:
            return Verdict.TRUNCATED
        if self._paused and self._solid_s > solid_s:
            return self._resume(self.now_s - run_s - solid_s)
        return self._in_silence() if not self._voiced else self._unchanged()

    def _resume(self, pause_s: float) -> Verdict:
        self.pauses_s.append(pause_s)
        self._paused = self._ended = False
        self.patience_s = self._settings.endpoint_s
        return Verdict.RESUMED

    def _in_silence(self) -> Verdict:
        silence_s = self.now_s - self._solid_s
        if not self._ended and silence_s >= self.patience_s:
            self._paused = self._ended = True
            return Verdict.ENDED
        if not self._paused and silence_s >= self._settings.pause_s:
            self._paused = True
            return Verdict.PAUSED
        return self._unchanged()

    def _unchanged(self) -> Verdict:
        return Verdict.SILENT if self._ended else Verdict.SPEAKING

    def _hear(self, pause_s: float, frame_s: float) -> None:
        """Speech after a pause; only as much of it as is no flicker ends the pause."""
        settings = self._settings
        self._solid_run_s += frame_s
        short = pause_s <= settings.gap_s
        if short:
            self.end_s = self.now_s
        needed = _FLICKER_S if short else settings.resume_s
        if pause_s < frame_s / 2 or self._solid_run_s >= needed:
            self.end_s = self._solid_s = self.now_s
            self._solid_run_s = 0.0
