"""What a follow-up leaves out, put back: `how long does that take` after an answer on descaling.

A question that stands by itself stays exactly as it is: a new topic is never drawn to the old one.
Nor is a correction: `no, the filter` asks the same of something else. Measured by
`python -m tests.bench.dialogue`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.knowledge.lexicon import LIGHT, STOP
from appliance.knowledge.words import stem, tokens

_LIGHT = frozenset(stem(word) for word in LIGHT)
_OPENING = re.compile(
    r"(?:(?:and|but|or|so|well|okay|ok|um|uh|yes|no|then|also|what about|how about)\b[\s,]*)+",
    re.IGNORECASE,
)
_CORRECTING = re.compile(
    r"(?:(?:no|nope|sorry|wait|actually|oh|rather)\b[\s,]*)*"
    r"(?:i (?:mean|meant|said|(?:am|was) (?:asking|talking) about|want(?:ed)? to know about)\b"
    r"[\s,]*)?"
    r"(?:not (?:the|an?|my|your)\b.*?(?:\bbut\b|(?=\b(?:the|an?|my|your)\b)|\Z))?",
    re.IGNORECASE,
)
"""`No, I meant`, `not the tank but`; every part may be missing."""
_POINTING = re.compile(
    r"\b(?:them|they|(?:do|does|did|is|are|was) (?:that|those|(?:this|these)(?= \w+\Z)))\b"
    r"|\b(?:the|this|that|these|those|which|an?other|an? \w+) ones?\b|\b(?:of|for) it\b"
    r"|\bones?(?=\Z| (?:be|is|are|do|does|can|for|in|on|with)\b)"
    r"|\b(?:this|that|these|those)(?: (?:\w+ly|be|do|happen|mean|take|work|last|cost|myself|alone"
    r"|again|in|on|at|with|without|for|from|by|after|before|too|now)\b|\Z)"
    r"|\b(?:then|instead|afterwards)\Z",
    re.IGNORECASE,
)
"""Words for what was spoken of last; but `this policy` names its thing itself, and `one beep`."""
_IT = re.compile(r"\bits?\b", re.IGNORECASE)
_WHOLE = re.compile(
    r"(?:how (?:heavy|big|large|wide|tall|high|deep|loud|old|fast|expensive) is"
    r"|(?:is|does|can|will|must|should|has|can i use|where (?:should|can|do) i \w+)) it\b",
    re.IGNORECASE,
)
"""`it` is the whole product here, as likely as not."""
_PART = re.compile(
    r"(?:in|on|at|for|with|without|during|after|before|from|to|into|by)\b(?: \S+){1,3}\Z",
    re.IGNORECASE,
)
"""`in winter`: more of the question before, with or without an `and`."""
_FRAME = re.compile(
    r"(?:what|how|where|when|who|which|can|could|may|must|should|do|does|is|are|am|will)\b"
    r"(?: (?:long|often|much|many|far|do|does|is|are|should|can|must|have|to|i|we|you|the|an?)\b)*",
    re.IGNORECASE,
)
"""What makes words a question: `what does`, `how often must i`."""
_STATEMENT = re.compile(
    r"(?!if\b|when\b).*\b(?:is|are|was|were|has|have|does|do|did|can|i|it|they|we|you)\b",
    re.IGNORECASE,
)
"""`the machine is leaking`: no part of a question."""
_NAMED = re.compile(r"\b(?:the|an?|my|your)\b", re.IGNORECASE)
"""A thing follows."""
_WHEREABOUTS = re.compile(r"\b(?:in|on|at|after|before|into|to|from|with)\s*\Z", re.IGNORECASE)
"""What follows is not the thing that is asked about."""
_ENOUGH = 3
"""Whoever says so many words of the topic needs no others; a code that was spelled is one word."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what was heard of its answer, and the title of its source (`Passage.title`)."""

    question: str
    heard: str
    title: str


def in_context(question: str, before: Exchange | None) -> str:
    """The question as one would put it to somebody who does not know what was said before."""
    if before is None:
        return question
    meant = _corrected(question)
    if meant is not None and _is_part(meant):
        return _of_another(before.question, meant, whole=True) or meant
    opening = _OPENING.match(question)
    asked = question[opening.end() :] if opening else question
    partial = bool(opening or _PART.match(asked)) and _is_part(asked)
    if not _leans(asked, before, partial=partial):
        return question
    if partial:
        parallel = _of_another(before.question, asked, whole=False)
        if parallel:
            return parallel
        frame = _FRAME.match(before.question)
        asked = f"{frame[0]} {asked}" if frame else asked
    return f"{_topic(before, asked)}, {asked}"


def _is_part(words: str) -> bool:
    """Whether they are neither a question nor a statement: only a part of one."""
    return not _FRAME.match(words) and not _STATEMENT.match(words)


def _corrected(question: str) -> str | None:
    """What was meant instead; None where nothing is corrected."""
    opening = _CORRECTING.match(question)
    rest = question[opening.end() :].strip(" ,") if opening else question
    return rest if rest != question and _content(rest) else None


def _of_another(question: str, thing: str, *, whole: bool) -> str | None:
    """The same question of another thing; None where it does not say what is to be replaced.

    Args:
        question: `how do i clean the drip tray`.
        thing: `the lid`, or a number for a number.
        whole: whether the other thing has been named in full, or perhaps only where it differs.
    """
    words, wanted = tokens(question), tokens(thing)
    numbers = [at for at, word in enumerate(words) if word.isdigit()]
    if numbers and all(word.isdigit() for word in wanted):
        return " ".join([*words[: numbers[-1]], *wanted, *words[numbers[-1] + 1 :]])
    named = _NAMED.search(question)
    if not named or not _NAMED.match(thing) or _POINTING.search(thing):
        return None
    if whole and _WHEREABOUTS.search(question[: named.start()]):
        return None
    after = question[named.end() :].split()
    length = _length(after) if whole else min(_length(after), len(wanted) - 1)
    return " ".join([question[: named.start()].strip(), thing, *after[length:]]).strip()


def _length(words: list[str]) -> int:
    """How many of the words name the thing that they begin with."""
    for at, word in enumerate(words):
        if at and (word in STOP or stem(word) in _LIGHT):
            return at
    return len(words)


def _leans(asked: str, before: Exchange, *, partial: bool) -> bool:
    """Whether a question needs what was said before it."""
    topic = _content(asked)
    if _POINTING.search(asked) or not topic:
        return True
    if partial:
        return sum(len(word) > 1 and not word.isdigit() for word in topic) < _ENOUGH
    if _WHOLE.match(asked):
        return bool(_stems(asked) & _stems(before.heard))
    if not _IT.search(asked):
        return False
    earlier = f"{before.question} {before.title} {before.heard}"
    return len(topic) == 1 or bool(_stems(asked) & _stems(earlier))


def _topic(before: Exchange, asked: str) -> str:
    """The heading of what was heard, and what of the earlier question it does not say."""
    heading = before.title.partition(", ")[2]
    said = {stem(word) for word in tokens(f"{heading} {asked}")}
    further = [word for word in _content(before.question) if stem(word) not in said]
    return " ".join([*further, heading.lower()]).strip()


def _content(text: str) -> list[str]:
    """The words that say what a question is about."""
    return [word for word in tokens(text) if word not in STOP and stem(word) not in _LIGHT]


def _stems(text: str) -> set[str]:
    return {stem(word) for word in _content(text)}
