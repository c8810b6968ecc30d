"""all-MiniLM-L6-v2 as it was trained: a text to the mean of its layers' output, length 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from appliance.knowledge.meaning.layers import DIMENSIONS, mean_output
from appliance.knowledge.meaning.tokens import word_pieces
from appliance.knowledge.meaning.weights import Array, encoder_weights

_BATCH = 16


class Encoder:
    """Texts to vectors [n, 384] of length 1; near meanings have a large dot product."""

    def __init__(self) -> None:
        self._pieces, self._weights = word_pieces(), encoder_weights()

    def encode(
        self, texts: Sequence[str], progress: Callable[[float], None] = lambda _share: None
    ) -> Array:
        """One vector a text, in order; `progress` gets the share that is done (0..1)."""
        numbers = [self._pieces.encode(text) for text in texts]
        vectors = np.zeros((len(texts), DIMENSIONS), np.float32)
        done = 0
        for batch in _equally_long(numbers):
            vectors[batch] = self._vectors(np.array([numbers[index] for index in batch]))
            done += len(batch)
            progress(done / len(texts))
        return vectors

    def _vectors(self, numbers: NDArray[np.int64]) -> Array:
        mean = mean_output(self._weights, numbers, np.zeros(numbers.shape[1], np.int64))
        unit: Array = mean / np.linalg.norm(mean, axis=-1, keepdims=True)
        return unit


def _equally_long(numbers: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Indices in batches of texts that have the same number of pieces."""
    order = sorted(range(len(numbers)), key=lambda index: len(numbers[index]))
    for _, group in groupby(order, key=lambda index: len(numbers[index])):
        indices = list(group)
        yield from (indices[at : at + _BATCH] for at in range(0, len(indices), _BATCH))
