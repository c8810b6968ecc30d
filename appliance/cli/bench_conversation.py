"""`appliance bench conversation`: how it feels to talk to, against how everybody else does it."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from appliance import clock
from appliance.cli.asking import Sitting
from appliance.cli.memory import peak_memory_mb, processor_s
from appliance.cli.options import (
    add_config_options,
    add_knowledge_option,
    config_with_knowledge,
    without_follow_up,
)
from appliance.cli.progress import progress_bar
from appliance.config import Config, OverlapConfig
from appliance.mouth import Manner
from appliance.observer import Bystander
from appliance.reasons import Outcome
from appliance.service import Service, start_service
from appliance.turn import Turn
from audio.decode import samples_of
from audio.ears import Reading
from audio.files import write_wav
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame
from audio.models import quiet_room

DESCRIPTION = """\
Puts every recording (wake phrase and one question) through the complete chain twice in one run:
as it is, and as nearly every public assistant does it (sequential: record to 0.8 s of silence,
recognise, retrieve, make the whole answer, synthesise all of it, play). Tells how long after the
true end of speech each says something, how often it cuts people off, and what it costs. Then it
interrupts answers by the wake phrase, and lets a quiet room be heard. Waiting is skipped, work
takes the time that it takes; --realtime waits as well.
"""

SEQUENTIAL_ENDPOINT_S = 0.8
CUT_S = 0.3
"""An utterance that ends so long before the last speech of its recording was cut off."""
GAP_S = 2.5
"""From a question to the wake phrase that interrupts its answer."""
IDLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Way:
    """One way to converse, over all recordings. Times in ms from the true end of speech."""

    answered: int
    endpoint_p50: float
    endpoint_p95: float
    first_sound_p50: float
    first_sound_p95: float
    first_audio_p50: float
    first_audio_p95: float
    cut_off: int
    cpu_s_per_audio_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Both ways, and what has no other way."""

    recordings: int
    audio_s: float
    ours: Way
    sequential: Way
    first_audio_ratio: float
    barge_ins: int
    barge_in_ms_p50: float
    barge_in_ms_p95: float
    idle_cpu_s_per_audio_s: float
    memory_mb: dict[str, float]


@dataclass
class Heard(Bystander):
    """What became of one recording."""

    turns: list[Turn] = field(default_factory=list)
    last_speech_s: float = 0.0

    def reading(self, reading: Reading) -> None:
        """Keep when speech was last heard."""
        if reading.speech >= 0.5:  # noqa: PLR2004  # likelier than not
            self.last_speech_s = reading.frame.captured_at

    def turn(self, turn: Turn) -> None:
        """Keep it."""
        self.turns.append(turn)


@dataclass
class Tally:
    """What one way has done so far."""

    turns: list[Turn] = field(default_factory=list)
    cut_off: int = 0
    cpu_s: float = 0.0
    audio_s: float = 0.0


