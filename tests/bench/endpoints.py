"""How patient the endpoint judge is, and whom it cuts off.

    python -m tests.bench.endpoints ../shared/speech [--manuals tests/golden/espresso …]
        [--orders 60] [--keep FILE] [--learn]

Takes real recordings and golden questions in some voices, lays pauses of 0.3 to 0.7 s into them
at the ends of words, and asks the judge once a silence has lasted for the segmenter's `pause_s`.
Prints the patience after finished utterances, the share of pauses that were cut, by source; then
the trade-off with weights learnt without the source that is judged. `--learn` prints the weights
of all. `--keep` keeps the cases in a file, for the next time.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import pickle
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.config import load_config
from appliance.endpointing.english import SIGNS, hesitates, signs
from appliance.endpointing.features import heard, worded
from appliance.endpointing.judge import EndpointSettings, Judge, Pause, patience_s
from appliance.engines.sphinx.frames import EVERYDAY, GENERAL
from appliance.knowledge.golden import read_golden
from appliance.packing import build_knowledge
from audio.prosody import Prosody, prosody
from tests.bench.endpoint_cases import (
    Aligner,
    Case,
    manifest,
    pack_recogniser,
    real,
    spelled,
    synthetic,
)

VOICES = ("pico:en-GB", "flite:slt", "flite:rms")
RIDGE = 2.0
ELSEWHERE = 0.3
CURVE = (
    *((0.35, sure) for sure in (0.7, 0.8, 0.85, 0.9)),
    *((0.45, sure) for sure in (0.6, 0.7, 0.75, 0.8, 0.85, 0.9)),
)
"""Pairs of `shortest_s` and `sure`."""

_SOUND = tuple(heard(Prosody(), 1.0))
_WORDS = ("words", "ends", "ends_known")
KINDS = {"words and sound": _SOUND + _WORDS, "words": _WORDS, "sound": _SOUND}

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One silence, with what the judge weighs."""

    case: Case
    lasts_s: float
    laid_in: bool
    pause: Pause
    sound: dict[str, float]
    words: list[str]
    asked: bool
    """Whether it is what people ask of an appliance, as recognised."""

    def unaided(self) -> Row:
        """The same where nobody knows how the documents' sentences end."""
        return replace(self, pause=replace(self.pause, is_question_complete=None))

    @property
    def group(self) -> str:
        """What is judged together: a source of recordings, or a manual in all voices."""
        manual, _, question = self.case.speaker.partition("/")
        return manual if question.isdigit() else self.case.source

    @property
    def counts(self) -> bool:
        """Whether it is no mere repetition: an end counts once, whatever was laid in before it."""
        return not self.finished or self.case.kind == "plain"

    @property
    def finished(self) -> bool:
        return math.isinf(self.lasts_s)


@dataclass(frozen=True)
class Text:
    """A finished sentence, and where it is from."""

    words: list[str]
    group: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("speech", type=Path)
    parser.add_argument("--manuals", nargs="*", type=Path, default=[Path("tests/golden/espresso")])
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--every", type=int, default=4, help="of the golden questions")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--learn", action="store_true")
    arguments = parser.parse_args()
    rows = [row for case in _cases(arguments) for row in _rows(case) if row.counts]
    _by_source(rows)
    texts = _texts(arguments.speech)
    _curves(rows, texts)
    if arguments.learn:
        _print_weights(rows, texts)


def _cases(arguments: argparse.Namespace) -> list[Case]:
    kept: Path | None = arguments.keep
    if kept and kept.exists():
        loaded: list[Case] = pickle.loads(kept.read_bytes())
        return loaded
    with tempfile.TemporaryDirectory() as scratch:
        coffee = _pack(Path(__file__).parent / "coffee", Path(scratch))
        cases = list(real(arguments.speech, Aligner(pack_recogniser(coffee)), arguments.orders))
        for manual in arguments.manuals:
            pack = _pack(manual / "docs", Path(scratch))
            cases += synthetic(manual, pack, VOICES, arguments.every)
    if kept:
        kept.write_bytes(pickle.dumps(cases))
    return cases


def _pack(documents: Path, scratch: Path) -> Path:
    pack = scratch / f"{documents.parent.name}.{documents.name}.pack"
    asyncio.run(build_knowledge(load_config(), documents, pack, None))
    return pack


