"""Who may use the NPU: recognition goes first, and whoever reads or writes gives way at a token.

A job that gave way is cancelled. Reading (`prime`) is given up: what was read stays read. Writing
(`answer`) begins anew once recognition is done, and what was told already is not told again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

from appliance.engines.ports import Passage, Sentence, Transcript
from appliance.engines.remote import RemoteEars, RemoteWriter
from appliance.engines.worker import Worker
from audio.format import Samples


class Npu:
    """SpeechToText and LanguageModel in one worker (`npu_servant.py`)."""

    reads_ahead = True

    def __init__(self, worker: Worker) -> None:
        self._ears, self._writer = RemoteEars(worker), RemoteWriter(worker)
        self._hearing = 0
        self._wanted, self._free = asyncio.Event(), asyncio.Event()
        self._free.set()

    async def transcribe(self, samples: Samples) -> Transcript:
        """Recognise one utterance."""
        self._hearing += 1
        self._free.clear()
        self._wanted.set()
        try:
            return await self._ears.transcribe(samples)
        finally:
            self._hearing -= 1
            if not self._hearing:
                self._wanted.clear()
                self._free.set()

    async def prime(self, passages: Sequence[Passage]) -> None:
        """Let the model read these passages, as far as it comes before recognition is wanted."""
        await self._free.wait()
        await self._giving_way(self._writer.prime(passages))

    async def answer(
        self, question: str, passages: Sequence[Passage]
    ) -> AsyncGenerator[Sentence, None]:
        """The sentences of an answer.

        They are written ahead of whoever takes them, so that the NPU doesn't wait for the voice.
        """
        told: asyncio.Queue[Sentence | None] = asyncio.Queue()
        writing = asyncio.ensure_future(self._write(question, passages, told))
        try:
            while (sentence := await told.get()) is not None:
                yield sentence
            await writing
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)

    async def _write(
        self, question: str, passages: Sequence[Passage], told: asyncio.Queue[Sentence | None]
    ) -> None:
        count = 0

        async def tell_the_rest() -> None:
            nonlocal count
            async with aclosing(self._writer.answer(question, passages)) as sentences:
                number = 0
                async for sentence in sentences:
                    number += 1
                    if number > count:
                        told.put_nowait(sentence)
                        count = number

        try:
            await self._free.wait()
            while not await self._giving_way(tell_the_rest()):
                await self._free.wait()
        finally:
            told.put_nowait(None)

    async def _giving_way(self, job: Coroutine[Any, Any, None]) -> bool:
        """Do it unless recognition is wanted, or until it is; whether it came to its end."""
        doing = asyncio.ensure_future(job)
        wanted = asyncio.ensure_future(self._wanted.wait())
        try:
            await asyncio.wait({doing, wanted}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                doing.result()
            return doing.done()
        finally:
            doing.cancel()
            wanted.cancel()
            await asyncio.gather(doing, wanted, return_exceptions=True)
