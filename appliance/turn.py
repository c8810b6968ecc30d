"""The story of one turn, from what was said to what was heard."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from appliance import phrases
from appliance.clock import now_s
from appliance.engines.ports import (
    LanguageModel,
    Passage,
    Retriever,
    Sentence,
    SpeechToText,
    TextToSpeech,
    Transcript,
)
from appliance.engines.speakable import speakable
from appliance.errors import ApplianceError
from appliance.reasons import REASONS, Outcome
from audio.errors import AudioError
from audio.format import Utterance
from audio.ports import Loudspeaker, WakeHit
from states.events import Event, FirstAudio, TurnDone, TurnFailed

SURE = 0.5
"""A score from which nobody needs to ask what else it may have been."""
SECOND_CHOICE = 0.75
"""What recognition thought less likely must be so much better."""


@dataclass(frozen=True, slots=True)
class Engines:
    """Everything that a turn works with, and the policy of when it may answer."""

    ears: SpeechToText
    memory: Retriever
    mind: LanguageModel
    voice: TextToSpeech
    threshold: float
    name_source: bool = True


@dataclass(slots=True)
class Turn:
    """One turn: what is known of it so far.

    Times are of the stream, in seconds: 0 is when the microphone was opened. The reply is
    what the loudspeaker played from its second `heard_from_s` on, for `heard_s` seconds.
    """

    id: int
    stream_zero_s: float
    wake: WakeHit | None = None
    utterance: Utterance | None = None
    asked_s: float = 0.0
    transcript: Transcript | None = None
    passages: list[Passage] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    states: list[tuple[str, float]] = field(default_factory=list)
    timings_ms: dict[str, float] = field(default_factory=dict)
    reason: str | None = None
    outcome: Outcome | None = None
    error: ApplianceError | AudioError | None = None
    audio_s: float = 0.0
    heard_from_s: float = 0.0
    heard_s: float = 0.0

    def stream_s(self) -> float:
        """The stream's time now."""
        return now_s() - self.stream_zero_s

    def end(self, reason: str | None) -> None:
        """The turn is over; `reason` is why it was cut off, None if it came to its own end.

        A reply that was cut short remains what it was: an answer, or an abstention.

        Raises:
            RuntimeError: it was over before, which is a bug.
        """
        if self.outcome is not None:
            raise RuntimeError(f"turn {self.id} ended twice: {self.reason}, then {reason}")
        own, self.reason = self.reason, reason or self.reason or "FAULT"
        judged_by = own if own and reason == "CUT_SHORT" else self.reason
        self.outcome = REASONS[judged_by].outcome


class HopError(Exception):
    """A turn can't go past this hop; `reason` is of the catalogue."""

    def __init__(self, reason: str, error: ApplianceError | AudioError) -> None:
        super().__init__(reason)
        self.reason, self.error = reason, error


async def run_turn(
    turn: Turn, engines: Engines, speaker: Loudspeaker, post: Callable[[Event], None]
) -> None:
    """Recognise, retrieve, reply; then post how it went. Whoever cancels it, ends the turn."""
    mouth = _Mouth(turn, engines, speaker, post)
    try:
        if await _understood(turn, engines):
            await _look_up(turn, engines)
            await _reply(turn, engines, mouth)
        else:
            turn.reason = "NO_WORDS"
            await mouth.say(phrases.NOT_UNDERSTOOD)
        await mouth.finish()
    except HopError as failure:
        turn.reason, turn.error = failure.reason, failure.error
        await _apologise(mouth, failure.reason)
        post(TurnFailed(turn.id))
    else:
        post(TurnDone(turn.id))


async def _understood(turn: Turn, engines: Engines) -> bool:
    """Whether there are words to go by; a typed question has them already."""
    if turn.utterance is not None:
        with _hop(turn, "asr", "ASR_FAILED"):
            turn.transcript = await engines.ears.transcribe(turn.utterance.samples)
    return bool(turn.transcript and turn.transcript.text)