def _rows(case: Case) -> Iterator[Row]:
    for moment in case.pauses:
        pause = Pause(
            moment.sound,
            moment.silence_s,
            moment.spoken_s,
            moment.text if moment.heard is None else moment.heard,
            moment.inner_pauses_s,
            moment.ends,
        )
        spoken_s = moment.spoken_s - sum(moment.inner_pauses_s)
        sound = heard(prosody(moment.sound, moment.silence_s), spoken_s)
        words = (pause.text or "").split()
        yield Row(
            case, moment.lasts_s, moment.laid_in, pause, sound, words, moment.heard is not None
        )


def _by_source(rows: list[Row]) -> None:
    print("the judge as shipped (words and sound, no is_question_complete; then sound alone)")
    for source in (*sorted({row.case.source for row in rows}), "all"):
        chosen = [row for row in rows if source in {row.case.source, "all"}]
        both = [Judge().patience_s(row.unaided().pause) for row in chosen]
        alone = [Judge().patience_s(replace(row.pause, text=None)) for row in chosen]
        print(f"{source:22} {_line(chosen, both)}   | {_line(chosen, alone)}")


def _line(rows: list[Row], patiences_s: list[float]) -> str:
    waited = np.array(patiences_s)
    finished = np.array([row.finished for row in rows])
    lasts_s = np.array([row.lasts_s for row in rows])
    laid_in = np.array([row.laid_in for row in rows]) & np.isfinite(lasts_s)
    own = np.isfinite(lasts_s) & ~laid_in & (lasts_s <= 0.75)
    parts = ["finished    -"]
    if finished.any():
        p50, p95 = np.quantile(waited[finished], [0.5, 0.95])
        parts = [f"finished {finished.sum():4} p50 {p50:.2f} p95 {p95:.2f} s"]
    for name, chosen in (("laid in", laid_in), ("own", own)):
        if chosen.any():
            cut = (waited[chosen] < lasts_s[chosen]).mean()
            parts.append(f"{name} {chosen.sum():4} cut {cut:5.1%}")
    return "  ".join(parts)


def _curves(rows: list[Row], texts: list[Text]) -> None:
    """Weights are learnt without the speakers, then without the source or manual, judged."""
    folds = [f"fold {zlib.crc32(row.case.speaker.encode()) % 6}" for row in rows]
    _curve(rows, texts, np.array(folds), "the speakers or questions")
    _curve(rows, texts, np.array([row.group for row in rows]), "the source or manual")


def _curve(rows: list[Row], texts: list[Text], groups: NDArray[np.str_], without: str) -> None:
    unaided = [row.unaided() for row in rows]
    for name, chosen in KINDS.items():
        found, found_unaided = np.zeros(len(rows)), np.zeros(len(rows))
        for group in set(groups):
            signs_worth = _words_learnt([text for text in texts if text.group != group])
            worth = _learnt([r for r, g in zip(rows, groups, strict=True) if g != group],
                            chosen, signs_worth)  # fmt: skip
            judged = groups == group
            found[judged] = _judged(rows, chosen, signs_worth, worth)[judged]
            found_unaided[judged] = _judged(unaided, chosen, signs_worth, worth)[judged]
        print(f"\n{name}, weights learnt without {without} judged; questions and orders")
        _trade_off(rows, found, words="words" in chosen)
        if "words" in chosen:
            print("  … and where `is_question_complete` is not known")
            _trade_off(rows, found_unaided, words=True)


def _trade_off(rows: list[Row], found: Floats, *, words: bool) -> None:
    asked = [row for row in rows if row.asked]
    probabilities = [p for row, p in zip(rows, found, strict=True) if row.asked]
    for shortest_s, sure in CURVE:
        settings = EndpointSettings(shortest_s=shortest_s, sure=sure, unsure=sure - 0.1)
        waited = [
            patience_s(p, settings, more=words and hesitates(row.words))
            for p, row in zip(probabilities, asked, strict=True)
        ]
        print(f"  shortest {shortest_s:.2f} s sure {sure:.2f}  {_line(asked, waited)}")


