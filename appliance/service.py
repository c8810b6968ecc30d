"""The composition root: what is started, in which order, and how it fits together."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from appliance import lead_ins
from appliance.clock import working
from appliance.commands.intents import Intents
from appliance.config import Config
from appliance.engines.recovery import Keeper
from appliance.engines.remote import RemoteEars, RemoteMind
from appliance.engines.worker import Worker
from appliance.errors import ApplianceError, ConfigError
from appliance.history.chronicler import Chronicler
from appliance.history.fakes import NoChronicle
from appliance.history.ports import History
from appliance.history.segments import FOLDER
from appliance.knowledge.pack import Pack
from appliance.loading import Report, watch_loading
from appliance.mouth import Manner
from appliance.npu_files import require_files
from appliance.processes import asr_worker, mind_worker
from appliance.spares import Chosen, ChosenVoice, chosen, chosen_voice
from appliance.survivor.settings import Settings
from appliance.survivor.timers import Timers
from appliance.turn import Engines
from audio.ears import Ears
from audio.ports import EchoRemover
from audio.segmenter import SegmenterSettings
from audio.vad import SileroVad
from audio.wake import ALEXA, HEY_JARVIS, HEY_MYCROFT, OpenWakeWord, WakePhrase

log = logging.getLogger(__name__)

HISTORY: Final = FOLDER


class Survivors(NamedTuple):
    """What works while every engine is down."""

    intents: Intents
    timers: Timers
    settings: Settings


class Service(NamedTuple):
    """Everything that is loaded once and serves every conversation.

    Attributes:
        complete: done once every engine is up; fails with what one of them said.
    """

    config: Config
    survivors: Survivors
    engines: Engines
    fresh_ears: Callable[[SegmenterSettings, EchoRemover | None], Ears]
    turn_ids: Iterator[int]
    workers: tuple[Worker, ...]
    complete: asyncio.Future[None]


@contextlib.asynccontextmanager
async def start_service(
    config: Config,
    state: Path | None = None,
    loading: Report = lambda _what, _share: None,
    *,
    hears_first: bool = False,
) -> AsyncIterator[Service]:
    """Start every engine; end every process again on the way out, in reverse.

    Args:
        config: with a knowledge pack.
        state: folder in which timers and volume are kept; None: nowhere.
        loading: gets what is being started, and how much of everything has been (0..1).
        hears_first: be there once the wake word is heard and the voice is up. What else there is
            comes up meanwhile; a question that is asked before waits for it.

    Raises:
        ApplianceError: a part is missing, or broken and without a spare.
    """
    require_files(config)
    async with contextlib.AsyncExitStack() as house:
        pack = house.enter_context(Pack.open(config.knowledge.pack))
        survivors = _survivors(house, config, state)
        staff = await _employ(house, config)
        watch_loading(staff.at_boot, loading)
        heard = asyncio.Event()
        complete = _started(house, staff.for_answers, after=heard)
        with working():
            if not hears_first:
                heard.set()
            fresh_ears, _ = await asyncio.gather(
                asyncio.to_thread(load_ears, config),
                asyncio.gather(*(part.start() for part in staff.voice.at_boot)),
            )
            heard.set()
            if not hears_first:
                await complete
        workers, turn_ids = staff.workers, itertools.count(1)
        up = (f"{worker.name} {worker.pid}" for worker in workers if worker.pid)
        log.info("started %s", ", ".join(up))
        engines = _engines(config, staff, pack)
        yield Service(config, survivors, engines, fresh_ears, turn_ids, workers, complete)


class _Staff(NamedTuple):
    """Who works for the service: processes, and what keeps them up. Nothing is started yet."""

    asr: Worker
    mind: Worker
    voice: ChosenVoice
    chosen: Chosen
    asr_is_spare: bool
    """Started by the first question that needs it."""

    @property
    def workers(self) -> tuple[Worker, ...]:
        return (self.asr, self.mind, *self.voice.workers, *self.chosen.workers)

    @property
    def at_boot(self) -> tuple[Worker, ...]:
        return self.workers[1:] if self.asr_is_spare else self.workers

    @property
    def for_answers(self) -> tuple[Worker | Keeper, ...]:
        always = (self.mind,) if self.asr_is_spare else (self.mind, self.asr)
        return (*always, *self.chosen.keepers)


async def _employ(house: contextlib.AsyncExitStack, config: Config) -> _Staff:
    """Name who works in this profile; all are stopped when the house is left, in reverse."""
    asr, mind = asr_worker(config), mind_worker(config)
    for worker in (asr, mind):
        house.push_async_callback(worker.stop)
    voice = await house.enter_async_context(chosen_voice(config))
    engines = chosen(config, RemoteEars(asr), RemoteMind(mind))
    is_spare = config.recognition.on_npu and not config.npu.warm_spare
    return _Staff(asr, mind, voice, await house.enter_async_context(engines), is_spare)


def _engines(config: Config, staff: _Staff, pack: Pack) -> Engines:
    voice = staff.voice.voice
    return Engines(
        ears=staff.chosen.ears,
        memory=RemoteMind(staff.mind),
        mind=staff.chosen.mind,
        voice=voice,
        threshold=config.knowledge.threshold,
        name_source=config.voice.name_source,
        manner=Manner(config.overlap.stream, config.overlap.lead_in_after_s),
        lead_ins=lead_ins.load(pack, config.voice, voice.rate_hz) if _may_lead_in(config) else {},
    )


def _started(
    house: contextlib.AsyncExitStack, parts: Sequence[Worker | Keeper], after: asyncio.Event
) -> asyncio.Future[None]:
    """Start them all once that is set; given up when the house is left."""

    async def start() -> None:
        await after.wait()
        with working():
            await asyncio.gather(*(part.start() for part in parts))

    async def give_up() -> None:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)

    starting = asyncio.create_task(start(), name="engines")
    house.push_async_callback(give_up)
    return starting


@contextlib.contextmanager
def keep_history(config: Config, folder: Path) -> Iterator[History]:
    """What takes note of everything that happens; of nothing where the owner wants none kept."""
    if not config.history.keep:
        yield NoChronicle()
        return
    settings = config.history
    chronicler = Chronicler(folder / HISTORY, settings.size_kb * 1024, words=settings.words)
    chronicler.start()
    try:
        yield chronicler
    finally:
        chronicler.close()


def _may_lead_in(config: Config) -> bool:
    """A source is named before the answer only if nothing can make that untrue.

    A language model may find, once it writes, that the passages don't hold the answer.
    """
    return config.overlap.lead_in and config.answers.quotes


def _survivors(house: contextlib.AsyncExitStack, config: Config, state: Path | None) -> Survivors:
    if state is not None:
        return _load_survivors(config, state)
    nowhere = house.enter_context(tempfile.TemporaryDirectory(prefix="appliance-"))
    survivors = _load_survivors(config, Path(nowhere))
    survivors.settings.volume = 100  # of recordings
    return survivors


def _load_survivors(config: Config, folder: Path) -> Survivors:
    """Timers, volume and orders; a file that makes no sense is set aside, and said so.

    Raises:
        ConfigError: a language that no orders are known in.
    """
    intents = Intents(config.commands.languages.split())
    intents.load()
    timers, settings = Timers(folder / "timers.json"), Settings(folder / "settings.json")
    for kept in (timers, settings):
        try:
            kept.load()
        except ApplianceError as error:
            log.warning("%s: %s", error.code, error)
    return Survivors(intents, timers, settings)


def load_ears(config: Config) -> Callable[[SegmenterSettings, EchoRemover | None], Ears]:
    """The models that listen all the time; they live in the service, on the CPU.

    Returns:
        What makes ears for a new stream. One stream at a time: the models are shared.

    Raises:
        AudioError: a model is missing or broken.
    """
    wake, vad = OpenWakeWord(_phrases(config)), SileroVad()

    def fresh_ears(settings: SegmenterSettings, echo: EchoRemover | None) -> Ears:
        wake.reset()
        vad.reset()
        return Ears(wake, vad, settings, echo)

    return fresh_ears


def _phrases(config: Config) -> list[WakePhrase]:
    known = {phrase.phrase: phrase for phrase in (ALEXA, HEY_JARVIS, HEY_MYCROFT)}
    for name in config.wake.phrases:
        if name not in known:
            raise ConfigError(
                "CFG-PHRASE",
                f"there is no model for the wake phrase `{name}`",
                f"these exist: {', '.join(known)}",
                "choose among them in [wake.phrases]",
            )
    return [_with_threshold(known[name], score) for name, score in config.wake.phrases.items()]


def _with_threshold(phrase: WakePhrase, score: float) -> WakePhrase:
    witnessed = phrase.witnessed if phrase.witnessed is None else min(phrase.witnessed, score)
    return replace(phrase, threshold=score, witnessed=witnessed)
