"""The ears, the mind and the voice that a profile names, with their spares.

What is on the NPU has the CPU's as its spare, and Piper has espeak-ng.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

from appliance.config import Config
from appliance.engines.fallback import FallbackEars, FallbackMind, FallbackVoice, Trust
from appliance.engines.npu import Npu
from appliance.engines.ports import LanguageModel, SpeechToText, TextToSpeech
from appliance.engines.recovery import Backoff, Keeper
from appliance.engines.remote import RemoteVoice
from appliance.engines.worker import Worker
from appliance.processes import espeak_worker, npu_worker, voice_worker


class Chosen(NamedTuple):
    """What turns work with; `keepers` start what it needs of its own."""

    ears: SpeechToText
    mind: LanguageModel
    workers: tuple[Worker, ...] = ()
    keepers: tuple[Keeper, ...] = ()


@contextlib.asynccontextmanager
async def chosen(config: Config, ears: SpeechToText, mind: LanguageModel) -> AsyncIterator[Chosen]:
    """The profile's engines; `ears` and `mind` are those of the CPU."""
    worker = npu_worker(config)
    if worker is None:
        yield Chosen(ears, mind)
        return
    keeper = Keeper(worker, _backoff(config))
    try:
        yield _with_spares(config, worker, keeper, ears, mind)
    finally:
        await keeper.close()
        await worker.stop()


def _with_spares(
    config: Config, worker: Worker, keeper: Keeper, ears: SpeechToText, mind: LanguageModel
) -> Chosen:
    npu = Npu(worker)
    if config.recognition.on_npu:
        ears = FallbackEars(npu, ears, Trust(keeper, _backoff(config)))
    if config.answers.on_npu:
        mind = FallbackMind(npu, mind, Trust(keeper, _backoff(config)))
    return Chosen(ears, mind, (worker,), (keeper,))


class ChosenVoice(NamedTuple):
    """What speaks; `at_boot` is to be started before."""

    voice: TextToSpeech
    workers: tuple[Worker, ...]
    at_boot: tuple[Worker | Keeper, ...]


@contextlib.asynccontextmanager
async def chosen_voice(config: Config) -> AsyncIterator[ChosenVoice]:
    """The profile's voice; the spare is up from the start, since it speaks in the same turn."""
    async with contextlib.AsyncExitStack() as house:
        worker = voice_worker(config)
        house.push_async_callback(worker.stop)
        if config.voice.engine == "espeak":
            yield ChosenVoice(RemoteVoice(worker), (worker,), (worker,))
            return
        spare = espeak_worker(config, "spare voice")
        house.push_async_callback(spare.stop)
        keeper = Keeper(worker, _backoff(config))
        house.push_async_callback(keeper.close)
        trust = Trust(keeper, _backoff(config), "VOICE")
        voice = FallbackVoice(RemoteVoice(worker), RemoteVoice(spare), trust)
        yield ChosenVoice(voice, (worker, spare), (keeper, spare))


def _backoff(config: Config) -> Backoff:
    return Backoff(config.npu.retry_s, config.npu.retry_most_s)
