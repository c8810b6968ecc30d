"""ONNX files as fields: read, changed, written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.models import bundled_models
from audio.onnxfile import GraphField, Message, ModelField, NodeField, TensorField, node, value

MODELS = sorted(bundled_models().glob("*.onnx"))


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_file_is_written_as_it_was_read(path: object) -> None:
    data = path.read_bytes()  # type: ignore[attr-defined]
    assert Message(data).encode() == data


@given(numbers=st.lists(st.integers(0, 2**64 - 1)), texts=st.lists(st.text()), blob=st.binary())
def test_what_is_put_is_read(numbers: list[int], texts: list[str], blob: bytes) -> None:
    inner = Message().put(3, *numbers)
    message = Message(Message().put(1, *texts).put(16, blob).put(2, inner).encode())
    assert message.texts(1) == texts
    assert message.blobs(16) == [blob]
    assert message.messages(2)[0].numbers(3) == numbers


@given(numbers=st.lists(st.integers(0, 2**64 - 1)))
def test_packed_integers_are_read_too(numbers: list[int]) -> None:
    one_each = Message().put(1, *numbers).encode()
    packed = b"".join(Message().put(0, number).encode()[1:] for number in numbers)
    assert Message(Message().put(1, packed).encode()).numbers(1) == numbers
    assert Message(one_each).numbers(1) == numbers


@given(data=st.binary())
def test_bytes_are_a_message_or_a_value_error(data: bytes) -> None:
    try:
        message = Message(data)
    except ValueError:
        return
    assert Message(message.encode()).encode() == message.encode()


def test_a_file_cut_off_is_refused() -> None:
    data = MODELS[0].read_bytes()
    with pytest.raises(ValueError, match="cut off"):
        Message(data[: len(data) // 2])


def test_replaced_values_keep_the_others() -> None:
    message = Message().put(1, 5).put(2, "a", "b").put(2, "c")
    assert message.texts(2) == ["c"]
    assert message.numbers(1) == [5]


def test_nodes_and_shapes_as_onnx_names_them() -> None:
    joined = node("Concat", ["a", "b"], "c", axis=2)
    assert joined.texts(NodeField.OPERATOR) == ["Concat"]
    assert joined.texts(NodeField.INPUT) == ["a", "b"]
    (graph,) = Message(MODELS[0].read_bytes()).messages(ModelField.GRAPH)
    tensors = graph.messages(GraphField.INITIALIZER)
    assert [128, 1536] in [tensor.numbers(TensorField.DIMENSIONS) for tensor in tensors]
    assert value("x", 1, "n").texts(1) == ["x"]
