"""What speaks for a passage as the answer to a question, as numbers from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from appliance.knowledge.cues import fits
from appliance.knowledge.pack import StoredPassage
from appliance.knowledge.passages import heading_words
from appliance.knowledge.question import Question, Term
from appliance.knowledge.sentences import units
from appliance.knowledge.words import stem, tokens

HEADING_HELPS = 0.8
"""How much a word in the heading counts for each sentence below it."""
PATH_HELPS = 0.5
NEAR = 4
"""Words this far apart at most belong together."""

NAMES = (
    "coverage", "exact", "heading", "heading_precision", "sentence", "near", "kind", "bm25",
    "unknown", "missing", "guessed", "length", "focus", "unmet", "mass", "story", "statement",
    "held", "bond",
)  # fmt: skip
STRICT = frozenset(
    ("price", "purchase", "frequency", "duration", "temperature", "measure", "number")
)
"""Kinds of question that an answer without the right kind of value cannot answer."""


@dataclass(frozen=True, slots=True)
class View:
    """A passage as sets of stems: nearest heading, outer headings, each quotable unit."""

    heading: frozenset[str]
    path: frozenset[str]
    rows: tuple[tuple[str, ...], ...]
    units: tuple[str, ...]

    @property
    def everywhere(self) -> frozenset[str]:
        """All stems of headings and text."""
        return self.heading | self.path | {word for row in self.rows for word in row}


def view(passage: StoredPassage) -> View:
    """The sets of stems of a stored passage."""
    heading = stems(heading_words(passage.path, passage.source))
    path = stems(" ".join(passage.path[:-1]))
    return View(heading, path, passage.stems, tuple(units(passage.text)))


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The stems of a heading."""
    return frozenset(stem(word) for word in tokens(text))


def match(term: Term, words: frozenset[str] | set[str]) -> float:
    """How well a set of stems holds a term: 1 itself, less a relative, 0 not at all."""
    return max(
        (share for phrase, share in term.relatives.items() if words.issuperset(phrase)), default=0.0
    )


def measure(question: Question, seen: View, bm25: float) -> tuple[float, ...]:
    """The features of `NAMES`, in that order; `bm25` is relative to the best candidate (0..1)."""
    total = question.weight or 1.0
    terms, everywhere = question.terms, seen.everywhere
    found = [match(term, everywhere) for term in terms]
    held = [match(term, seen.heading) for term in terms]
    best, kind = _best_unit(question, seen, held)
    pairs = list(zip(terms, found, strict=True))
    focus = question.focus
    return (
        _share(question, found),
        sum(t.weight for t, got in pairs if got == 1) / total,
        _share(question, held),
        _precision(question, seen.heading),
        best,
        _nearness(terms, seen),
        kind,
        bm25,
        max((t.weight for t in terms if t.asked and not t.known), default=0.0),
        max((t.weight * (1 - got) for t, got in pairs if t.asked), default=0.0),
        sum(t.weight for t in terms if 0 < t.known < 1) / total,
        min(1.0, sum(not term.light for term in terms) / 4),
        match(focus, everywhere) if focus else 0.0,
        float(question.kind in STRICT and not kind),
        min(1.0, sum(t.weight * got for t, got in pairs) / 3),
        sum(t.weight for t in terms if not t.asked) / total,
        float(not question.kind),
        max((t.weight * got for t, got in zip(terms, held, strict=True)), default=0.0),
        _bond(question, seen),
    )


def _bond(question: Question, seen: View) -> float:
    """How well one sentence holds what is asked about together with the word after it."""
    full = [term for term in question.terms if not term.light and term.asked]
    if len(full) < 2:  # noqa: PLR2004
        return match(full[0], seen.everywhere) if full else 0.0
    rows = [*map(frozenset, seen.rows), seen.heading]
    return max(min(match(term, row) for term in full[:2]) for row in rows)


def _share(question: Question, found: Sequence[float]) -> float:
    total = question.weight or 1.0
    return sum(t.weight * got for t, got in zip(question.terms, found, strict=True)) / total


def _precision(question: Question, heading: frozenset[str]) -> float:
    """How much of the heading the question speaks of."""
    content = [word for word in heading if len(word) > 2]  # noqa: PLR2004
    said = [
        max((term.relatives.get((word,), 0.0) for term in question.terms), default=0.0)
        for word in content
    ]
    return sum(said) / len(content) if content else 0.0


def _best_unit(question: Question, seen: View, held: list[float]) -> tuple[float, float]:
    """The best share of the question that one sentence (or two in a row) holds, and its kind."""
    outer = [match(term, seen.path) * PATH_HELPS for term in question.terms]
    helped = [max(h * HEADING_HELPS, o) for h, o in zip(held, outer, strict=True)]
    rows = [set(row) for row in seen.rows]
    windows = [(row, text) for row, text in zip(rows, seen.units, strict=False)]
    windows += [(one | two, f"{a} {b}") for (one, a), (two, b) in pairwise(windows)]
    best = (0.0, 0.0)
    for words, text in windows:
        found = [max(match(t, words), h) for t, h in zip(question.terms, helped, strict=True)]
        best = max(best, (_share(question, found), float(fits(question.kind, text))))
    return best


def _nearness(terms: Sequence[Term], seen: View) -> float:
    """The share of neighbouring words of the question that are near each other here too."""
    pairs = list(pairwise(terms))
    if not pairs:
        return 1.0 if terms and match(terms[0], seen.everywhere) else 0.0
    total = sum(a.weight + b.weight for a, b in pairs) or 1.0
    rows = [*seen.rows, tuple(seen.heading)]
    near = sum(a.weight + b.weight for a, b in pairs if any(_together(a, b, row) for row in rows))
    return near / total


def _together(one: Term, two: Term, row: tuple[str, ...]) -> bool:
    first, second = _places(one, row), _places(two, row)
    return any(abs(i - j) <= NEAR for i in first for j in second)


def _places(term: Term, row: tuple[str, ...]) -> list[int]:
    words = {phrase[-1] for phrase in term.relatives if set(phrase) <= set(row)}
    return [index for index, word in enumerate(row) if word in words]
