"""What is heard becomes edges: a wake phrase, speech begins, pauses, goes on, ends; nobody spoke.

`Ears` is synchronous; `audio.listener.Listener` runs it in a thread of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from audio.format import FRAME_S, RATE_HZ, Frame, Samples, Utterance
from audio.level import LevelGate, level_db
from audio.ports import EchoRemover, VoiceActivity, WakeHit, WakeWord
from audio.segmenter import Segmenter, SegmenterSettings, Verdict

MEMORY_S = 3.0
"""Sound kept from before `listen`, so that nothing is lost between the wake phrase and it."""
GREW_S = 0.5
"""How often speech under way is told of."""
REOPEN_S = 2.0
"""So long after its end an utterance may be resumed."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Someone began to speak at this stream time."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechGrew:
    """Someone goes on speaking; this is what they said so far."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class SpeechSustained:
    """Someone who began to speak at this stream time, on guard, means it: it is no cough."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """Someone fell silent; if they don't go on, this is what they said."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class SpeechResumed:
    """Someone goes on after all; decided at this stream time."""

    at_s: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """Someone has spoken."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class NoSpeech:
    """Nobody spoke within the time allowed; decided at this stream time."""

    at_s: float


Edge: TypeAlias = (
    WakeHit
    | SpeechStarted
    | SpeechGrew
    | SpeechSustained
    | SpeechPaused
    | SpeechResumed
    | SpeechEnded
    | NoSpeech
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the ears made of one frame, for a live view and for traces.

    Attributes:
        frame: as heard, the device's own voice removed.
        level_db: mean power in dB of the last bit; full scale is about 90.
        speech: probability that somebody speaks, 0..1.
        scores: of each wake phrase, 0..1.
    """

    frame: Frame
    level_db: float
    speech: float
    scores: Mapping[str, float]


@dataclass(slots=True)
class _Hearing:
    """One opening of the segmenter; its time 0 is stream time `from_s`."""

    segmenter: Segmenter
    from_s: float
    frames: list[Frame]
    on_guard: bool = False
    told_s: float = 0.0

    @property
    def start_s(self) -> float:
        """Stream time at which speech began."""
        return self.from_s + (self.segmenter.start_s or 0.0)


