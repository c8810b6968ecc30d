"""What a question asks: its content words with their relatives, and the kind of answer it wants."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from appliance.knowledge.lexicon import GROUPS, LIGHT, STOP
from appliance.knowledge.sound import SoundIndex
from appliance.knowledge.words import stem, tokens

RELATED = 0.7
"""How much a related word counts, against the word itself."""
LIGHT_SHARE = 0.25
LEAST_WEIGHT = 0.08

Phrase = tuple[str, ...]


class Vocabulary:
    """Which stems a set of passages holds, and how rare each is."""

    def __init__(self, frequency: Mapping[str, int], passages: int, words: Iterable[str]) -> None:
        """`frequency`: passages that hold a stem; `words`: as written, for misheard ones."""
        self.frequency, self.passages = frequency, passages
        self._sounds: SoundIndex | None = None
        self._words = words

    def knows(self, phrase: Phrase) -> bool:
        """Whether every stem of a phrase occurs."""
        return all(stem_ in self.frequency for stem_ in phrase)

    def rarity(self, phrase: Phrase) -> float:
        """0 (in every passage) .. 1 (in none), as its inverse document frequency."""
        count = min(self.frequency.get(stem_, 0) for stem_ in phrase)
        most = math.log1p((self.passages + 0.5) / 0.5)
        return math.log1p((self.passages - count + 0.5) / (count + 0.5)) / most

    def misheard(self, word: str) -> tuple[str, float] | None:
        """The stem of the word that sounds like `word`, and the likeness (0..1)."""
        if self._sounds is None:
            self._sounds = SoundIndex(self._words)
        found = self._sounds.closest(word)
        return (stem(found[0]), found[1]) if found else None


@dataclass(frozen=True, slots=True)
class Term:
    """A content word (or phrase) of a question.

    Attributes:
        phrase: its stems.
        weight: how much it says, 0..1.
        relatives: phrases that count for it → how much (0..1); its own phrase counts 1.
        known: 1 if the passages hold it, less if only a relative or a like sound, 0 if nothing.
        light: whether it says little of the topic.
    """

    phrase: Phrase
    weight: float
    relatives: dict[Phrase, float]
    known: float
    light: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart. `kind` is "" or one of the names in `KINDS`."""

    text: str
    kind: str
    terms: tuple[Term, ...] = field(default=())

    @property
    def weight(self) -> float:
        """Sum of the weights of the terms."""
        return sum(term.weight for term in self.terms)


_SIZE = "heavy|big|large|tall|wide|deep|far|high|loud|small|thick|powerful|close|near"
_RATE = "number|size|pressure|voltage|speed|weight|capacity|percentage"
_SPAN = "seconds|minutes|hours|days|weeks|months|years"
_MAY = (
    "can|may|could|is it (?:ok|okay|safe|possible|allowed)|am i allowed|should|must"
    "|do i (?:have|need)|does it|is|are|does|do|will"
)
_SUPPLY = "power|water|electricity|energy"
_MEANS = "mean|means|meaning|indicate|stand for"
_LIMIT = "what|which|maximum|minimum|highest|lowest"
KINDS = {
    "duration": rf"\bhow (?:long|much time|quickly|fast|soon|many (?:{_SPAN}))\b",
    "frequency": r"\bhow (?:often|frequently|many times)\b",
    "price": r"\b(?:price|cost|costs|expensive|pay|fee|fees)\b",
    "temperature": rf"\b(?:{_LIMIT}) temperatures?\b|\bhow (?:hot|cold|warm)\b",
    "measure": rf"\bhow (?:{_SIZE})\b|\bhow much (?:does it weigh|{_SUPPLY})\b",
    "number": rf"\bhow (?:many|much)\b|\b(?:what|which) (?:{_RATE})\b",
    "place": r"\bwhere\b|\bwhat place\b|\bwhich (?:side|place|slot|drawer|room)\b",
    "person": r"\bwho\b|\bwhom\b",
    "time": r"\bwhen\b|\bwhat time\b",
    "meaning": rf"\bwhat (?:does|do|is)\b.*\b(?:{_MEANS})\b|\bmeaning of\b",
    "reason": r"\bwhy\b|\bwhat (?:causes|could cause|is the reason)\b|\breason for\b",
    "steps": r"\bhow (?:do|can|should|would|must|to|am|are|is)\b"
    r"|\bwhat (?:should|do|must|can) i do\b|\bsteps\b|\bprocedure\b|\bwhats the (?:best )?way\b",
    "permission": rf"^(?:so |and |but )?(?:{_MAY})\b",
}
"""Kinds of question, tried in this order, and how each is worded."""
_KINDS = tuple((kind, re.compile(pattern)) for kind, pattern in KINDS.items())


