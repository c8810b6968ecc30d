"""Text for a voice that makes a whole piece before any of it sounds; pure.

The first piece is short, so that sound comes soon. Each further one is made while the one before
it sounds, so it may be longer: a network keeps the melody of what it is given whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from appliance.knowledge.sentences import split_sentences

FIRST: Final = 40
"""Characters, about 2.5 s of speech: a sentence that is shorter is not cut for the first sound."""
LONGEST: Final = 120
"""About 8 s: it bounds how long a cancelled piece keeps its process, and its memory."""
LEAST: Final = 16
"""A cut leaves no less on either side: stumps sound like lists."""
GROWTH: Final = 2
"""How much longer than the piece before: a voice that makes speech twice as fast never pauses."""
_MARK: Final = re.compile(r"[,;:](?=\s)|[\u3001\u3002\uff0c\uff1a\uff1b\uff01\uff1f]")
_UNSPEAKABLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "So", "Zl", "Zp"})


def clean(text: str) -> str:
    """Only what can be read aloud: no control, format, private or pictorial characters."""
    kept = (" " if unicodedata.category(c) in _UNSPEAKABLE else c for c in text)
    return " ".join("".join(kept).split())


def pieces(text: str) -> Iterator[str]:
    """Sentences; a long one clause by clause, the first piece short, the later ones longer.

    What holds no letter and no digit is left out.
    """
    room = FIRST
    for sentence in split_sentences(clean(text)):
        rest = sentence
        while rest:
            cut = _cut(rest, room)
            piece, rest = rest[:cut], rest[cut:].lstrip()
            if any(character.isalnum() for character in piece):
                room = min(max(room, GROWTH * len(piece)), LONGEST)
                yield piece


def _cut(text: str, room: int) -> int:
    """Where the next piece ends: at a mark within `room`, else the next, else all or a space."""
    if len(text) <= room:
        return len(text)
    marks = [match.end() for match in _MARK.finditer(text)]
    marks = [end for end in marks if LEAST <= end <= min(len(text) - LEAST, LONGEST)]
    within = [end for end in marks if end <= room]
    if marks:
        return within[-1] if within else marks[0]
    if len(text) <= LONGEST:
        return len(text)
    return max(text.rfind(" ", 0, LONGEST), 0) or LONGEST
