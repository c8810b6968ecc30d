"""`appliance bench ask`: how fast, how large, how late, on recordings of your own."""

from __future__ import annotations

import argparse
import json
import statistics
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from appliance import clock
from appliance.cli import bench_board, bench_conversation, bench_engines, bench_wake
from appliance.cli.asking import Sitting
from appliance.cli.memory import peak_memory_mb
from appliance.cli.options import (
    add_config_options,
    add_knowledge_option,
    config_with_knowledge,
    without_follow_up,
)
from appliance.cli.progress import progress_bar
from appliance.config import Config
from appliance.service import start_service
from appliance.turn import Turn
from audio.files import probe

DESCRIPTION = """\
Puts recordings through the complete chain as `appliance ask` does, waiting skipped, and
measures: how long after process start the appliance is ready to listen, how much faster than
real time it works, the peak memory of every process, and when the first sound of an answer
comes after the true end of speech. Run it on a quiet machine; absolute times vary with it.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured. `memory_mb` is the peak resident size of each process."""

    recordings: int
    ready_s: float
    audio_s: float
    wall_s: float
    times_real_time: float
    outcomes: dict[str, int]
    first_audio_ms_p50: float
    first_audio_ms_p95: float
    memory_mb: dict[str, float]

    @property
    def memory_total_mb(self) -> float:
        """The sum of the peaks, which is more than the peak of the sum."""
        return round(sum(self.memory_mb.values()), 1)


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser("bench", help="measure speed, latency and memory")
    kinds = parser.add_subparsers(title="benchmarks", metavar="WHAT", required=True)
    ask = kinds.add_parser(
        "ask",
        help="the complete chain over recordings",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ask.add_argument("wav", nargs="+", type=Path, metavar="WAV", help="a recording")
    add_knowledge_option(ask)
    ask.add_argument("--json", action="store_true", help="print one JSON document")
    add_config_options(ask)
    ask.set_defaults(run=run)
    bench_conversation.add_parser(kinds)
    bench_board.add_parser(kinds)
    bench_wake.add_parser(kinds)
    bench_engines.add_parser(kinds)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    config = without_follow_up(config_with_knowledge(arguments))
    lengths = [probe(wav).duration_s or 0.0 for wav in arguments.wav]
    figures = clock.run(_measure(config, arguments.wav, sum(lengths)), realtime=False)
    if arguments.json:
        total = {"memory_total_mb": figures.memory_total_mb}
        print(json.dumps(asdict(figures) | total, indent=2))
    else:
        _print(figures)
    return 0


async def _measure(config: Config, wavs: list[Path], audio_s: float) -> Figures:
    turns: list[Turn] = []
    silent = 0
    async with start_service(config) as service:
        ready_s = clock.process_age_s()
        began = clock.wall_s()
        with progress_bar() as report:
            for number, wav in enumerate(wavs):
                report(wav.name, number / len(wavs))
                sitting = Sitting(service)
                await sitting.listen_to(wav, lambda _what, _done: None)
                turns += sitting.turns
                silent += not sitting.turns
        wall_s = clock.wall_s() - began
        memory_mb = peak_memory_mb(service)
    outcomes = Counter(turn.outcome.value for turn in turns if turn.outcome)
    outcomes.update({"no_wake": silent} if silent else {})
    late = sorted(t.timings_ms["first_audio"] for t in turns if "first_audio" in t.timings_ms)
    return Figures(
        recordings=len(wavs),
        ready_s=round(ready_s, 2),
        audio_s=round(audio_s, 1),
        wall_s=round(wall_s, 1),
        times_real_time=round(audio_s / wall_s, 1),
        outcomes=dict(outcomes),
        first_audio_ms_p50=round(statistics.median(late or [0.0])),
        first_audio_ms_p95=round(late[int(0.95 * (len(late) - 1))] if late else 0.0),
        memory_mb=memory_mb,
    )


def _print(figures: Figures) -> None:
    table = Table("figure", "value", title="appliance bench ask")
    outcomes = ", ".join(f"{count} {name}" for name, count in figures.outcomes.items())
    table.add_row("recordings", f"{figures.recordings} ({figures.audio_s:g} s): {outcomes}")
    table.add_row("ready after process start", f"{figures.ready_s:g} s")
    table.add_row("speed", f"{figures.times_real_time:g} times real time")
    late = f"{figures.first_audio_ms_p50:g} / {figures.first_audio_ms_p95:g} ms"
    table.add_row("first audio, p50 / p95", late)
    parts = ", ".join(f"{name} {size:g}" for name, size in figures.memory_mb.items())
    table.add_row("peak memory", f"{figures.memory_total_mb:g} MB ({parts})")
    Console(highlight=False).print(table)
