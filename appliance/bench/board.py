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

FINISHED_S = (*[0.45] * 6, 0.5, 0.6, 0.75, 0.9)
UNFINISHED_S = (*[0.9] * 32, 0.45)
UNJUDGED_S = 0.9
"""As `python -m tests.bench.endpoints` found: p50 0.45, p95 0.9 s; 3 % of the pauses cut."""
WORDS_A_SECOND = 2.7
LEAD_IN_S = 0.63
"""`User guide:` by espeak-ng at the pace of lead-ins."""
TRICKS = ("partials", "foresight", "prefire", "adaptive", "stream", "lead_in")


@dataclass(frozen=True, slots=True)
class Delays:
    """From the true end of speech, in milliseconds, over the turns that were answered."""

    turns: int
    cut_off: int
    first_sound_p50: float
    first_sound_p95: float
    first_audio_p50: float
    first_audio_p95: float


@dataclass
class Patience:
    """Silence that ends a question, as long as `appliance.endpointing` was measured to take.

    It is wrong as often, too: `python -m tests.bench.endpoints` (both signals, other speakers).
    """

    rng: random.Random
    question: str = ""
    drawn: dict[tuple[str, str], float] = field(default_factory=dict)

    def patience_s(self, turn: Turn, utterance: Utterance) -> float:  # noqa: ARG002  # a port
        """By whether all words were heard; one draw for each pause."""
        if turn.transcript is None:
            return UNJUDGED_S
        words = turn.transcript.text
        seconds = FINISHED_S if words == self.question else UNFINISHED_S
        return self.drawn.setdefault((self.question, words), self.rng.choice(seconds))

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
        ears,
        mind,
        mind,
        BoardVoice(figures),
        threshold=threshold,
        manner=Manner(stream="stream" in tricks, lead_in_after_s=0.15),
        lead_ins=_AnyDocument() if "lead_in" in tricks else {},
    )
    audience = _Audience()
    judge = Patience(rng)
    switches = set(tricks) & {"partials", "prefire"}
    policy = Policy(
        switches, judge=judge if "adaptive" in tricks else None, foresight="foresight" in tricks
    )
    director = Director(engines, Body(speaker), policy, observers=[audience])
    listener = ScriptedListener(director.on_edge)
    director.open(listener)
    await asyncio.sleep(0.1)
    for number, question in enumerate(questions):
        ears.says, ears.length_s = question, len(question.split()) / WORDS_A_SECOND
        spans = _spans(ears.length_s, rng) if number % 3 == 0 else [ears.length_s]
        judge.question = question
        audience.over.clear()
        director.on_edge(WakeHit("hey jarvis", 0.9, director.stream_s()))
        await asyncio.sleep(0.3)
        await listener.hear(*spans)
        await audience.over.wait()
        await asyncio.sleep(1.0)
        speaker.restart()
    await director.close()
    return _delays(audience.turns, questions)


def _spans(length_s: float, rng: random.Random) -> list[float]:
    at = rng.uniform(0.3, 0.7)
    return [length_s * at, rng.uniform(0.3, 0.7), length_s * (1 - at)]


class _AnyDocument(dict[str, Samples]):
    """Every document has its lead-in."""

    def get(self, key: str, default: object = None) -> Samples:  # noqa: ARG002
        return np.ones(round(LEAD_IN_S * BoardVoice.rate_hz), np.int16)


def _delays(turns: Sequence[Turn], questions: Sequence[str]) -> Delays:
    whole = {
        turn.id
        for turn, question in zip(turns, questions, strict=True)
        if turn.transcript and turn.transcript.text == question
    }
    answered = [t.timings_ms for t in turns if t.outcome is Outcome.ANSWERED and t.id in whole]
    sounds = sorted(timings["first_sound"] for timings in answered)
    audio = sorted(timings["first_audio"] for timings in answered)
    return Delays(
        turns=len(answered),
        cut_off=len(turns) - len(whole),
        first_sound_p50=round(statistics.median(sounds)),
        first_sound_p95=round(sounds[int(0.95 * (len(sounds) - 1))]),
        first_audio_p50=round(statistics.median(audio)),
        first_audio_p95=round(audio[int(0.95 * (len(audio) - 1))]),
    )
