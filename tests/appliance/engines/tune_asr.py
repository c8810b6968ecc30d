"""How well the ears hear questions about manuals: run by hand, prints one line a voice.

    python tests/appliance/engines/tune_asr.py /work/golden/espresso --every 4 --set lw=7

Each folder holds `docs/` and `golden.tsv` (question, tab, sources joined by `|` or `-`).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from appliance.engines.espeak import EspeakVoice
from appliance.engines.sphinx.build import build_assets
from appliance.engines.sphinx.phrases import STOP
from appliance.engines.sphinx.recogniser import SphinxRecogniser
from appliance.engines.sphinx.words import spoken_words
from appliance.knowledge.build import build_pack
from appliance.knowledge.calibration import THRESHOLD
from appliance.knowledge.pack import Pack
from appliance.knowledge.retrieve import PackRetriever
from audio.format import Samples
from tests.appliance.engines.voices import VOICES, available, in_a_room, say


@dataclass
class Tally:
    """Counts over some questions."""

    words: int = 0
    errors: int = 0
    content: int = 0
    recalled: int = 0
    answerable: int = 0
    found: int = 0
    answered: int = 0
    typed: int = 0
    unanswerable: int = 0
    refused: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    confidence: dict[bool, list[float]] = field(default_factory=lambda: defaultdict(list))

    def line(self, name: str) -> str:
        def part(a: float, b: float) -> str:
            return f"{100 * a / b:5.1f}" if b else "    -"

        sure = {k: sum(v) / len(v) for k, v in self.confidence.items() if v}
        return (
            f"{name:24} WER {part(self.errors, self.words)}"
            f"  content {part(self.recalled, self.content)}"
            f"  source@1 {part(self.found, self.answerable)}"
            f" (typed {part(self.typed, self.answerable)})"
            f"  answered right {part(self.answered, self.answerable)}"
            f"  refused {part(self.refused, self.unanswerable)}"
            f"  RTF {self.cpu / max(self.seconds, 1e-9):.3f}"
            f"  conf right {sure.get(True, 0):.2f} wrong {sure.get(False, 0):.2f}"
        )


def distance(reference: list[str], heard: list[str]) -> int:
    """Edit distance in words."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(reference, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def golden(path: Path) -> list[tuple[str, set[str]]]:
    rows = [r.split("\t") for r in path.read_text().splitlines() if r and r[0] != "#"]
    return [(r[0], set() if r[1] == "-" else set(r[1].split("|"))) for r in rows]


class Manual:
    """A manual's pack and recogniser."""

    def __init__(
        self, folder: Path, scratch: Path, tuning: dict[str, float], general: bool
    ) -> None:
        voice = EspeakVoice()
        voice.load()
        self.golden = golden(folder / "golden.tsv")
        path = scratch / f"{folder.name}.pack"
        build_pack(folder / "docs", path)
        self.pack = Pack.open(path)
        self.retriever = PackRetriever(self.pack)
        texts = [(p.heading_path, p.text) for p in self.pack.passages()]
        started = time.process_time()
        assets = {} if general else build_assets(texts, voice.phonemes)
        self.build_s = time.process_time() - started
        self.recogniser = SphinxRecogniser(assets, tuning)
        self.recogniser.load()
        self.vocabulary = {
            line.split()[0] for line in assets.get("sphinx.dict", b"").decode().splitlines()
        }

    def missing(self) -> list[str]:
        return sorted({w for q, s in self.golden if s for w in spoken_words(q)} - self.vocabulary)

    def top(self, text: str) -> tuple[str, float]:
        best = self.retriever.retrieve(text, 1)
        return (best[0].source, best[0].score) if best else ("-", 0.0)

    def measure(self, question: str, sources: set[str], sound: Samples, tally: Tally) -> str:
        started = time.process_time()
        heard = self.recogniser.transcribe(sound)
        tally.cpu += time.process_time() - started
        tally.seconds += len(sound) / 16000
        said, got = spoken_words(question), heard.text.split()
        wrong = distance(said, got)
        tally.words, tally.errors = tally.words + len(said), tally.errors + wrong
        tally.confidence[wrong == 0].append(heard.confidence)
        content = [w for w in said if w not in STOP]
        source, score = self.top(heard.text)
        if sources:
            tally.content += len(content)
            tally.recalled += sum(w in got for w in content)
            tally.answerable += 1
            tally.found += source in sources
            tally.answered += source in sources and score >= THRESHOLD
            tally.typed += self.top(question)[0] in sources
        else:
            tally.unanswerable += 1
            tally.refused += score < THRESHOLD
        return heard.text


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folders", nargs="+", type=Path)
    arguments.add_argument("--every", type=int, default=1, help="each voice asks every n-th")
    arguments.add_argument("--voices", default=",".join(VOICES))
    arguments.add_argument("--room", action="store_true")
    arguments.add_argument("--general", action="store_true", help="without the pack's assets")
    arguments.add_argument("--show", action="store_true")
    arguments.add_argument("--set", action="append", default=[], metavar="OPTION=VALUE")
    asked = arguments.parse_args()
    tuning = {k: float(v) for k, v in (s.split("=") for s in asked.set)}
    tallies: dict[str, Tally] = defaultdict(Tally)
    with tempfile.TemporaryDirectory() as scratch:
        for folder in asked.folders:
            manual = Manual(folder, Path(scratch), tuning, asked.general)
            print(f"# {folder.name}: built in {manual.build_s:.1f} s, unknown: {manual.missing()}")
            for number, voice in enumerate(filter(available, asked.voices.split(","))):
                ask(manual, voice, number, asked, tallies[voice])
    report(tallies)


def ask(manual: Manual, voice: str, number: int, asked: argparse.Namespace, tally: Tally) -> None:
    for question, sources in manual.golden[number % asked.every :: asked.every]:
        sound = say(voice, question)
        if asked.room:
            sound = in_a_room(sound, seed=number)
        text = manual.measure(question, sources, sound, tally)
        if asked.show and text.split() != spoken_words(question):
            print(f"  {voice:20} {question}\n  {'':20} {text}")


def report(tallies: dict[str, Tally]) -> None:
    for voice, tally in tallies.items():
        print(tally.line(voice))
    total = Tally()
    for tally in tallies.values():
        for name in Tally.__dataclass_fields__:
            if name != "confidence":
                setattr(total, name, getattr(total, name) + getattr(tally, name))
        for k, v in tally.confidence.items():
            total.confidence[k] += v
    print(total.line("all"))


if __name__ == "__main__":
    main()
