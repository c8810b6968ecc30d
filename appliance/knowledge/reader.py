"""The extractive reader: an answer is sentences of the documents, word for word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from appliance.engines.ports import Passage, Sentence
from appliance.knowledge.cues import IMPERATIVE, fits
from appliance.knowledge.features import match
from appliance.knowledge.question import Question, Vocabulary, analyse
from appliance.knowledge.sentences import is_item, is_step, speakable, units
from appliance.knowledge.words import stem, tokens

MOST_SENTENCES = 3
MOST_STEPS = 8
MOST_WORDS = 70
"""About half a minute of speech; a list of steps may take twice that."""
GOOD_SHARE = 0.6
"""A further sentence must hold this share of what the best one holds."""
ROW_SHARE = 0.95
"""Rows of a table are quoted together only if they fit the question almost equally well."""
REFERRING = frozenset(("it", "this", "they", "these", "that", "those"))
LABELLED = re.compile(r"[^.:;]{1,40}: ")
"""`Weight: 3 kg.`: a row of a table of properties."""
KIND_COUNTS = 0.35
EARLY_COUNTS = 0.05


@dataclass(frozen=True, slots=True)
class Unit:
    """A quotable unit of the passage with its place in it and its support (0 is none)."""

    index: int
    text: str
    support: float


def answer(question: str, passages: Sequence[Passage]) -> Iterator[Sentence]:
    """One to three sentences from the best passage, or its steps; nothing without passages.

    Whether the passages are good enough is for `retrieve.grounded` to say.
    """
    for passage in passages:
        chosen = _chosen(question, passage, passages)
        if chosen:
            yield from (Sentence(text, passage.source) for text in chosen)
            return


def _chosen(question: str, passage: Passage, passages: Sequence[Passage]) -> list[str]:
    vocabulary = _vocabulary(passages)
    asked = analyse(question, vocabulary)
    found = _supported(asked, passage)
    if not found:
        return []
    best = max(found, key=lambda unit: (unit.support, -unit.index))
    if asked.kind in ("steps", "") and is_item(best.text):
        return _list_around(found, best)
    if asked.kind == "steps":
        steps = _steps(found, best)
        if steps:
            return steps
    if best.text.endswith(":"):
        return _list_after(found, best)
    return [speakable(unit.text) for unit in _with_more(found, best)]


def _vocabulary(passages: Sequence[Passage]) -> Vocabulary:
    """How rare words are among the units of these passages: that tells the units apart."""
    rows = [set(tokens(unit)) for passage in passages for unit in units(passage.text)]
    frequency = Counter(root for row in rows for root in {stem(word) for word in row})
    return Vocabulary(frequency, len(rows), sorted({word for row in rows for word in row}))


def _supported(asked: Question, passage: Passage) -> list[Unit]:
    texts = [text for text in units(passage.text) if any(char.isalnum() for char in text)]
    title = frozenset(stem(word) for word in tokens(passage.title.partition(", ")[2]))
    return [Unit(i, text, _support(asked, text, title, i)) for i, text in enumerate(texts)]


def _support(asked: Question, text: str, title: frozenset[str], index: int) -> float:
    words = frozenset(stem(word) for word in tokens(text))
    # What the heading already says need not be said again: it tells few sentences apart.
    held = sum(
        term.weight * match(term, words) * (0.5 if match(term, title) else 1.0)
        for term in asked.terms
    )
    share = held / (asked.weight or 1.0)
    kind = KIND_COUNTS if asked.kind and fits(asked.kind, text) else 0.0
    return share + kind + EARLY_COUNTS / (1 + index)


def _with_more(found: list[Unit], best: Unit) -> list[Unit]:
    """The best unit, what it refers back to, and others nearly as good or that go on from it."""
    row = not _is_plain(best.text)
    before = _antecedent(found, best)
    chosen = [*before, best]
    ranked = sorted(found, key=lambda unit: (-unit.support, unit.index))
    following = [
        unit for unit in found if unit.index == best.index + 1 and not row and _is_plain(unit.text)
    ]
    for unit in [*following, *ranked]:
        share = ROW_SHARE if row or _is_row(unit.text) else GOOD_SHARE
        enough = unit.support >= share * best.support or unit in following
        room = sum(len(u.text.split()) for u in [*chosen, unit]) <= MOST_WORDS
        if unit not in chosen and enough and room and len(chosen) < MOST_SENTENCES:
            chosen.append(unit)
    rest = sorted(chosen[len(before) + 1 :], key=lambda unit: unit.index)
    return [*chosen[: len(before) + 1], *rest]


def _antecedent(found: list[Unit], best: Unit) -> list[Unit]:
    """The sentence before, where the best one begins with `It` or `This`."""
    place = found.index(best)
    refers = best.text.split(maxsplit=1)[0].lower() in REFERRING and _is_plain(best.text)
    return [found[place - 1]] if refers and place and _is_plain(found[place - 1].text) else []


def _is_row(text: str) -> bool:
    return "; " in text and ": " in text.partition("; ")[0]


def _is_plain(text: str) -> bool:
    return not is_item(text) and not _is_row(text) and not LABELLED.match(text)


def _steps(found: list[Unit], best: Unit) -> list[str]:
    """The steps of the passage: its numbered list, or the imperative sentences from the best on."""
    numbered = [unit for unit in found if is_step(unit.text)]
    if numbered:
        return [speakable(unit.text) for unit in numbered[:MOST_STEPS]]
    wanted = [unit for unit in found if IMPERATIVE.search(unit.text)]
    if best not in wanted or is_item(best.text):
        return []
    near = [unit for unit in wanted if unit.index >= best.index - 1][:MOST_SENTENCES]
    return [speakable(unit.text) for unit in near]


def _list_around(found: list[Unit], best: Unit) -> list[str]:
    """The whole list that the best item stands in where it is made of steps; else that item."""
    if not is_step(best.text):
        return [speakable(best.text)]
    return [speakable(unit.text) for unit in found if is_step(unit.text)][:MOST_STEPS]


def _list_after(found: list[Unit], intro: Unit) -> list[str]:
    """`It needs:` and its items joined to one sentence; steps stay sentences of their own."""
    items: list[Unit] = []
    for unit in found[found.index(intro) + 1 :]:
        if not is_item(unit.text):
            break
        items.append(unit)
    if not items:
        return [speakable(unit.text) for unit in _with_more(found, intro)]
    if is_step(items[0].text):
        return [speakable(unit.text) for unit in items[:MOST_STEPS]]
    return [joined(intro.text, [item.text for item in items])]


def joined(intro: str, items: Sequence[str]) -> str:
    """One sentence: `The box holds:`, `- a cable`, `- a key` → `The box holds: a cable; a key.`."""
    said = [speakable(item).rstrip(".") for item in items]
    return f"{speakable(intro).rstrip('.')}: {'; '.join(said)}."
