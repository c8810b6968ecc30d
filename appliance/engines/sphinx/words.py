"""Written text -> the words that somebody says, as the language model and dictionary know them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from appliance.engines.speakable import UNITS
from appliance.engines.sphinx.numbers import ordinal, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

_SYMBOLS = {"%": "percent", "&": "and", "+": "plus", "=": "equals", "\u00b0": "degrees", "@": "at"}
_LINK = re.compile(r"https?://\S+|www\.\S+|!?\[([^\]]*)\]\([^)]*\)")
_SENTENCE = re.compile(
    r"(?<=[.!?;])\s+|\n\s*\n|\n\s*(?:[-*+|#>]|\d+[.)])\s*|[|:\u2014()\[\]\u2013]+"
)
_TOKEN = re.compile(
    r"\d+(?:st|nd|rd|th)\b|\d+(?:,\d{3})+|\d+(?:\.\d+)?|\u00b0[cf]?|[a-z]+\d+[a-z0-9]*"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*|[%&+=@]"
)
_CODE = re.compile(r"[a-z]+\d+[a-z0-9]*")


def sentences(text: str) -> Iterator[list[str]]:
    """The sentences of a text, Markdown marks gone, as lists of spoken lower-case words.

    A code such as `e04` stays one word, as in the documents, so that the retriever finds it.
    """
    for part in _SENTENCE.split(_LINK.sub(lambda m: m[1] or " ", text)):
        words = spoken_words(part)
        if words:
            yield words


def spoken_words(text: str) -> list[str]:
    """The words of one phrase."""
    flat = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
    flat = flat.replace("wi-fi", "wifi")  # the dictionary has it as one word
    tokens = _TOKEN.findall(flat)
    words: list[str] = []
    for before, token in zip(["", *tokens], tokens, strict=False):
        words.extend(_as_spoken(token, after_number=before[:1].isdigit()))
    return words


def is_code(word: str) -> bool:
    """Letters and then digits: `e04`, `m8`."""
    return _CODE.fullmatch(word) is not None


def _as_spoken(token: str, *, after_number: bool) -> list[str]:
    if token[0].isdigit():
        number = token.replace(",", "")
        if number[-2:].isalpha():
            return ordinal(int(number[:-2])).split()
        return spoken(number).split()
    if after_number and token in UNITS:
        return UNITS[token][1].lower().split()
    if token in _SYMBOLS:
        return [_SYMBOLS[token]]
    plain = unicodedata.normalize("NFKD", token).encode("ascii", "ignore").decode()
    return [plain] if plain.strip("'") else []
