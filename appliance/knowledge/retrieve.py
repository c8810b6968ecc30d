"""Question to passages: words and meaning find candidates, features put them in order.

The first few are then read together with the question, and all that is known of them says how
likely it is that they answer it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import chain, repeat

from appliance.engines.ports import Passage
from appliance.knowledge.calibration import BELIEF, RANK, READ, THRESHOLD, sigmoid
from appliance.knowledge.features import NAMES, measure, stems, view
from appliance.knowledge.meaning.index import MeaningIndex, Nearness, below_headings
from appliance.knowledge.meaning.kinship import Kinship
from appliance.knowledge.meaning.verifier import Verifier
from appliance.knowledge.pack import Pack, StoredPassage, corruption
from appliance.knowledge.question import Question, Vocabulary, analyse

CANDIDATES = 60
NEAR_IN_MEANING = 20
DEFAULT_COUNT = 5
CLOSELY_READ = 5
"""Passages that are read together with the question, each for some 30 ms."""
UNREAD = -1.0
"""What counts as the verifier's word on the others."""
VERIFIER_SCALE = 4.0
"""Logits of the verifier seldom exceed it."""
REMEMBERED = 8
"""Questions that were skimmed, and such as were answered: they are often asked again at once."""
NOTHING = -100.0
"""What skimming says where nothing matches at all."""
SCORE_SCALE, MARGIN_SCALE = 10.0, 5.0
"""A rank score seldom exceeds the one, nor a lead over the second best the other."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with its features (by name) and its rank score (any real number)."""

    passage: StoredPassage
    features: dict[str, float]
    score: float


class PackRetriever:
    """Finds the passages of one pack that may answer a question."""

    def __init__(self, pack: Pack, without: frozenset[str] = frozenset()) -> None:
        """`without`: sources to leave out, as if nobody had written them (to learn from)."""
        self._pack, self._without = pack, without
        self.vocabulary = _learnt(pack, without) if without else _stored(pack)
        self._passages = {p.id: p for p in pack.stored() if p.source not in without}
        self._meanings = _index(pack, self._passages)
        with corruption(pack.path):
            words = [word for word, _, _ in pack.vocabulary()]
            self._kinship = Kinship(words, pack.word_meanings())
        self._skimmed = lru_cache(maxsize=REMEMBERED)(self._skim)
        self._found = lru_cache(maxsize=REMEMBERED)(self._find)

    def retrieve(self, question: str, count: int = DEFAULT_COUNT) -> list[Passage]:
        """At most `count` passages of different sources, best first; [] if nothing matches.

        Where there is no content word ("so", "what is it"), nothing is asked, and all scores are 0.

        Raises:
            KnowledgeError: KNOW-PACK-CORRUPT if the pack turns out to be damaged.
        """
        found = self._found(question)
        beliefs = [belief(found, index) for index in range(min(count, len(found)))]
        if not self._skimmed(question)[0].terms:
            beliefs = [0.0] * len(beliefs)
        return [
            Passage(c.passage.text, c.passage.source, c.passage.title, score)
            for c, score in zip(found, beliefs, strict=False)
        ]

    def skim(self, question: str) -> float:
        """The best passage's rank score before anything is read closely."""
        return max((found.score for found in self._skimmed(question)[1]), default=NOTHING)

    def _find(self, text: str) -> list[Candidate]:
        question, skimmed = self._skimmed(text)
        return read_closely(question, skimmed) if skimmed else []

    def _skim(self, text: str) -> tuple[Question, list[Candidate]]:
        question = analyse(text, self.vocabulary)
        found = self.scored(question) if question.text.strip() else []
        return question, best_of_each_source(found)

    def scored(self, question: Question) -> list[Candidate]:
        """All candidates: those of BM25, then those that are only near in meaning."""
        wanted = sorted({stem for t in question.terms for phrase in t.relatives for stem in phrase})
        rows = self._pack.search(wanted, CANDIDATES + 10 * len(self._without)) if wanted else []
        rows = [row for row in rows if row[0].source not in self._without][:CANDIDATES]
        most = max((bm25 for _, bm25 in rows), default=0.0) or 1.0
        shares = {passage.id: bm25 / most for passage, bm25 in rows}
        near = self._meanings.nearness(question.text)
        for number in sorted(self._passages, key=lambda n: -max(near[n]))[:NEAR_IN_MEANING]:
            shares.setdefault(number, 0.0)
        return [
            self._candidate(question, self._passages[number], share, near[number])
            for number, share in shares.items()
        ]

    def _candidate(
        self, question: Question, passage: StoredPassage, bm25: float, near: Nearness
    ) -> Candidate:
        seen = view(passage)
        features = dict(zip(NAMES, measure(question, seen, bm25), strict=True))
        features |= near._asdict() | self._kinship.measure(question, passage, seen.everywhere)
        features["answers"] = UNREAD
        score = sum(weight * features[name] for name, weight in RANK.items())
        return Candidate(passage, features, score)


