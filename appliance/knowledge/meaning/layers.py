"""The six layers of all-MiniLM-L6-v2, run by numpy over whatever weights they are given.

Facts: https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (config.json): hidden 384,
12 heads, 6 layers, gelu, layer norm with epsilon 1e-12.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from appliance.knowledge.meaning.weights import Array

DIMENSIONS = 384
_HEADS = 12
_LAYERS = 6
_SLOPE, _CUBE = np.float32(np.sqrt(2 / np.pi)), np.float32(0.044715)
_EPSILON = np.float32(1e-12)


def mean_output(
    weights: Mapping[str, Array], pieces: NDArray[np.int64], kinds: NDArray[np.int64]
) -> Array:
    """The mean [n, 384] of what the layers make of the pieces of texts [n, pieces].

    The texts have the same number of pieces, so that nothing needs padding; `kinds` [pieces] tells
    a first text (0) from a second (1).
    """
    words = weights["embeddings.word_embeddings.weight"][pieces]
    places = weights["embeddings.position_embeddings.weight"][: pieces.shape[1]]
    kind = weights["embeddings.token_type_embeddings.weight"][kinds]
    hidden = _normal(weights, "embeddings.LayerNorm", words + places + kind)
    for layer in range(_LAYERS):
        hidden = _layer(weights, f"encoder.layer.{layer}", hidden)
    mean: Array = hidden.mean(axis=1)
    return mean


def _layer(weights: Mapping[str, Array], name: str, hidden: Array) -> Array:
    mixed = _attention(weights, name, hidden)
    attended = _linear(weights, f"{name}.attention.output.dense", mixed)
    hidden = _normal(weights, f"{name}.attention.output.LayerNorm", attended + hidden)
    inner = _gelu(_linear(weights, f"{name}.intermediate.dense", hidden))
    outer = _linear(weights, f"{name}.output.dense", inner)
    return _normal(weights, f"{name}.output.LayerNorm", outer + hidden)


def _attention(weights: Mapping[str, Array], name: str, hidden: Array) -> Array:
    """Every piece looks at every other of its text, in 12 ways at once."""
    count, length, _ = hidden.shape
    query, key, value = (
        _linear(weights, f"{name}.attention.self.{part}", hidden)
        .reshape(count, length, _HEADS, -1)
        .transpose(0, 2, 1, 3)
        for part in ("query", "key", "value")
    )
    scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(np.float32(DIMENSIONS // _HEADS))
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
    heads: Array = mixed.transpose(0, 2, 1, 3).reshape(count, length, DIMENSIONS)
    return heads


def _linear(weights: Mapping[str, Array], name: str, x: Array) -> Array:
    """Of all texts in one product of matrices; one for each text takes a third longer."""
    rows = x.reshape(-1, x.shape[-1]) @ weights[f"{name}.weight"].T
    product: Array = rows.reshape(*x.shape[:-1], -1) + weights[f"{name}.bias"]
    return product


def _normal(weights: Mapping[str, Array], name: str, x: Array) -> Array:
    centred = x - x.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
    scaled: Array = centred / spread * weights[f"{name}.weight"]
    return scaled + weights[f"{name}.bias"]


def _gelu(x: Array) -> Array:
    """The Gaussian error unit in its tanh form (Hendrycks & Gimpel 2016), within 5e-4 of the exact.

    In place, since it would otherwise take longer than the matrices.
    """
    inner = x * x
    inner *= _CUBE * _SLOPE
    inner += _SLOPE
    inner *= x
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= np.float32(0.5)
    return inner
