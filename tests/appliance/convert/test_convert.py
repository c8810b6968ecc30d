"""`appliance models convert`, against fakes of the toolkits in an environment of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.convert.note import note_of
from appliance.engines.rknn.versions import model_version
from tests.appliance.conftest import Result, Run
from tests.appliance.convert.conftest import network


@pytest.fixture
def convert(run: Run, environment: Path, tmp_path: Path) -> Any:
    def run_convert(source: Path, *words: object, name: str = "net.rknn") -> Result:
        folder = ("--environment", environment)
        return run("models", "convert", source, "-o", tmp_path / "out" / name, *folder, *words)

    (tmp_path / "out").mkdir()
    return run_convert


def nothing_is_left(tmp_path: Path) -> bool:
    return not list((tmp_path / "out").iterdir())


def test_a_network_is_written_with_a_note_that_the_loader_and_doctor_understand(
    convert: Any, onnx: Path, tmp_path: Path
) -> None:
    result = convert(onnx)
    assert result.code == 0, result.err
    made = tmp_path / "out" / "net.rknn"
    note = note_of(made)
    assert note is not None
    assert (note.toolkit, note.version, note.quantisation) == ("rknn-toolkit2", "2.5.0", "fp16")
    assert note.cosine["y"] > 0.99999
    assert note.compared_with == "noise"
    assert note.source == "net.onnx"
    assert model_version(made) == note.version
    assert {path.name for path in made.parent.iterdir()} == {"net.rknn", "net.rknn.json"}
    assert "y: cosine 0.99999" in result.out or "y: cosine 1.0" in result.out


def test_eight_bits_are_calibrated_and_refused_if_too_coarse(
    convert: Any, onnx: Path, recorded: Path, tmp_path: Path
) -> None:
    words = ("--quantise", "int8", "--calibration", recorded)
    coarse = convert(onnx, *words)
    assert coarse.code == 1
    assert "not written" in coarse.out
    assert nothing_is_left(tmp_path)
    accepted = convert(onnx, *words, "--least-cosine", "0.5", "--json")
    document = json.loads(accepted.out)
    assert accepted.code == 0
    assert document["compared_with"] == "calibration"
    assert 0.5 < document["cosine"]["y"] < 0.999
    assert document["calibration_sha256"]


def test_a_failed_conversion_leaves_the_old_file_alone(
    convert: Any, onnx: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert convert(onnx).code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    monkeypatch.setenv("FAKE_TOOLKIT", "full")
    assert convert(onnx).code == 2
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("mood", "code", "says"),
    [
        ("refuse", "MOD-CONVERT", "Unsupported onnx op: 'NonMaxSuppression'"),
        ("full", "MOD-NO-ROOM", "convert again"),
        ("crash", "MOD-CONVERT", "at “build”: its process ended with code -11"),
        ("empty", "MOD-CONVERT", "gave nothing at “simulate”"),
    ],
)
def test_what_the_toolkit_says_is_kept(
    convert: Any,
    onnx: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mood: str,
    code: str,
    says: str,
) -> None:
    monkeypatch.setenv("FAKE_TOOLKIT", mood)
    result = convert(onnx)
    assert result.code == 2
    assert f"[{code}]" in result.err
    assert says in result.err
    assert len(result.err) < 700
    assert nothing_is_left(tmp_path)


def test_numbers_that_overflow_are_no_likeness(
    convert: Any, onnx: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_TOOLKIT", "overflow")
    result = convert(onnx)
    assert result.code == 1
    assert "y: cosine 0.0" in result.out


def test_an_operator_that_does_not_exist_is_named(convert: Any, onnx: Path, tmp_path: Path) -> None:
    onnx.write_bytes(network("Frobnicate"))
    result = convert(onnx)
    assert "Frobnicate" in result.err
    assert "Traceback" not in result.err
    assert nothing_is_left(tmp_path)


def test_pictures_keep_the_order_of_onnx(convert: Any, onnx: Path) -> None:
    onnx.write_bytes(network("Tanh", 1, 3, 2, 4))
    assert convert(onnx).code == 0


def test_sizes_that_vary_must_be_given(convert: Any, onnx: Path) -> None:
    onnx.write_bytes(network("Tanh", "batch", 4))
    assert "“x” is ?,4" in convert(onnx).err
    assert "can't be 2,5" in convert(onnx, "--shape", "x=2,5").err
    assert "no input “z”" in convert(onnx, "--shape", "z=2,4").err
    assert convert(onnx, "--shape", "x=2,4").code == 0


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("", "it is empty"),
        ("0.npy 1.npy", "line 1 has 2 files"),
        ("gone.npy", "line 1: "),
        ("net.onnx", "is no .npy file"),
        ("wide.npy", "is float64 (1, 5)"),
        ("evil.npy", "line 1: "),
    ],
)
def test_a_calibration_list_is_checked_before_the_toolkit_starts(
    convert: Any, onnx: Path, recorded: Path, rows: str, says: str
) -> None:
    np.save(recorded.parent / "wide.npy", np.zeros((1, 5)))
    np.save(recorded.parent / "evil.npy", np.array([{"a": 1}]), allow_pickle=True)
    recorded.write_text(rows)
    result = convert(onnx, "--quantise", "int8", "--calibration", recorded)
    assert "MOD-CALIBRATION" in result.err
    assert says in result.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--quantise", "w4a16"), "MOD-QUANTISATION"),
        (("--quantise", "int8"), "MOD-CALIBRATION"),
        (("--environment", "/nonexistent"), "MOD-ENVIRONMENT"),
        (("-o", "net.rkllm"), "MOD-TARGET"),
        (("-o", "/nonexistent/net.rknn"), "MOD-DISK"),
    ],
)
def test_what_is_asked_wrongly_is_refused(
    convert: Any, onnx: Path, words: tuple[str, ...], code: str
) -> None:
    result = convert(onnx, *words)
    assert result.code == 2
    assert f"[{code}]" in result.err


def test_what_is_no_model_is_refused(convert: Any, tmp_path: Path, onnx: Path) -> None:
    assert "MOD-SOURCE" in convert(tmp_path / "gone.onnx").err
    assert "no config.json" in convert(tmp_path).err
    onnx.write_bytes(onnx.read_bytes()[:-9])
    assert "MOD-ONNX" in convert(onnx).err


def test_a_language_model_is_told_what_was_asked(convert: Any, tmp_path: Path) -> None:
    source = tmp_path / "Qwen"
    source.mkdir()
    (source / "config.json").write_text('{"model_type": "qwen3"}')
    texts = tmp_path / "texts.json"
    texts.write_text('[{"input": "Hello", "target": "Good day"}]')
    words = ("--quantise", "w4a16_g128", "--calibration", texts, "--npu-cores", "1")
    result = convert(source, *words, "--optimisation", "0", name="model.rkllm")
    assert result.code == 0, result.err
    told = json.loads((tmp_path / "out" / "model.rkllm").read_text())
    assert (told["quantized_dtype"], told["quantized_algorithm"]) == ("w4a16_g128", "grq")
    assert (told["optimization_level"], told["num_npu_core"]) == (0, 1)
    assert told["dataset"] == str(texts)
    note = note_of(tmp_path / "out" / "model.rkllm")
    assert note is not None
    assert (note.toolkit, note.version, note.cosine) == ("rkllm-toolkit", "1.3.0", {})
    texts.write_text('[{"input": 3}]')
    assert "MOD-CALIBRATION" in convert(source, *words, name="model.rkllm").err


def test_an_interrupted_conversion_leaves_nothing(
    onnx: Path, environment: Path, tmp_path: Path
) -> None:
    """Ctrl-C while the toolkit builds: it ends too, and no file is half-written."""
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-m", "appliance", "models", "convert", onnx]
    command += ["-o", tmp_path / "out" / "net.rknn", "--environment", environment]
    bell = tmp_path / "bell"
    os.mkfifo(bell)
    variables = {**os.environ, "FAKE_TOOLKIT": "hang", "FAKE_TOOLKIT_BELL": str(bell)}
    with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True) as process:
        assert bell.read_text() == "building"
        process.send_signal(signal.SIGINT)
        assert "nothing half-written" in process.communicate()[1]
    assert process.returncode == 130
    assert nothing_is_left(tmp_path)
