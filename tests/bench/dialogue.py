"""Follow-up questions, with what was said before them and without.

    python -m tests.bench.dialogue [FILE…] [--packs DIR] [--wrong] [--golden]

Each line of a file (default: tests/dialogues/*.tsv) is a manual, a kind, a question, its source,
what is asked next and the source of that. The first question goes through retrieval and the
reader as it ships; what they make of it is the context of the second. Right is an answer that is
given, and from a right source. `--golden` asks all golden questions of the manuals as well, each
after the one before it: they stand by themselves, so every change of one is counted. `--packs`
keeps the packs for the next time; `--wrong` shows what went wrong.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from appliance.engines.ports import Passage
from appliance.knowledge.build import build_pack
from appliance.knowledge.context import Exchange, in_context
from appliance.knowledge.golden import read_golden
from appliance.knowledge.pack import Pack
from appliance.knowledge.reader import answer
from appliance.knowledge.retrieve import PackRetriever, grounded

TESTS = Path(__file__).parents[1]
DIALOGUES = TESTS / "dialogues"
KINDS = ("pronoun", "ellipsis", "correction", "topic")
Sources = frozenset[str]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Two questions, the second after the answer to the first; `kind` is of `KINDS`."""

    manual: str
    kind: str
    first: str
    sources: Sources
    then: str
    then_sources: Sources


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a dialogue: `asked` is the second question as it was put to the documents."""

    dialogue: Dialogue
    first_right: bool
    asked: str
    without: bool
    within: bool

    @property
    def changed(self) -> bool:
        """Whether the second question was drawn to the first."""
        return self.asked != self.dialogue.then


class Device:
    """Retrieval and reader on one manual, as they ship."""

    def __init__(self, pack: Pack) -> None:
        self.sources = pack.sources()
        self._retriever = PackRetriever(pack)

    def exchange(self, question: str) -> tuple[str | None, Exchange | None]:
        """The source that was named, and what is remembered of the answer; None without one."""
        passages = self._retriever.retrieve(question)
        spoken = _spoken(question, passages)
        if not spoken:
            return None, None
        titles = {passage.source: passage.title for passage in passages}
        heard = " ".join(text for text, _ in spoken)
        source = spoken[0][1]
        return source, Exchange(question, heard, titles[source])

    def named(self, question: str) -> str | None:
        """The source that the answer names; None if it abstains."""
        return self.exchange(question)[0]

    def hold(self, dialogue: Dialogue) -> Outcome:
        """Ask both questions, the second with and without what was said before."""
        source, before = self.exchange(dialogue.first)
        asked = in_context(dialogue.then, before)
        without = self.named(dialogue.then) in dialogue.then_sources
        changed = asked != dialogue.then
        within = self.named(asked) in dialogue.then_sources if changed else without
        return Outcome(dialogue, source in dialogue.sources, asked, without, within)


def _spoken(question: str, passages: Sequence[Passage]) -> list[tuple[str, str]]:
    if not grounded(passages):
        return []
    return [(sentence.text, sentence.source) for sentence in answer(question, list(passages))]


def read_dialogues(path: Path) -> list[Dialogue]:
    """The dialogues of a file; ValueError names a line that is none."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            cells = line.split("\t")
            if len(cells) != 6 or cells[1] not in KINDS:
                raise ValueError(f"{path}, line {number} is no dialogue")
            manual, kind, first, sources, then, then_sources = cells
            found.append(
                Dialogue(manual, kind, first, _sources(sources), then, _sources(then_sources))
            )
    return found


def _sources(cell: str) -> Sources:
    return frozenset(cell.split("|"))


def hold_all(dialogues: Iterable[Dialogue], devices: Mapping[str, Device]) -> Iterator[Outcome]:
    """Hold each; ValueError if a source is none of its manual's."""
    for dialogue in dialogues:
        device = devices[dialogue.manual]
        unknown = (dialogue.sources | dialogue.then_sources) - device.sources
        if unknown:
            raise ValueError(f"{dialogue.manual} has no {', '.join(unknown)}: {dialogue.then}")
        yield device.hold(dialogue)


