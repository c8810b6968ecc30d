"""Conversations on a simulated board: when would its first sound come?"""

from __future__ import annotations

import asyncio
import random
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

from appliance.bench.rk3576 import BoardEars, BoardMind, BoardVoice, Figures, Npu
from appliance.body import Body
from appliance.director import Director, Policy
from appliance.engines.ports import Retriever
from appliance.mouth import Manner
from appliance.observer import Bystander
from appliance.reasons import Outcome
from appliance.scripted_ears import ScriptedListener
from appliance.turn import Engines, Turn
from audio.format import Samples, Utterance
from audio.playout import RecordingLoudspeaker
from audio.ports import WakeHit

WORDS_A_SECOND = 2.7
LEAD_IN_S = 0.7
TRICKS = ("partials", "prefire", "adaptive", "stream", "lead_in")


@dataclass(frozen=True, slots=True)
class Delays:
    """From the true end of speech, in milliseconds, over the turns that were answered."""

    turns: int
    first_sound_p50: float
    first_sound_p95: float
    first_audio_p50: float
    first_audio_p95: float


@dataclass(frozen=True, slots=True)
class Patience:
    """Silence that ends a question, drawn as `appliance.endpointing` judges finished speech."""

    seconds: Sequence[float]
    rng: random.Random

    def patience_s(self, turn: Turn, utterance: Utterance) -> float:  # noqa: ARG002  # a port
        """One of them, by lot."""
        return self.rng.choice(self.seconds)

    def heard_out(self, utterance: Utterance) -> None:
        """Nothing is learnt."""


@dataclass
class _Audience(Bystander):
    """Keeps the turns, and tells when one is over."""

    turns: list[Turn] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.over.set()


async def converse(
    questions: Sequence[str],
    memory: Retriever,
    threshold: float,
    *,
    tricks: Collection[str] = TRICKS,
    patience_s: Sequence[float] = (0.45,),
    figures: Figures | None = None,
) -> Delays:
    """Ask every question of a board that has these tricks; on a simulated clock only.

    Every third question has a pause for thought in its middle, 0.3 to 0.7 s long.
    """
    rng = random.Random(20261120)  # noqa: S311  # the same conversations every time
    figures = figures or Figures()
    npu, speaker = Npu(), RecordingLoudspeaker(BoardVoice.rate_hz)
    ears = BoardEars(npu, figures)
    mind = BoardMind(npu, figures, memory)
    engines = Engines(
        *(ears, mind, mind, BoardVoice(figures)),
        threshold=threshold,
        manner=Manner(stream="stream" in tricks, lead_in_after_s=0.0),
        lead_ins=_AnyDocument() if "lead_in" in tricks else {},
    )
    audience = _Audience()
    judge = Patience(patience_s, rng) if "adaptive" in tricks else None
    policy = Policy(set(tricks) & {"partials", "prefire"}, judge=judge)
    director = Director(engines, Body(speaker), policy, observers=[audience])
    listener = ScriptedListener(director.on_edge)
    director.open(listener)
    await asyncio.sleep(0.1)
    for number, question in enumerate(questions):
        ears.says, ears.length_s = question, len(question.split()) / WORDS_A_SECOND
        spans = _spans(ears.length_s, rng) if number % 3 == 0 else [ears.length_s]
        audience.over.clear()
        director.on_edge(WakeHit("hey jarvis", 0.9, director.stream_s()))
        await asyncio.sleep(0.3)
        await listener.hear(*spans)
        await audience.over.wait()
        await asyncio.sleep(1.0)
        speaker.restart()
    await director.close()
    return _delays(audience.turns)


def _spans(length_s: float, rng: random.Random) -> list[float]:
    at = rng.uniform(0.3, 0.7)
    return [length_s * at, rng.uniform(0.3, 0.7), length_s * (1 - at)]


class _AnyDocument(dict[str, Samples]):
    """Every document has its lead-in."""

    def get(self, key: str, default: object = None) -> Samples:  # type: ignore[override]  # noqa: ARG002
        return np.ones(round(LEAD_IN_S * BoardVoice.rate_hz), np.int16)


def _delays(turns: Sequence[Turn]) -> Delays:
    answered = [turn.timings_ms for turn in turns if turn.outcome is Outcome.ANSWERED]
    sounds = sorted(timings["first_sound"] for timings in answered)
    audio = sorted(timings["first_audio"] for timings in answered)
    return Delays(
        turns=len(answered),
        first_sound_p50=round(statistics.median(sounds)),
        first_sound_p95=round(sounds[int(0.95 * (len(sounds) - 1))]),
        first_audio_p50=round(statistics.median(audio)),
        first_audio_p95=round(audio[int(0.95 * (len(audio) - 1))]),
    )
