"""What a wake word costs per 80 ms: `python -m tests.bench.peers [--json] [--peers VENV] [WAV…]`.

Ours, openWakeWord's own Python loop (0.4.0, ONNX), Wyoming's openWakeWord server, pyopen-wakeword
and pymicro-wakeword hear the same sounds for the same three phrases, each in a process of its own
with one thread, in turns, so that whatever else the machine does hits all of them. Sounds: the
recordings one after the other with a second of a quiet room between them; a quiet room; digital
silence. A round's ratio is to openWakeWord's own loop in the same round.

`--peers` names a virtual environment that has them; they are no dependencies of ours:

    python -m venv /tmp/peers
    /tmp/peers/bin/pip install pymicro-wakeword==2.5.0 \\
        git+https://github.com/rhasspy/wyoming-openwakeword@v2.1.0
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import soundfile

from audio.format import RATE_HZ, Samples
from audio.models import quiet_room
from tests.audio.conftest import SPEECH
from tests.bench.peers.driver import HOP
from tests.bench.peers.listeners import Absent, Driven, Heard, Listener, WyomingServer

RECORDINGS = ("wake-word-benchmark/alexa_1*.flac", "ljspeech/LJ00*.flac", "openwakeword/*.flac")
AT_MOST = 20  # of each pattern
IDLE_S = 60
BASE = "openWakeWord 0.4.0, its own loop"

Rounds = dict[str, dict[str, list[Heard]]]
"""By listener and sound."""


def sounds(wavs: list[Path], folder: Path) -> dict[str, Path]:
    """Raw files to hear, whole hops each."""
    pause = quiet_room(RATE_HZ)
    parts = [part for wav in wavs for part in (load(wav), pause)]
    made = {
        "recordings": np.concatenate(parts),
        "quiet room": quiet_room(IDLE_S * RATE_HZ),
        "digital silence": np.zeros(IDLE_S * RATE_HZ, np.int16),
    }
    for name, sound in made.items():
        sound[: len(sound) // HOP * HOP].tofile(folder / name)
    return {name: folder / name for name in made}


def load(path: Path) -> Samples:
    sound, rate = soundfile.read(path, dtype="int16")
    if rate != RATE_HZ or sound.ndim > 1:
        raise SystemExit(f"{path}: 16 kHz mono wanted")
    return sound  # type: ignore[no-any-return]


def start(peers: Path, stack: ExitStack) -> tuple[dict[str, Listener], dict[str, str]]:
    """The listeners that are installed, and why the others aren't there."""
    python = Path(sys.executable)
    wanted: dict[str, Callable[[], Listener]] = {
        "ours": lambda: Driven(python, "ours", stack),
        BASE: lambda: Driven(python, "openwakeword", stack),
        "Wyoming openWakeWord server": lambda: WyomingServer(peers, stack),
        "pyopen-wakeword": lambda: Driven(peers, "pyopen_wakeword", stack),
        "pymicro-wakeword (other models)": lambda: Driven(peers, "pymicro_wakeword", stack),
    }
    there: dict[str, Listener] = {}
    absent: dict[str, str] = {}
    for name, make in wanted.items():
        try:
            there[name] = make()
        except Absent as reason:
            absent[name] = str(reason)
    return there, absent


def listen(listeners: dict[str, Listener], heard: dict[str, Path], rounds: int) -> Rounds:
    found: Rounds = {name: {sound: [] for sound in heard} for name in listeners}
    for number in range(rounds + 1):
        for sound, raw in heard.items():
            for name, listener in listeners.items():
                result = listener.hear(raw)
                if number:  # the first round warms up
                    found[name][sound].append(result)
    return found


def figures(found: Rounds, heard: dict[str, Path]) -> list[dict[str, object]]:
    """One row for each listener and sound."""
    rows: list[dict[str, object]] = []
    for name, by_sound in found.items():
        for sound, results in by_sound.items():
            hops = heard[sound].stat().st_size // 2 // HOP
            costs = [result.cpu_s / hops * 1e3 for result in results]
            bases = [result.cpu_s / hops * 1e3 for result in found[BASE][sound]]
            ratios = [cost / base for cost, base in zip(costs, bases, strict=True)]
            rows.append(
                {
                    "listener": name,
                    "sound": sound,
                    "cpu_ms_per_80_ms": round(statistics.median(costs), 4),
                    "spread_ms": [round(min(costs), 4), round(max(costs), 4)],
                    "ratio": round(statistics.median(ratios), 3),
                    "ratio_spread": [round(min(ratios), 3), round(max(ratios), 3)],
                    "heard": Counter(phrase for phrase, _ in results[-1].phrases),
                }
            )
    return rows


def show(rows: list[dict[str, object]], absent: dict[str, str], what: str) -> None:
    print(f"{what}\n{'listener':34}{'sound':17}{'ms':>8}{'ratio':>8}  {'spread':16}heard")
    for row in rows:
        low, high = row["ratio_spread"]  # type: ignore[misc]
        heard = ", ".join(f"{count} {name}" for name, count in sorted(row["heard"].items()))  # type: ignore[attr-defined]
        cost, ratio = row["cpu_ms_per_80_ms"], row["ratio"]
        spread = f"{low:.3f}-{high:.3f}"
        print(f"{row['listener']:34}{row['sound']:17}{cost:8.3f}{ratio:8.3f}  {spread:16}{heard}")
    for name, reason in absent.items():
        print(f"{name}: not here ({reason}); see --help for how to install it")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("wav", nargs="*", type=Path, metavar="WAV", help="16 kHz mono")
    parser.add_argument("--peers", type=Path, default=Path(sys.prefix), metavar="VENV")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    chosen = [path for each in RECORDINGS for path in sorted(SPEECH.glob(each))[:AT_MOST]]
    wavs = arguments.wav or chosen
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        heard = sounds(wavs, Path(folder))
        listeners, absent = start(arguments.peers / "bin" / "python", stack)
        found = listen(listeners, heard, arguments.rounds)
        rows = figures(found, heard)
    what = f"{len(wavs)} recordings, {IDLE_S} s of each room, median of {arguments.rounds} rounds"
    if arguments.json:
        print(json.dumps({"what": what, "rows": rows, "absent": absent}, indent=2))
    else:
        show(rows, absent, what)


if __name__ == "__main__":
    main()
