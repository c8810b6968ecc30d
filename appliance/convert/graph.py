"""What an ONNX file wants to be given, read without the toolkit."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from appliance.errors import ModelError
from audio.onnxfile import GraphField, Message, ModelField, TensorField

DTYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    5: "int16",
    6: "int32",
    7: "int64",
    9: "bool",
    10: "float16",
    11: "float64",
}
"""TensorProto.DataType (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto)."""


class Input(NamedTuple):
    """One tensor that it wants; sizes that may vary are None."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]


def read_inputs(path: Path) -> list[Input]:
    """Every input of the graph, in its order. May raise OSError.

    Raises:
        ModelError: `MOD-ONNX`, the file is no ONNX model.
    """
    data = path.read_bytes()
    try:
        return _inputs(data)
    except (ValueError, KeyError, IndexError) as error:
        raise ModelError(
            "MOD-ONNX",
            f"{path} is no ONNX model",
            f"{len(data)} bytes, {error}",
            "name a file that torch.onnx.export or optimum wrote, whole",
        ) from error


def _inputs(data: bytes) -> list[Input]:
    graphs = Message(data).messages(ModelField.GRAPH)
    if not graphs:
        raise ValueError("no graph in them")
    tensors = graphs[0].messages(GraphField.INITIALIZER)
    weights = {name for tensor in tensors for name in tensor.texts(TensorField.NAME)}
    inputs = map(_input, graphs[0].messages(GraphField.INPUT))
    return [given for given in inputs if given.name not in weights]


def _input(value: Message) -> Input:
    """Of a ValueInfoProto."""
    (tensor,) = value.messages(2)[0].messages(1)
    sizes = [
        next(iter(dimension.numbers(1)), None)
        for shape in tensor.messages(2)
        for dimension in shape.messages(1)
    ]
    return Input(value.texts(1)[0], DTYPES[tensor.numbers(1)[0]], tuple(sizes))


def fixed(inputs: list[Input], shapes: dict[str, tuple[int, ...]]) -> list[Input]:
    """The inputs with the sizes that a person gave them.

    Raises:
        ModelError: `MOD-SHAPE`, for an input that doesn't exist, can't have that shape, or may
            still vary.
    """
    unknown = shapes.keys() - {given.name for given in inputs}
    if unknown:
        names = ", ".join(given.name for given in inputs)
        raise _shape(f"there is no input “{min(unknown)}”", f"its inputs are {names}")
    return [_fixed(given, shapes.get(given.name)) for given in inputs]


def _fixed(given: Input, shape: tuple[int, ...] | None) -> Input:
    shown = ",".join("?" if size is None else str(size) for size in given.shape)
    if shape is None and None in given.shape:
        raise _shape(f"the input “{given.name}” is {shown}", "the NPU needs every size")
    if shape is None:
        return given
    fits = len(shape) == len(given.shape) and all(
        size in {None, wanted} for size, wanted in zip(given.shape, shape, strict=True)
    )
    if not fits:
        wanted = ",".join(map(str, shape))
        raise _shape(f"the input “{given.name}” can't be {wanted}", f"the model says {shown}")
    return given._replace(shape=shape)


def _shape(what: str, cause: str) -> ModelError:
    return ModelError("MOD-SHAPE", what, cause, "give its sizes: --shape NAME=1,80,2000")
