"""WordPiece, as BERT's uncased models expect it (Devlin et al. 2018, the released vocabulary)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from appliance.knowledge.meaning.weights import model_folder

MAX_PIECES = 128
"""The encoder was trained on texts up to this long; the rest of a text is not seen."""
_WORD = re.compile(r"\w+|[^\w\s]")
_LONGEST_WORD = 100


class WordPieces:
    """Text to the numbers of its pieces."""

    def __init__(self, vocabulary: Path) -> None:
        lines = vocabulary.read_text(encoding="utf-8").splitlines()
        self._numbers = {piece: number for number, piece in enumerate(lines)}
        self.begin, self.end = self._numbers["[CLS]"], self._numbers["[SEP]"]
        self._unknown = self._numbers["[UNK]"]

    def encode(self, text: str) -> list[int]:
        """At most MAX_PIECES numbers, the marks of beginning and end included."""
        return [self.begin, *self.pieces(text)[: MAX_PIECES - 2], self.end]

    def pieces(self, text: str) -> list[int]:
        """All numbers, without marks of beginning and end."""
        return [piece for word in _words(text) for piece in self._pieces(word)]

    def _pieces(self, word: str) -> list[int]:
        """The longest known pieces, from the left; one unknown if there is no such division."""
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        found, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else f"##{word[start:end]}"
                if piece in self._numbers:
                    break
            else:
                return [self._unknown]
            found.append(self._numbers[piece])
            start = end
        return found


@cache
def word_pieces() -> WordPieces:
    """Of the encoder's vocabulary, read once."""
    return WordPieces(model_folder() / "vocab.txt")


def _words(text: str) -> Iterator[str]:
    """Lower case, without accents, punctuation apart."""
    plain = unicodedata.normalize("NFD", text.lower())
    plain = "".join(mark for mark in plain if unicodedata.category(mark) != "Mn")
    yield from _WORD.findall(plain.replace("_", " _ "))
