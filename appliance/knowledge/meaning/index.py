"""The meanings of a pack's passages, and how near a question's meaning is to each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from appliance.knowledge.meaning.encoder import Encoder
from appliance.knowledge.meaning.layers import DIMENSIONS
from appliance.knowledge.meaning.weights import Array

SENTENCE_BY_SENTENCE = 400
"""Passages; a larger pack is encoded by headings and beginnings only, or it would take long."""
BEGINNING = 100
"""Characters."""
_CENTRE, _SCALE = 0.4, 3.0
"""Cosines of texts that have to do with each other lie about 0.4; the features about 0."""


class Nearness(NamedTuple):
    """How near a question is to a passage: to its nearest sentence, its heading, all of it."""

    meaning: float
    topic: float
    whole: float


@cache
def encoder() -> Encoder:
    """The encoder of this process, loaded when it is first needed."""
    return Encoder()


def passage_texts(path: Sequence[str], text: str, units: Sequence[str]) -> list[str]:
    """What is encoded of a passage: its heading, all of it, each sentence under its heading."""
    heading = path[-1] if path else ""
    below = below_headings(path, text)
    return [heading or text, below, *(f"{heading}: {unit}" for unit in units)]


def below_headings(path: Sequence[str], text: str) -> str:
    """A passage below its headings; a document's title says nothing where others follow."""
    return f"{' '.join(path[1:] if len(path) > 1 else path)}: {text}"


def encode_passages(
    texts: Sequence[Sequence[str]], progress: Callable[[float], None]
) -> list[bytes]:
    """The vectors of each passage's texts, as a pack keeps them; of a large pack's, fewer."""
    if len(texts) > SENTENCE_BY_SENTENCE:
        texts = [[text[:BEGINNING] for text in passage[:2]] for passage in texts]
    flat = [text for passage in texts for text in passage]
    vectors = encoder().encode(flat, progress).astype(np.float16)
    ends = np.cumsum([len(passage) for passage in texts])[:-1]
    return [part.tobytes() for part in np.split(vectors, ends)]


def stored_vectors(kept: bytes) -> Array:
    """Vectors [n, 384], as a pack keeps them.

    Raises:
        ValueError: they are not of this encoder, or no numbers.
    """
    vectors = np.frombuffer(kept, np.float16).astype(np.float32).reshape(-1, DIMENSIONS)
    if not np.isfinite(vectors).all():
        raise ValueError("vectors that are no numbers")
    return vectors


class MeaningIndex:
    """The passages of a pack by their meaning.

    Raises:
        ValueError: the stored vectors are not of this encoder.
    """

    def __init__(self, stored: Mapping[int, bytes]) -> None:
        parts = {number: stored_vectors(blob) for number, blob in stored.items()}
        self._ids = list(parts)
        self.ids = frozenset(parts)
        self._starts = np.cumsum([0, *(len(part) for part in parts.values())])[:-1]
        self._vectors: Array = np.concatenate([*parts.values(), np.zeros((0, DIMENSIONS), "f4")])

    def nearness(self, question: str) -> dict[int, Nearness]:
        """By passage id."""
        if not self._ids:
            return {}
        cosines = self._vectors @ encoder().encode([question])[0]
        features = _SCALE * (cosines - _CENTRE)
        topic, whole = features[self._starts], features[self._starts + 1]
        sentences = features.copy()
        sentences[self._starts] = -np.inf  # a heading alone is no sentence
        best = np.maximum.reduceat(sentences, self._starts)
        rows = zip(self._ids, best, topic, whole, strict=True)
        return {number: Nearness(float(b), float(t), float(w)) for number, b, t, w in rows}
