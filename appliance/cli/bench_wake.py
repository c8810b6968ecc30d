"""`appliance bench wake`: what it costs to listen, to somebody and to nobody."""

from __future__ import annotations

import argparse
import json
import statistics
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from appliance import clock
from appliance.cli.progress import progress_bar
from audio.decode import samples_of
from audio.ears import Ears
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples
from audio.models import quiet_room
from audio.ports import WakeHit
from audio.vad import SileroVad
from audio.wake import OpenWakeWord

DESCRIPTION = """\
Lets the idle appliance hear the recordings, a quiet room (noise at -72 dB of full scale) and
digital silence, as fast as it can, and tells what each costs this machine: the wake phrases'
models and the voice activity network for every 80 ms, and the ears as a whole (both, levels,
memory) for every second. Processor time of one thread, median of the rounds. How others fare on
the same sound: python -m tests.bench.peers, in a checkout.
"""

HOP_S = 0.08
IDLE_S = 60


@dataclass(frozen=True, slots=True)
class Cost:
    """What listening to one sound costs, and what was heard in it."""

    sound: str
    audio_s: float
    wake_ms_per_80_ms: float
    vad_ms_per_80_ms: float
    ears_ms_per_s: float
    ears_ms_per_s_spread: tuple[float, float]
    heard: dict[str, int]


def add_parser(kinds: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register `bench wake`."""
    parser = kinds.add_parser(
        "wake",
        help="what it costs to listen, in speech and in silence",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("wav", nargs="+", type=Path, metavar="WAV", help="a recording")
    parser.add_argument("--rounds", type=int, default=5, help="how often (default 5)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    sounds = {
        "recordings": np.concatenate([samples_of(wav) for wav in arguments.wav]),
        "quiet room": quiet_room(IDLE_S * RATE_HZ),
        "digital silence": np.zeros(IDLE_S * RATE_HZ, np.int16),
    }
    wake, vad = OpenWakeWord(), SileroVad()
    costs = []
    with progress_bar() as report:
        for number, (name, sound) in enumerate(sounds.items()):
            report(name, number / len(sounds))
            costs.append(_cost(name, _frames(sound), arguments.rounds, wake, vad))
    if arguments.json:
        print(json.dumps({"costs": [asdict(cost) for cost in costs]}, indent=2))
    else:
        _print(costs)
    return 0


def _cost(name: str, frames: list[Frame], rounds: int, wake: OpenWakeWord, vad: SileroVad) -> Cost:
    audio_s = len(frames) * FRAME_S
    in_wake: list[float] = []
    in_vad: list[float] = []
    in_all: list[float] = []
    heard: Counter[str] = Counter()
    for _ in range(max(1, rounds)):
        wake.reset()
        in_wake.append(_spent_s(frames, lambda f: wake.process(f.samples, f.captured_at)))
        vad.reset()
        in_vad.append(_spent_s(frames, lambda f: vad.process(f.samples)))
        wake.reset()
        vad.reset()
        ears = Ears(wake, vad)
        edges: list[object] = []
        in_all.append(_spent_s(frames, lambda f, e=ears, found=edges: found.extend(e.feed(f))))  # type: ignore[misc]
        heard = Counter(edge.phrase for edge in edges if isinstance(edge, WakeHit))
    per_s = [spent * 1e3 / audio_s for spent in in_all]
    return Cost(
        sound=name,
        audio_s=round(audio_s, 1),
        wake_ms_per_80_ms=round(statistics.median(in_wake) * 1e3 / audio_s * HOP_S, 4),
        vad_ms_per_80_ms=round(statistics.median(in_vad) * 1e3 / audio_s * HOP_S, 4),
        ears_ms_per_s=round(statistics.median(per_s), 3),
        ears_ms_per_s_spread=(round(min(per_s), 3), round(max(per_s), 3)),
        heard=dict(heard),
    )


def _spent_s(frames: list[Frame], hear: Callable[[Frame], object]) -> float:
    before_s = clock.thread_s()
    for frame in frames:
        hear(frame)
    return clock.thread_s() - before_s


def _frames(sound: Samples) -> list[Frame]:
    parts = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    return [Frame(part, seq, (seq + 1) * FRAME_S) for seq, part in enumerate(parts)]


def _print(costs: list[Cost]) -> None:
    table = Table(title="appliance bench wake: processor time")
    for head in ("sound", "wake / 80 ms", "voice activity / 80 ms", "ears / s", "spread", "heard"):
        table.add_column(head)
    for cost in costs:
        low, high = cost.ears_ms_per_s_spread
        table.add_row(
            f"{cost.sound} ({cost.audio_s:g} s)",
            f"{cost.wake_ms_per_80_ms:.3f} ms",
            f"{cost.vad_ms_per_80_ms:.3f} ms",
            f"{cost.ears_ms_per_s:.2f} ms",
            f"{low:.2f}-{high:.2f}",
            ", ".join(f"{count} {phrase}" for phrase, count in cost.heard.items()) or "-",
        )
    Console(highlight=False).print(table)
