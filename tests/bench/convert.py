"""Whether `models convert` keeps the numbers: `python -m tests.bench.convert ENVIRONMENT [OUT]`.

An encoder of Whisper's shape with random weights (whisper-tiny: 80 x 2000 frames, width 384, four
layers) goes through the real rknn-toolkit2 in ENVIRONMENT (`appliance models convert
--environment ENVIRONMENT`); its cosine in the simulator must be 0.999 or better.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from appliance.cli import main
from audio.onnxfile import Message, NodeField, attribute, node, value
from tests.appliance.engines.rknn.graphs import model

MELS, FRAMES, WIDTH, LAYERS, HEAD = 80, 2000, 384, 4, 64


class Builder:
    """Nodes and weights, named as they come."""

    def __init__(self, seed: int = 1) -> None:
        self.nodes: list[Message] = []
        self.tensors: dict[str, Any] = {}
        self._random = np.random.default_rng(seed)

    def constant(self, data: Any, dtype: Any = np.float32) -> str:
        name = f"c{len(self.tensors)}"
        self.tensors[name] = np.asarray(data, dtype)
        return name

    def weights(self, *shape: int, spread: float) -> str:
        return self.constant(self._random.standard_normal(shape) * spread)

    def do(self, operator: str, *takes: str, **attributes: int | list[int]) -> str:
        name = f"n{len(self.nodes)}"
        made = node(operator, list(takes), name)
        made.put(NodeField.ATTRIBUTE, *(attribute(key, of) for key, of in attributes.items()))
        self.nodes.append(made)
        return name

    def gelu(self, x: str) -> str:
        erf = self.do("Erf", self.do("Div", x, self.constant(2**0.5)))
        half = self.do("Mul", x, self.constant(0.5))
        return self.do("Mul", half, self.do("Add", erf, self.constant(1)))

    def norm(self, x: str) -> str:
        centred = self.do("Sub", x, self.do("ReduceMean", x, axes=[2]))
        square = self.do("Mul", centred, centred)
        variance = self.do("ReduceMean", square, axes=[2])
        root = self.do("Sqrt", self.do("Add", variance, self.constant(1e-5)))
        return self.do("Div", centred, root)

    def linear(self, x: str, takes: int, gives: int) -> str:
        product = self.do("MatMul", x, self.weights(takes, gives, spread=takes**-0.5))
        return self.do("Add", product, self.weights(gives, spread=0.1))

    def attention(self, x: str) -> str:
        shape = self.constant([1, FRAMES // 2, WIDTH // HEAD, HEAD], np.int64)
        order = {"q": [0, 2, 1, 3], "k": [0, 2, 3, 1], "v": [0, 2, 1, 3]}
        parts = {
            name: self.do(
                "Transpose", self.do("Reshape", self.linear(x, WIDTH, WIDTH), shape), perm=perm
            )
            for name, perm in order.items()
        }
        scores = self.do(
            "Mul", self.do("MatMul", parts["q"], parts["k"]), self.constant(HEAD**-0.5)
        )
        mixed = self.do("MatMul", self.do("Softmax", scores, axis=3), parts["v"])
        turned = self.do("Transpose", mixed, perm=[0, 2, 1, 3])
        joined = self.do("Reshape", turned, self.constant([1, FRAMES // 2, WIDTH], np.int64))
        return self.linear(joined, WIDTH, WIDTH)


def encoder() -> bytes:
    """An ONNX file: `mel` [1, 80, 2000] to `sound` [1, 1000, 384]."""
    build, x = Builder(), "mel"
    for channels, stride in ((MELS, 1), (WIDTH, 2)):
        kernel = build.weights(WIDTH, channels, 3, spread=(3 * channels) ** -0.5)
        bias = build.weights(WIDTH, spread=0.1)
        shape = {"kernel_shape": [3], "pads": [1, 1], "strides": [stride]}
        x = build.gelu(build.do("Conv", x, kernel, bias, **shape))
    x = build.do("Transpose", x, perm=[0, 2, 1])
    x = build.do("Add", x, build.weights(FRAMES // 2, WIDTH, spread=0.3))
    for _ in range(LAYERS):
        x = build.do("Add", x, build.attention(build.norm(x)))
        wide = build.gelu(build.linear(build.norm(x), WIDTH, 4 * WIDTH))
        x = build.do("Add", x, build.linear(wide, 4 * WIDTH, WIDTH))
    build.nodes.append(node("Identity", [build.norm(x)], "sound"))
    inputs = [value("mel", 1, MELS, FRAMES)]
    outputs = [value("sound", 1, FRAMES // 2, WIDTH)]
    return model(build.nodes, build.tensors, inputs, outputs)


if __name__ == "__main__":
    out = Path(sys.argv[2] if len(sys.argv) > 2 else ".")
    source = out / "whisper-shaped.onnx"
    source.write_bytes(encoder())
    words = ["models", "convert", source, "-o", source.with_suffix(".rknn")]
    sys.exit(main([str(word) for word in [*words, "--environment", sys.argv[1]]]))
