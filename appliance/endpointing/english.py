"""Whether English words can be the end of what someone wants to say: lists and positions.

No grammar, and no probability yet: each sign says one thing, and `weights.py` what it is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HESITATIONS: Final = _listed("um uh er erm hmm mm ah like well")
_CONJUNCTIONS: Final = _listed(
    "and or but if because so than that while until unless whether although then plus nor as"
)
_MORE_TO_COME: Final = _listed("and or but because um uh er erm hmm")
_DETERMINERS: Final = _listed(
    "the a an my your its our their his every each no another some any these those which"
)
_PREPOSITIONS: Final = _listed(
    "of to for from with at by into onto about between without under during after before "
    "through against towards near behind above below inside per since"
)
_PARTICLES: Final = _listed("on off up down in out over away back around along")
_AUXILIARIES: Final = _listed(
    "is are was were do does did can could should would will shall must may might am be been "
    "has have had i'm i'd i'll i've you're you'd we're we'd it's that's what's where's who's "
    "how's there's isn't aren't don't doesn't didn't can't couldn't won't shouldn't let's"
)
_SUBJECTS: Final = _listed("i we they he she")
_QUESTIONS: Final = _listed("what how why where when which who whose whom")
_DEGREES: Final = _listed(
    "many much long often big more less very too most every few several both next last new how "
    "only just really right same other"
)
_SIZES: Final = _listed(
    "small medium large big little double single triple hot cold iced warm red green blue "
    "orange yellow white black good best extra full half quick left front main dark light"
)
_NUMBERS: Final = _listed(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand oh zero"
)
_OBJECTS: Final = _listed(
    "it them me us that this there here one mine myself something anything everything now "
    "today tonight tomorrow again yet well time"
)
_CLOSERS: Final = _listed("please thanks thank-you thankyou now today tonight tomorrow again")
_TRANSITIVE: Final = _listed(
    "add adjust adjusting apply attach avoid book bring brush buy call change charge check "
    "choose clean clear collect confirm connect control cut deactivate delete descale detach "
    "disarm disconnect drain empty enable enter erase fasten feed fill find fit fix follow get "
    "give grease heat hold insert install keep leave lift lock loosen lower lubricate make "
    "measure mount move need open order park pay place press prevent prime protect prune pull "
    "push put raise read recharge recycle reduce refill release remove rent repair replace "
    "report reset rinse save say see select send set show shut silence soak store swap switch "
    "take tell tighten tip touch turn undo unlock unplug unscrew use want wash wear wipe write "
    "like have play"
)
_CLOSING_VERBS: Final = _listed(
    "mean means work works last cost costs take takes hold holds weigh go goes happen happens "
    "start stop do does use used need needs run runs made open close ride drink wash reset "
    "leave come belong charge flash blink beep leak arm help sleep wait smoke park swim"
)
_COMMANDS: Final = _listed(
    "stop cancel next previous pause resume louder quieter mute unmute repeat yes no okay "
    "nevermind never-mind volume-up volume-down be-quiet"
)
_SUBORDINATORS: Final = _listed("if when while because until unless after before")

SIGNS: Final = (
    *("hesitation", "conjunction", "determiner", "preposition", "stranded", "particle"),
    *("auxiliary", "subject", "question_word", "degree", "size", "number", "object", "closer"),
    *("bare_verb", "verb_missing", "no_verb_yet", "clause_open", "closing_verb"),
    *("command", "one_word", "two_words", "three_words", "many_words", "question"),
)
"""Names of the signs, in the order of `signs`."""

_STRANDABLE: Final = _listed("of to for from with at by about into")
_SUPPORT: Final = _listed("do does did can could should would will must may might shall")


def signs(words: Sequence[str]) -> tuple[float, ...]:
    """Each of SIGNS, 1 where it holds; all 0 without words."""
    if not words:
        return (0.0,) * len(SIGNS)
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    asks = _is_question(words)
    stranded = asks and len(words) > 4 and last in _STRANDABLE  # noqa: PLR2004 - "what is it for"
    found = {
        "hesitation": last in _HESITATIONS and before not in {"it", "look", "work", "as"},
        "conjunction": last in _CONJUNCTIONS and not (last == "that" and _object_place(before)),
        "determiner": last in _DETERMINERS,
        "preposition": last in _PREPOSITIONS and not stranded,
        "stranded": stranded,
        "particle": last in _PARTICLES,
        "auxiliary": last in _AUXILIARIES and not (last in {"do", "be", "have"} and len(words) > 3),  # noqa: PLR2004
        "subject": last in _SUBJECTS or (last == "you" and before in _SUPPORT),
        "question_word": last in _QUESTIONS,
        "degree": last in _DEGREES,
        "size": last in _SIZES,
        "number": last in _NUMBERS,
        "object": last in _OBJECTS and before not in _AUXILIARIES,
        "closer": last in _CLOSERS and len(words) > 1,
        "bare_verb": last in _TRANSITIVE and before in {"to", "i", "you", "we", "not", ""},
        "verb_missing": _awaits_verb(words),
        "no_verb_yet": asks and not any(w in _AUXILIARIES for w in words[1:]),
        "clause_open": _opens_clause(words),
        "closing_verb": last in _CLOSING_VERBS and len(words) > 2,  # noqa: PLR2004
        "command": "-".join(words) in _COMMANDS,
        "one_word": len(words) == 1,
        "two_words": len(words) == 2,  # noqa: PLR2004
        "three_words": len(words) == 3,  # noqa: PLR2004
        "many_words": len(words) > 6,  # noqa: PLR2004
        "question": asks,
    }
    return tuple(float(found[name]) for name in SIGNS)


def _is_question(words: Sequence[str]) -> bool:
    return any(word in _QUESTIONS for word in words[:3])


def _object_place(before: str) -> bool:
    """Whether "that" after this word is a thing, not the beginning of a clause."""
    return before in _TRANSITIVE or before in _AUXILIARIES or before in _PREPOSITIONS


def _awaits_verb(words: Sequence[str]) -> bool:
    """Whether it is "how does the water filter", with the verb still to come."""
    at = next((i for i, w in enumerate(words) if w in _SUPPORT), None)
    if at is None or (at == 0 and words[0] not in _SUPPORT):
        return False
    after = words[at + 1 :]
    return not any(w in _TRANSITIVE or w in _CLOSING_VERBS for w in after[1:])


def _opens_clause(words: Sequence[str]) -> bool:
    """Whether the last words begin a clause that has no verb yet: "… when the tank light"."""
    reach = words[-4:]
    at = next((i for i in range(len(reach)) if reach[i] in _SUBORDINATORS), None)
    if at is None or len(words) == len(reach[at:]):
        return False
    after = reach[at + 1 :]
    return not any(w in _TRANSITIVE | _CLOSING_VERBS | _AUXILIARIES for w in after[1:])


def hesitates(words: Sequence[str]) -> bool:
    """Whether the last word says that more is to come: "and", "um"."""
    return bool(words) and words[-1] in _MORE_TO_COME
