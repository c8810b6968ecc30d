"""Sentences, list items and table rows: what can be quoted aloud on its own."""

from __future__ import annotations

import re

_ABBREVIATIONS = (
    "e.g i.e etc vs approx no nos fig figs ca cf dr mr mrs ms prof st sec min max incl excl "
    "ref vol chap pp p tel ext inc ltd co corp dept est jan feb mar apr jun jul aug sep sept "
    "oct nov dec temp qty al a.m p.m u.s u.k resp viz"
)
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
END = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)\]]*(?=\s)")
MARK = re.compile(r"\A(?:- |(\d{1,3})\. )")
LAST_WORD = re.compile(r"(\S+)\Z")
OPENERS = "\"'\u201c\u2018([*-"
USUALLY_ENDS = frozenset(("etc", "a.m", "p.m"))
"""Abbreviations that end a sentence where a capital follows."""
NEEDS_NUMBER = frozenset(("no", "nos", "fig", "figs", "p", "pp", "vol", "chap", "sec"))
"""Abbreviations only where a number follows: "see no. 3", but "the answer is no. Try again"."""


def split_sentences(text: str) -> list[str]:
    """The sentences of a paragraph, verbatim; abbreviations, versions and units do not end one."""
    sentences, start = [], 0
    for match in END.finditer(text):
        after = text[match.end() :].lstrip()
        if _ends(text[start : match.start()], match[0], after):
            sentences.append(text[start : match.end()].strip())
            start = match.end()
    sentences.append(text[start:].strip())
    return [sentence for sentence in sentences if sentence]


def _ends(before: str, mark: str, after: str) -> bool:
    first = after.lstrip(OPENERS)[:1]
    if mark[0] != ".":
        return not first.islower()
    word = LAST_WORD.search(before)
    last = word[1].strip(OPENERS).lower() if word else ""
    if last in NEEDS_NUMBER:
        return not first.isdigit()
    if last in ABBREVIATIONS:
        return last in USUALLY_ENDS and first.isupper()
    initial = len(last) == 1 and last.isalpha() and bool(word) and before[-1].isupper()
    return not first.islower() and not initial


def units(text: str) -> list[str]:
    """The quotable units of a passage, in order: sentences; whole list items; whole table rows."""
    found: list[str] = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line.strip()]
        for line in lines:
            whole = len(lines) > 1 or bool(MARK.match(line))
            found += [line.strip()] if whole else split_sentences(line)
    return found


def is_item(unit: str) -> bool:
    """Whether a unit is an item of a list."""
    return bool(MARK.match(unit))


def is_step(unit: str) -> bool:
    """Whether a unit is a numbered step."""
    match = MARK.match(unit)
    return bool(match and match[1])


SPOKEN = (
    (re.compile(r"https?://(?:www\.)?(\S+?)/?(?=[\s).,;]|\Z)"), r"\1"),
    (re.compile(r"\s*(?:->|=>|\u2192|\u203a|\u25b6|\s>\s|>>)\s*"), ", then "),
    (re.compile(r"\A[\s|]+|[\s|]+\Z"), ""),
    (re.compile(r"\s*[|\u2502]+\s*"), ", "),
    (re.compile(r"[*_`#<>~\\]{2,}|(?<!\w)[*_`>~\\]+|[*`\\]+(?!\w)"), ""),
    (re.compile(r"\s+([,.;:!?])(?=\s|\Z)"), r"\1"),
    (re.compile(r"\s+"), " "),
)
"""What is written for the eye, and what is said instead."""


def speakable(unit: str) -> str:
    """A unit as it is read aloud: no list mark, no markup, an end to the sentence."""
    text = MARK.sub("", unit).strip()
    for pattern, replacement in SPOKEN:
        text = pattern.sub(replacement, text).strip()
    text = text.rstrip(" ,;:-")
    if text and text[-1] not in ".!?\u2026\"'\u201d)":
        text += "."
    return text[:1].upper() + text[1:] if text[:1].islower() and _plain_word(text) else text


def _plain_word(text: str) -> bool:
    """Whether the first word may be given a capital (`iPhone` and `mDNS` may not)."""
    return text.split(maxsplit=1)[0].rstrip(".,;:").islower()
