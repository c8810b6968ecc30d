"""The engine ports, each served by a process of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict

import numpy as np

from appliance.engines.ports import Passage, Sentence, Transcript
from appliance.engines.worker import Worker
from audio.format import Samples


class RemoteEars:
    """SpeechToText in a worker (`asr_servant.py`)."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def transcribe(self, samples: Samples) -> Transcript:
        """Recognise one utterance."""
        reply = await self._worker.call("transcribe", {}, samples.tobytes())
        fields = reply.header
        return Transcript(**{**fields, "alternatives": tuple(fields["alternatives"])})


class RemoteMind:
    """Retriever and LanguageModel in one worker (`appliance/knowledge/servant.py`)."""

    reads_ahead = False

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def completeness(self, words: str) -> float:
        """The logit that somebody who has said this has finished the question."""
        reply = await self._worker.call("completeness", {"words": words})
        return float(reply.header["logit"])

    async def retrieve(self, question: str) -> list[Passage]:
        """The best passages, best first."""
        reply = await self._worker.call("retrieve", {"question": question})
        return [Passage(**fields) for fields in reply.header["passages"]]

    async def prime(self, passages: Sequence[Passage]) -> None:
        """The extractive reader reads at once; there is nothing to prepare."""

    def answer(self, question: str, passages: Sequence[Passage]) -> AsyncGenerator[Sentence, None]:
        """The sentences of an answer."""
        return _answer(self._worker, question, passages)


class RemoteVoice:
    """TextToSpeech in a worker (`voice_servant.py`)."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    @property
    def rate_hz(self) -> int:
        """Rate of what `synthesise` yields; known once the worker has started."""
        return int(self._worker.info["rate_hz"])

    async def synthesise(self, text: str) -> AsyncGenerator[Samples, None]:
        """PCM of one sentence, in chunks."""
        async with aclosing(self._worker.stream("speak", {"text": text})) as replies:
            async for reply in replies:
                yield np.frombuffer(reply.payload, dtype=np.int16)

    async def phonemes(self, words: Sequence[str]) -> list[str]:
        """How the voice would say each word, for the recogniser's dictionary."""
        reply = await self._worker.call("phonemes", {"words": list(words)})
        return [str(item) for item in reply.header["phonemes"]]


class RemoteWriter:
    """LanguageModel in a worker of its own (`rkllm_servant.py`)."""

    reads_ahead = True

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def prime(self, passages: Sequence[Passage]) -> None:
        """Let the model read these passages now; it can't be interrupted meanwhile."""
        await self._worker.call("prime", {"passages": [asdict(passage) for passage in passages]})

    def answer(self, question: str, passages: Sequence[Passage]) -> AsyncGenerator[Sentence, None]:
        """The sentences of an answer; none where the model finds it in no passage."""
        return _answer(self._worker, question, passages)


async def _answer(
    worker: Worker, question: str, passages: Sequence[Passage]
) -> AsyncGenerator[Sentence, None]:
    fields = [asdict(passage) for passage in passages]
    job = worker.stream("answer", {"question": question, "passages": fields})
    async with aclosing(job) as replies:
        async for reply in replies:
            yield Sentence(**reply.header)
