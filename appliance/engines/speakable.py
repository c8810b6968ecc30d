"""What a voice says right: units, signs, ranges and bullets as words; pure."""

from __future__ import annotations

import re
from typing import Final

UNITS: Final = {
    "\u00b0c": ("degree celsius", "degrees celsius"),
    "\u00b0f": ("degree fahrenheit", "degrees fahrenheit"),
    "\u00b0": ("degree", "degrees"),
    "mm": ("millimeter", "millimeters"),
    "cm": ("centimeter", "centimeters"),
    "m": ("meter", "meters"),
    "km": ("kilometer", "kilometers"),
    "mg": ("milligram", "milligrams"),
    "g": ("gram", "grams"),
    "kg": ("kilogram", "kilograms"),
    "ml": ("milliliter", "milliliters"),
    "l": ("liter", "liters"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "v": ("volt", "volts"),
    "mv": ("millivolt", "millivolts"),
    "w": ("watt", "watts"),
    "kw": ("kilowatt", "kilowatts"),
    "kwh": ("kilowatt hour", "kilowatt hours"),
    "wh": ("watt hour", "watt hours"),
    "a": ("amp", "amps"),
    "ma": ("milliamp", "milliamps"),
    "ah": ("amp hour", "amp hours"),
    "mah": ("milliamp hour", "milliamp hours"),
    "hz": ("hertz", "hertz"),
    "khz": ("kilohertz", "kilohertz"),
    "mhz": ("megahertz", "megahertz"),
    "ghz": ("gigahertz", "gigahertz"),
    "db": ("decibel", "decibels"),
    "psi": ("P S I", "P S I"),
    "nm": ("newton meter", "newton meters"),
    "kb": ("kilobyte", "kilobytes"),
    "mb": ("megabyte", "megabytes"),
    "gb": ("gigabyte", "gigabytes"),
}
"""Symbol in lower case -> one of it, several of it."""

_WORDS: Final = (
    # Marks of Markdown and lists.
    (r"!?\[([^\]]*)\]\([^)]*\)", r"\1"),
    (r"(?m)^\s*(?:#{1,6}|[-*+\u2022\u25e6\u2023]|>)\s+", ""),
    (r"(?m)^\s*\|?[\s:|-]{3,}\|?\s*$", " "),
    (r"\*\*|__|`+|~~|(?<!\w)[*_]|[*_](?!\w)", ""),
    (r"\s*\|\s*", ", "),
    # Addresses.
    (r"https?://(?:www\.)?|\bwww\.", ""),
    (r"(?<=\w)@(?=\w)", " at "),
    (r"(?<=[^\W\d_])\.(?=[a-z]{2,}\b)", " dot "),
    (r"(?<= dot \w\w)/|(?<= dot \w\w\w)/", " slash "),
    # Latin and other abbreviations.
    (r"(?i)\be\.\s?g\.,?", "for example"),
    (r"(?i)\bi\.\s?e\.,?", "that is"),
    (r"(?i)\betc\.", "et cetera"),
    (r"(?i)\bapprox\.", "approximately"),
    (r"(?i)\bmax\.", "maximum"),
    (r"(?i)\bmin\.(?=\s+[a-z\d])", "minimum"),
    (r"(?i)\bno\.(?=\s*\d)", "number"),
    (r"(?i)\bfig\.(?=\s*\d)", "figure"),
    (r"(?i)\bvs\.?(?=\s)", "versus"),
    (r"(?i)\bw/o\b", "without"),
    (r"\band/or\b", "or"),
    # Numbers.
    (r"(?<=\d),(?=\d{3}\b)", ""),
    (r"(?i)\b(?:version\s+)?v(?=\d+\.\d)", "version "),
    (r"(?<=\d)\.(?=\d+\.\d)|(?<=\d\.\d)\.(?=\d)", " point "),
    (r"(?<![\w.-])(\d+(?:\.\d+)?)\s?[-\u2013]\s?(?=\d+(?:\.\d+)?(?![\w]*[-\u2013/]\d))", r"\1 to "),
    (r"(?<![\w)])[-\u2212](?=\d)", "minus "),
    (r"\u00b1\s*", " plus or minus "),
    (r"(?<=\d)\s*[\u00d7x]\s*(?=\d)", " by "),
    (r"\s*\u00d7\s*", " by "),
    (r"~\s*(?=\d)|\u2248\s*", "about "),
    (r"\u2264\s*|<=\s*", "at most "),
    (r"\u2265\s*|>=\s*", "at least "),
    (r"<\s*(?=\d)", "less than "),
    (r">\s*(?=\d)", "more than "),
    (r"#(?=\d)", "number "),
    (r"\u00bd", " one half "),
    (r"\u00bc", " one quarter "),
    (r"\u00be", " three quarters "),
    (r"(?<=\d)\s*%", " percent"),
    (r"%", " percent "),
    # Signs between words.
    (r"&", " and "),
    (r"(?<=\s)\+(?=\s)|(?<=\d)\+(?=\d)", " plus "),
    (r"\s*=\s*", " equals "),
    (r"\s*(?:\u2192|->|=>)\s*", ", then "),
    (r"\s*[\u2013\u2014]\s*|\s+-{1,3}\s+", ", "),
    (r"(?<=[^\W\d_])/(?=[^\W\d_])", " or "),
    (r"\s*[(\[{]\s*", ", "),
    (r"\s*[)\]}](?=\s*[.,;:!?])", ""),
    (r"\s*[)\]}]\s*", ", "),
    (r"[<>\\^_~]", " "),
)
_MARKS_END: Final = 4
_REPLACEMENTS: Final = tuple((re.compile(pattern), with_) for pattern, with_ in _WORDS)
_MEASURE = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s?("
    + "|".join(sorted(map(re.escape, UNITS), key=len)[::-1])
    + r")(?:/(h|s|min|l|kg|m|km|day|week|year))?(?![\w\u00b0])",
    re.IGNORECASE,
)
_TIDY: Final = (
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+(?=[.,;:!?])"), ""),
    (re.compile(r",(?:\s*,)+"), ","),
    (re.compile(r",(?=\s*[.;:!?])"), ""),
    (re.compile(r"([.;:!?]),"), r"\1"),
    (re.compile(r"^[\s,;:]+|[\s,]+$"), ""),
)


def speakable(text: str) -> str:
    """The same text without what a voice would say wrong: units, signs, marks, addresses.

    `Set it to 5-10 °C (max. 3.5 bar)` -> `Set it to 5 to 10 degrees celsius, maximum 3.5 bar`.
    Digits stay: every voice reads those. The spelling is American, as the voice is.
    """
    for pattern, with_ in _REPLACEMENTS[:_MARKS_END]:
        text = pattern.sub(with_, text)
    text = _MEASURE.sub(_measure, text)
    for pattern, with_ in (*_REPLACEMENTS[_MARKS_END:], *_TIDY):
        text = pattern.sub(with_, text)
    return text


def _measure(found: re.Match[str]) -> str:
    number, unit, per = found.groups()
    name = UNITS[unit.lower()][number != "1"]
    return f"{number} {name}" + (f" per {UNITS.get(per.lower(), (per,))[0]}" if per else "")
