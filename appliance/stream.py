"""One stream of audio through the state machine: its parts, and how they are connected."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from appliance.body import Body, earcons
from appliance.caretaker import Caretaker, Room
from appliance.clock import civil_now
from appliance.config import Config
from appliance.director import Director, Policy
from appliance.engines.crash import Crash
from appliance.errands import Errands
from appliance.guard import Guarding, House, stand_guard
from appliance.health.hearing import Hearing
from appliance.health.journal import Journal
from appliance.health.ports import Notes
from appliance.history.fakes import NoChronicle
from appliance.history.watch import HistoryWatch
from appliance.instruments.absent import NoWatch
from appliance.instruments.technician import Technician
from appliance.lights.choose import lights_beside
from appliance.lights.ports import Lights
from appliance.observer import Observer
from appliance.orders import Orders
from appliance.panel import Panel
from appliance.patience import TurnJudge
from appliance.playback import Playback
from appliance.processes import llama_settings
from appliance.service import Service, load_ears
from appliance.survivor.bell import Bell
from appliance.survivor.survivor import Survivor
from appliance.survivor.timers import Due
from appliance.survivor.watch import Watch, announcement
from appliance.switches.choose import choose_switch
from appliance.switches.fakes import NoSwitch
from appliance.switches.ports import MuteSwitch
from audio.capture import Capture
from audio.earcons import Earcon, render
from audio.ears import Ears
from audio.listener import Listener
from audio.ports import Loudspeaker, Microphone
from states.state import State
from states.table import TIMEOUTS_S

log = logging.getLogger(__name__)

AGAIN_S = 1.0
"""Between an errand's failure and its next beginning."""

EGRESS = Path("/run/appliance/egress/packets")
"""Written by the image's `appliance-egress.service`."""


@dataclass(frozen=True, slots=True)
class Company:
    """Who else has to do with a stream.

    Attributes:
        observers: are told of everything.
        playback: of the loudspeaker, where its sound may reach the microphone or be watched.
        live: with earcons, light and mute switch, console, and timers that outlive the process; the
            microphone can be closed and opened again.
        guarding: what stands still is noticed and mended; needs a microphone.
        history: takes note of it.
        caretaker: installs updates; needs a guard.
        light: shines beside the configured ones; in place of those on the terminal, which it has.
    """

    observers: Sequence[Observer] = ()
    playback: Playback | None = None
    live: bool = False
    guarding: Guarding | None = None
    history: HistoryWatch | None = None
    caretaker: Caretaker | None = None
    light: Lights | None = None


@contextlib.asynccontextmanager
async def conversation(
    service: Service,
    speaker: Loudspeaker,
    microphone: Microphone | None,
    company: Company | None = None,
) -> AsyncIterator[Director]:
    """A director that conducts one stream; without a microphone, typed questions only."""
    company = company or Company()
    config, kept = service.config, service.survivors
    async with contextlib.AsyncExitStack() as stream:
        bell = Bell(speaker, render(Earcon.ALARM, speaker.rate_hz))
        stream.callback(bell.dismiss)
        capture = Capture(microphone, release=company.live) if microphone else None
        sounds = earcons(speaker.rate_hz) if company.live and config.devices.earcons else {}
        body = Body(speaker, bell, capture, sounds)
        panel = Panel(*_fixtures(config, company), bell)
        technician = _technician(service, speaker, company)
        watchers = (*company.observers, company.history, technician and technician.gauges)
        observers = [observer for observer in watchers if observer]
        orders = Orders(kept.intents, Survivor(kept.timers, kept.settings, bell), kept.settings)
        director = Director(
            replace(service.engines, orders=orders),
            body,
            policy_of(config),
            ids=service.turn_ids,
            observers=[panel, *observers],
        )
        stream.push_async_callback(director.close)
        language = config.commands.first_language
        watch = Watch(kept.timers, bell, lambda due: _announce(director, panel, due, language))
        notes = company.guarding.notes if company.guarding else Journal()
        _run(stream, "timers", _kept_up("timers", watch.run, notes))
        ears = _Ears(service, director, company, watched=bool(observers))
        hearing = None
        if capture:
            hearing = Hearing(capture, ears.listening())
            stream.callback(hearing.stop)
        director.open(hearing)
        if company.history:
            _take_note(company.history, service, director, hearing)
            stream.callback(company.history.look)
        stream.callback(panel.stop)
        panel.start(director.post)
        if capture and hearing:
            stream.callback(capture.stop)
            _begin_hearing(stream, service, director, hearing, ears)
        if company.caretaker and company.guarding:
            room = Room(director, panel, bell, kept.timers, company.guarding, language)
            _run(stream, "updates", company.caretaker.attend(room))
        if technician:
            serve = partial(technician.serve, director, body.set_volume)
            _run(stream, "console", _kept_up("console", serve, notes))
        yield director


