"""A model of the RK3576's engines: what each step takes there, by published figures.

A SIMULATION: nothing here ran on a board. Questions, passages and answers are real (a knowledge
pack and its retriever); the times are figures, each with its source, spent on the virtual clock.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

import numpy as np

from appliance.engines.ports import Passage, Retriever, Sentence, Transcript
from appliance.knowledge.reader import answer
from audio.format import RATE_HZ, Samples

MOST_PASSAGES = 3
NEARLY = 0.6
CLAUSE = re.compile(
    r"^((?:\S+ ){3,}?\S+(?:[,;:]|(?= (?:and|or|but|if|when|which|that|until|for|with|to|on) )))\s"
)
"""At least four words, up to a comma or before a word that begins something new."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a step takes on an RK3576.

    Attributes:
        prefill_tokens_s: Qwen3-0.6B w4a16 reads 128 tokens in 469 ms (rknn-llm benchmark.md).
        decode_tokens_s: the same, 24.85 tokens a second.
        asr_chunk_s: a streaming zipformer's step of 0.96 s at a real-time factor of 0.082
            (rknn_model_zoo README, one NPU core).
        first_sound_s: Piper's first audio, encoder on the CPU, the rest on the NPU
            (rkvoice-stream README, measured on a LubanCat-3).
        speech_rtf: Piper's real-time factor (same).
        completeness_s, skim_s, retrieve_s: on A72s: ASSUMED, four times our x86 figures; what
            multiplies matrices, on all four of them, a third of that.
        prefill_chunk: a prefill cannot be aborted (rknn-llm#400), so it is fed in such pieces.
        tokens_a_word: of English in Qwen's vocabulary: ASSUMED.
        template_tokens: what stands around a question in Qwen's chat template: ASSUMED.
    """

    prefill_tokens_s: float = 128 / 0.469
    decode_tokens_s: float = 24.85
    asr_chunk_s: float = 0.96 * 0.082
    first_sound_s: float = 0.234
    speech_rtf: float = 0.17
    completeness_s: float = 0.03
    skim_s: float = 0.18
    retrieve_s: float = 0.37
    prefill_chunk: int = 128
    tokens_a_word: float = 1.35
    template_tokens: int = 12

    def tokens(self, text: str) -> int:
        """How many tokens a text is."""
        return round(len(text.split()) * self.tokens_a_word)


class Npu:
    """One client at a time: two at once may hang the board (rknn-llm#315)."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def work(self, seconds: float) -> None:
        """A job that, once begun, runs to its end even if nobody waits for it any more."""
        job = asyncio.ensure_future(self._job(seconds))
        await asyncio.shield(job)

    async def _job(self, seconds: float) -> None:
        async with self._lock:
            await asyncio.sleep(seconds)


class BoardEars:
    """SpeechToText: a streaming recogniser; only the last chunk is left when speech ends."""

    def __init__(self, npu: Npu, figures: Figures) -> None:
        self._npu, self._figures = npu, figures
        self.says, self.length_s = "", 1.0
        """What is being said, and how long that takes."""

    async def transcribe(self, samples: Samples) -> Transcript:
        """As many of the words as fit into so much sound."""
        await self._npu.work(self._figures.asr_chunk_s)
        words = self.says.split()
        share = min(1.0, len(samples) / RATE_HZ / self.length_s)
        return Transcript(" ".join(words[: round(len(words) * share)]), 1.0)


class BoardMind:
    """Retriever and LanguageModel: a real retriever; a prompt whose beginning stays in the cache.

    The prompt is a fixed prefix (cached since the start), the passages, then the question. So
    passages that were read while the person spoke need not be read again.
    """

    reads_ahead = True

    def __init__(self, npu: Npu, figures: Figures, memory: Retriever) -> None:
        self._npu, self._figures, self._memory = npu, figures, memory
        self._cached: list[str] = []
        self._one_job = asyncio.Lock()
        self._wish = 0

    async def completeness(self, words: str) -> float:
        """As the real one."""
        async with self._one_job:
            await asyncio.sleep(self._figures.completeness_s)
            return await self._memory.completeness(words)

    async def skim(self, questions: Sequence[str]) -> list[float]:
        """As the real one."""
        async with self._one_job:
            await asyncio.sleep(self._figures.skim_s * len(questions))
            return await self._memory.skim(questions)

    async def retrieve(self, question: str) -> list[Passage]:
        """As the real retriever."""
        async with self._one_job:
            await asyncio.sleep(self._figures.retrieve_s)
            return await self._memory.retrieve(question)

    async def prime(self, passages: Sequence[Passage]) -> None:
        """Read the passages, until something else is wished for."""
        self._wish += 1
        wish, texts = self._wish, [passage.text for passage in worth_reading(passages)]
        if set(texts) <= set(self._cached):
            return  # whatever else is in the prompt does no harm
        kept = itertools.takewhile(lambda text: text in texts, self._cached)
        self._cached = list(kept)
        for text in texts:
            if text not in self._cached and wish == self._wish:
                await self._read(self._figures.tokens(text))
                self._cached.append(text)

    async def answer(
        self, question: str, passages: Sequence[Passage]
    ) -> AsyncGenerator[Sentence, None]:
        """The extractive reader's sentences, at the language model's speed, clause by clause."""
        await self.prime(passages)
        await self._read(self._figures.tokens(question) + self._figures.template_tokens)
        for sentence in answer(question, passages):
            for clause in clauses(sentence.text):
                for _ in range(self._figures.tokens(clause)):  # it can be aborted between two
                    await self._npu.work(1 / self._figures.decode_tokens_s)
                yield Sentence(clause, sentence.source)

    async def _read(self, tokens: int) -> None:
        while tokens > 0:
            piece = min(tokens, self._figures.prefill_chunk)
            await self._npu.work(piece / self._figures.prefill_tokens_s)
            tokens -= piece


class BoardVoice:
    """TextToSpeech: a tone as long as the words would take."""

    rate_hz = 16_000

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    async def synthesise(self, text: str) -> AsyncGenerator[Samples, None]:
        """The first chunk after Piper's first-audio time, the rest at its speed."""
        await asyncio.sleep(self._figures.first_sound_s)
        chunk = np.full(RATE_HZ // 4, 1000, np.int16)
        for number in range(round(len(text.split()) * 0.36 * 4) or 1):
            if number:
                await asyncio.sleep(0.25 * self._figures.speech_rtf)
            yield chunk


def worth_reading(passages: Sequence[Passage]) -> list[Passage]:
    """What goes into the prompt: the best passage, and up to two that are nearly as good."""
    return [p for p in passages[:MOST_PASSAGES] if p.score >= NEARLY * passages[0].score]


def clauses(sentence: str) -> list[str]:
    """A sentence, its first clause cut off, so that speech can begin with it."""
    cut = CLAUSE.search(sentence)
    return [sentence[: cut.end(1)], sentence[cut.end() :]] if cut else [sentence]