def kind_of(text: str) -> str:
    """The kind of answer that a question (lower case) wants, or ""."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "")


@lru_cache(maxsize=1)
def relatives() -> dict[Phrase, dict[Phrase, float]]:
    """Phrase → the phrases that people use for it → how much each counts."""
    table: dict[Phrase, dict[Phrase, float]] = defaultdict(dict)
    for line in GROUPS.strip().splitlines():
        group = {tuple(stem(part) for part in word.split("_")) for word in line.split()}
        for phrase in group:
            table[phrase].update({other: RELATED for other in group if other != phrase})
    return dict(table)


LONGEST_PHRASE = 3
_STOP = frozenset(STOP)
_LIGHT = frozenset(stem(word) for word in LIGHT)


def analyse(text: str, vocabulary: Vocabulary) -> Question:
    """Take a question apart against what the passages know."""
    words = tokens(text)
    words = _respelt(words, vocabulary)
    stems = [stem(word) for word in words]
    terms: dict[Phrase, Term] = {}
    index = 0
    while index < len(words):
        phrase = _phrase_at(stems, index)
        if phrase:
            terms.setdefault(phrase, _term(phrase, phrase[0], vocabulary, light=False))
        elif words[index] not in _STOP:
            single = (stems[index],)
            light = stems[index] in _LIGHT
            terms.setdefault(single, _term(single, words[index], vocabulary, light=light))
        index += len(phrase) or 1
    return Question(text, kind_of(" ".join(words)), tuple(terms.values()))


def _phrase_at(stems: list[str], index: int) -> Phrase:
    """The longest phrase of the lexicon that starts here; () if there is none."""
    for size in range(LONGEST_PHRASE, 1, -1):
        phrase = tuple(stems[index : index + size])
        if len(phrase) == size and phrase in relatives():
            return phrase
    return ()


def _term(phrase: Phrase, word: str, vocabulary: Vocabulary, *, light: bool) -> Term:
    counts = {phrase: 1.0}
    if len(phrase) > 1 and phrase[0] not in _STOP:
        counts[phrase[:1]] = RELATED
    related = relatives().get(phrase, {}).items()
    counts.update({other: share for other, share in related if vocabulary.knows(other)})
    known = max((s for p, s in counts.items() if vocabulary.knows(p)), default=0.0)
    if not known and len(phrase) == 1:
        found = vocabulary.misheard(word)
        if found:
            counts[found[:1]] = known = found[1] * RELATED
    weight = _weight(phrase, counts, vocabulary, light=light)
    return Term(phrase, weight, counts, known, light)


def _weight(
    phrase: Phrase, counts: dict[Phrase, float], vocabulary: Vocabulary, *, light: bool
) -> float:
    """A word that the passages lack weighs as much as the commonest of its relatives, or all."""
    present = [p for p in counts if vocabulary.knows(p)]
    commonest = min(present, key=vocabulary.rarity, default=phrase)
    key = phrase if vocabulary.knows(phrase) else commonest
    rarity = max(vocabulary.rarity(key), LEAST_WEIGHT)
    return rarity * (LIGHT_SHARE if light else 1.0)


def _respelt(words: list[str], vocabulary: Vocabulary) -> list[str]:
    """Words joined or parted as the passages write them: `e 4` → `e4`, `dish washer`."""
    result: list[str] = []
    index = 0
    while index < len(words):
        pair = "".join(words[index : index + 2])
        joins = index + 1 < len(words) and _joins(words[index], words[index + 1], vocabulary)
        if joins:
            result.append(pair)
        else:
            result.extend(_split(words[index], vocabulary))
        index += 2 if joins else 1
    return result


def _joins(one: str, two: str, vocabulary: Vocabulary) -> bool:
    known = (stem(one + two),)
    if not vocabulary.knows(known):
        return False
    code = len(one) == 1 and two.isdigit()
    return code or not (vocabulary.knows((stem(one),)) and vocabulary.knows((stem(two),)))


def _split(word: str, vocabulary: Vocabulary) -> list[str]:
    if vocabulary.knows((stem(word),)) or word in _STOP or (stem(word),) in relatives():
        return [word]
    for cut in range(3, len(word) - 2):
        parts = [word[:cut], word[cut:]]
        if all(vocabulary.knows((stem(part),)) for part in parts):
            return parts
    return [word]
