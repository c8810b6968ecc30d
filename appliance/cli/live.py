"""`appliance run`: the service, with a real microphone and a real loudspeaker."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from appliance import clock
from appliance.caretaker import Caretaker
from appliance.cli.options import (
    add_config_options,
    add_knowledge_option,
    config_with_knowledge,
    state_folder,
)
from appliance.cli.progress import progress_bar
from appliance.cli.report import print_timeline
from appliance.config import Config
from appliance.cores import sit
from appliance.guard import Guarding, serve_until
from appliance.history.chronicler import Chronicler
from appliance.history.ports import History
from appliance.history.watch import HistoryWatch
from appliance.observer import Bystander
from appliance.playback import Playback
from appliance.reasons import REASONS
from appliance.service import keep_history, start_service
from appliance.stream import Company, conversation
from appliance.turn import Turn
from audio.continuity import Continuity
from audio.live import PyAudioLoudspeaker, PyAudioMicrophone
from audio.playout import Tap
from states.state import State

DESCRIPTION = """\
Listens for the wake phrase until it is stopped (Ctrl-C, or SIGTERM). Prints what it does and
how long it took; the words themselves only with --words, since what people say is private.
"""


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "run",
        help="the service: microphone, loudspeaker, until it is stopped",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_knowledge_option(parser)
    parser.add_argument("--words", action="store_true", help="print what was said and answered")
    add_config_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    config = config_with_knowledge(arguments)
    caretaker = Caretaker(config, state_folder(config))
    # Before anything is opened, and before there is a loop that would have to wait.
    config = caretaker.prepare(chooses_pack=not arguments.knowledge)
    return clock.run(_serve(config, caretaker, Watcher(words=arguments.words)), realtime=True)


async def _serve(config: Config, caretaker: Caretaker, watcher: Watcher) -> int:
    sit("service")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    folder = state_folder(config)
    async with contextlib.AsyncExitStack() as house:
        chronicle = house.enter_context(keep_history(config, folder))
        with progress_bar() as report:
            starting = start_service(config, folder, report, hears_first=True)
            service = await house.enter_async_context(starting)
        gc.freeze()  # what is there now stays; to go over it again would hold up every thread
        house.callback(gc.unfreeze)  # or what is left at the end would never be released
        service.complete.add_done_callback(lambda done: stop.set() if _failed(done) else None)
        continuity = Continuity(clock.wall_s)
        microphone = PyAudioMicrophone(config.devices.microphone or None, continuity=continuity)
        rate_hz, name = service.engines.voice.rate_hz, config.devices.loudspeaker or None
        speakers: list[PyAudioLoudspeaker] = []

        def loudspeaker(tap: Tap) -> PyAudioLoudspeaker:
            speakers.append(PyAudioLoudspeaker(rate_hz, name, tap=tap))
            return speakers[0]

        playback = Playback(loudspeaker)
        house.callback(playback.close)
        writer = chronicle if isinstance(chronicle, Chronicler) else None
        guarding = Guarding(
            folder,
            speakers[0],
            notes=chronicle,
            writer=writer,
            quiet=lambda full: None if full else chronicle.try_again(),
        )
        history = watch_history(chronicle, config.wake.phrases, continuity)
        company = Company(
            [watcher],
            playback,
            live=True,
            guarding=guarding,
            history=history,
            caretaker=caretaker,
        )
        async with conversation(service, playback.speaker, microphone, company):
            status = await serve_until(stop, guarding)
        if _failed(service.complete):
            await service.complete
        return status


def watch_history(
    chronicle: History, thresholds: Mapping[str, float], continuity: Continuity
) -> HistoryWatch:
    """Takes note of conversations, and of what the sound card lost."""
    history = HistoryWatch(chronicle, thresholds)
    history.follow({"lost_sound": lambda: continuity.losses})
    return history


def _failed(engines: asyncio.Future[None]) -> bool:
    """Whether one of them cannot be started."""
    return engines.done() and not engines.cancelled() and engines.exception() is not None


class Watcher(Bystander):
    """Prints states and turns, for whoever watches the terminal."""

    def __init__(self, *, words: bool) -> None:
        self._console = Console(highlight=False)
        self._words = words

    def state(self, state: State, at_s: float) -> None:  # noqa: ARG002  # a port
        """The conversation is in another state."""
        self._console.print(f"[bold cyan]● {state.value}[/]")

    def turn(self, turn: Turn) -> None:
        """A turn is over."""
        reason = turn.reason or ""
        self._console.print(f"turn {turn.id}: {reason}, {REASONS[reason].meaning}")
        if self._words and turn.transcript:
            self._console.print(f"  heard   {turn.transcript.text}", markup=False)
            self._console.print(f"  said    {' '.join(turn.spoken)}", markup=False)
        print_timeline(self._console, turn)
