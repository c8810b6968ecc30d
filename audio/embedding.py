"""openWakeWord's embedding network as a stream: it looks at every row of sound once.

As shipped it takes 76 mel rows and gives one embedding; the next one, 80 ms later, looks at 68 of
these rows again. It is a chain of convolutions and pools that pads nothing in time, so all that it
found in those 68 is still true. Here the last rows that reached each convolution are kept and put
before the new ones: the same sums in the same order, equal bit for bit, in a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from audio.models import Floats, Model
from audio.onnxfile import (
    AttributeField,
    GraphField,
    Message,
    ModelField,
    NodeField,
    TensorField,
    attribute,
    node,
    value,
)

if TYPE_CHECKING:
    from pathlib import Path

Past: TypeAlias = Mapping[str, Floats]
"""The last rows that reached each convolution, by the name of the network's input for them."""

_Shape: TypeAlias = tuple[int, int, int, int]
"""Batch, channels, rows, bands."""

BANDS = 32
"""Of the mel spectrogram."""
ROWS = 8
"""Mel rows from one embedding to the next."""
WINDOW = 76
"""Mel rows that an embedding looks back on."""
EMBEDDING = 96
"""Numbers in an embedding."""
WARM_UP = WINDOW // ROWS
"""So many embeddings after `nothing` see rows that never were."""


class StreamingEmbedding:
    """The network. It remembers nothing itself: a stream's past is handed in and out."""

    def __init__(self, path: Path) -> None:
        """Load `embedding_model.onnx`; AudioError where that fails."""
        self._model = Model(path, rewrite=streamed)
        pasts = {name: shape for name, shape in self._model.inputs.items() if name != "rows"}
        self.nothing: Past = {name: np.zeros(shape, np.float32) for name, shape in pasts.items()}

    def run(self, rows: Floats, past: Past) -> tuple[Floats, Past]:
        """Embeddings [n, 96] of the next mel rows [8n, 32], and the past of what comes after."""
        embeddings, *joined = self._model.run(rows=rows[None, None], **past)
        kept = {name: each[:, :, -2:] for name, each in zip(past, joined, strict=True)}
        return embeddings[0, :, :, 0].T, kept


def streamed(data: bytes) -> bytes:
    """The network's ONNX file, rewritten to go on from a past.

    Inputs: `rows` [1, 1, 8n, 32], and the past of each convolution that looks back. Outputs: the
    embeddings [1, 96, n, 1], and each past with what followed it. ValueError for another network.
    """
    model = Message(data)
    (graph,) = model.messages(ModelField.GRAPH)
    chain, pasts = _with_pasts(_convolutions(graph), _weights(graph))
    (embeddings,) = chain[-1].texts(NodeField.OUTPUT)
    joined = [value(f"joined_{i}", 1, past[1], f"rows_{i}", past[3]) for i, past in pasts.items()]
    inputs = [value(f"past_{i}", *past) for i, past in pasts.items()]
    graph.put(GraphField.NODE, *chain)
    graph.put(GraphField.INPUT, value("rows", 1, 1, "n", BANDS), *inputs)
    graph.put(GraphField.OUTPUT, value(embeddings, 1, EMBEDDING, "m", 1), *joined)
    graph.put(GraphField.VALUE_INFO)  # shapes of the network as it was
    return model.put(ModelField.GRAPH, graph).encode()


def _convolutions(graph: Message) -> list[Message]:
    """The nodes without those that pad the bands and turn the axes, all for 76 rows only."""
    nodes = graph.messages(GraphField.NODE)
    operators = [_operator(each) for each in nodes]
    if operators[:3] != ["Pad", "Reshape", "Conv"] or operators[-2:] != ["Conv", "Reshape"]:
        raise ValueError("it is not openWakeWord's embedding network: other nodes")
    first = nodes[2]
    first.put(NodeField.INPUT, "rows", *first.texts(NodeField.INPUT)[1:])
    pads = attribute("pads", [0, 1, 0, 1])
    first.put(NodeField.ATTRIBUTE, *first.messages(NodeField.ATTRIBUTE), pads)
    return nodes[2:-1]


def _with_pasts(
    chain: list[Message], weights: dict[str, list[int]]
) -> tuple[list[Message], dict[int, _Shape]]:
    """The chain with a past joined on before each convolution over time; the pasts' shapes."""
    nodes: list[Message] = []
    pasts: dict[int, _Shape] = {}
    reach, step, bands = 1, 1, BANDS
    for each in chain:
        height = stride = 1
        if _operator(each) == "Conv":
            takes = each.texts(NodeField.INPUT)
            _, channels, height, _ = weights[takes[1]]
            if height > 1:
                number = len(pasts)
                pasts[number] = (1, channels, height - 1, bands)
                joined = f"joined_{number}"
                nodes.append(node("Concat", [f"past_{number}", takes[0]], joined, axis=2))
                each.put(NodeField.INPUT, joined, *takes[1:])
        elif _operator(each) == "MaxPool":
            height, width = _kernel(each)
            stride, bands = height, bands // width
        reach, step = reach + (height - 1) * step, step * stride
        nodes.append(each)
    if (reach, step) != (WINDOW, ROWS):
        raise ValueError(f"an embedding of {reach} rows, {step} apart, not {WINDOW} and {ROWS}")
    return nodes, pasts


def _weights(graph: Message) -> dict[str, list[int]]:
    """The dimensions of each tensor by its name."""
    tensors = graph.messages(GraphField.INITIALIZER)
    return {t.texts(TensorField.NAME)[0]: t.numbers(TensorField.DIMENSIONS) for t in tensors}


def _operator(each: Message) -> str:
    return each.texts(NodeField.OPERATOR)[0]


def _kernel(pool: Message) -> list[int]:
    attributes = pool.messages(NodeField.ATTRIBUTE)
    named = {each.texts(AttributeField.NAME)[0]: each for each in attributes}
    return named["kernel_shape"].numbers(AttributeField.INTEGERS)
