"""What a question asks: its content words with their relatives, and the kind of answer it wants."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from appliance.knowledge.lexicon import COLOURLESS, LIGHT, STOP
from appliance.knowledge.sound import SoundIndex
from appliance.knowledge.synonyms import GROUPS, HINTS
from appliance.knowledge.words import stem, tokens

RELATED = 0.8
"""How much a related word counts, against the word itself."""
COMPOUND = 0.5
FEWEST_LETTERS = 5
PART = 0.7
"""How much one word of a phrase counts."""
HINTED = 0.7
LIGHT_SHARE = 0.25
STORY_SHARE = 0.7
"""What a word counts that only leads up to the question."""
LEAST_WEIGHT = 0.08
SURE = 0.9
"""Likeness that overrules that a word makes sense as it is."""

Phrase = tuple[str, ...]


class Vocabulary:
    """Which stems a set of passages holds, and how rare each is."""

    def __init__(
        self,
        frequency: Mapping[str, int],
        passages: int,
        words: Iterable[str],
        headings: Iterable[str] = (),
    ) -> None:
        """What is known of some passages.

        Args:
            frequency: stem → passages that hold it.
            passages: how many there are.
            words: as written, for misheard ones.
            headings: stems that stand in a heading.
        """
        self.frequency, self.passages = frequency, passages
        self.headings = frozenset(headings)
        self._sounds: SoundIndex | None = None
        self._words = words

    def knows(self, phrase: Phrase) -> bool:
        """Whether every stem of a phrase occurs."""
        return all(stem_ in self.frequency for stem_ in phrase)

    def rarity(self, phrase: Phrase) -> float:
        """0 (in every passage) .. 1, as its inverse document frequency; unknown is as one."""
        count = max(1, min(self.passages, *(self.frequency.get(stem_, 0) for stem_ in phrase)))
        most = math.log1p(max(1.0, self.passages - 0.5) / 1.5)
        return math.log1p((self.passages - count + 0.5) / (count + 0.5)) / most

    def compounds(self, word: str) -> list[str]:
        """Stems that end in a stem: `headlight` for `light`."""
        if len(word) < FEWEST_LETTERS:
            return []
        longer = (stem_ for stem_ in self.frequency if stem_.endswith(word))
        return [stem_ for stem_ in longer if len(stem_) >= len(word) + 3]

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
        asked: whether it stands in the clause that asks, not in the story before it.
    """

    phrase: Phrase
    weight: float
    relatives: dict[Phrase, float]
    known: float
    light: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question taken apart. `kind` is "" or one of the names in `KINDS`."""

    text: str
    kind: str
    terms: tuple[Term, ...] = ()

    @property
    def weight(self) -> float:
        """Sum of the weights of the terms."""
        return sum(term.weight for term in self.terms)

    @property
    def focus(self) -> Term | None:
        """What is asked about or for: the first full word of the clause that asks."""
        full = [term for term in self.terms if not term.light]
        asked = [term for term in full if term.asked]
        return next(iter([*asked, *full, *self.terms]), None)


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
    "chat": r"\b(?:are|who|what) you\b|\byour (?:name|age|favou?rite)\b|\bmade you\b"
    r"|\bdo you (?:like|love|feel|think|know|speak|believe)\b|\b(?:tell|sing|recommend) me an?\b",
    "duration": rf"\bhow (?:long|much time|quickly|fast|soon|many (?:{_SPAN}))\b",
    "frequency": r"\bhow (?:often|frequently|many times)\b",
    "price": r"\b(?:price|cost|costs|expensive|pay|fee|fees)\b|\bhow much (?:is|are)\b",
    "purchase": r"\b(?:buy|purchase|order)\b",
    "temperature": rf"\b(?:{_LIMIT}) temperatures?\b|\bhow (?:hot|cold|warm)\b",
    "measure": rf"\bhow (?:{_SIZE})\b|\bhow much (?:does it weigh|{_SUPPLY})\b",
    "number": rf"\bhow (?:many|much)\b|\b(?:what|which) (?:{_RATE})\b",
    "place": r"\bwhere\b|\bwhat place\b|\bwhich (?:side|place|slot|drawer|room)\b",
    "person": r"\bwho\b|\bwhom\b",
    "time": r"^when\b|\bwhen (?:do|does|is|are|can|should|will|must)\b|\bwhat time\b",
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
    for line in HINTS.strip().splitlines():
        first, *others = _group(line)
        table[first].update(dict.fromkeys(others, HINTED))
    for line in GROUPS.strip().replace("|", "\n").splitlines():
        first, *others = _group(line)
        table[first].update(dict.fromkeys(others, RELATED))
        for other in others:
            table[other].setdefault(first, RELATED)
    for phrase, counts in table.items():
        counts.pop(phrase, None)  # two words with one stem
    return dict(table)


def _group(line: str) -> list[Phrase]:
    return [tuple(stem(part) for part in word.split("_")) for word in line.split()]


LONGEST_PHRASE = 3
_LIGHT = frozenset(stem(word) for word in LIGHT)
_COLOURLESS = frozenset(stem(word) for word in COLOURLESS)


@dataclass(frozen=True, slots=True)
class _Found:
    """A content phrase of a question: its stems, where it starts, whether it says little."""

    phrase: Phrase
    index: int
    light: bool


def analyse(text: str, vocabulary: Vocabulary) -> Question:
    """Take a question apart against what the passages know."""
    words = _respelt(tokens(text), vocabulary)
    start = clause_start(words)
    terms: dict[Phrase, Term] = {}
    for found in _phrases(words, vocabulary):
        term = _term(found, words[found.index], vocabulary, asked=found.index >= start)
        terms.setdefault(found.phrase, term)
    return Question(text, kind_of(" ".join(words[start:])), tuple(terms.values()))


def _phrases(words: list[str], vocabulary: Vocabulary) -> Iterator[_Found]:
    stems = [stem(word) for word in words]
    used: set[int] = set()
    for index, word in enumerate(words):
        places = () if index in used else _phrase_at(stems, index)
        phrase = tuple(stems[place] for place in places)
        if places and (any(words[place] in STOP for place in places) or _told(phrase, vocabulary)):
            used.update(places)
            yield _Found(phrase, index, phrase in _CUES)
        elif index not in used and word not in STOP:
            topic = stems[index] in vocabulary.headings and stems[index] not in _COLOURLESS
            yield _Found((stems[index],), index, stems[index] in _LIGHT and not topic)


def _told(compound: Phrase, vocabulary: Vocabulary) -> bool:
    """Whether the passages hold `battery level`, or what else it is called."""
    return vocabulary.knows(compound) or any(map(vocabulary.knows, relatives()[compound]))


_CUES = frozenset((("how", "long"), ("how", "often"), ("how", "much")))
"""Phrases that tell the kind of answer, which is judged apart, rather than the topic."""
_ASKING = frozenset(("how", "what", "where", "why", "who", "which", "whats", "hows", "wheres"))
_AUXILIARY = "can could may should must do does did is are am will would shall has have isnt doesnt"
_AUXILIARIES = frozenset(_AUXILIARY.split())
_SUBJECT = "i we you it they the this that my our there a an he she these someone anyone"
_SUBJECTS = frozenset(_SUBJECT.split())
_POINTING = frozenset(("it", "that", "this", "them", "these"))
REACH = 4
"""An auxiliary this near after `how` or `what` belongs to the same clause."""


def clause_start(words: list[str]) -> int:
    """Where the clause begins that asks: `my bike squeaks | how do i oil the chain` gives 3."""
    starts = [index for index in range(len(words)) if _opens(words, index)]
    for start in reversed(starts):
        clause = words[start:]
        full = [word for word in clause if word not in STOP and stem(word) not in _LIGHT]
        if full:
            # "the lid squeaks | how do i fix it": what `it` is stands in the story.
            return 0 if len(full) == 1 and _POINTING.intersection(clause) else start
    return 0


def _opens(words: list[str], index: int) -> bool:
    word, after = words[index], words[index + 1 : index + 2]
    if word in _ASKING:
        return True
    if word == "when":
        return not index or (bool(after) and after[0] in _AUXILIARIES)
    inverted = word in _AUXILIARIES and bool(after) and after[0] in _SUBJECTS
    before = words[max(0, index - REACH) : index]
    return inverted and not any(other in _ASKING or other == "when" for other in before)


_PARTICLES = frozenset(
    ("on", "off", "up", "down", "out", "in", "away", "apart", "together", "back")
)
PARTED = 5
"""How far a particle may stand from its verb: `turn the kitchen radio down`."""


def _phrase_at(stems: list[str], index: int) -> tuple[int, ...]:
    """The places of the longest phrase of the lexicon that starts here; () if there is none."""
    for size in range(LONGEST_PHRASE, 1, -1):
        phrase = tuple(stems[index : index + size])
        if len(phrase) == size and phrase in relatives():
            return tuple(range(index, index + size))
    for place in range(index + 2, min(index + PARTED + 1, len(stems))):
        if stems[place] in _PARTICLES and (stems[index], stems[place]) in relatives():
            return index, place
    return ()


def _term(found: _Found, word: str, vocabulary: Vocabulary, *, asked: bool) -> Term:
    phrase, light = found.phrase, found.light
    counts = {phrase: 1.0}
    for part in phrase if len(phrase) > 1 else ():
        if part not in STOP and part not in _PARTICLES:
            counts[part,] = PART
    related = relatives().get(phrase, {}).items()
    counts |= {p: share for p, share in related if vocabulary.knows(p)}
    if len(phrase) == 1 and not light:
        counts |= {(longer,): COMPOUND for longer in vocabulary.compounds(phrase[0])}
    known = max((s for p, s in counts.items() if vocabulary.knows(p)), default=0.0)
    if not known and len(phrase) == 1:
        like = vocabulary.misheard(word)
        if like and (like[1] >= SURE or phrase not in relatives()):
            counts[like[:1]] = known = like[1] * RELATED
    share = (LIGHT_SHARE if light else 1.0) * (1.0 if asked else STORY_SHARE)
    weight = share * _rarity(phrase, counts, vocabulary)
    return Term(phrase, weight, counts, known, light, asked)


def _rarity(phrase: Phrase, counts: dict[Phrase, float], vocabulary: Vocabulary) -> float:
    """A word that the passages lack weighs as much as the commonest of its relatives, or all."""
    present = [p for p in counts if vocabulary.knows(p)]
    commonest = min(present, key=vocabulary.rarity, default=phrase)
    key = phrase if vocabulary.knows(phrase) else commonest
    return max(vocabulary.rarity(key), LEAST_WEIGHT)


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
    root = stem(word)
    if vocabulary.knows((root,)) or word in STOP or root in _LIGHT or (root,) in relatives():
        return [word]
    for cut in range(3, len(word) - 2):
        parts = [word[:cut], word[cut:]]
        if all(vocabulary.knows((stem(part),)) for part in parts):
            return parts
    return [word]
