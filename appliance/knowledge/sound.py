"""What a misheard word might have been: words that sound or look alike."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

CLOSE = 0.8
"""Least likeness for two words to be taken for one another; lets one sound in five differ."""
FEWEST_LETTERS = 5
FEWEST_SOUNDS = 3
MOST_LETTERS_MORE = 3

RULES = (
    ("ough", "f"), ("augh", "af"), ("tion", "xn"), ("sion", "xn"), ("cious", "xs"), ("tious", "xs"),
    ("sch", "sk"), ("tch", "x"), ("ch", "x"), ("sh", "x"), ("dge", "j"), ("ph", "f"), ("th", "t"),
    ("wh", "w"), ("gh", ""), ("kn", "n"), ("wr", "r"), ("ck", "k"), ("qu", "kw"), ("x", "ks"),
    ("ce", "se"), ("ci", "si"), ("cy", "sy"), ("ge", "je"), ("gi", "ji"),
)  # fmt: skip
MERGED = str.maketrans(
    {"d": "t", "b": "p", "g": "k", "c": "k", "q": "k", "v": "f", "z": "s", "j": "x"}
)
"""Voiced and unvoiced sound alike to a recogniser."""
VOWELS = re.compile(r"[aeiouyhw]+")


@lru_cache(maxsize=65536)
def sound(word: str) -> str:
    """The consonants of a word as they sound; vowels count only at the start (as `a`)."""
    for spelling, said in RULES:
        word = word.replace(spelling, said)
    word = word.translate(MERGED)
    start = "a" if word[:1] in "aeiou" else ""
    skeleton = VOWELS.sub("", word)
    return start + re.sub(r"(.)\1+", r"\1", skeleton)


def likeness(one: str, other: str) -> float:
    """0..1: how alike two words sound (twice as important) and look."""
    return (2 * _same(sound(one), sound(other)) + _same(one, other)) / 3


def _same(one: str, other: str) -> float:
    longest = max(len(one), len(other))
    return 1 - distance(one, other) / longest if longest else 0.0


def distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace) that turn one string into the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


class SoundIndex:
    """Finds words of a vocabulary that sound like a word that is not in it."""

    def __init__(self, words: Iterable[str]) -> None:
        self._by_size: dict[int, list[str]] = defaultdict(list)
        for word in words:
            if len(word) >= FEWEST_LETTERS and word.isalpha():
                self._by_size[len(sound(word))].append(word)

    def closest(self, word: str) -> tuple[str, float] | None:
        """The most alike word and its likeness (`CLOSE`..1), or None."""
        size = len(sound(word))
        if len(word) < FEWEST_LETTERS or size < FEWEST_SOUNDS:
            return None
        near = (other for n in (size - 1, size, size + 1) for other in self._by_size.get(n, ()))
        scored = (
            (likeness(word, other), other)
            for other in near
            if abs(len(other) - len(word)) <= MOST_LETTERS_MORE
        )
        best = max(scored, default=(0.0, ""))
        return (best[1], best[0]) if best[0] >= CLOSE else None
