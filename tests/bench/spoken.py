"""Spoken golden questions through the complete chain, voice by voice.

    python -m tests.bench.spoken tests/golden/espresso [more manuals] [--voices flite:slt …]

Builds each manual's pack, renders "hey jarvis" and the question in each voice, asks, and
prints how often the phrase was heard, the right source was named, and what has no answer was
left unanswered. Voices come from the packages ttspico, flite and espeak-ng.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from appliance import clock
from appliance.cli.asking import Question, ask_all
from appliance.config import Config, load_config
from appliance.knowledge.golden import Golden, read_golden
from appliance.packing import build_knowledge
from appliance.reasons import Outcome
from appliance.report import Entry
from audio.files import write_wav
from audio.format import RATE_HZ
from tests.appliance.engines.voices import VOICES, available, say

PAUSES_S = (0.0, 0.2, 0.5)
"""Between the phrase and the question, in turn."""


@dataclass
class Tally:
    """Counts of one voice."""

    asked: int = 0
    woken: int = 0
    answerable: int = 0
    top3: int = 0
    spoken: int = 0
    refused: int = 0
    unanswerable: int = 0
    abstained: int = 0

    def add(self, golden: Golden, entry: Entry) -> None:
        turn = entry.turn
        self.asked += 1
        self.woken += turn is not None
        sources = [s.source for s in turn.sentences[:1]] if turn else []
        declined = turn is None or turn.outcome is not Outcome.ANSWERED
        if not golden.sources:
            self.unanswerable += 1
            self.abstained += declined
            return
        self.answerable += 1
        self.refused += declined
        self.spoken += bool(set(sources) & set(golden.sources))
        found = [p.source for p in turn.passages[:3]] if turn else []
        self.top3 += bool(set(found) & set(golden.sources))

    def line(self, name: str) -> str:
        return (
            f"{name:24} woken {self.woken:3}/{self.asked:3}  top3 {self.top3:3}  "
            f"right source {self.spoken:3}  refused {self.refused:3} of {self.answerable:3}  "
            f"abstained {self.abstained:3}/{self.unanswerable:3}"
        )


def main() -> None:
    """Measure every voice on every manual."""
    parser = argparse.ArgumentParser()
    parser.add_argument("manuals", nargs="+", type=Path)
    parser.add_argument("--voices", nargs="+", default=VOICES)
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    arguments = parser.parse_args()
    totals = {voice: Tally() for voice in arguments.voices if available(voice)}
    with tempfile.TemporaryDirectory() as scratch:
        for manual in arguments.manuals:
            config = _with_pack(manual, Path(scratch))
            for voice, tally in totals.items():
                _measure(config, manual, voice, tally, Path(scratch), show=arguments.show)
                print(tally.line(f"{manual.name} … {voice}"), flush=True)
    print("\nall manuals")
    for voice, tally in totals.items():
        print(tally.line(voice))


def _with_pack(manual: Path, scratch: Path) -> Config:
    config = load_config()
    pack = scratch / f"{manual.name}.pack"
    asyncio.run(build_knowledge(config, manual / "docs", pack, None))
    return replace(config, knowledge=replace(config.knowledge, pack=str(pack)))


def _measure(
    config: Config, manual: Path, voice: str, tally: Tally, scratch: Path, *, show: bool
) -> None:
    golden = read_golden(manual / "golden.tsv")
    wavs = [_spoken(voice, item.question, number, scratch) for number, item in enumerate(golden)]
    questions = [Question(path=wav) for wav in wavs]
    asking = ask_all(config, questions, scratch / "out", lambda _entry: None)
    entries = {entry.name: entry for entry in reversed(clock.run(asking, realtime=False))}
    for item, wav in zip(golden, wavs, strict=True):
        entry = entries[str(wav)]
        before = tally.spoken + tally.abstained
        tally.add(item, entry)
        if show and tally.spoken + tally.abstained == before:
            heard = entry.turn.transcript.text if entry.turn and entry.turn.transcript else "-"
            said = entry.turn.sentences[0].source if entry.turn and entry.turn.sentences else "-"
            print(f"   {item.question} | {heard} | {said}")


def _spoken(voice: str, question: str, number: int, scratch: Path) -> Path:
    pause = np.zeros(int(PAUSES_S[number % len(PAUSES_S)] * RATE_HZ), np.int16)
    speech = np.concatenate([say(voice, "hey jarvis"), pause, say(voice, question)])
    room = np.random.default_rng(number).normal(0, 20, len(speech))
    path = scratch / f"{number}.wav"
    write_wav(path, np.clip(speech + room, -32768, 32767).astype(np.int16), RATE_HZ)
    return path


if __name__ == "__main__":
    main()
