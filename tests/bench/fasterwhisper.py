"""Whisper on the CPU, ours beside the library's own `transcribe`, in turns, in one process.

    python -m tests.bench.fasterwhisper [--model FOLDER] [--threads 1] [--rounds 3]

Without a model it makes one in the shape of the published base; its words are three whatever it
hears, so real questions take the decoder longer. Prints seconds a pass, the real-time factor (less
is faster) and the ratio of the medians; and what loading the model and the library costs.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from appliance.clock import wall_s
from appliance.engines.fasterwhisper import FasterWhisper
from audio.format import RATE_HZ, Samples
from tests.fakes.whisper import BASE, make

LENGTHS_S = (1.0, 2.0, 4.0, 8.0, 15.0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.model or make(Path(scratch) / "base", "open the door", shape=BASE)
        before_mb, began_s = _memory_mb(), wall_s()
        ours = FasterWhisper(folder, language="en", threads=arguments.threads)
        ours.load()
        loaded_s, memory_mb = wall_s() - began_s, _memory_mb()
        print(f"loaded in {loaded_s:.2f} s; {memory_mb:.0f} MB, {before_mb:.0f} MB of them before")
        print("sound   ours           bare           ours : bare")
        for seconds in LENGTHS_S:
            print(_line(ours, seconds, arguments.rounds))


def _line(ours: FasterWhisper, seconds: float, rounds: int) -> str:
    sound = _sound(seconds)
    ways = {"ours": lambda: list(ours.listen(sound)), "bare": lambda: _bare(ours._model, sound)}
    ours_s, bare_s = _medians(ways, rounds)
    each = "  ".join(f"{s:5.2f} s {s / seconds:5.2f} x" for s in (ours_s, bare_s))
    return f"{seconds:4.0f} s  {each}  {ours_s / bare_s:6.2f}"


def _bare(model: Any, sound: Samples) -> list[Any]:
    """As its README has it, with the same beam, and no second try."""
    segments, _ = model.transcribe(
        sound.astype(np.float32) / 32768,
        language="en",
        beam_size=5,
        temperature=0.0,
        without_timestamps=True,
        condition_on_previous_text=False,
    )
    return list(segments)


def _medians(ways: dict[str, Callable[[], Any]], rounds: int) -> Iterator[float]:
    """Of each way; they take turns, so that a busy machine slows all alike."""
    took_s: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            began_s = wall_s()
            way()
            if number:  # the first of each only warms up
                took_s[name].append(wall_s() - began_s)
    return map(statistics.median, took_s.values())


def _sound(seconds: float) -> Samples:
    """Loud and soft by turns, like syllables; the time does not depend on the words."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    noise = np.random.default_rng(0).normal(0, 3000, times.size)
    return (noise * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * times))).astype(np.int16)


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
