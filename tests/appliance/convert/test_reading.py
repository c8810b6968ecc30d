"""What is read from outside: graphs, notes, logs. Nothing in them may surprise."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.convert.graph import Input, read_inputs
from appliance.convert.messages import LONGEST, failure
from appliance.convert.note import Note, note_of, note_path, parse
from appliance.errors import ModelError
from tests.appliance.convert.conftest import network

NOTE = Note(4, "ab", "rknn-toolkit2", "2.5.0", "rk3576", "fp16", "a.onnx", "cd", cosine={"y": 0.5})
LOG = """\
I rknn-toolkit2 version: 2.5.0\r
I OpFusing 0:  61%|█████| 61/100 [00:00<00:00, 62.33it/s]\rI OpFusing 1: 100%|██| [62.33it/s]
\x1b[1;33mW\x1b[0m \x1b[1;33mload_onnx: The config.mean_values is None, zeros will be set!\x1b[0m
\x1b[1;31mE\x1b[0m \x1b[1;31mbuild: Traceback (most recent call last):
  File "rknn/api/rknn_log.py", line 344, in rknn.api.rknn_log.error_catch_wrapper
    self._create_inference_session(providers, provider_options, disabled_optimizers)
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
onnxruntime.capi.onnxruntime_pybind11_state.InvalidGraph: In Node, ("y", Foo), Error No opset
\x1b[0m
\x1b[1;33mW\x1b[0m \x1b[1;33mbuild: ===================== WARN(2) =====================\x1b[0m
\x1b[1;31mE\x1b[0m \x1b[1;31mrknn-toolkit2 version: 2.5.0\x1b[0m
"""


def test_the_reason_is_found_in_a_log() -> None:
    """As toolkit 2.5.0 wrote it, shortened."""
    name = "onnxruntime.capi.onnxruntime_pybind11_state.InvalidGraph"
    assert failure(LOG) == f'{name}: In Node, ("y", Foo), Error No opset'


@settings(max_examples=40)
@given(st.text(alphabet="\x1b\n\r EWab:([91m]"))
def test_any_log_becomes_one_short_line(text: str) -> None:
    short = failure(text)
    assert len(short) <= LONGEST
    assert "\n" not in short


def test_inputs_are_read_without_the_toolkit(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(network("Tanh", "batch", 4))
    assert read_inputs(path) == [Input("x", "float32", (None, 4))]


@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_damaged_graph_is_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.onnx"
    whole = network()
    path.write_bytes(whole[: at % len(whole)] + noise + whole[at % len(whole) + len(noise) :])
    with contextlib.suppress(ModelError):
        read_inputs(path)


def test_a_note_says_what_it_was_told(tmp_path: Path) -> None:
    model = tmp_path / "a.rknn"
    model.write_bytes(b"1234")
    note_path(model).write_text(NOTE.dump())
    assert note_of(model) == NOTE
    assert str(NOTE) == "rknn-toolkit2 2.5.0, fp16, cosine 0.50000"
    model.write_bytes(b"another file")
    assert note_of(model) is None


@given(st.binary() | st.integers(0, 400))
def test_a_damaged_note_is_none(noise: bytes | int) -> None:
    text = NOTE.dump().encode()
    data = noise if isinstance(noise, bytes) else text[:noise] + b"[" + text[noise + 1 :]
    found = parse(data)
    assert found is None or isinstance(found, Note)


@pytest.mark.parametrize("text", ['{"format": 1}', "[]", "1", '{"format": 2}', "[" * 100_000])
def test_other_json_is_no_note(text: str) -> None:
    assert parse(text.encode()) is None
    assert parse(NOTE.dump().replace("0.5", '"much"').encode()) is None
