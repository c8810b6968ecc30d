"""Learns `appliance/knowledge/calibration.py` from golden questions, and says how well it carries.

    python -m tests.appliance.knowledge.learn MANUAL…      print the tables, learnt from all
    python -m tests.appliance.knowledge.learn --leave-out MANUAL…   judge each by the others

MANUAL is a folder with `docs/` and `golden.tsv`. Beside the questions of the file, each answerable
one is asked once more of a pack without its answer: that is what a near miss looks like.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from appliance.knowledge import retrieve
from appliance.knowledge.build import build_pack
from appliance.knowledge.calibration import sigmoid
from appliance.knowledge.golden import read_golden
from appliance.knowledge.pack import Pack
from appliance.knowledge.question import analyse
from appliance.knowledge.retrieve import Candidate, PackRetriever

RANK = (
    "coverage", "exact", "heading", "heading_precision", "sentence", "near", "kind", "bm25",
    "meaning", "topic", "whole",
)  # fmt: skip
BELIEF = (
    "bias", "score", "margin", "unknown", "missing", "guessed", "coverage", "sentence", "heading",
    "length", "focus", "unmet", "mass", "story", "statement", "held", "near", "heading_precision",
    "bm25", "exact", "kind", "bond", "meaning", "topic", "whole", "stranger", "kin", "answers",
    "contrast",
)  # fmt: skip
READ_AHEAD = 8
"""Passages that the verifier reads here: the best under the shipped weights, and some more."""
RANK_PENALTY, BELIEF_PENALTY = 0.02, 2.0
NEAR_MISS, UNANSWERABLE = 0.4, 2.0
"""How much such a question counts against an answerable one."""


@dataclass
class Asked:
    """A question put to one pack, with all of its candidates."""

    manual: str
    text: str
    gold: tuple[str, ...]
    near_miss: bool
    candidates: list[Candidate]


def ask(folder: Path) -> list[Asked]:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "pack"
        build_pack(folder / "docs", path)
        with Pack.open(path) as pack:
            return [
                asked
                for golden in read_golden(folder / "golden.tsv")
                for asked in _ask(pack, folder.name, golden.question, golden.sources)
            ]


def _ask(pack: Pack, manual: str, text: str, gold: tuple[str, ...]) -> list[Asked]:
    def put(sources: tuple[str, ...], without: frozenset[str]) -> Asked:
        retriever = PackRetriever(pack, without)
        question = analyse(text, retriever.vocabulary)
        found = retrieve.best_of_each_source(retriever.scored(question))
        said = retrieve.answers(question, found[:READ_AHEAD])
        read = retrieve.in_order_of_answers(found[:READ_AHEAD], said, 0.0)
        return Asked(manual, text, sources, bool(without), [*read, *found[READ_AHEAD:]])

    return [put(gold, frozenset()), *([put((), frozenset(gold))] if gold else [])]


def matrix(candidates: Sequence[Candidate]) -> np.ndarray:
    return np.array([[c.features[name] for name in RANK] for c in candidates])


def learn_rank(questions: Sequence[Asked]) -> np.ndarray:
    """Weights under which the right passage is the likeliest of all (a conditional logit)."""
    groups = []
    for asked in questions:
        right = np.array([c.passage.source in asked.gold for c in asked.candidates])
        if right.any():
            groups.append((matrix(asked.candidates), right))
    weights = np.ones(len(RANK))
    for _ in range(800):
        slope = -2 * RANK_PENALTY * weights
        for features, right in groups:
            share = np.exp(features @ weights - (features @ weights).max())
            share /= share.sum()
            wanted = share * right / (share * right).sum()
            slope += features.T @ (wanted - share) / len(groups)
        weights += slope
    return weights


def learn_read(questions: Sequence[Asked], weights: np.ndarray) -> float:
    """The weight of the verifier's word under which the right passage is the likeliest."""
    groups = []
    for asked in questions:
        found = ranked(asked.candidates, weights, 0.0)[: retrieve.CLOSELY_READ]
        right = np.array([c.passage.source in asked.gold for c in found])
        if right.any() and not right.all():
            values = np.array([[c.score, c.features["answers"]] for c in found])
            groups.append((values, right))
    read = 0.0
    for _ in range(400):
        slope = 0.0
        for values, right in groups:
            total = values[:, 0] + read * values[:, 1]
            share = np.exp(total - total.max())
            share /= share.sum()
            wanted = share * right / (share * right).sum()
            slope += float(values[:, 1] @ (wanted - share)) / len(groups)
        read += 2 * slope
    return read


def ranked(candidates: Sequence[Candidate], weights: np.ndarray, read: float) -> list[Candidate]:
    """As `retrieve` puts them in order: by words and meaning, then the first ones as read."""
    scored = [
        replace(c, score=float(np.dot([c.features[n] for n in RANK], weights))) for c in candidates
    ]
    found = sorted(scored, key=lambda c: -c.score)
    said = [c.features["answers"] for c in found[: retrieve.CLOSELY_READ]]
    return retrieve.in_order_of_answers(found, said, read)


