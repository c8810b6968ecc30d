"""Text to words, words to stems; numbers are digits whether written or spoken."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import snowballstemmer

TOKEN = re.compile(r"\d+(?:[.,]\d+)+|\d+|[^\W\d_]+(?:['\u2019][^\W\d_]+)*\d*")
COMPOUND = re.compile(r"(?<![\w-])([^\W\d_]{1,12})-([^\W\d_]{2,})(?![\w-])")
SYMBOLS = (
    (re.compile(r"\u00b0\s*([CF])\b"), r" degrees \1 "),
    (re.compile(r"\u00b0"), " degrees "),
    (re.compile(r"(?<=\d)\s*%"), " percent "),
    (re.compile(r"&"), " and "),
)
_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL = {word: number for number, word in enumerate(_SMALL.split())}
TENS = {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
SCALES = {"hundred": 100, "thousand": 1000}
MOST_LETTERS = 40

_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a lower-case word; numbers and codes (`e3`) stay as they are."""
    if word[-1:].isdigit():
        return word
    return IRREGULAR.get(word) or str(_stemmer.stemWord(word))


IRREGULAR = {
    "broken": "break", "broke": "break", "stuck": "stick", "froze": "freez", "frozen": "freez",
    "worn": "wear", "lost": "lose", "kept": "keep", "held": "hold", "sent": "send",
    "heard": "hear", "left": "left", "built": "build", "bought": "buy", "sold": "sell",
    "found": "find", "made": "make", "chose": "choos", "chosen": "choos", "thrown": "throw",
    "took": "take", "taken": "take", "stopped": "stop", "began": "begin", "begun": "begin",
    "children": "child", "kids": "child", "kid": "child", "feet": "foot", "batteries": "batteri",
    "dried": "dri", "dry": "dri", "heavier": "heavi", "louder": "loud", "quieter": "quiet",
    "noisy": "nois", "noise": "nois", "smelly": "smell", "leaky": "leak", "dirty": "dirti",
    "burnt": "burn", "burned": "burn", "spoke": "speak", "spoken": "speak", "written": "write",
    "ran": "run", "running": "run", "shut": "shut", "laid": "lay", "paid": "pay",
    "longer": "long", "longest": "long", "shorter": "short", "higher": "high", "lower": "low",
    "hotter": "hot", "colder": "cold", "bigger": "big", "biggest": "big", "largest": "larg",
    "weighs": "weigh", "weight": "weigh", "warranties": "warranti", "warranty": "warranti",
}  # fmt: skip


def tokens(text: str) -> list[str]:
    """The words of `text` in order: lower case, no accents, written numbers as digits.

    `Wi-Fi` gives `wi fi wifi`: it is found however the question spells it.
    """
    for pattern, replacement in SYMBOLS:
        text = pattern.sub(replacement, text)
    text = COMPOUND.sub(r"\1 \2 \1\2", fold(text))
    words = [_bare(word)[:MOST_LETTERS] for word in TOKEN.findall(text)]
    return digits([word for word in words if word])


def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).lower()


def _bare(word: str) -> str:
    word = word.replace("\u2019", "'").removesuffix("'s").replace("'", "")
    return (
        word.replace(",", "")
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+", word)
        else word.replace(",", ".")
    )


def digits(words: list[str]) -> list[str]:
    """`two hundred thirty volts` → `230 volts`; other words stay as they are."""
    result: list[str] = []
    index = 0
    while index < len(words):
        value, end = _number(words, index)
        result.append(words[index] if value is None else str(value))
        index = end
    return result


def _number(words: list[str], start: int) -> tuple[int | None, int]:
    """The number whose words begin at `start` (None if there is none), and where they end."""
    total = SMALL.get(words[start], TENS.get(words[start]))
    if total is None:
        return None, start + 1
    end = start + 1
    while end < len(words):
        word, before = words[end], words[end - 1]
        if word in SCALES:
            total *= SCALES[word]
        elif before in TENS and 0 < SMALL.get(word, 0) < 10:  # noqa: PLR2004
            total += SMALL[word]
        elif before in SCALES and (word in SMALL or word in TENS):
            total += SMALL.get(word, 0) + TENS.get(word, 0)
        elif word == "and" and before in SCALES and _small(words[end + 1 : end + 2]):
            tail, stop = _number(words, end + 1)
            return total + (tail or 0), stop
        else:
            break
        end += 1
    return total, end


def _small(following: list[str]) -> bool:
    return bool(following) and (following[0] in SMALL or following[0] in TENS)
