"""The answer is begun with what was read ahead, while the whole question is still looked up.

Who is still speaking has mostly named what they ask about, and the passages on it were found and
read. If the whole question leads to the same one first, what the model has written meanwhile is the
answer; if not, it is dropped, and nobody has heard of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Self

from appliance.engines.ports import LanguageModel, Lapse, Passage, Sentence


class Foresight:
    """The answer to one question; an asynchronous context, which its work does not outlive."""

    def __init__(self, mind: LanguageModel, question: str, foreseen: Sequence[Passage]) -> None:
        """Begin nothing yet. `foreseen`: what was read ahead, best first; empty: nothing."""
        self._mind, self._question, self._foreseen = mind, question, foreseen
        self._sentences = mind.answer(question, foreseen)
        self._first: asyncio.Task[Sentence | Lapse | None] | None = None

    async def __aenter__(self) -> Self:
        """Begin the answer if anything was foreseen."""
        if self._foreseen:
            self._first = asyncio.create_task(_next(self._sentences))
        return self

    async def __aexit__(self, *_failure: object) -> None:
        """Give up what is under way."""
        await self.drop()

    async def drop(self) -> None:
        """It was not foreseen, or nobody wants it; safe to call twice."""
        first, self._first = self._first, None
        if first is not None:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
        await self._sentences.aclose()

    async def answer(
        self, question: str, passages: Sequence[Passage]
    ) -> AsyncGenerator[Sentence | Lapse, None]:
        """The sentences of an answer: what was begun, if these passages were foreseen.

        Raises:
            EngineError: as the language model's `answer`.
        """
        if self._first is None or not self._was_foreseen(question, passages):
            await self.drop()
            async with aclosing(self._mind.answer(question, passages)) as sentences:
                async for sentence in sentences:
                    yield sentence
            return
        begun = await self._first
        while begun is not None:
            yield begun
            begun = await _next(self._sentences)

    def _was_foreseen(self, question: str, passages: Sequence[Passage]) -> bool:
        """The best passage is what an answer is made of."""
        best = [found[0].source for found in (passages, self._foreseen)]
        return question == self._question and best[0] == best[1]


async def _next(sentences: AsyncGenerator[Sentence | Lapse, None]) -> Sentence | Lapse | None:
    return await anext(sentences, None)
