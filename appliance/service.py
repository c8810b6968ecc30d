"""The composition root: what is started, in which order, and how it fits together."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

from appliance.clock import working
from appliance.config import Config
from appliance.director import Director
from appliance.engines.remote import RemoteEars, RemoteMind, RemoteVoice
from appliance.engines.worker import Worker
from appliance.knowledge.pack import Pack
from appliance.turn import Engines, Turn
from audio.ears import Ears, Listener
from audio.ports import Loudspeaker, Microphone
from audio.vad import SileroVad
from audio.wake import OpenWakeWord
from states import events
from states.state import State
from states.table import TIMEOUTS_S

log = logging.getLogger(__name__)

ASR_DEADLINE_S = 15.0
MIND_DEADLINE_S = 5.0
VOICE_DEADLINE_S = 5.0


class Service(NamedTuple):
    """Everything that is loaded once and serves every conversation."""

    config: Config
    engines: Engines
    voice: RemoteVoice
    models: Ears
    turn_ids: Iterator[int]


@contextlib.asynccontextmanager
async def start_service(config: Config) -> AsyncIterator[Service]:
    """Load everything; end every process again on the way out, in reverse.

    Raises:
        ApplianceError: a part is missing or broken.
    """
    Pack.open(Path(config.knowledge.pack)).close()
    log.info("knowledge %s", config.knowledge.pack)
    async with contextlib.AsyncExitStack() as house:
        asr = await _employ(house, asr_worker(config))
        mind = await _employ(house, mind_worker(config))
        voice = await _employ(house, voice_worker(config))
        with working():
            models, *_ = await asyncio.gather(
                asyncio.to_thread(load_ears, config), asr.start(), mind.start(), voice.start()
            )
        log.info("processes asr %s, mind %s, voice %s", asr.pid, mind.pid, voice.pid)
        remote_mind, remote_voice = RemoteMind(mind), RemoteVoice(voice)
        engines = Engines(
            ears=RemoteEars(asr),
            memory=remote_mind,
            mind=remote_mind,
            voice=remote_voice,
            threshold=config.knowledge.threshold,
            name_source=config.voice.name_source,
        )
        yield Service(config, engines, remote_voice, models, itertools.count(1))


@contextlib.asynccontextmanager
async def conversation(
    service: Service, microphone: Microphone | None, speaker: Loudspeaker, **watchers: Any
) -> AsyncIterator[Director]:
    """One stream through the state machine: microphone → ears → director → loudspeaker."""
    settings = service.config.conversation
    director = Director(
        service.engines,
        speaker,
        ids=service.turn_ids,
        timeouts_s={**TIMEOUTS_S, State.FOLLOW_UP: settings.follow_up_s},
        follow_up=settings.follow_up_s > 0,
        **watchers,
    )
    listener = Listener(service.models, ...)
    yield director


async def _employ(house: contextlib.AsyncExitStack, worker: Worker) -> Worker:
    house.push_async_callback(worker.stop)
    return worker