class _Ears:
    """The thread `ears`, posting to the director; a new one whenever it is asked for."""

    def __init__(
        self, service: Service, director: Director, company: Company, *, watched: bool
    ) -> None:
        self._service, self._director, self.company = service, director, company
        self._watch = director.read_from_thread if watched else None
        self._failed = _ears_failed(director, company.guarding)
        if company.playback and watched:
            company.playback.watcher = director.played_from_thread

    def listening(self) -> Listener:
        """Of the models that the service has loaded."""
        return self._listening(self._service.fresh_ears)

    async def anew(self) -> Listener:
        """Of models that are loaded for it."""
        return self._listening(await asyncio.to_thread(load_ears, self._service.config))

    def _listening(self, fresh: Callable[..., Ears]) -> Listener:
        config, playback = self._service.config, self.company.playback
        echo = playback and config.devices.echo_cancellation and playback.echo_canceller()
        listener = Listener(
            fresh(config.segmenter, echo or None),
            self._director.post_from_thread,
            self._failed,
            self._director.frame_processed,
            self._watch,
        )
        listener.start()
        return listener


def _ears_failed(director: Director, guarding: Guarding | None) -> Callable[[Exception], None]:
    """Whom the ears' thread tells that it broke: the guardian mends it, if there is one."""
    if guarding is None:
        return director.ears_failed
    loop = asyncio.get_running_loop()

    def failed(error: Exception) -> None:
        loop.call_soon_threadsafe(guarding.ears_failed, error)

    return failed


def _begin_hearing(
    stream: contextlib.AsyncExitStack,
    service: Service,
    director: Director,
    hearing: Hearing,
    ears: _Ears,
) -> None:
    """Open the microphone, under guard if there is one."""
    guarding = ears.company.guarding
    if guarding is None:
        hearing.start(director.frame, director.microphone_ended)
        return
    house = House(
        service.config,
        director,
        hearing,
        service.workers,
        ears.anew,
        service.survivors.timers,
        service.engines.brevity,
        _refit(service),
    )
    for worker in service.workers:
        worker.on_crash = partial(_lost, guarding.notes, worker.name)
    stand_guard(stream, house, guarding)


def _refit(service: Service) -> Callable[[bool], Awaitable[None]] | None:
    """Has the smaller model answer, or the usual one; None: there is none."""
    config = service.config
    worker = next((worker for worker in service.workers if worker.name == "slm"), None)
    if worker is None or not config.llama.small_model:
        return None
    models = {True: config.llama.small_model, False: config.llama.model}
    return lambda smaller: worker.refit(llama_settings(config, models[smaller]))


def _lost(notes: Notes, worker: str, crash: Crash) -> None:
    notes.note("WORKER_LOST", {"worker": worker, "why": crash.reason.value})


def _technician(service: Service, speaker: Loudspeaker, company: Company) -> Technician | None:
    """Whoever serves the console, where there is one."""
    if not (company.live and service.config.console.port):
        return None
    return Technician(
        service.config,
        service.survivors.settings,
        service.workers,
        speaker,
        company.history.chronicle if company.history else NoChronicle(),
        company.guarding or NoWatch(),
        company.caretaker,
    )


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


def egress_attempts(counter: Path = EGRESS) -> int:
    """Packets that tried to leave since the machine was started, as its firewall counts them."""
    try:
        return int(counter.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0  # no such firewall: docs/image.md


def _fixtures(config: Config, company: Company) -> tuple[Lights, MuteSwitch]:
    if not company.live:
        return lights_beside(company.light, "none"), NoSwitch()
    lights = lights_beside(company.light, config.devices.lights)
    return lights, choose_switch(config.devices.mute_switch)


def _announce(director: Director, panel: Panel, due: Sequence[Due], language: str) -> None:
    """Say what is due; the bell rings as well, in case the voice is down."""
    now = civil_now()
    director.announce(" ".join(announcement(item, now, language) for item in due))
    asyncio.get_running_loop().call_soon(panel.refresh)


def _run(stream: contextlib.AsyncExitStack, name: str, errand: Coroutine[Any, Any, None]) -> None:
    """As long as the stream lasts."""
    errands = Errands()
    errands.run(name, errand)
    stream.push_async_callback(errands.close)


async def _kept_up(
    name: str, errand: Callable[[], Coroutine[Any, Any, None]], notes: Notes
) -> None:
    """Do what must not end; it is noted if it fails, and begun anew."""
    while True:
        try:
            await errand()
        except Exception as error:
            log.exception("%s failed", name)
            notes.note("PART_ENDED", {"part": name, "said": type(error).__name__})
        await asyncio.sleep(AGAIN_S)
        notes.note("MENDED", {"part": name})


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
        glimpses=overlap.partials_share,
        foresight=overlap.foresight,
    )