async def _look_up(turn: Turn, engines: Engines) -> None:
    """The passages for what was heard; where they leave doubt, also for what it may have been."""
    heard = turn.transcript or Transcript("", 0.0)
    with _hop(turn, "retrieve", "RETRIEVE_FAILED"):
        turn.passages = await engines.memory.retrieve(heard.text)
        for text in heard.alternatives if _best(turn) < SURE else ():
            others = await engines.memory.retrieve(text)
            if others and others[0].score * SECOND_CHOICE > _best(turn):
                turn.passages, turn.transcript = others, replace(heard, text=text)


def _best(turn: Turn) -> float:
    return turn.passages[0].score if turn.passages else 0.0


async def _reply(turn: Turn, engines: Engines, mouth: _Mouth) -> None:
    """Grounded or silent: an answer with its source, or the admission that there is none."""
    if _best(turn) < engines.threshold:
        turn.reason = "LOW_SCORE" if turn.passages else "NO_MATCH"
        await mouth.say(phrases.DONT_KNOW)
        return
    turn.reason = "OK"
    asked = now_s()
    with _blame("ANSWER_FAILED"):
        async for sentence in engines.mind.answer(_question(turn), turn.passages):
            turn.timings_ms.setdefault("first_token", _ms_since(asked))
            turn.sentences.append(sentence)
            await mouth.say(sentence.text)
    if engines.name_source and turn.sentences:
        await mouth.say(phrases.from_source(_title(turn)))


async def _apologise(mouth: _Mouth, reason: str) -> None:
    """Say that it went wrong, unless it is the voice that did."""
    with contextlib.suppress(HopError):
        await mouth.say(phrases.APOLOGIES.get(reason, phrases.SORRY))
        await mouth.finish()


class _Mouth:
    """Sentences in, sound out; knows when the first sample of the reply was played."""

    def __init__(
        self, turn: Turn, engines: Engines, speaker: Loudspeaker, post: Callable[[Event], None]
    ) -> None:
        self._turn, self._voice, self._speaker, self._post = turn, engines.voice, speaker, post

    async def say(self, text: str) -> None:
        """Speak one sentence; returns when its last samples are queued."""
        turn = self._turn
        turn.spoken.append(text)
        asked = now_s()
        chunks = self._voice.synthesise(speakable(text))
        while True:
            with _blame("TTS_FAILED"):
                samples = await anext(chunks, None)
            if samples is None:
                return
            if "tts_first_chunk" not in turn.timings_ms:
                turn.timings_ms["tts_first_chunk"] = _ms_since(asked)
                self._first_sound()
            turn.audio_s += len(samples) / self._speaker.rate_hz
            with _blame("SPEAKER_FAILED"):
                await self._speaker.play(samples)

    async def finish(self) -> None:
        """Wait until everything has been heard."""
        with _blame("SPEAKER_FAILED"):
            await self._speaker.drain()

    def _first_sound(self) -> None:
        turn = self._turn
        waited_s = turn.stream_s() - turn.asked_s
        turn.timings_ms["first_audio"] = round(waited_s * 1000, 1)
        self._post(FirstAudio(turn.id))


@contextlib.contextmanager
def _hop(turn: Turn, name: str, reason: str) -> Iterator[None]:
    """Time a hop of the turn; an error in it is the turn's."""
    began = now_s()
    with _blame(reason):
        yield
    turn.timings_ms[name] = _ms_since(began)


@contextlib.contextmanager
def _blame(reason: str) -> Iterator[None]:
    try:
        yield
    except (ApplianceError, AudioError) as error:
        raise HopError(reason, error) from error


def _ms_since(began_s: float) -> float:
    return round((now_s() - began_s) * 1000, 1)


def _question(turn: Turn) -> str:
    return turn.transcript.text if turn.transcript else ""


def _title(turn: Turn) -> str:
    """What to call the source of the first sentence, aloud."""
    titles = {passage.source: passage.title for passage in turn.passages}
    return titles.get(turn.sentences[0].source, turn.sentences[0].source)