def show(title: str, outcomes: Sequence[Outcome]) -> None:
    """A line for each kind."""
    print(f"\n{title:16}{'asked':>6}{'first right':>13}{'drawn':>7}{'without':>9}{'with':>7}"
          f"{'mended':>8}{'harmed':>8}")  # fmt: skip
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.dialogue.kind].append(outcome)
    leaning = [o for o in outcomes if o.dialogue.kind != "topic"]
    for kind in KINDS:
        _line(kind, groups[kind])
    _line("all but topic", leaning)


def _line(name: str, outcomes: Sequence[Outcome]) -> None:
    if not outcomes:
        return
    count = len(outcomes)
    shares = [sum(values) for values in zip(
        *((o.first_right, o.changed, o.without, o.within, o.within and not o.without,
           o.without and not o.within) for o in outcomes), strict=True)]  # fmt: skip
    first, drawn, without, within, mended, harmed = shares
    print(f"{name:16}{count:6}{first:13}{drawn:7}{without / count:9.0%}{within / count:7.0%}"
          f"{mended:8}{harmed:8}")  # fmt: skip


def explain(outcomes: Iterable[Outcome]) -> None:
    """What went wrong, and as what it was asked."""
    for o in outcomes:
        drawn_off = o.dialogue.kind == "topic" and o.changed
        if not o.within or drawn_off:
            said = "" if o.first_right else " (the first answer was wrong)"
            verdict = "right all the same" if o.within else "wrong"
            print(f"  {o.dialogue.kind}, {verdict}{said}: {o.dialogue.first} / "
                  f"{o.dialogue.then} → {o.asked}")  # fmt: skip


def golden_harm(manual: str, device: Device) -> tuple[int, list[tuple[str, str, bool, bool]]]:
    """How many golden questions were asked after another, and those that were changed.

    Each of those with what became of it, and whether it is right without and with the change.
    """
    questions = read_golden(TESTS / manual / "golden.tsv")
    changed, asked_count = [], 0
    for first, then in pairwise(questions):
        _, before = device.exchange(first.question)
        if before is None:
            continue
        asked_count += 1
        asked = in_context(then.question, before)
        if asked != then.question:
            wanted = then.sources or (None,)
            without, within = device.named(then.question), device.named(asked)
            changed.append((then.question, asked, without in wanted, within in wanted))
    return asked_count, changed


def _devices(manuals: Iterable[str], folder: Path) -> dict[str, Device]:
    devices = {}
    for manual in manuals:
        path = folder / f"{manual.replace('/', '-')}.pack"
        if not path.exists():
            build_pack(TESTS / manual / "docs", path)
        devices[manual] = Device(Pack.open(path))
    return devices


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.dialogue")
    parser.add_argument("files", nargs="*", type=Path, default=sorted(DIALOGUES.glob("*.tsv")))
    parser.add_argument("--packs", type=Path)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--golden", action="store_true")
    given = parser.parse_args()
    by_file = {path: read_dialogues(path) for path in given.files}
    manuals = sorted({d.manual for dialogues in by_file.values() for d in dialogues})
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.packs or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        devices = _devices(manuals, folder)
        for path, dialogues in by_file.items():
            outcomes = list(hold_all(dialogues, devices))
            show(path.stem, outcomes)
            if given.wrong:
                explain(outcomes)
        if given.golden:
            _show_golden(devices, wrong=given.wrong)


def _show_golden(devices: Mapping[str, Device], *, wrong: bool) -> None:
    asked, changed = 0, []
    for manual, device in devices.items():
        count, some = golden_harm(manual, device)
        asked += count
        changed += some
    harmed = sum(without and not within for _, _, without, within in changed)
    mended = sum(within and not without for _, _, without, within in changed)
    print(f"\n{asked} golden questions after another: {len(changed)} drawn to it, "
          f"{harmed} harmed, {mended} mended by chance")  # fmt: skip
    for question, became, without, within in changed if wrong else ():
        print(f"  {question} → {became} ({without} → {within})")


if __name__ == "__main__":
    main()