class Ears:
    """Echo removal, wake phrase, voice activity and segmenter over one stream of frames."""

    def __init__(
        self,
        wake: WakeWord,
        vad: VoiceActivity,
        settings: SegmenterSettings | None = None,
        echo: EchoRemover | None = None,
        sustained_s: float = 0.5,
    ) -> None:
        """Begin at rest: only wake phrases are heard.

        Args:
            wake: scores every frame.
            vad: scores every frame.
            settings: when speech counts.
            echo: removes the device's own voice from every frame first.
            sustained_s: speech of so long, on guard, is no cough.
        """
        self._wake, self._vad, self._loud, self._echo = wake, vad, LevelGate(), echo
        self._settings = settings or SegmenterSettings()
        self._sustained_s = sustained_s
        self._memory: deque[tuple[Frame, float]] = deque(maxlen=round(MEMORY_S / FRAME_S))
        self._hearing: _Hearing | None = None
        self.frames = 0
        """Frames heard since the start, for a watchdog."""
        self.silent_s = 0.0
        """Seconds since the last sample that wasn't zero: a dead microphone grows it forever."""
        self.speech = 0.0
        """The latest probability of speech (0..1), for a live view."""

    def feed(self, heard: Frame) -> list[Edge]:
        """Hear one frame; what it decided, in order."""
        self.frames += 1
        self.silent_s = 0.0 if heard.samples.any() else self.silent_s + FRAME_S
        frame = self._echo.cancel(heard) if self._echo else heard
        probability = self._vad.process(frame.samples)
        itself = self._echo is not None and self._echo.only_echo
        self.speech = probability if self._loud.open(frame.samples) and not itself else 0.0
        self._memory.append((frame, self.speech))
        hit = self._wake.process(frame.samples, frame.captured_at)
        edges: list[Edge] = [hit] if hit and not itself else []
        return edges + self._hear(frame, self.speech)

    def reading(self) -> Reading | None:
        """What the latest frame was; None before the first."""
        if not self._memory:
            return None
        frame, speech = self._memory[-1]
        return Reading(frame, level_db(frame.samples), speech, dict(self._wake.scores))

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

    def guard(self, after_s: float = 0.0) -> list[Edge]:
        """Notice whoever speaks `after_s` from now on, again and again, until `listen` or `rest`.

        When the device begins to speak, its echo is not yet told from a person.
        """
        newest = self._memory[-1][0].captured_at if self._memory else 0.0
        self._hearing = _Hearing(Segmenter(self._settings), newest + after_s, [], on_guard=True)
        return []

    def be_patient(self, patience_s: float, end_s: float) -> list[Edge]:
        """The silence since `end_s` ends the utterance once it has lasted for `patience_s`.

        Nothing happens if speech went on since then.
        """
        hearing = self._hearing
        if hearing and abs(hearing.from_s + hearing.segmenter.end_s - end_s) < FRAME_S / 2:
            hearing.segmenter.patience_s = patience_s
        return []

    def rest(self) -> list[Edge]:
        """Hear wake phrases only; an utterance under way is given up."""
        self._hearing = None
        return []

    @property
    def listening(self) -> bool:
        """Whether an utterance is awaited or under way, or may still be resumed."""
        return self._hearing is not None

    def _hear(self, frame: Frame, probability: float) -> list[Edge]:
        hearing = self._hearing
        if hearing is None or frame.captured_at <= hearing.from_s:
            return []
        hearing.frames.append(frame)
        verdict = _step(hearing, frame, probability)
        match verdict:
            case Verdict.WAITING:
                self._forget(hearing)
            case Verdict.SILENT:
                self._close_late(hearing)
            case Verdict.ENDED | Verdict.TRUNCATED | Verdict.NO_SPEECH:
                return self._over(hearing, verdict, frame.captured_at)
            case _:
                return self._under_way(hearing, verdict, frame.captured_at)
        return []

    def _under_way(self, hearing: _Hearing, verdict: Verdict, at_s: float) -> list[Edge]:
        match verdict:
            case Verdict.STARTED:
                return [SpeechStarted(hearing.start_s)]
            case Verdict.PAUSED:
                return [SpeechPaused(self._utterance(hearing))]
            case Verdict.RESUMED:
                return [SpeechResumed(at_s)]
        return self._going_on(hearing)

    def _going_on(self, hearing: _Hearing) -> list[Edge]:
        """Whoever is on guard wants to know that it is no cough; others, what was said so far."""
        spoken_s = hearing.segmenter.end_s - (hearing.segmenter.start_s or 0.0)
        due_s = self._sustained_s if hearing.on_guard else GREW_S
        if spoken_s < hearing.told_s + due_s or (hearing.on_guard and hearing.told_s):
            return []
        hearing.told_s = spoken_s
        if hearing.on_guard:
            return [SpeechSustained(hearing.start_s)]
        return [SpeechGrew(self._utterance(hearing))]

    def _over(self, hearing: _Hearing, verdict: Verdict, at_s: float) -> list[Edge]:
        """On guard it begins anew; else an end may still be taken back, until `rest`."""
        if hearing.on_guard:
            self.guard()
        elif verdict is not Verdict.ENDED:
            self._hearing = None
        if verdict is Verdict.NO_SPEECH:
            return [] if hearing.on_guard else [NoSpeech(at_s)]
        return [SpeechEnded(self._utterance(hearing, truncated=verdict is Verdict.TRUNCATED))]

    def _close_late(self, hearing: _Hearing) -> None:
        if hearing.segmenter.now_s - hearing.segmenter.end_s > REOPEN_S:
            self._hearing = None

    def _forget(self, hearing: _Hearing) -> None:
        """Drop what not even the pre-roll of speech that begins now could reach."""
        reach = self._settings.pre_roll_s + max(self._settings.carry_s, 2.0)
        while hearing.frames[-1].captured_at - hearing.frames[0].captured_at > reach:
            del hearing.frames[0]

    def _utterance(self, hearing: _Hearing, *, truncated: bool = False) -> Utterance:
        segmenter = hearing.segmenter
        sound_s = max(hearing.from_s, hearing.start_s - self._settings.pre_roll_s)
        return Utterance(
            samples=_sound(hearing.frames, sound_s),
            start_s=hearing.start_s,
            end_s=hearing.from_s + segmenter.end_s,
            ended_at_s=hearing.frames[-1].captured_at,
            truncated=truncated,
            pauses_s=tuple(segmenter.pauses_s),
        )


def _step(hearing: _Hearing, frame: Frame, probability: float) -> Verdict:
    """Bring the segmenter to the frame's end; sound that was lost before it counts as silence."""
    segmenter = hearing.segmenter
    due_s = frame.captured_at - hearing.from_s - segmenter.now_s
    if due_s > FRAME_S * 1.5:
        verdict = segmenter.process(due_s - FRAME_S, 0.0)
        if verdict in {Verdict.ENDED, Verdict.TRUNCATED, Verdict.NO_SPEECH}:
            return verdict
        due_s = FRAME_S
    return segmenter.process(due_s, probability)


def _sound(frames: list[Frame], from_s: float) -> Samples:
    """The frames' samples from a stream time on."""
    samples = np.concatenate([frame.samples for frame in frames])
    first_s = frames[0].captured_at - FRAME_S
    return samples[max(0, round((from_s - first_s) * RATE_HZ)) :]
