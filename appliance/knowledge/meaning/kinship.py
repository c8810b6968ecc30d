"""Whether a passage holds the words of a question, or words that mean nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from appliance.knowledge.features import match
from appliance.knowledge.meaning.index import encoder, stored_vectors
from appliance.knowledge.meaning.weights import Array
from appliance.knowledge.pack import StoredPassage
from appliance.knowledge.question import Question, Term
from appliance.knowledge.words import stem, tokens

_STRANGE, _KIN = 0.35, 0.75
"""Cosines of two words: up to the one they are strangers, from the other as good as the same."""


class Kinship:
    """The words of a pack by their meaning."""

    def __init__(self, words: Sequence[str], stored: bytes) -> None:
        """`stored` are the words' vectors as `encode_words` gave them; ValueError if not."""
        self._places = {word: place for place, word in enumerate(words)}
        self._vectors = stored_vectors(stored)
        if len(self._vectors) != len(words):
            raise ValueError("a word without a vector")
        self._words_of = lru_cache(maxsize=4096)(self._places_of)

    def measure(
        self, question: Question, passage: StoredPassage, everywhere: frozenset[str]
    ) -> dict[str, float]:
        """`stranger`: weight of the word that the passage misses most; `kin`: share that it holds.

        `everywhere` are the stems of the passage.
        """
        terms = [term for term in question.terms if term.asked]
        total = sum(term.weight for term in terms)
        if not total:
            return {"stranger": 0.0, "kin": 0.0}
        held = [
            max(match(term, everywhere), near)
            for term, near in zip(terms, self._nearest(question, terms, passage), strict=True)
        ]
        missing = (term.weight * (1 - got) for term, got in zip(terms, held, strict=True))
        share = sum(term.weight * got for term, got in zip(terms, held, strict=True)) / total
        return {"stranger": max(missing), "kin": share}

    def _nearest(
        self, question: Question, terms: Sequence[Term], passage: StoredPassage
    ) -> list[float]:
        """For each term, how near the nearest word of the passage is (0..1)."""
        written = {stem(word): word for word in tokens(question.text)}
        asked = np.array([_vector(_as_written(term, written)) for term in terms])
        own = self._vectors[list(self._words_of(passage))]
        if not len(own):
            return [0.0] * len(terms)
        cosines = (asked @ own.T).max(axis=1)
        near: list[float] = np.clip((cosines - _STRANGE) / (_KIN - _STRANGE), 0, 1).tolist()
        return near

    def _places_of(self, passage: StoredPassage) -> tuple[int, ...]:
        found = {*tokens(" ".join(passage.path)), *tokens(passage.text)}
        return tuple(self._places[word] for word in sorted(found) if word in self._places)


def encode_words(words: Sequence[str]) -> bytes:
    """The vectors of words, as a pack keeps them."""
    return encoder().encode(words).astype(np.float16).tobytes()


def _as_written(term: Term, written: dict[str, str]) -> str:
    return " ".join(written.get(root, root) for root in term.phrase)


@lru_cache(maxsize=2048)
def _vector(text: str) -> Array:
    vector: Array = encoder().encode([text])[0]
    return vector
