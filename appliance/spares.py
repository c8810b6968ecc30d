"""The ears, the mind and the voice that a profile names, each with its spares.

What is on the NPU has the CPU's as its spare; a language model has the reader as its last one,
and Piper has espeak-ng.
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
from appliance.engines.remote import RemoteVoice, RemoteWriter
from appliance.engines.worker import Worker
from appliance.processes import espeak_worker, llama_worker, npu_worker, voice_worker


class Chosen(NamedTuple):
    """What turns work with; `keepers` start what it needs of its own."""

    ears: SpeechToText
    mind: LanguageModel
    workers: tuple[Worker, ...] = ()
    keepers: tuple[Keeper, ...] = ()


@contextlib.asynccontextmanager
async def chosen(config: Config, ears: SpeechToText, mind: LanguageModel) -> AsyncIterator[Chosen]:
    """The profile's engines; `ears` and `mind` are those that need no file of the owner's."""
    async with contextlib.AsyncExitStack() as house:
        found = Chosen(ears, mind)
        if worker := llama_worker(config):
            found = _with_llama(config, worker, _kept(house, config, worker), found)
        if worker := npu_worker(config):
            found = _with_npu(config, worker, _kept(house, config, worker), found)
        yield found


def _kept(house: contextlib.AsyncExitStack, config: Config, worker: Worker) -> Keeper:
    """What keeps a worker up until the house is left."""
    house.push_async_callback(worker.stop)
    keeper = Keeper(worker, _backoff(config))
    house.push_async_callback(keeper.close)
    return keeper


def _with_llama(config: Config, worker: Worker, keeper: Keeper, spare: Chosen) -> Chosen:
    """A spare that is not warm is started by the first question that needs it."""
    mind = FallbackMind(RemoteWriter(worker), spare.mind, Trust(keeper, _backoff(config), "SLM"))
    at_boot = not config.answers.on_npu or config.npu.warm_spare
    keepers = (*spare.keepers, keeper) if at_boot else spare.keepers
    return spare._replace(mind=mind, workers=(*spare.workers, worker), keepers=keepers)


def _with_npu(config: Config, worker: Worker, keeper: Keeper, spare: Chosen) -> Chosen:
    npu, ears, mind = Npu(worker), spare.ears, spare.mind
    if config.recognition.on_npu:
        ears = FallbackEars(npu, ears, Trust(keeper, _backoff(config)))
    if config.answers.on_npu:
        mind = FallbackMind(npu, mind, Trust(keeper, _backoff(config)))
    return Chosen(ears, mind, (*spare.workers, worker), (*spare.keepers, keeper))


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
