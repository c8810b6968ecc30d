"""ONNX files, read and written field by field.

They are protobuf messages: numbered fields, each an integer, a fixed number or bytes, and bytes
are a text, a tensor's data or a message within (https://protobuf.dev/programming-guides/encoding).
What nobody asks for is written as it was read. The `onnx` package would do the same in 20 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import TypeAlias

Field: TypeAlias = tuple[int, int, int | bytes]
"""Number, wire type, value."""

_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_FIXED = {_FIXED_64: 8, _FIXED_32: 4}
_LONGEST_VARINT = 10  # bytes


class ModelField(IntEnum):
    """Fields of ModelProto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto)."""

    GRAPH = 7


class GraphField(IntEnum):
    """Fields of GraphProto."""

    NODE = 1
    INITIALIZER = 5
    INPUT = 11
    OUTPUT = 12
    VALUE_INFO = 13


class NodeField(IntEnum):
    """Fields of NodeProto."""

    INPUT = 1
    OUTPUT = 2
    OPERATOR = 4
    ATTRIBUTE = 5


class TensorField(IntEnum):
    """Fields of TensorProto."""

    DIMENSIONS = 1
    NAME = 8
    RAW_DATA = 9


class AttributeField(IntEnum):
    """Fields of AttributeProto."""

    NAME = 1
    INTEGER = 3
    INTEGERS = 8
    TYPE = 20


class Message:
    """One message: its fields in order, repeated ones as often as they come."""

    def __init__(self, data: bytes = b"") -> None:
        """Read it; ValueError where the bytes are no message."""
        self._fields = list(_fields(data))

    def blobs(self, number: int) -> list[bytes]:
        """Every value of a field of bytes."""
        return [
            value for key, _, value in self._fields if key == number and isinstance(value, bytes)
        ]

    def texts(self, number: int) -> list[str]:
        """Every value of a field of text."""
        return [value.decode() for value in self.blobs(number)]

    def messages(self, number: int) -> list[Message]:
        """Every value of a field of messages, as copies: `put` them back."""
        return [Message(value) for value in self.blobs(number)]

    def numbers(self, number: int) -> list[int]:
        """Every value of a field of integers, packed or not."""
        values: list[int] = []
        for key, _, value in self._fields:
            if key == number:
                values += [value] if isinstance(value, int) else _varints(value)
        return values

    def put(self, number: int, *values: int | str | bytes | Message) -> Message:
        """Replace every value of a field; returns itself."""
        self._fields = [field for field in self._fields if field[0] != number]
        for value in values:
            if isinstance(value, int):
                self._fields.append((number, _VARINT, value))
            else:
                self._fields.append((number, _BYTES, _bytes(value)))
        return self

    def encode(self) -> bytes:
        """The message as bytes."""
        return b"".join(_encoded(field) for field in self._fields)


def node(operator: str, takes: list[str], gives: str, **attributes: int) -> Message:
    """A NodeProto with one output and integer attributes."""
    made = Message().put(NodeField.INPUT, *takes).put(NodeField.OUTPUT, gives)
    named = (attribute(name, value) for name, value in attributes.items())
    return made.put(NodeField.OPERATOR, operator).put(NodeField.ATTRIBUTE, *named)


def attribute(name: str, value: int | list[int]) -> Message:
    """An AttributeProto: one integer or several."""
    made = Message().put(AttributeField.NAME, name)
    if isinstance(value, int):
        return made.put(AttributeField.INTEGER, value).put(AttributeField.TYPE, 2)
    return made.put(AttributeField.INTEGERS, *value).put(AttributeField.TYPE, 7)


def value(name: str, *dimensions: int | str) -> Message:
    """A ValueInfoProto of floats; a dimension that may vary has a name."""
    sizes = (Message().put(1 if isinstance(size, int) else 2, size) for size in dimensions)
    tensor = Message().put(1, 1).put(2, Message().put(1, *sizes))
    return Message().put(1, name).put(2, Message().put(1, tensor))


def _fields(data: bytes) -> Iterator[Field]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, at = _varint(data, at)
            yield number, wire, value
            continue
        if wire == _BYTES:
            size, at = _varint(data, at)
        elif wire in _FIXED:
            size = _FIXED[wire]
        else:
            raise ValueError(f"no protobuf message: wire type {wire} at byte {at}")
        if at + size > len(data):
            raise ValueError(f"a message cut off: {size} bytes wanted at {at} of {len(data)}")
        yield number, wire, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """The integer that begins here, seven bits a byte, and where it ends."""
    value = 0
    for count, byte in enumerate(data[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:  # noqa: PLR2004  # no further byte
            return value, at + count + 1
    raise ValueError(f"no protobuf message: an integer without end at byte {at}")


def _varints(data: bytes) -> list[int]:
    values, at = [], 0
    while at < len(data):
        value, at = _varint(data, at)
        values.append(value)
    return values


def _encoded(field: Field) -> bytes:
    number, wire, value = field
    key = _varint_bytes(number << 3 | wire)
    if isinstance(value, int):
        return key + _varint_bytes(value)
    return key + (_varint_bytes(len(value)) if wire == _BYTES else b"") + value


def _varint_bytes(value: int) -> bytes:
    groups = [value >> shift & 0x7F for shift in range(0, max(1, value.bit_length()), 7)]
    return bytes([*(group | 0x80 for group in groups[:-1]), groups[-1]])


def _bytes(value: str | bytes | Message) -> bytes:
    if isinstance(value, Message):
        return value.encode()
    return value.encode() if isinstance(value, str) else value
