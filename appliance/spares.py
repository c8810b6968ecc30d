"""The ears and the mind that a profile names; what is on the NPU has the CPU's as its spare."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import NamedTuple

from appliance.config import Config
from appliance.engines.fallback import FallbackEars, FallbackMind, Trust
from appliance.engines.npu import Npu
from appliance.engines.ports import LanguageModel, SpeechToText
from appliance.engines.recovery import Backoff, Keeper
from appliance.engines.worker import Worker
from appliance.processes import npu_worker


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


def _backoff(config: Config) -> Backoff:
    return Backoff(config.npu.retry_s, config.npu.retry_most_s)
