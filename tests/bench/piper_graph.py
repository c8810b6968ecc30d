"""A network of the size of a medium Piper voice, with random weights: noise, at the right cost.

Sizes as in VITS (Kim, Kong, Son 2021) and its medium Piper voices: width 192; six layers of text
with feed-forward convolutions 768 wide; a flow of four times four convolutions; HiFi-GAN from 256
channels by 8, 8 and 4. Left out: attention, durations (three frames for each id), noise.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from audio.onnxfile import Message, NodeField, attribute, node, value
from tests.appliance.engines.piper_voices import IDS, write_voice
from tests.appliance.engines.rknn.graphs import _typed, model

RATE_HZ = 22_050
WIDTH = 192
FRAMES = 3
"""Of 256 samples for each id; every other id is padding."""


class Builder:
    """Nodes and weights, one after another."""

    def __init__(self) -> None:
        self.nodes: list[Message] = []
        self.tensors: dict[str, np.ndarray] = {}
        self._random = np.random.default_rng(7)

    def add(self, operator: str, takes: list[str], **numbers: int | list[int]) -> str:
        gives = f"t{len(self.nodes)}"
        made = node(operator, takes, gives)
        named = [attribute(name, number) for name, number in numbers.items()]
        self.nodes.append(made.put(NodeField.ATTRIBUTE, *named))
        return gives

    def weight(self, *shape: int, scale: float) -> str:
        name = f"w{len(self.tensors)}"
        self.tensors[name] = self._random.normal(0, scale, shape).astype(np.float32)
        return name

    def conv(self, x: str, into: int, out: int, width: int, dilation: int = 1) -> str:
        kernel = self.weight(out, into, width, scale=(into * width) ** -0.5)
        reach = dilation * (width - 1) // 2
        return self.add("Conv", [x, kernel], dilations=[dilation], pads=[reach, reach])

    def upsample(self, x: str, into: int, width: int, stride: int) -> str:
        kernel = self.weight(into, into // 2, width, scale=(into * width / stride) ** -0.5)
        edge = (width - stride) // 2
        return self.add("ConvTranspose", [x, kernel], strides=[stride], pads=[edge, edge])


def graph() -> bytes:
    """Takes and gives what a Piper voice does."""
    net = Builder()
    net.tensors |= {"row": np.array([1, WIDTH, -1]), "column": np.array([1, WIDTH, -1, 1])}
    table = net.weight(IDS, WIDTH, scale=1.0)
    x = net.add("Transpose", [net.add("Gather", [table, "input"])], perm=[0, 2, 1])
    for _ in range(6):
        wide = net.add("Relu", [net.conv(x, WIDTH, 4 * WIDTH, 3)])
        x = net.add("Add", [x, net.conv(wide, 4 * WIDTH, WIDTH, 3)])
    frames = net.add("Concat", [net.add("Reshape", [x, "column"])] * FRAMES, axis=3)
    x = net.add("Reshape", [frames, "row"])
    for _ in range(16):
        wide = net.add("Tanh", [net.conv(x, WIDTH, 2 * WIDTH, 5)])
        x = net.add("Add", [x, net.conv(wide, 2 * WIDTH, WIDTH, 1)])
    sound = net.add("Tanh", [_hifi_gan(net, x)])
    net.nodes.append(node("Unsqueeze", [net.add("Squeeze", [sound]), "front"], "output"))
    net.tensors["front"] = np.array([0, 1])
    inputs = [_typed("input", 7, 1, "phonemes"), _typed("input_lengths", 7, 1), value("scales", 3)]
    return model(net.nodes, net.tensors, inputs, [value("output", 1, 1, "samples")])


def _hifi_gan(net: Builder, x: str) -> str:
    """The vocoder, which is most of the work."""
    channels = 256
    x = net.conv(x, WIDTH, channels, 7)
    for stride, width in ((8, 16), (8, 16), (4, 8)):
        x = net.upsample(net.add("LeakyRelu", [x]), channels, width, stride)
        channels //= 2
        branches = []
        for kernel, dilations in ((3, (1, 2)), (5, (2, 6)), (7, (3, 12))):
            y = x
            for dilation in dilations:
                wide = net.conv(net.add("LeakyRelu", [y]), channels, channels, kernel, dilation)
                y = net.add("Add", [y, wide])
            branches.append(y)
        x = net.add("Tanh", [net.add("Sum", branches)])
    return net.conv(net.add("LeakyRelu", [x]), channels, 1, 7)


def write_medium(folder: Path) -> Path:
    """`medium.onnx` and its JSON."""
    tiny = write_voice(folder, rate_hz=RATE_HZ)
    path = folder / "medium.onnx"
    path.write_bytes(graph())
    Path(f"{tiny}.json").rename(f"{path}.json")
    return path
