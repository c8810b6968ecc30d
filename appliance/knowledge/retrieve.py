"""Question to passages: BM25 finds candidates, features put them in order and judge them."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.engines.ports import Passage
from appliance.knowledge.calibration import BELIEF, RANK, THRESHOLD, sigmoid
from appliance.knowledge.features import NAMES, measure, view
from appliance.knowledge.pack import Pack, StoredPassage
from appliance.knowledge.question import Question, Vocabulary, analyse

CANDIDATES = 60
DEFAULT_COUNT = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with its features (by name) and its rank score (any real number)."""

    passage: StoredPassage
    features: dict[str, float]
    score: float


class PackRetriever:
    """Finds the passages of one pack that may answer a question."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        rows = pack.vocabulary()
        frequency = {stem: count for _, stem, count in rows}
        count = int(pack.meta.get("passages", "0"))
        self.vocabulary = Vocabulary(frequency, count, [word for word, _, _ in rows])

    def retrieve(self, question: str, count: int = DEFAULT_COUNT) -> list[Passage]:
        """At most `count` passages of different sources, best first; [] if nothing matches.

        Raises:
            KnowledgeError: KNOW-PACK-CORRUPT if the pack turns out to be damaged.
        """
        asked = analyse(question, self.vocabulary)
        found = self.candidates(asked)
        return [
            Passage(c.passage.text, c.passage.source, c.passage.title, belief(found, index))
            for index, c in enumerate(found[:count])
        ]

    def candidates(self, question: Question) -> list[Candidate]:
        """Candidates in order, the best of each source."""
        stems = sorted({stem for t in question.terms for phrase in t.relatives for stem in phrase})
        rows = self._pack.search(stems, CANDIDATES) if stems else []
        most = rows[0][1] if rows else 1.0
        scored = [
            _candidate(question, passage, bm25 / most if most else 0.0) for passage, bm25 in rows
        ]
        best: dict[str, Candidate] = {}
        for candidate in sorted(scored, key=lambda c: (-c.score, c.passage.id)):
            best.setdefault(candidate.passage.source, candidate)
        return list(best.values())


def _candidate(question: Question, passage: StoredPassage, bm25: float) -> Candidate:
    features = dict(zip(NAMES, measure(question, view(passage), bm25), strict=True))
    return Candidate(passage, features, sum(w * features[name] for name, w in RANK.items()))


def belief(found: list[Candidate], index: int) -> float:
    """The probability that the candidate at `index` answers the question."""
    values = evidence(found, index)
    return sigmoid(sum(weight * values[name] for name, weight in BELIEF.items()))


def evidence(found: list[Candidate], index: int) -> dict[str, float]:
    """What a belief rests on: features, `score`, and the `margin` over the best of the others."""
    own = found[index]
    rival = max((c.score for i, c in enumerate(found) if i != index), default=0.0)
    return {**own.features, "bias": 1.0, "score": own.score, "margin": own.score - rival}


def grounded(passages: list[Passage], threshold: float = THRESHOLD) -> bool:
    """Whether the best passage is good enough to answer from; if not, say that you don't know."""
    return bool(passages) and passages[0].score >= threshold
