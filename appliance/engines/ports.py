"""What a turn asks of the engines. Each port has a scripted fake in `engines/scripted.py`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from audio.format import Samples


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said.

    Attributes:
        text: in lower case, without punctuation.
        confidence: 0..1.
        language: its tag.
        alternatives: what else it may have been, likeliest first.
        ending: probability (0..1) that a sentence ends after its last two words; None: unknown.
        lapse: why the engine of first choice did not hear it (of `reasons.LAPSES`); None: it did.
    """

    text: str
    confidence: float
    language: str = "en"
    alternatives: tuple[str, ...] = ()
    ending: float | None = None
    lapse: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the owner's documents that may hold the answer.

    Attributes:
        text: the passage as written, plain text.
        source: `file.md#heading-slug` or `file.pdf#page=3`.
        title: what to call the source aloud ("the user guide, Reset").
        score: 0..1, calibrated: the probability that this passage answers the question.
    """

    text: str
    source: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, and the source that supports it."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """The engine of first choice failed; what follows, if anything, is a spare's.

    Attributes:
        code: of `reasons.LAPSES`.
    """

    code: str


class SpeechToText(Protocol):
    """Turns one utterance into text."""

    async def transcribe(self, samples: Samples) -> Transcript:
        """Recognise speech of RATE_HZ; an empty text means that no words were found."""


class Retriever(Protocol):
    """Knows how people ask, and finds the passages that may answer a question."""

    async def completeness(self, words: str) -> float:
        """The logit that somebody who has said this has finished the question."""

    async def retrieve(self, question: str) -> list[Passage]:
        """The best passages, best first; empty if nothing matches at all."""


class LanguageModel(Protocol):
    """Answers from passages alone."""

    @property
    def reads_ahead(self) -> bool:
        """Whether `prime` saves time later; what it needs is looked up only then."""

    async def prime(self, passages: Sequence[Passage]) -> None:
        """A question that these passages may answer is on its way: read them now."""

    def answer(
        self, question: str, passages: Sequence[Passage]
    ) -> AsyncGenerator[Sentence | Lapse, None]:
        """The sentences of an answer, as they become known; none: the passages don't hold it."""


class TextToSpeech(Protocol):
    """Speaks."""

    @property
    def rate_hz(self) -> int:
        """Rate of the PCM that `synthesise` yields."""

    def synthesise(self, text: str) -> AsyncGenerator[Samples | Lapse, None]:
        """Mono PCM of one sentence, in chunks as they become ready."""
