"""Whether a sentence looks like the kind of answer that a question wants."""

from __future__ import annotations

import re

_TIME = r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|s|h)"
_SPAN = r"(?:second|minute|hour|day|week|month|year)"
_COUNT = "one|two|three|four|five|six|seven|eight|nine|ten|twelve|half|a few|several"
_NUMBER = rf"(?:\d+(?:[.,]\d+)?|{_COUNT})"
_RANGE = rf"\b{_NUMBER}(?:\s*(?:-|to|or|and|\u2013)\s*{_NUMBER})?[\s-]*"
_SIZE = (
    "mm|cm|m|km|kg|g|l|ml|w|kw|kwh|wh|db|dba|litres?|liters?|metres?|meters?|centimetres?|grams?"
    "|millimetres?|kilometres?|kilograms?|kilos?|watts?|decibels?|inch(?:es)?|feet|percent|bar"
    "|psi|volts?|v|hz|[kmg]hz|megahertz"
)
_MONEY = "euros?|dollars?|pounds?|eur|usd|gbp|cents?"
_SPOT = (
    "in|on|at|under|behind|below|above|inside|beside|near|next to|underneath|left|right|rear"
    "|front|back|top|bottom|side|between"
)
_PEOPLE = (
    "technician|engineer|service|support|electrician|dealer|manager|owner|customer|authori[sz]ed"
    "|qualified|contact|call|installer|administrator|staff|doctor|by|person|professional|only"
)
_BECAUSE = "because|cause[sd]?|due to|since|so that|reason|means?|if|when|prevents?|too|check"
_RULE = (
    "can|cannot|may|must|never|not|don't|only|suitable|safe|allowed|should|no|yes|unless"
    "|supports?|works?|compatible|up to"
)
_SHOP = (
    "buy|bought|purchase|order|orders|ordered|dealers?|shops?|stores?|retailers?|available|sold"
    "|website|supplier|obtained|from us|part number|item number"
)
PATTERNS = {
    "chat": r"\Z.",  # no manual answers this
    "duration": rf"{_RANGE}(?:full |working |business )?{_TIME}\b|\bovernight\b|\ban? {_SPAN}\b",
    "frequency": r"\b(?:every|once|twice|times|daily|weekly|monthly|yearly|annually|regularly)\b"
    rf"|\b(?:per|a|each) {_SPAN}\b|\bafter (?:each|every|\d+)\b|\beach time\b",
    "price": rf"[$\u20ac\u00a3]\s*\d|{_RANGE}(?:{_MONEY})\b|\bfree of charge\b|\bno charge\b",
    "purchase": rf"\b(?:{_SHOP})\b",
    "temperature": r"\u00b0|\bdegrees?\b|\bcelsius\b|\bfahrenheit\b",
    "measure": rf"{_RANGE}(?:{_SIZE})\b|{_RANGE}(?:\u00d7|x)\s*\d",
    "number": rf"\b{_NUMBER}\b|\d",
    "place": rf"\b(?:{_SPOT})\b",
    "person": rf"\b(?:{_PEOPLE})\b",
    "time": rf"\b(?:when|after|before|until|once|if|as soon as|between|from|every|{_TIME})\b"
    r"|\b\d{1,2}(?::\d\d)?\s*(?:am|pm|o'clock)\b|\b\d{1,2}:\d\d\b",
    "meaning": r"\b(?:means?|indicates?|shows?|signals?|stands? for|tells?|warns?)\b|: | is | are ",
    "reason": rf"\b(?:{_BECAUSE}|make sure)\b",
    "permission": rf"\b(?:{_RULE})\b",
}
"""Kind of question (`question.KINDS`) → what its answers hold."""
_PATTERNS = {kind: re.compile(pattern, re.IGNORECASE) for kind, pattern in PATTERNS.items()}

_ADVERB = "first|then|next|now|always|carefully|gently|firmly|fully|simply|briefly"
_ACT = (
    "press|hold|turn|open|close|remove|insert|place|put|push|pull|set|select|choose|switch|unplug"
    "|plug|fill|empty|pour|clean|rinse|wash|wipe|dry|wait|check|make sure|ensure|use|run|start"
    "|stop|connect|disconnect|attach|detach|lift|lower|slide|rotate|screw|unscrew|tighten|loosen"
    "|replace|tap|enter|type|go to|follow|repeat|add|take|leave|let|keep|charge|install|mount|call"
    "|contact|write|scan|log in|sign in|download|confirm|adjust|align|fit|release|click|drain"
    "|shake|cut|touch|say|ask|bring|report|move|hang|lock|unlock|mix|dissolve|apply|store|return"
    "|pay|book|pick|prise|shut|undo|wet|dial|swing|give|hook|point|drive|ride|walk|pack|cover"
)
IMPERATIVE = re.compile(
    rf"(?:\A(?:-|\d+\.)\s+|\A|[.;,:]\s+|\bthen |\band |\bto )(?:(?:{_ADVERB}) )*(?:{_ACT})\b",
    re.IGNORECASE,
)
"""An instruction at the start of a clause."""


def fits(kind: str, sentence: str) -> bool:
    """Whether `sentence` holds what a question of `kind` wants; True where anything would do."""
    if kind == "steps":
        return bool(IMPERATIVE.search(sentence))
    pattern = _PATTERNS.get(kind)
    return pattern is None or bool(pattern.search(sentence))