def row(found: Sequence[Candidate]) -> list[float]:
    values = retrieve.evidence(found, 0)
    return [values[name] for name in BELIEF]


def learn_belief(questions: Sequence[Asked], weights: np.ndarray, read: float) -> np.ndarray:
    """Logistic weights, by Newton's method; questions whose best passage is wrong say nothing."""
    rows, answers, counts = [], [], []
    for asked in questions:
        found = ranked(asked.candidates, weights, read)
        if not found or (asked.gold and found[0].passage.source not in asked.gold):
            continue
        rows.append(row(found))
        answers.append(float(bool(asked.gold)))
        counts.append(1.0 if asked.gold else NEAR_MISS if asked.near_miss else UNANSWERABLE)
    return _logistic(np.array(rows), np.array(answers), np.array(counts))


def _logistic(rows: np.ndarray, answers: np.ndarray, counts: np.ndarray) -> np.ndarray:
    penalty = np.full(rows.shape[1], BELIEF_PENALTY)
    penalty[0] = 1e-6
    weights = np.zeros(rows.shape[1])
    for _ in range(50):
        share = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (counts * (share - answers)) + penalty * weights
        curve = (rows * (counts * share * (1 - share))[:, None]).T @ rows + np.diag(penalty)
        weights -= np.linalg.solve(curve, slope)
    return weights


@dataclass
class Judged:
    asked: Asked
    score: float
    found: list[str]


def judge(
    questions: Sequence[Asked], rank: np.ndarray, read: float, belief: np.ndarray
) -> list[Judged]:
    judged = []
    for asked in questions:
        found = ranked(asked.candidates, rank, read)
        score = sigmoid(float(np.dot(row(found), belief))) if found else 0.0
        judged.append(Judged(asked, score, [c.passage.source for c in found]))
    return judged


def summary(judged: Sequence[Judged], threshold: float | None = None) -> str:
    real = [one for one in judged if not one.asked.near_miss]
    good = [one for one in real if one.asked.gold]
    bad = [one for one in real if not one.asked.gold]

    def errors(bar: float) -> tuple[float, float]:
        return float(np.mean([o.score < bar for o in good])), float(
            np.mean([o.score < bar for o in bad])
        )

    if threshold is None:
        steps = np.linspace(0, 1, 201)
        costs = [max(2 * errors(bar)[0], 1 - errors(bar)[1]) for bar in steps]
        best = [bar for bar, cost in zip(steps, costs, strict=True) if cost == min(costs)]
        threshold = float(np.mean(best))
    refused, abstained = errors(threshold)
    area = np.mean([[a.score > b.score for b in bad] for a in good])
    given = [one for one in good if one.score >= threshold]
    tops = [np.mean([bool(set(o.found[:k]) & set(o.asked.gold)) for o in good]) for k in (1, 3)]
    spoken = np.mean([one.found[0] in one.asked.gold for one in given])
    return (
        f"top-1 {tops[0]:.3f}  top-3 {tops[1]:.3f}  spoken {spoken:.3f}  abstained {abstained:.3f}"
        f"  refused {refused:.3f}  area {area:.3f}  threshold {threshold:.3f}"
    )


def show(judged: Sequence[Judged]) -> None:
    for one in sorted(judged, key=lambda o: o.score):
        if not one.asked.near_miss:
            right = set(one.found[:3]) & set(one.asked.gold)
            mark = (
                "-"
                if not one.asked.gold
                else "1"
                if one.found[:1] and one.found[0] in one.asked.gold
                else "3"
                if right
                else "X"
            )
            print(
                f"{one.score:.2f} {mark} {one.asked.text}  {one.found[:1] if mark != '1' else ''}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manuals", type=Path, nargs="+")
    parser.add_argument("--leave-out", action="store_true")
    parser.add_argument("--test", type=Path, nargs="*", default=[])
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        questions = [asked for manual in pool.map(ask, args.manuals) for asked in manual]
    judged: list[Judged] = []
    for folder in args.manuals if args.leave_out else ():
        others = [asked for asked in questions if asked.manual != folder.name]
        rank = learn_rank(others)
        read = learn_read(others, rank)
        belief = learn_belief(others, rank, read)
        own = judge([a for a in questions if a.manual == folder.name], rank, read, belief)
        print(f"{folder.name:12}", summary(own))
        judged += own
    if judged:
        print(f"{'left out':12}", summary(judged))
    rank = learn_rank(questions)
    read = learn_read(questions, rank)
    belief = learn_belief(questions, rank, read)
    learnt = judge(questions, rank, read, belief)
    print(f"{'learnt':12}", summary(learnt))
    for folder in args.test:
        print(f"test {folder.name:7}", summary(judge(ask(folder), rank, read, belief)))
    print("RANK", dict(zip(RANK, rank.round(2).tolist(), strict=True)))
    print("READ", round(read, 2))
    print("BELIEF", dict(zip(BELIEF, belief.round(2).tolist(), strict=True)))
    if args.show:
        show(judged or learnt)


if __name__ == "__main__":
    main()