def add_parser(kinds: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register `bench conversation`."""
    parser = kinds.add_parser(
        "conversation",
        help="latency, cut-offs and cost, against the sequential way",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("wav", nargs="+", type=Path, metavar="WAV", help="a recording")
    add_knowledge_option(parser)
    parser.add_argument("--realtime", action="store_true", help="wait as people would have to")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_config_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    config = without_follow_up(config_with_knowledge(arguments))
    figures = clock.run(_measure(config, arguments.wav), realtime=arguments.realtime)
    if arguments.json:
        print(json.dumps(asdict(figures), indent=2))
    else:
        _print(figures)
    return 0


async def _measure(config: Config, wavs: Sequence[Path]) -> Figures:
    tallies = {"ours": Tally(), "sequential": Tally()}
    async with start_service(config) as service:
        ways = {"ours": service, "sequential": sequential(service)}
        with progress_bar() as report:
            for number, wav in enumerate(wavs):
                report(wav.name, number / (len(wavs) * 1.5))
                order = list(ways) if number % 2 else list(reversed(ways))
                heard = {name: await _listen(ways[name], wav, tallies[name]) for name in order}
                _judge(heard, tallies)
            report("interrupting", 0.7)
            delays = await _barge_in(service, wavs)
            report("a quiet room", 0.9)
            idle = _idle_cost(service)
        memory_mb = peak_memory_mb(service)
    ours, other = _way(tallies["ours"]), _way(tallies["sequential"])
    return Figures(
        recordings=len(wavs),
        audio_s=round(tallies["ours"].audio_s, 1),
        ours=ours,
        sequential=other,
        first_audio_ratio=round(ours.first_audio_p50 / (other.first_audio_p50 or 1.0), 3),
        barge_ins=len(delays),
        barge_in_ms_p50=_quantile(delays, 0.5),
        barge_in_ms_p95=_quantile(delays, 0.95),
        idle_cpu_s_per_audio_s=idle,
        memory_mb=memory_mb,
    )


def sequential(service: Service) -> Service:
    """The same engines, one after the other, as nearly every public assistant has it."""
    config = replace(
        service.config,
        overlap=OverlapConfig(
            partials=False,
            foresight=False,
            prefire=False,
            adaptive=False,
            stream=False,
            lead_in=False,
        ),
        segmenter=replace(service.config.segmenter, endpoint_s=SEQUENTIAL_ENDPOINT_S),
    )
    engines = replace(service.engines, manner=Manner(stream=False), lead_ins={})
    return service._replace(config=config, engines=engines)


async def _listen(service: Service, wav: Path, tally: Tally) -> Heard:
    heard = Heard()
    before_s = processor_s(service)
    sitting = Sitting(service, [heard])
    await sitting.listen_to(wav, lambda _what, _done: None)
    tally.cpu_s += processor_s(service) - before_s
    tally.audio_s += sitting.stream_s
    return heard


def _judge(heard: dict[str, Heard], tallies: dict[str, Tally]) -> None:
    """A reply that sounds before the person has finished, or that leaves out how they ended."""
    end_s = max(one.last_speech_s for one in heard.values())
    for name, one in heard.items():
        turn = next((turn for turn in one.turns if turn.utterance), None)
        if turn is None or turn.utterance is None:
            continue
        spoke_s = [at_s for state, at_s in turn.states if state == "speaking"]
        if turn.utterance.end_s < end_s - CUT_S or any(at_s < end_s for at_s in spoke_s):
            tallies[name].cut_off += 1
        elif turn.outcome in {Outcome.ANSWERED, Outcome.ABSTAINED, Outcome.COMMAND}:
            tallies[name].turns.append(turn)


def _way(tally: Tally) -> Way:
    def over(name: str, share: float) -> float:
        return _quantile([t.timings_ms[name] for t in tally.turns if name in t.timings_ms], share)

    return Way(
        answered=len(tally.turns),
        endpoint_p50=over("endpoint", 0.5),
        endpoint_p95=over("endpoint", 0.95),
        first_sound_p50=over("first_sound", 0.5),
        first_sound_p95=over("first_sound", 0.95),
        first_audio_p50=over("first_audio", 0.5),
        first_audio_p95=over("first_audio", 0.95),
        cut_off=tally.cut_off,
        cpu_s_per_audio_s=round(tally.cpu_s / (tally.audio_s or 1.0), 4),
    )


async def _barge_in(service: Service, wavs: Sequence[Path]) -> list[float]:
    """From the detection of a wake phrase in an answer to silence at the loudspeaker, ms."""
    delays = []
    with tempfile.TemporaryDirectory(prefix="appliance-") as folder:
        for wav in wavs:
            sound = samples_of(wav)
            gap = np.zeros(round(GAP_S * RATE_HZ), np.int16)
            twice = Path(folder) / "twice.wav"
            write_wav(twice, np.concatenate((sound, gap, sound)), RATE_HZ)
            sitting = Sitting(service)
            await sitting.listen_to(twice, lambda _what, _done: None)
            delays += [
                (after.states[1][1] - after.wake.at_s) * 1000
                for before, after in zip(sitting.turns, sitting.turns[1:], strict=False)
                if before.reason == "CUT_SHORT" and after.wake
            ]
    return delays


def _idle_cost(service: Service) -> float:
    """Processor seconds for a second of a quiet room, nobody speaking."""
    ears = service.fresh_ears(service.config.segmenter, None)
    room = quiet_room(round(IDLE_S * RATE_HZ))
    before_s = clock.thread_s()
    for seq, part in enumerate(room[: len(room) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, 512)):
        ears.feed(Frame(part, seq, (seq + 1) * FRAME_S))
    return round((clock.thread_s() - before_s) / IDLE_S, 4)


def _quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed; 0 of none."""
    ordered = sorted(values) or [0.0]
    return round(ordered[round(share * (len(ordered) - 1))], 1)


_ROWS: list[tuple[str, Callable[[Way], str]]] = [
    ("answered", lambda way: str(way.answered)),
    ("endpoint, p50 / p95", lambda way: f"{way.endpoint_p50:.0f} / {way.endpoint_p95:.0f} ms"),
    (
        "first sound",
        lambda way: f"{way.first_sound_p50:.0f} / {way.first_sound_p95:.0f} ms",
    ),
    (
        "first audio of the answer",
        lambda way: f"{way.first_audio_p50:.0f} / {way.first_audio_p95:.0f} ms",
    ),
    ("cut off", lambda way: str(way.cut_off)),
    ("processor, of one core", lambda way: f"{way.cpu_s_per_audio_s:.1%}"),
]


def _print(figures: Figures) -> None:
    console = Console(highlight=False)
    table = Table("", "ours", "sequential", title="appliance bench conversation")
    for label, show in _ROWS:
        table.add_row(label, show(figures.ours), show(figures.sequential))
    console.print(table)
    console.print(f"first audio is {figures.first_audio_ratio:.2f} of the sequential way's")
    console.print(
        f"interrupted by the wake phrase {figures.barge_ins} times: silent after "
        f"{figures.barge_in_ms_p50:.0f} / {figures.barge_in_ms_p95:.0f} ms (p50 / p95)"
    )
    parts = ", ".join(f"{name} {size:g}" for name, size in figures.memory_mb.items())
    console.print(
        f"a quiet room costs {figures.idle_cpu_s_per_audio_s:.2%} of a core; "
        f"peak memory {sum(figures.memory_mb.values()):.0f} MB ({parts})"
    )
