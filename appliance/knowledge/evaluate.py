"""Golden questions put to a pack: how many it finds, answers and leaves unanswered as it should."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from appliance.engines.ports import Passage
from appliance.errors import KnowledgeError
from appliance.knowledge.calibration import THRESHOLD
from appliance.knowledge.golden import Golden
from appliance.knowledge.pack import Pack
from appliance.knowledge.reader import answer
from appliance.knowledge.retrieve import PackRetriever, grounded

TOP = 3
CURVE_STEPS = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question. `answer` is "" where it abstained; `score` is of the best."""

    question: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    score: float
    answer: str
    spoken_source: str | None

    @property
    def answerable(self) -> bool:
        """Whether the pack holds an answer."""
        return bool(self.expected)

    @property
    def abstained(self) -> bool:
        """Whether the appliance said that it does not know."""
        return self.spoken_source is None

    @property
    def right(self) -> bool:
        """Answered from an expected source; or left unanswered as it should be."""
        return self.spoken_source in self.expected if self.answerable else self.abstained


@dataclass(frozen=True, slots=True)
class Gate:
    """The bars of a pack, as shares 0..1."""

    min_top1: float = 0.0
    min_top3: float = 0.95
    min_spoken: float = 0.85
    min_abstained: float = 0.90
    max_refused: float = 0.05


@dataclass(frozen=True, slots=True)
class Summary:
    """Shares 0..1; of the answerable questions, but `abstained` of the unanswerable.

    `spoken` is the share of the answers given that quote a right source; `refused` the share of
    answerable questions that were left unanswered. A share of nothing is None.
    """

    answerable: int
    unanswerable: int
    top1: float | None
    top3: float | None
    spoken: float | None
    abstained: float | None
    refused: float | None

    def shortfalls(self, gate: Gate) -> list[str]:
        """In which bars the pack fails, in words; [] if it passes."""
        least = [
            ("right source first", self.top1, gate.min_top1),
            ("right source in the top 3", self.top3, gate.min_top3),
            ("right source spoken", self.spoken, gate.min_spoken),
            ("unanswerable left unanswered", self.abstained, gate.min_abstained),
        ]
        found = [
            f"{name}: {v:.0%} < {bar:.0%}" for name, v, bar in least if v is not None and v < bar
        ]
        if self.refused is not None and self.refused > gate.max_refused:
            found.append(f"answerable left unanswered: {self.refused:.0%} > {gate.max_refused:.0%}")
        return found


def ask_all(
    pack: Pack, questions: Sequence[Golden], threshold: float = THRESHOLD
) -> Iterator[Outcome]:
    """Put each question to the pack.

    Raises:
        KnowledgeError: KNOW-GOLDEN-SOURCE if a question expects a source that the pack lacks.
    """
    known = pack.sources()
    retriever = PackRetriever(pack)
    for golden in questions:
        _require(golden, known)
        yield _outcome(golden, retriever.retrieve(golden.question), threshold)


def _require(golden: Golden, known: set[str]) -> None:
    for source in golden.sources:
        if source not in known:
            document = source.partition("#")[0]
            near = sorted(other for other in known if other.partition("#")[0] == document)
            hint = f"{document} has {', '.join(near[:8])}" if near else "check the spelling"
            raise KnowledgeError(
                "KNOW-GOLDEN-SOURCE",
                f"line {golden.line} of the golden questions cannot be judged",
                f"the pack has no source {source}",
                hint,
            )


def _outcome(golden: Golden, passages: list[Passage], threshold: float) -> Outcome:
    spoken = list(answer(golden.question, passages)) if grounded(passages, threshold) else []
    return Outcome(
        golden.question,
        golden.sources,
        tuple(passage.source for passage in passages[:TOP]),
        passages[0].score if passages else 0.0,
        " ".join(sentence.text for sentence in spoken),
        spoken[0].source if spoken else None,
    )


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """The shares over all outcomes."""
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    others = [outcome for outcome in outcomes if not outcome.answerable]
    given = [outcome for outcome in answerable if not outcome.abstained]
    return Summary(
        len(answerable),
        len(others),
        _share(
            [outcome.found[:1] and outcome.found[0] in outcome.expected for outcome in answerable]
        ),
        _share([bool(set(outcome.found) & set(outcome.expected)) for outcome in answerable]),
        _share([outcome.right for outcome in given]),
        _share([outcome.abstained for outcome in others]),
        _share([outcome.abstained for outcome in answerable]),
    )


def _share(hits: Sequence[object]) -> float | None:
    return sum(map(bool, hits)) / len(hits) if hits else None


def as_json(outcomes: Sequence[Outcome], gate: Gate) -> dict[str, object]:
    """The outcomes, the summary and the verdict, for machines."""
    summary = summarise(outcomes)
    fails = summary.shortfalls(gate)
    rows = [
        asdict(outcome) | {"right": outcome.right, "abstained": outcome.abstained}
        for outcome in outcomes
    ]
    return {
        "passed": not fails,
        "shortfalls": fails,
        "summary": asdict(summary),
        "gate": asdict(gate),
        "questions": rows,
    }


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a threshold would give: shares 0..1, as in `Summary`."""

    threshold: float
    abstained: float
    refused: float


def choose_threshold(outcomes: Sequence[Outcome]) -> tuple[float, list[CurvePoint]]:
    """The threshold that balances both errors best against their bars, and the whole curve.

    The bars allow twice as many unanswerable questions answered as answerable ones refused.
    """
    good = [outcome.score for outcome in outcomes if outcome.answerable]
    bad = [outcome.score for outcome in outcomes if not outcome.answerable]
    steps = [step / CURVE_STEPS for step in range(CURVE_STEPS + 1)]
    curve = [
        CurvePoint(t, _share([s < t for s in bad]) or 0.0, _share([s < t for s in good]) or 0.0)
        for t in steps
    ]
    best = min(curve, key=lambda point: max(2 * point.refused, 1 - point.abstained))
    return best.threshold, curve
