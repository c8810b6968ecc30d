"""Ears, mind and voice with a spare each: a failure costs a delay, not the answer.

What failed is left alone for a while; until then the spare is asked at once. A job that its caller
cancelled is no failure.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace

import numpy as np
import soxr  # type: ignore[import-untyped]

from appliance.clock import now_s
from appliance.engines.ports import (
    LanguageModel,
    Lapse,
    Passage,
    Sentence,
    SpeechToText,
    TextToSpeech,
    Transcript,
)
from appliance.engines.recovery import Backoff, Keeper
from appliance.errors import EngineError
from audio.format import Samples

log = logging.getLogger(__name__)

_LAPSES = {"ENG-CRASHED": "CRASHED", "ENG-STUCK": "STUCK"}
"""What an error is called in a turn's record, after the part's name; any other is FAILED."""


@dataclass(slots=True)
class Attempt:
    """One job. `lapse`: why the first choice is not to do it, or did not; None: it did."""

    lapse: str | None


class Trust:
    """Whether the first choice is to be asked; for one part of what it does."""

    def __init__(self, keeper: Keeper, backoff: Backoff, part: str = "NPU") -> None:
        """`keeper`: of its process. `backoff`: of this part. `part`: NPU, SLM or VOICE."""
        self._keeper, self._backoff, self._part = keeper, backoff, part

    def lapse(self) -> str | None:
        """Why not to ask it now; None: ask."""
        if not self._keeper.is_up():
            return f"{self._part}_DOWN"
        return f"{self._part}_RESTING" if now_s() < self._backoff.until_s else None

    def failed(self, error: EngineError) -> str:
        """It was asked in vain; returns the lapse. No log has the cause: it may hold words."""
        log.warning("a spare takes over: %s: %s", error.code, error.what)
        self._backoff.failed(now_s())
        self._keeper.is_up()  # if it died, it is being started again from now on
        return f"{self._part}_{_LAPSES.get(error.code, 'FAILED')}"

    @contextmanager
    def attempt(self) -> Iterator[Attempt]:
        """Around a job of the first choice: an error of the engine ends it, and is a lapse."""
        attempt = Attempt(self.lapse())
        try:
            yield attempt
        except EngineError as error:
            attempt.lapse = self.failed(error)
        else:
            if attempt.lapse is None:
                self._backoff.worked()


class FallbackEars:
    """SpeechToText by the first choice, or the same utterance by the spare."""

    def __init__(self, first: SpeechToText, spare: SpeechToText, trust: Trust) -> None:
        self._first, self._spare, self._trust = first, spare, trust

    async def transcribe(self, samples: Samples) -> Transcript:
        """Recognise one utterance.

        Raises:
            EngineError: both failed.
        """
        with self._trust.attempt() as attempt:
            if attempt.lapse is None:
                return await self._first.transcribe(samples)
        return replace(await self._spare.transcribe(samples), lapse=attempt.lapse)


class FallbackMind:
    """LanguageModel by the first choice, or by the spare if no sentence was made before."""

    def __init__(self, first: LanguageModel, spare: LanguageModel, trust: Trust) -> None:
        self._first, self._spare, self._trust = first, spare, trust

    @property
    def reads_ahead(self) -> bool:
        """Whether the first choice does."""
        return self._first.reads_ahead

    async def prime(self, passages: Sequence[Passage]) -> None:
        """Let the one that will answer read ahead; nothing is lost where it can't."""
        if self._trust.lapse() is not None:
            await self._spare.prime(passages)
            return
        try:
            await self._first.prime(passages)
        except EngineError as error:
            self._trust.failed(error)

    async def answer(
        self, question: str, passages: Sequence[Passage]
    ) -> AsyncGenerator[Sentence | Lapse, None]:
        """The sentences of an answer.

        An answer that breaks off after a sentence ends there: each one is true by itself, and the
        spare, which doesn't know what was said, would say it again.

        Raises:
            EngineError: both failed.
        """
        given = False
        with self._trust.attempt() as attempt:
            if attempt.lapse is None:
                async with aclosing(self._first.answer(question, passages)) as sentences:
                    async for sentence in sentences:
                        given = True
                        yield sentence
        if attempt.lapse is None:
            return
        yield Lapse(attempt.lapse)
        if not given:
            async with aclosing(self._spare.answer(question, passages)) as sentences:
                async for sentence in sentences:
                    if not isinstance(sentence, Lapse):  # of a spare's spare: one is enough
                        yield sentence


class FallbackVoice:
    """TextToSpeech by the first choice, or the same sentence by the spare."""

    def __init__(self, first: TextToSpeech, spare: TextToSpeech, trust: Trust) -> None:
        self._first, self._spare, self._trust = first, spare, trust
        self._rate_hz: int | None = None

    @property
    def rate_hz(self) -> int:
        """The first choice's; where it is down when this is first asked, the spare's.

        It stays: a loudspeaker is opened with it. Who speaks at another rate is resampled.
        """
        if self._rate_hz is None:
            chosen = self._first if self._trust.lapse() is None else self._spare
            self._rate_hz = chosen.rate_hz
        return self._rate_hz

    async def synthesise(self, text: str) -> AsyncGenerator[Samples | Lapse, None]:
        """One sentence.

        One that breaks off is said again from its beginning: half a sentence may say the opposite.

        Raises:
            EngineError: both failed.
        """
        with self._trust.attempt() as attempt:
            if attempt.lapse is None:
                async with aclosing(self._spoken(self._first, text)) as chunks:
                    async for chunk in chunks:
                        yield chunk
        if attempt.lapse is None:
            return
        yield Lapse(attempt.lapse)
        async with aclosing(self._spoken(self._spare, text)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _spoken(
        self, voice: TextToSpeech, text: str
    ) -> AsyncGenerator[Samples | Lapse, None]:
        """In this voice, at our rate."""
        resampler = None
        async with aclosing(voice.synthesise(text)) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, Lapse) or voice.rate_hz == self.rate_hz:
                    yield chunk
                    continue
                if resampler is None:
                    rates_hz = voice.rate_hz, self.rate_hz
                    resampler = soxr.ResampleStream(*rates_hz, 1, dtype="int16")
                yield resampler.resample_chunk(chunk)
        if resampler is not None:
            yield resampler.resample_chunk(np.zeros(0, np.int16), last=True)
