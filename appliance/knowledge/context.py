"""What a follow-up leaves out, put back: `how long does that take` after an answer on descaling.

A question that stands by itself stays exactly as it is: a new topic is never drawn to the old one.
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
_POINTING = re.compile(
    r"\b(?:it|its|them|they|ones?|(?:do|does|did|is|are|was) (?:this|that|these|those))\b"
    r"|\b(?:this|that|these|those)(?: (?:\w+ly|be|do|happen|mean|take|work|last|cost)\b|\Z)"
    r"|\b(?:then|instead|afterwards)\Z",
    re.IGNORECASE,
)
"""Words for what was spoken of last; but `this policy` names its thing itself."""
_WHOLE = re.compile(
    r"(?:how (?:heavy|big|large|wide|tall|high|deep|loud|old|fast|expensive) is"
    r"|(?:is|does|can i use|where (?:should|can|do) i \w+)) it\b",
    re.IGNORECASE,
)
"""`it` is the whole product here, as likely as not."""
_FRAME = re.compile(
    r"(?:what|how|where|when|who|which|can|could|may|must|should|do|does|is|are|am|will)\b"
    r"(?: (?:long|often|much|many|far|do|does|is|are|should|can|must|have|to|i|we|you|the|an?)\b)*",
    re.IGNORECASE,
)
"""What makes words a question: `what does`, `how often must i`."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, what was heard of its answer, and the title of its source (`Passage.title`)."""

    question: str
    heard: str
    title: str


def in_context(question: str, before: Exchange | None) -> str:
    """The question as one would put it to somebody who does not know what was said before."""
    opening = _OPENING.match(question)
    asked = question[opening.end() :] if opening else question
    if before is None or not _leans(asked, before, opened=bool(opening)):
        return question
    frame = _FRAME.match(before.question)
    if opening and frame and not _FRAME.match(asked):
        asked = f"{frame[0]} {asked}"
    return f"{_topic(before, asked)}, {asked}"


def _leans(asked: str, before: Exchange, *, opened: bool) -> bool:
    """Whether a question needs what was said before it."""
    if opened and not _FRAME.match(asked):
        return True
    if not _content(asked):
        return True
    if _WHOLE.match(asked):
        return bool(_stems(asked) & _stems(before.heard))
    return bool(_POINTING.search(asked))


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
