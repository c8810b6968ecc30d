"""all-MiniLM-L6-v2: six BERT layers, the mean of their output, length 1.

Facts: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (config.json): hidden 384,
12 heads, 6 layers, gelu, layer norm with epsilon 1e-12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from appliance.knowledge.meaning.tokens import WordPieces
from appliance.knowledge.meaning.weights import Array, map_weights, model_folder

DIMENSIONS = 384
_HEADS = 12
_LAYERS = 6
_BATCH = 16
_PHI = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
_EPSILON = np.float32(1e-12)


class Encoder:
    """Texts to vectors [n, 384] of length 1; near meanings have a large dot product."""

    def __init__(self) -> None:
        folder = model_folder()
        self._pieces = WordPieces(folder / "vocab.txt")
        self._weights = map_weights(folder / "model.safetensors")

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
        """Of texts [n, pieces] of the same length, so that nothing needs padding."""
        hidden = self._embedded(numbers)
        for layer in range(_LAYERS):
            name = f"encoder.layer.{layer}"
            attended = self._linear(f"{name}.attention.output.dense", self._attention(name, hidden))
            hidden = self._normal(f"{name}.attention.output.LayerNorm", attended + hidden)
            inner = _gelu(self._linear(f"{name}.intermediate.dense", hidden))
            outer = self._linear(f"{name}.output.dense", inner)
            hidden = self._normal(f"{name}.output.LayerNorm", outer + hidden)
        mean: Array = hidden.mean(axis=1)
        unit: Array = mean / np.linalg.norm(mean, axis=-1, keepdims=True)
        return unit

    def _embedded(self, numbers: NDArray[np.int64]) -> Array:
        weights = self._weights
        words = weights["embeddings.word_embeddings.weight"][numbers]
        places = weights["embeddings.position_embeddings.weight"][: numbers.shape[1]]
        kind = weights["embeddings.token_type_embeddings.weight"][0]
        return self._normal("embeddings.LayerNorm", words + places + kind)

    def _attention(self, name: str, hidden: Array) -> Array:
        """Every piece looks at every other of its text, in 12 ways at once."""
        count, length, _ = hidden.shape
        query, key, value = (
            self._linear(f"{name}.attention.self.{part}", hidden)
            .reshape(count, length, _HEADS, -1)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(np.float32(DIMENSIONS // _HEADS))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        heads: Array = mixed.transpose(0, 2, 1, 3).reshape(count, length, DIMENSIONS)
        return heads

    def _linear(self, name: str, x: Array) -> Array:
        product: Array = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return product

    def _normal(self, name: str, x: Array) -> Array:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
        scaled: Array = centred / spread * self._weights[f"{name}.weight"]
        return scaled + self._weights[f"{name}.bias"]


def _equally_long(numbers: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Indices in batches of texts that have the same number of pieces."""
    order = sorted(range(len(numbers)), key=lambda index: len(numbers[index]))
    for _, group in groupby(order, key=lambda index: len(numbers[index])):
        indices = list(group)
        yield from (indices[at : at + _BATCH] for at in range(0, len(indices), _BATCH))


def _gelu(x: Array) -> Array:
    """The Gaussian error unit, x · Φ(x); Φ by Abramowitz and Stegun 7.1.26, exact to 1.5e-7."""
    z = np.abs(x) / np.float32(np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = np.zeros_like(t)
    for coefficient in _PHI:
        series = t * (coefficient + series)
    tail = series * np.exp(-z * z) / 2
    result: Array = (x * np.where(x >= 0, 1 - tail, tail)).astype(np.float32)
    return result
