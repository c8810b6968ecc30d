"""The composition root: what is started, in which order, and how it fits together."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from appliance import lead_ins
from appliance.body import Body, earcons
from appliance.clock import civil_now, working
from appliance.commands.intents import Intents
from appliance.commands.sampling import sentences
from appliance.config import Config
from appliance.director import Director, Policy
from appliance.engines.recovery import Keeper
from appliance.engines.remote import RemoteEars, RemoteMind, RemoteVoice
from appliance.engines.sphinx.build import build_assets
from appliance.engines.worker import Worker
from appliance.errands import Errands
from appliance.errors import ApplianceError, ConfigError
from appliance.guard import Guarding, House, stand_guard
from appliance.health.hearing import Hearing
from appliance.history.chronicler import Chronicler
from appliance.history.fakes import NoChronicle
from appliance.history.ports import Chronicle
from appliance.history.segments import FOLDER
from appliance.history.watch import HistoryWatch
from appliance.instruments.technician import Technician
from appliance.knowledge.build import BuildReport, build_pack
from appliance.knowledge.pack import Pack, PackText
from appliance.lights.choose import choose_lights
from appliance.lights.fakes import NoLights
from appliance.lights.ports import Lights
from appliance.loading import Report, watch_loading
from appliance.mouth import Manner
from appliance.npu_files import require_files
from appliance.observer import Observer
from appliance.orders import Orders
from appliance.panel import Panel
from appliance.patience import TurnJudge
from appliance.playback import Playback
from appliance.processes import asr_worker, espeak_worker, mind_worker, voice_worker
from appliance.spares import chosen, chosen_voice
from appliance.survivor.bell import Bell
from appliance.survivor.settings import Settings
from appliance.survivor.survivor import Survivor
from appliance.survivor.timers import Due, Timers
from appliance.survivor.watch import Watch, announcement
from appliance.switches.choose import choose_switch
from appliance.switches.fakes import NoSwitch
from appliance.switches.ports import MuteSwitch
from appliance.turn import Engines
from audio.capture import Capture
from audio.earcons import Earcon, render
from audio.ears import Ears, Reading
from audio.format import Samples
from audio.listener import Listener
from audio.ports import EchoRemover, Loudspeaker, Microphone
from audio.segmenter import SegmenterSettings
from audio.vad import SileroVad
from audio.wake import ALEXA, HEY_JARVIS, HEY_MYCROFT, OpenWakeWord, WakePhrase
from states.state import State
from states.table import TIMEOUTS_S

log = logging.getLogger(__name__)

HISTORY: Final = FOLDER


class Survivors(NamedTuple):
    """What works while every engine is down."""

    intents: Intents
    timers: Timers
    settings: Settings


class Service(NamedTuple):
    """Everything that is loaded once and serves every conversation."""

    config: Config
    survivors: Survivors
    engines: Engines
    fresh_ears: Callable[[SegmenterSettings, EchoRemover | None], Ears]
    turn_ids: Iterator[int]
    workers: tuple[Worker, ...]


@contextlib.asynccontextmanager
async def start_service(
    config: Config, state: Path | None = None, loading: Report = lambda _what, _share: None
) -> AsyncIterator[Service]:
    """Start every engine; end every process again on the way out, in reverse.

    Args:
        config: with a knowledge pack.
        state: folder in which timers and volume are kept; None: nowhere.
        loading: gets what is being started, and how much of everything has been (0..1).

    Raises:
        ApplianceError: a part is missing, or broken and without a spare.
    """
    require_files(config)
    async with contextlib.AsyncExitStack() as house:
        pack = house.enter_context(Pack.open(config.knowledge.pack))
        nowhere = house.enter_context(tempfile.TemporaryDirectory(prefix="appliance-"))
        survivors = load_survivors(config, state or Path(nowhere))
        if state is None:
            survivors.settings.volume = 100  # of recordings
        asr = await _employ(house, asr_worker(config))
        mind = await _employ(house, mind_worker(config))
        voice = await house.enter_async_context(chosen_voice(config))
        reader = RemoteMind(mind)
        first = await house.enter_async_context(chosen(config, RemoteEars(asr), reader))
        is_spare = config.recognition.on_npu and not config.npu.warm_spare
        at_boot: list[Worker | Keeper] = [mind, *voice.at_boot, *first.keepers]
        at_boot += [] if is_spare else [asr]
        workers = (asr, mind, *voice.workers, *first.workers)
        watch_loading(workers[is_spare:], loading)
        with working():
            fresh_ears, _ = await asyncio.gather(
                asyncio.to_thread(load_ears, config),
                asyncio.gather(*(part.start() for part in at_boot)),
            )
        log.info("started asr %s, mind %s, voice %s", asr.pid, mind.pid, voice.workers[0].pid)
        rate_hz = voice.voice.rate_hz
        engines = Engines(
            ears=first.ears,
            memory=reader,
            mind=first.mind,
            voice=voice.voice,
            threshold=config.knowledge.threshold,
            name_source=config.voice.name_source,
            manner=Manner(config.overlap.stream, config.overlap.lead_in_after_s),
            lead_ins=lead_ins.load(pack, config.voice, rate_hz) if _may_lead_in(config) else {},
        )
        yield Service(config, survivors, engines, fresh_ears, itertools.count(1), workers)


@contextlib.contextmanager
def keep_history(config: Config, folder: Path) -> Iterator[Chronicle]:
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
    return config.overlap.lead_in and not config.answers.on_npu


def load_survivors(config: Config, folder: Path) -> Survivors:
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


async def _employ(house: contextlib.AsyncExitStack, worker: Worker) -> Worker:
    house.push_async_callback(worker.stop)
    return worker


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


@contextlib.asynccontextmanager
async def conversation(
    service: Service,
    speaker: Loudspeaker,
    microphone: Microphone | None,
    *,
    observers: Sequence[Observer] = (),
    playback: Playback | None = None,
    live: bool = False,
    guarding: Guarding | None = None,
    history: HistoryWatch | None = None,
) -> AsyncIterator[Director]:
    """A director that conducts one stream; without a microphone, typed questions only.

    `playback`: of the loudspeaker, where its sound may reach the microphone or be watched.
    `live`: with earcons, light and mute switch, and timers that outlive the process; the microphone
    can be closed and opened again.
    `guarding`: what stands still is noticed and mended; needs a microphone.
    `history`: takes note of it.
    """
    observers = [*observers, *([history] if history else [])]
    config, kept = service.config, service.survivors
    async with contextlib.AsyncExitStack() as stream:
        bell = Bell(speaker, render(Earcon.ALARM, speaker.rate_hz))
        stream.callback(bell.dismiss)
        orders = Orders(kept.intents, Survivor(kept.timers, kept.settings, bell), kept.settings)
        capture = Capture(microphone, release=live) if microphone else None
        sounds = earcons(speaker.rate_hz) if live and config.devices.earcons else {}
        panel = Panel(*_fixtures(config, live=live), bell)
        body = Body(speaker, bell, capture, sounds)
        technician = _technician(service, speaker) if live and config.console.port else None
        if technician:
            observers = [*observers, technician.gauges]
        director = Director(
            replace(service.engines, orders=orders),
            body,
            policy_of(config),
            ids=service.turn_ids,
            observers=[panel, *observers],
        )
        stream.push_async_callback(director.close)
        watch = Watch(kept.timers, bell, lambda due: _announce(director, panel, due))
        stream.push_async_callback(_cancelled, asyncio.ensure_future(watch.run()))
        watch_ears = director.read_from_thread if observers else None
        echo = playback and config.devices.echo_cancellation and playback.echo_canceller()
        ears = service.fresh_ears(config.segmenter, echo or None)
        failed = _ears_failed(director, guarding)
        listener = _listening(ears, director, watch_ears, failed) if capture else None
        hearing = Hearing(capture, listener) if capture and listener else None
        if playback and observers:
            playback.watcher = director.played_from_thread
        if hearing is not None:
            stream.callback(hearing.stop)
        director.open(hearing)
        if history:
            _take_note(history, service, director, hearing)
            stream.callback(history.look)
        stream.callback(panel.stop)
        panel.start(director.post)
        if capture is not None:
            stream.callback(capture.stop)
        if hearing is not None and guarding is not None:

            async def fresh_ears() -> Listener:
                anew = await asyncio.to_thread(load_ears, config)
                echo = playback and config.devices.echo_cancellation and playback.echo_canceller()
                fresh = anew(config.segmenter, echo or None)
                return _listening(fresh, director, watch_ears, failed)

            house = House(
                *(config, director, hearing, service.workers, fresh_ears),
                *(kept.timers, service.engines.brevity),
            )
            stand_guard(stream, house, guarding)
        elif hearing is not None:
            hearing.start(director.frame, director.microphone_ended)
        if technician:
            errands = Errands()
            errands.run("console", technician.serve(director, body.set_volume))
            stream.push_async_callback(errands.close)
        yield director


def _take_note(
    history: HistoryWatch, service: Service, director: Director, hearing: Hearing | None
) -> None:
    history.follow(
        {
            "stale_work": director.conversation.dropped.total,
            "dropped_frames": lambda: hearing.dropped if hearing else 0,
            "egress_attempts": egress_attempts,
        }
    )
    for worker in service.workers:
        history.follow_process(worker.name, partial(getattr, worker, "pid"))


def egress_attempts() -> int:
    """Packets that tried to leave: 0 until the image's firewall counts them."""
    return 0