def _judged(
    rows: list[Row], chosen: Sequence[str], signs_worth: Mapping[str, float], worth: Floats
) -> Floats:
    """The probability of each row that it is finished."""
    x = _columns(rows, chosen, signs_worth)
    found: Floats = 1 / (1 + np.exp(-(x @ worth[1:] + worth[0])))
    return found


def _learnt(rows: list[Row], chosen: Sequence[str], signs_worth: Mapping[str, float]) -> Floats:
    """With words, each twice: the judge must do with and without `is_question_complete`."""
    words = "words" in chosen
    taught = rows + [row.unaided() for row in rows if row.asked and words]
    y = np.array([row.finished for row in taught])
    return learnt(_columns(taught, chosen, signs_worth), y, weight(taught, asked=words))


def _columns(rows: list[Row], chosen: Sequence[str], signs_worth: Mapping[str, float]) -> Floats:
    values = [_values(row, signs_worth) for row in rows]
    return np.array([[value[key] for key in chosen] for value in values])


def _values(row: Row, signs_worth: Mapping[str, float]) -> dict[str, float]:
    return {**row.sound, **worded(row.words, row.pause.is_question_complete, signs_worth)}


def weight(rows: list[Row], *, asked: bool) -> Floats:
    """Every group counts by the root of its number; finished and unfinished alike.

    Where the words are weighed, too (`asked`), dictation and books count less than what people
    ask of an appliance: letters and half sentences say nothing about the end of a question.
    """
    keys = [(row.group, row.finished) for row in rows]
    count = Counter(keys)
    share = [ELSEWHERE if asked and not row.asked else 1.0 for row in rows]
    weights = np.array([part * count[key] ** -0.5 for key, part in zip(keys, share, strict=True)])
    return weights / weights.mean()


def learnt(x: Floats, y: NDArray[np.bool_], weights: Floats) -> Floats:
    """Logistic regression with a ridge, by Newton's steps: the bias and a weight a column."""
    columns = np.c_[np.ones(len(x)), x]
    ridge = np.diag([1e-6, *[RIDGE] * x.shape[1]])
    found = np.zeros(columns.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-columns @ found))
        slope = columns.T @ (weights * (y - p)) - ridge @ found
        bend = (columns * (weights * p * (1 - p))[:, None]).T @ columns + ridge
        found = found + np.linalg.solve(bend, slope)
    return found


def _texts(speech: Path) -> list[Text]:
    """Questions, orders and sentences; each is finished at its end and nowhere before."""
    lines = [(line, "frames") for line in EVERYDAY + GENERAL]
    for golden in sorted(Path("tests/golden").glob("*/golden.tsv")):
        lines += [(item.question, golden.parent.name) for item in read_golden(golden)]
    for row in manifest(speech):
        if row["kind"] in {"read", "command", "question"}:
            lines.append((row["transcript"], row["path"].split("/")[0]))
    return [Text(spelled(text).split(), group) for text, group in lines if spelled(text)]


def _words_learnt(texts: list[Text]) -> dict[str, float]:
    """What each sign is worth. What goes on counts once a sentence, like its end."""
    prefixes = [(t.words[:n], n == len(t.words)) for t in texts for n in range(1, len(t.words) + 1)]
    counts = [1.0 if n == len(t.words) else 1 / (len(t.words) - 1)
              for t in texts for n in range(1, len(t.words) + 1)]  # fmt: skip
    x = np.array([signs(words) for words, _ in prefixes])
    y = np.array([end for _, end in prefixes])
    return _named(SIGNS, learnt(x, y, np.array(counts)))


def _named(names: Iterable[str], worth: Floats) -> dict[str, float]:
    return dict(zip(["bias", *names], worth.round(2).tolist(), strict=True))


def _print_weights(rows: list[Row], texts: list[Text]) -> None:
    """As `appliance/endpointing/weights.py` has them."""
    signs_worth = _words_learnt(texts)
    tables = {"WORDS": signs_worth}
    for name, kind in (("SOUND", "sound"), ("BOTH", "words and sound")):
        tables[name] = _named(KINDS[kind], _learnt(rows, KINDS[kind], signs_worth))
    for name, table in tables.items():
        print(f"{name}: Final = {{")
        for key, value in table.items():
            print(f'    "{key}": {value:.2f},')
        print("}")


if __name__ == "__main__":
    main()
