"""How soon a Piper voice sounds, and how fast it makes speech.

    python -m tests.bench.piper [VOICE.onnx] [--threads 1 2] [--rounds 5]

Through the voice's own process, as the service uses it. Each sentence is said clause by clause and
in one piece, by turns in one run. Without a voice it makes a network of a medium voice's size with
random weights (`piper_graph.py`): its speech is noise, its cost is nearly that of a voice.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import NamedTuple

from appliance.clock import now_s
from appliance.engines import piper_voice
from appliance.engines.piper_servant import PiperServant
from appliance.engines.remote import RemoteVoice
from appliance.engines.worker import Worker
from appliance.procfs import peak_mb
from tests.bench.piper_graph import write_medium

SENTENCES = (
    "Yes.",
    "A red light means that the filter must be replaced.",
    "Hold the button for three seconds, wait until the red light goes out, then let go of it.",
    (
        "Before you open the housing, close the tap, and let the water run out of the hose; then "
        "turn the lid to the left, lift it off, and take the old filter out."
    ),
)


class WholeServant(PiperServant):
    """The same without cuts."""

    def load(self) -> dict[str, int]:
        piper_voice.pieces = lambda text: iter([text])
        return super().load()


class Time(NamedTuple):
    first_ms: float
    rtf: float
    silent_ms: float
    """How long playback would have run dry in the middle."""


async def said(voice: RemoteVoice, text: str) -> Time:
    began_s = now_s()
    first_s, made_s, dry_s = None, 0.0, 0.0
    async with aclosing(voice.synthesise(text)) as chunks:
        async for chunk in chunks:
            at_s = now_s() - began_s
            first_s = at_s if first_s is None else first_s
            dry_s += max(0.0, at_s - (first_s + made_s + dry_s))
            made_s += len(chunk) / voice.rate_hz
    return Time(1000 * (first_s or 0.0), (now_s() - began_s) / made_s, 1000 * dry_s)


async def compare(model: Path, threads: int, rounds: int) -> None:
    settings = {"model": str(model), "speaker": 0, "speed_wpm": 165, "threads": threads}
    kinds = ("appliance.engines.piper_servant:PiperServant", "tests.bench.piper:WholeServant")
    workers = [Worker("voice", kind, settings, deadline_s=60) for kind in kinds]
    try:
        for worker in workers:
            began_s = now_s()
            await worker.start()
            print(f"{threads} threads: loads in {now_s() - began_s:.1f} s", flush=True)
        voices = [RemoteVoice(worker) for worker in workers]
        for text in SENTENCES:
            times = [[await said(voice, text) for voice in voices] for _ in range(rounds)]
            _print(text, times)
        for worker in workers:
            print(f"peak memory {peak_mb(worker.pid or 0):.0f} MB")
    finally:
        for worker in workers:
            await worker.stop()


def _print(text: str, times: list[list[Time]]) -> None:
    cut, whole = (
        [statistics.median(one) for one in zip(*column, strict=True)]
        for column in zip(*times, strict=True)
    )
    print(
        f"{len(text):4d} characters: first chunk {cut[0]:6.0f} ms cut, {whole[0]:6.0f} ms whole "
        f"({cut[0] / whole[0]:.2f}); RTF {cut[1]:.2f}, {whole[1]:.2f}; "
        f"would run dry {cut[2]:.0f} ms, {whole[2]:.0f} ms",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = arguments.model or write_medium(Path(folder))
        print(f"{model.name}, {model.stat().st_size / 1e6:.0f} MB")
        for threads in arguments.threads:
            asyncio.run(compare(model, threads, arguments.rounds))


if __name__ == "__main__":
    main()