def best_of_each_source(candidates: Collection[Candidate]) -> list[Candidate]:
    """In order of their scores."""
    best: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=lambda c: (-c.score, c.passage.id)):
        best.setdefault(candidate.passage.source, candidate)
    return list(best.values())


def read_closely(question: Question, found: Sequence[Candidate]) -> list[Candidate]:
    """Let the verifier read the first `CLOSELY_READ` and put them all in order anew."""
    return in_order_of_answers(found, answers(question, found[:CLOSELY_READ]), READ)


def answers(question: Question, found: Sequence[Candidate]) -> list[float]:
    """What the verifier says of each: above 0, that it answers the question."""
    read = [below_headings(c.passage.path, c.passage.text) for c in found]
    return [logit / VERIFIER_SCALE for logit in verifier().weigh(question.text, read)]


def in_order_of_answers(
    found: Sequence[Candidate], said: Sequence[float], weight: float
) -> list[Candidate]:
    """With what the verifier says of the first ones; of the others it says `UNREAD`."""
    weighed = [
        replace(c, features={**c.features, "answers": value}, score=c.score + weight * value)
        for c, value in zip(found, chain(said, repeat(UNREAD)), strict=False)
    ]
    return sorted(weighed, key=lambda c: (-c.score, c.passage.id))


@cache
def verifier() -> Verifier:
    """The verifier of this process, loaded when it is first needed."""
    return Verifier()


def _index(pack: Pack, passages: Collection[int]) -> MeaningIndex:
    with corruption(pack.path):
        index = MeaningIndex(pack.meanings())
        if not index.ids.issuperset(passages):
            raise ValueError("a passage without meaning")
        return index


def _stored(pack: Pack) -> Vocabulary:
    rows = pack.vocabulary()
    frequency = {root: count for _, root, count in rows}
    headings = (root for path in pack.paths() for root in stems(path))
    words = [word for word, _, _ in rows]
    return Vocabulary(frequency, int(pack.meta["passages"]), words, headings)


def _learnt(pack: Pack, without: frozenset[str]) -> Vocabulary:
    views = [view(passage) for passage in pack.stored() if passage.source not in without]
    frequency = Counter(root for seen in views for root in seen.everywhere)
    words = [word for word, root, _ in pack.vocabulary() if root in frequency]
    headings = (root for seen in views for root in seen.heading | seen.path)
    return Vocabulary(frequency, len(views), words, headings)


def belief(found: Sequence[Candidate], index: int) -> float:
    """The probability that the candidate at `index` answers the question."""
    values = evidence(found, index)
    return sigmoid(sum(weight * values[name] for name, weight in BELIEF.items()))


def evidence(found: Sequence[Candidate], index: int) -> dict[str, float]:
    """What a belief rests on: features, `score`, and how far they lead the others'.

    `margin` is over the best of the others' scores; `contrast` over the mean of what the verifier
    says of the others, since the way a question is put raises or lowers its word on all of them.
    """
    own = found[index]
    rival = max((c.score for i, c in enumerate(found) if i != index), default=0.0)
    margin = max(-1.0, min(1.0, (own.score - rival) / MARGIN_SCALE))
    read = [c.features["answers"] for i, c in enumerate(found[:CLOSELY_READ]) if i != index]
    return {
        **own.features,
        "bias": 1.0,
        "score": own.score / SCORE_SCALE,
        "margin": margin,
        "contrast": own.features["answers"] - (sum(read) / len(read) if read else UNREAD),
    }


def grounded(passages: Sequence[Passage], threshold: float = THRESHOLD) -> bool:
    """Whether the best passage is good enough to answer from; if not, say that you don't know."""
    return bool(passages) and passages[0].score >= threshold
