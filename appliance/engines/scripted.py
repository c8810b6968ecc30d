"""Stand-ins for the engine ports: they take the time they are told, and fail when told to.

They wait on the loop's clock, so on a simulated one a conversation has exact times. The
timing model of a board that is not at hand is made of them, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from appliance.engines.ports import Passage, Sentence, Transcript
from appliance.errors import EngineError
from audio.format import Samples

SECONDS_A_WORD = 0.4
CHUNK_S = 0.1


@dataclass(slots=True)
class Script:
    """What the engines know, how long they take, and what goes wrong.

    Attributes:
        hears: what is recognised, one an utterance; a text, or more that it may have been.
        knows: passages by question.
        says: the answer's sentences by question.
        complete: how sure it is, as a logit, that these words are a whole question; else 0.
        asr_s, retrieve_s, sentence_s, first_chunk_s: how long each step takes.
        fail: hops that raise instead: `asr`, `retrieve`, `answer`, `tts`.
        hang: hops that never come back.
        log: what was asked of whom, in order.
    """

    hears: list[str | tuple[str, ...]] = field(default_factory=list)
    knows: Mapping[str, list[Passage]] = field(default_factory=dict)
    says: Mapping[str, list[str]] = field(default_factory=dict)
    asr_s: float = 0.2
    retrieve_s: float = 0.05
    prime_s: float = 0.0
    sentence_s: float = 0.3
    first_chunk_s: float = 0.05
    complete: Mapping[str, float] = field(default_factory=dict)
    fail: set[str] = field(default_factory=set)
    hang: set[str] = field(default_factory=set)
    log: list[tuple[str, str]] = field(default_factory=list)

    async def step(self, hop: str, what: str, seconds: float) -> None:
        """Take part in the script: note it, take the time, fail or hang if told to.

        Raises:
            EngineError: the script says so.
        """
        self.log.append((hop, what))
        if hop in self.hang:
            await asyncio.Event().wait()
        await asyncio.sleep(seconds)
        if hop in self.fail:
            raise EngineError("ENG-SCRIPTED", f"the {hop} engine failed", "as told", "tell it not")


class ScriptedEars:
    """SpeechToText."""

    def __init__(self, script: Script) -> None:
        self._script = script

    async def transcribe(self, samples: Samples) -> Transcript:
        """The next text of the script; none left is nothing understood."""
        await self._script.step("asr", f"{len(samples)} samples", self._script.asr_s)
        heard = self._script.hears.pop(0) if self._script.hears else ""
        text, *others = (heard,) if isinstance(heard, str) else heard
        return Transcript(text, 1.0 if text else 0.0, alternatives=tuple(others))


class ScriptedMind:
    """Retriever and LanguageModel."""

    reads_ahead = True

    def __init__(self, script: Script) -> None:
        self._script = script

    async def completeness(self, words: str) -> float:
        """As the script says."""
        return self._script.complete.get(words, 0.0)

    async def skim(self, questions: Sequence[str]) -> list[float]:
        """The scores of what the script knows."""
        known = [self._script.knows.get(question, []) for question in questions]
        return [passages[0].score if passages else 0.0 for passages in known]

    async def retrieve(self, question: str) -> list[Passage]:
        """The script's passages for exactly this question."""
        await self._script.step("retrieve", question, self._script.retrieve_s)
        return list(self._script.knows.get(question, []))

    async def prime(self, passages: Sequence[Passage]) -> None:
        """Note it."""
        await self._script.step(
            "prime", passages[0].source if passages else "", self._script.prime_s
        )

    async def answer(
        self, question: str, passages: Sequence[Passage]
    ) -> AsyncGenerator[Sentence, None]:
        """The script's sentences, one at a time."""
        for text in self._script.says[question]:
            await self._script.step("answer", question, self._script.sentence_s)
            yield Sentence(text, passages[0].source)


class ScriptedVoice:
    """TextToSpeech: a tone as long as the text would take."""

    rate_hz = 16_000

    def __init__(self, script: Script) -> None:
        self._script = script

    async def synthesise(self, text: str) -> AsyncGenerator[Samples, None]:
        """Chunks of CHUNK_S; the first takes `first_chunk_s`, the others come at once."""
        await self._script.step("tts", text, self._script.first_chunk_s)
        chunk = np.full(round(CHUNK_S * self.rate_hz), 1000, np.int16)
        for _ in range(round(len(text.split()) * SECONDS_A_WORD / CHUNK_S)):
            yield chunk
