"""A knowledge pack is made: documents, what the ears need, and how sources are named aloud."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from appliance import lead_ins
from appliance.clock import working
from appliance.commands.sampling import sentences
from appliance.config import Config
from appliance.engines.remote import RemoteVoice
from appliance.engines.sphinx.build import build_assets
from appliance.engines.worker import Worker
from appliance.knowledge.build import BuildReport, build_pack
from appliance.knowledge.pack import PackText
from appliance.processes import espeak_worker, voice_worker
from audio.format import Samples


async def build_knowledge(
    config: Config, directory: Path, out: Path, progress: Callable[[str, float], None] | None
) -> BuildReport:
    """A knowledge pack, with what the ears need to recognise its words.

    Raises:
        ApplianceError: the documents, or an engine, cannot be used.
    """
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as house:
        voice = RemoteVoice(_employed(house, espeak_worker(config, "voice")))
        quick = replace(config, voice=lead_ins.hurried(config.voice))
        saying = _employed(house, voice_worker(quick))
        hurried = RemoteVoice(saying)

        def phonemes(word: str) -> str:
            said = asyncio.run_coroutine_threadsafe(voice.phonemes([word]), loop)
            return said.result()[0]

        def speak(text: str) -> Samples:
            return asyncio.run_coroutine_threadsafe(_spoken(hurried, text), loop).result()

        def assets(texts: Sequence[PackText]) -> dict[str, bytes]:
            said = [(text.heading_path, text.text) for text in texts]
            words = build_assets(said, phonemes, commands=sentences("en"))
            return words | lead_ins.render(texts, config.voice, hurried.rate_hz, speak)

        with working():
            await saying.start()
            return await asyncio.to_thread(build_pack, directory, out, assets, progress)


async def _spoken(voice: RemoteVoice, text: str) -> Samples:
    async with contextlib.aclosing(voice.synthesise(text)) as chunks:
        return np.concatenate([chunk async for chunk in chunks])


def _employed(house: contextlib.AsyncExitStack, worker: Worker) -> Worker:
    house.push_async_callback(worker.stop)
    return worker