def _technician(service: Service, speaker: Loudspeaker) -> Technician:
    settings = service.survivors.settings
    return Technician(service.config, settings, service.workers, speaker)


def _fixtures(config: Config, *, live: bool) -> tuple[Lights, MuteSwitch]:
    if not live:
        return NoLights(), NoSwitch()
    return choose_lights(config.devices.lights), choose_switch(config.devices.mute_switch)


def _announce(director: Director, panel: Panel, due: Sequence[Due]) -> None:
    """Say what is due; the bell rings as well, in case the voice is down."""
    now = civil_now()
    director.announce(" ".join(announcement(item, now, language="en") for item in due))
    asyncio.get_running_loop().call_soon(panel.refresh)


async def _cancelled(task: asyncio.Future[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def policy_of(config: Config) -> Policy:
    """How a conversation behaves, as configured."""
    settings, overlap = config.conversation, config.overlap
    on = {
        "follow_up": settings.follow_up_s > 0,
        "barge_in": settings.barge_in,
        "prefire": overlap.prefire,
        "partials": overlap.partials,
    }
    return Policy(
        switches={name for name, is_on in on.items() if is_on},
        timeouts_s={**TIMEOUTS_S, State.FOLLOW_UP: settings.follow_up_s},
        judge=TurnJudge() if overlap.adaptive else None,
    )


def _ears_failed(director: Director, guarding: Guarding | None) -> Callable[[Exception], None]:
    """Whom the ears' thread tells that it broke: the guardian mends it, if there is one."""
    if guarding is None:
        return director.ears_failed
    loop = asyncio.get_running_loop()

    def failed(error: Exception) -> None:
        loop.call_soon_threadsafe(guarding.ears_failed, error)

    return failed


def _listening(
    ears: Ears,
    director: Director,
    watch: Callable[[Reading], None] | None,
    failed: Callable[[Exception], None],
) -> Listener:
    """The thread `ears`, posting to the director."""
    listener = Listener(
        ears,
        director.post_from_thread,
        failed,
        director.frame_processed,
        watch,
    )
    listener.start()
    return listener


async def build_knowledge(
    config: Config, directory: Path, out: Path, progress: Callable[[str, float], None] | None
) -> BuildReport:
    """A knowledge pack, with what the ears need to recognise its words.

    Raises:
        ApplianceError: the documents, or an engine, cannot be used.
    """
    loop = asyncio.get_running_loop()
    async with contextlib.AsyncExitStack() as house:
        voice = RemoteVoice(await _employ(house, espeak_worker(config, "voice")))
        quick = replace(config, voice=lead_ins.hurried(config.voice))
        saying = await _employ(house, voice_worker(quick))
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
