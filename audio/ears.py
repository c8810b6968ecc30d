"""What is heard becomes edges: a wake phrase, speech begins, speech ends, nobody spoke.

`Ears` is synchronous; `audio.listener.Listener` runs it in a thread of its own.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from audio.format import FRAME_S, RATE_HZ, Frame, Samples, Utterance
from audio.level import LevelGate
from audio.ports import VoiceActivity, WakeHit, WakeWord
from audio.segmenter import Segmenter, SegmenterSettings, Verdict

MEMORY_S = 3.0
"""Sound kept from before `listen`, so that nothing is lost between the wake phrase and it."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Someone began to speak at this stream time."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Someone has spoken."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class NoSpeech:
    """Nobody spoke within the time allowed; decided at this stream time."""

    at_s: float


Edge: TypeAlias = WakeHit | SpeechStarted | SpeechEnded | NoSpeech


@dataclass(slots=True)
class _Hearing:
    """One opening of the segmenter; its time 0 is stream time `from_s`."""

    segmenter: Segmenter
    from_s: float
    frames: list[Frame]


class Ears:
    """Wake phrase, voice activity and segmenter over one stream of frames."""

    def __init__(
        self,
        wake: WakeWord,
        vad: VoiceActivity,
        settings: SegmenterSettings | None = None,
    ) -> None:
        """Begin at rest: only wake phrases are heard."""
        self._wake, self._vad, self._loud = wake, vad, LevelGate()
        self._settings = settings or SegmenterSettings()
        self._memory: deque[tuple[Frame, float]] = deque(maxlen=round(MEMORY_S / FRAME_S))
        self._hearing: _Hearing | None = None
        self.frames = 0
        """Frames heard since the start, for a watchdog."""
        self.silent_s = 0.0
        """Seconds since the last sample that wasn't zero: a dead microphone grows it forever."""
        self.speech = 0.0
        """The latest probability of speech (0..1), for a live view."""

    def feed(self, frame: Frame) -> list[Edge]:
        """Hear one frame; what it decided, in order."""
        self.frames += 1
        self.silent_s = 0.0 if frame.samples.any() else self.silent_s + FRAME_S
        probability = self._vad.process(frame.samples)
        self.speech = probability if self._loud.open(frame.samples) else 0.0
        self._memory.append((frame, self.speech))
        hit = self._wake.process(frame.samples, frame.captured_at)
        edges: list[Edge] = [hit] if hit else []
        return edges + self._hear(frame, self.speech)

    def listen(self, from_s: float | None = None) -> list[Edge]:
        """Wait for an utterance that begins at stream time `from_s` or later (None: now).

        Sound that is still remembered (MEMORY_S) is heard at once; the edges in it are returned.
        A time in the future is waited for. A `listen` under way is given up.
        """
        newest = self._memory[-1][0].captured_at if self._memory else 0.0
        start = newest if from_s is None else from_s
        kept = [(frame, p) for frame, p in self._memory if frame.captured_at > start]
        if kept:
            start = max(start, kept[0][0].captured_at - FRAME_S)
        self._hearing = _Hearing(Segmenter(self._settings), start, [])
        return [edge for frame, p in kept for edge in self._hear(frame, p)]

    def rest(self) -> None:
        """Hear wake phrases only; an utterance under way is given up."""
        self._hearing = None

    @property
    def listening(self) -> bool:
        """Whether an utterance is awaited or under way."""
        return self._hearing is not None

    def _hear(self, frame: Frame, probability: float) -> list[Edge]:
        hearing = self._hearing
        if hearing is None or frame.captured_at <= hearing.from_s:
            return []
        hearing.frames.append(frame)
        verdict = _step(hearing, frame, probability)
        if verdict is Verdict.STARTED:
            return [SpeechStarted(hearing.from_s + (hearing.segmenter.start_s or 0.0))]
        if verdict is Verdict.WAITING:
            self._forget(hearing)
        if verdict in {Verdict.WAITING, Verdict.SPEAKING}:
            return []
        self._hearing = None
        if verdict is Verdict.NO_SPEECH:
            return [NoSpeech(frame.captured_at)]
        return [SpeechEnded(self._utterance(hearing, truncated=verdict is Verdict.TRUNCATED))]

    def _forget(self, hearing: _Hearing) -> None:
        """Drop what not even the pre-roll of speech that begins now could reach."""
        reach = self._settings.pre_roll_s + max(self._settings.carry_s, 2.0)
        while hearing.frames[-1].captured_at - hearing.frames[0].captured_at > reach:
            del hearing.frames[0]

    def _utterance(self, hearing: _Hearing, *, truncated: bool) -> Utterance:
        segmenter = hearing.segmenter
        start_s = hearing.from_s + (segmenter.start_s or 0.0)
        sound_s = max(hearing.from_s, start_s - self._settings.pre_roll_s)
        return Utterance(
            samples=_sound(hearing.frames, sound_s),
            start_s=start_s,
            end_s=hearing.from_s + segmenter.end_s,
            ended_at_s=hearing.frames[-1].captured_at,
            truncated=truncated,
        )


def _step(hearing: _Hearing, frame: Frame, probability: float) -> Verdict:
    """Bring the segmenter to the frame's end; sound that was lost before it counts as silence."""
    segmenter = hearing.segmenter
    due_s = frame.captured_at - hearing.from_s - segmenter.now_s
    if due_s > FRAME_S * 1.5:
        verdict = segmenter.process(due_s - FRAME_S, 0.0)
        if verdict not in {Verdict.WAITING, Verdict.SPEAKING}:
            return verdict
        due_s = FRAME_S
    return segmenter.process(due_s, probability)


def _sound(frames: list[Frame], from_s: float) -> Samples:
    """The frames' samples from a stream time on."""
    samples = np.concatenate([frame.samples for frame in frames])
    first_s = frames[0].captured_at - FRAME_S
    return samples[max(0, round((from_s - first_s) * RATE_HZ)) :]
