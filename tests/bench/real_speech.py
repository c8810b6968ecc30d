"""Real people through the complete chain: a real "alexa", then a real order.

    python -m tests.bench.real_speech ../shared/speech [--orders 60]

Each recording is one person's "alexa" and, after a pause, another's order out of the
speech-to-intent benchmark. The knowledge pack is `coffee/bar.md`, one section a drink; right is
an answer out of the section of the drink that was ordered. Prints the shares, and how often the
other recordings of the folder (no wake phrase in them) woke the appliance.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from appliance import clock
from appliance.cli.asking import Question, ask_all
from appliance.cli.progress import progress_bar
from appliance.config import Config, load_config
from appliance.packing import build_knowledge
from appliance.report import Entry
from audio.files import write_wav
from audio.format import RATE_HZ, Samples

HERE = Path(__file__).parent
PAUSE_S = 0.4
AUDIBLE = 1500
SECTIONS = {"coffee": ("drip-coffee", "house-coffee", "iced-coffee", "coffee-sizes")}
"""Where a drink is not its own section."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("speech", type=Path)
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--show", action="store_true", help="print what was heard")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        config = _with_pack(Path(scratch))
        _orders(config, arguments, Path(scratch))
        _negatives(config, arguments.speech, Path(scratch))


def _with_pack(scratch: Path) -> Config:
    config, pack = load_config(), scratch / "bar.pack"
    asyncio.run(build_knowledge(config, HERE / "coffee", pack, None))
    return replace(config, knowledge=replace(config.knowledge, pack=str(pack)))


def _orders(config: Config, arguments: argparse.Namespace, scratch: Path) -> None:
    speech: Path = arguments.speech
    wakes = [path for path, kind in _manifest(speech) if kind == "wakeword:alexa"]
    labels = json.loads((speech / "speech-to-intent" / "label.json").read_text())
    orders = sorted(name for name in labels if labels[name]["slots"].get("coffeeDrink"))
    orders = [name for name in orders if _recording(speech, name).exists()][: arguments.orders]
    wavs = []
    for number, name in enumerate(orders):
        wake = _read(speech / wakes[number % len(wakes)])
        order = _from_first_sound(_read(_recording(speech, name)))
        sound = [wake, np.zeros(int(PAUSE_S * RATE_HZ), np.int16), order]
        wavs.append(scratch / f"{number}.wav")
        write_wav(wavs[-1], np.concatenate(sound), RATE_HZ)
    entries = {entry.name: entry for entry in reversed(_ask(config, wavs, scratch))}
    asked = [entries[str(wav)] for wav in wavs]
    drinks = [labels[name]["slots"]["coffeeDrink"] for name in orders]
    if arguments.show:
        for drink, entry in zip(drinks, asked, strict=True):
            print(f"{drink:12} | {_heard(entry)} | {_found(entry)[:2]}")
    woken = sum(entry.turn is not None for entry in asked)
    pairs = list(zip(drinks, asked, strict=True))
    first = sum(_right(drink, _found(entry)[:1]) for drink, entry in pairs)
    top3 = sum(_right(drink, _found(entry)[:3]) for drink, entry in pairs)
    print(f"real “alexa” + real order: {woken} of {len(wavs)} woken, section of the drink that was")
    print(f"ordered found first {first}, among the first three {top3}")


def _negatives(config: Config, speech: Path, scratch: Path) -> None:
    wavs = [speech / path for path, kind in _manifest(speech) if not _wakes(path, kind)]
    seconds = sum(soundfile.info(wav).duration for wav in wavs)
    entries = _ask(config, wavs, scratch)
    false = [entry.name for entry in entries if entry.turn is not None]
    print(
        f"{len(wavs)} recordings without wake phrase, {seconds / 60:.0f} minutes: {len(false)} woke"
    )
    print("\n".join(false))


def _ask(config: Config, wavs: list[Path], scratch: Path) -> list[Entry]:
    with progress_bar() as report:
        questions = [Question(path=wav) for wav in wavs]
        asking = ask_all(config, questions, scratch / "out", lambda _entry: None, report)
        return clock.run(asking, realtime=False)


def _manifest(speech: Path) -> list[tuple[str, str]]:
    with (speech / "manifest.tsv").open(encoding="utf-8") as file:
        return [(row["path"], row["kind"]) for row in csv.DictReader(file, delimiter="\t")]


def _wakes(path: str, kind: str) -> bool:
    """Whether it holds a phrase that wakes, or one so near that it may ("jarvis")."""
    return "alexa" in path or kind in {"wakeword:alexa", "wake+command", "wakeword:jarvis"}


def _recording(speech: Path, label: str) -> Path:
    return (speech / "speech-to-intent" / label).with_suffix(".flac")


def _read(path: Path) -> Samples:
    samples: Samples = soundfile.read(path, dtype="int16")[0]
    return samples


def _from_first_sound(samples: Samples) -> Samples:
    """Without the seconds in which the person prepares to speak."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE)
    return samples[max(0, loud[0] - RATE_HZ // 5) :] if len(loud) else samples


def _heard(entry: Entry) -> str:
    if entry.turn is None:
        return "- (no wake)"
    heard = entry.turn.transcript.text if entry.turn.transcript else ""
    return heard or f"- ({entry.turn.reason})"


def _found(entry: Entry) -> list[str]:
    return [p.source for p in entry.turn.passages] if entry.turn else []


def _right(drink: str, sources: list[str]) -> bool:
    wanted = SECTIONS.get(drink, (drink.replace(" ", "-"),))
    return any(source == f"bar.md#{section}" for section in wanted for source in sources)


if __name__ == "__main__":
    main()
