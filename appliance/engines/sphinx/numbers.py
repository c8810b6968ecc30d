"""Numbers as they are spoken in English."""

from __future__ import annotations

import re


def _listed(text: str) -> list[str]:
    return text.split()


_ONES = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = _listed("twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"), (100, "hundred"))
_LARGEST = 10**12
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_NUMBER = re.compile(r"(\d+)(?:\.(\d+))?")


def cardinal(number: int) -> str:
    """0..999 999 999 999 in words; what is larger is read digit by digit."""
    if number >= _LARGEST:
        return digits(str(number))
    if number < len(_ONES):
        return _ONES[number]
    for size, name in _SCALES:
        if number >= size:
            rest = number % size
            head = f"{cardinal(number // size)} {name}"
            return f"{head} {cardinal(rest)}" if rest else head
    rest = number % 10
    return _TENS[number // 10 - 2] + (f" {_ONES[rest]}" if rest else "")


def ordinal(number: int) -> str:
    """1 -> first, 20 -> twentieth."""
    *head, last = cardinal(number).split()
    if last in _ORDINALS:
        last = _ORDINALS[last]
    else:
        last = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return " ".join([*head, last])


def digits(text: str) -> str:
    """Each digit by itself, as in a code or a decimal fraction."""
    return " ".join(_ONES[int(d)] for d in text if d.isascii() and d.isdigit())


def spoken(number: str) -> str:
    """`3.5` -> three point five; `0800` -> zero eight zero zero.

    Args:
        number: ASCII digits with at most one decimal point.

    Returns:
        The words, or an empty text if it is no number.
    """
    found = _NUMBER.fullmatch(number)
    if found is None or not number.isascii():
        return ""
    whole, fraction = found.groups()
    by_digit = len(whole) > 1 and whole.startswith("0")
    head = digits(whole) if by_digit else cardinal(int(whole))
    return f"{head} point {digits(fraction)}" if fraction else head
