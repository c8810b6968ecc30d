"""`appliance listen`: the service, with a live view of what it hears, thinks and says."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import signal
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.logging import RichHandler

from appliance import clock
from appliance.cli.asking import AFTERTHOUGHT_S
from appliance.cli.options import (
    add_config_options,
    add_knowledge_option,
    config_with_knowledge,
    state_folder,
)
from appliance.config import Config
from appliance.director import Director
from appliance.errors import ConfigError
from appliance.guard import watch_room
from appliance.lights.ports import Lights
from appliance.observer import Observer
from appliance.playback import Playback
from appliance.service import Service, start_service
from appliance.stream import Company, conversation
from appliance.trace import Header, TraceWriter
from appliance.view.light import ViewLight
from appliance.view.live import LiveView, PlainView
from appliance.view.model import Shown
from audio.files import FileMicrophone, RecordingLoudspeaker
from audio.live import PyAudioLoudspeaker, PyAudioMicrophone
from audio.ports import Microphone

DESCRIPTION = """\
As `appliance run`, and shows all the time: how loud it is, whether somebody speaks, how near the
wake phrases are, the state, what is being said, and where the time of the last turn went. Words
are shown only with --words, since what people say is private. --trace keeps all that in a file
for `appliance replay`. --wav tries it without a sound card: a recording is the microphone, in
real time, and the loudspeaker is silent.
"""


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "listen",
        help="live view: level, speech, wake scores, state, latency",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_knowledge_option(parser)
    parser.add_argument(
        "--words", action="store_true", help="show what was said and answered, and trace it"
    )
    parser.add_argument("--trace", type=Path, metavar="FILE", help="keep a trace of it")
    parser.add_argument(
        "--with-sound", action="store_true", help="keep what was heard and played in the trace"
    )
    parser.add_argument("--wav", type=Path, metavar="FILE", help="a recording as the microphone")
    add_config_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Listen until told to stop, or until the recording is over."""
    if arguments.with_sound and not arguments.trace:
        raise ConfigError(
            "CFG-NO-TRACE",
            "there is nowhere to keep the sound",
            "--with-sound was given without --trace",
            "name a file with --trace",
        )
    console = Console()
    handler = RichHandler(console=console, show_time=False, show_path=False)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], format="%(message)s")
    config = config_with_knowledge(arguments)
    if arguments.wav:  # what is played does not reach a recording
        config = replace(config, devices=replace(config.devices, echo_cancellation=False))
    header = Header(
        profile=config.profile,
        thresholds=config.wake.phrases,
        onset=config.segmenter.onset,
        release=config.segmenter.release,
        sound=arguments.with_sound,
        words=arguments.words,
    )
    trace = TraceWriter(arguments.trace, header) if arguments.trace else None
    clock.run(_serve(config, console, header, trace, arguments.wav), realtime=True)
    if trace is not None:
        if trace.failure is not None:
            raise trace.failure
        gaps = (trace.lost, trace.shed)
        console.print(_told(arguments.trace, header, *gaps), markup=False, soft_wrap=True)
    return 0


async def _serve(
    config: Config, console: Console, header: Header, trace: TraceWriter | None, wav: Path | None
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    over, live = asyncio.Event(), wav is None  # a rehearsal touches nobody's timers and lights
    async with start_service(config, state_folder(config) if live else None) as service:
        microphone, playback = _devices(service, wav, over)
        with contextlib.ExitStack() as watching:
            watching.callback(playback.close)
            observers: list[Observer] = [watching.enter_context(trace)] if trace else []
            view, light = _view(watching, console, header)
            observers.append(view)
            async with conversation(
                service,
                playback.speaker,
                microphone,
                Company(observers, playback, live, light=light),
            ) as director:
                waits = [stop.wait(), director.broken.wait(), _settled(director, over)]
                if trace:
                    low_mb = config.health.low_disk_mb
                    waits.append(watch_room(trace.path.parent, low_mb, trace.quiet))
                await _first_of(*waits)
            if director.failure:
                raise director.failure


def _devices(
    service: Service, wav: Path | None, over: asyncio.Event
) -> tuple[Microphone, Playback]:
    """The sound card; or a recording, which sets `over` at its end, and silence."""
    devices, rate_hz = service.config.devices, service.engines.voice.rate_hz
    if wav is not None:
        microphone = FileMicrophone(wav, exhausted=lambda _at_s: over.set())
        return microphone, Playback(lambda tap: RecordingLoudspeaker(rate_hz, tap))
    name = devices.loudspeaker or None
    playback = Playback(lambda tap: PyAudioLoudspeaker(rate_hz, name, tap=tap))
    return PyAudioMicrophone(devices.microphone or None), playback


def _view(
    watching: contextlib.ExitStack, console: Console, header: Header
) -> tuple[Observer, Lights | None]:
    """What is seen; and the light in it, where there is one."""
    if not console.is_terminal or console.is_dumb_terminal:
        return PlainView(console, words=header.words), None
    shown = Shown(
        header.profile, header.thresholds, header.onset, header.release, words=header.words
    )
    return watching.enter_context(LiveView(console, shown)), ViewLight(shown)


async def _settled(director: Director, over: asyncio.Event) -> None:
    """The recording is over, and nothing more can come of it."""
    await over.wait()
    await asyncio.sleep(AFTERTHOUGHT_S)
    await director.settled.wait()


async def _first_of(*waits: Coroutine[Any, Any, object]) -> None:
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _told(path: Path, header: Header, lost: int, shed: int) -> str:
    """What the owner should know of the file."""
    kept = [name for name, there in (("words", header.words), ("sound", header.sound)) if there]
    holds = f"it holds {' and '.join(kept)} of people: keep it safe" if kept else "no words in it"
    gaps = f"; the disk was too slow for {lost} records" if lost else ""
    gaps += f"; the disk was too full for {shed} records" if shed else ""
    return f"{path}: {holds}{gaps}; draw it: appliance replay {path} -o turn.html"
