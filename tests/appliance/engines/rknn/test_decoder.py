"""The decoder that remembers, on a graph that optimum exported (`golden/make.py`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.engines.rknn.decoder import CachedDecoder
from appliance.errors import EngineError
from tests.appliance.engines.rknn.graphs import sensevoice_folder

GOLDEN = Path(__file__).parent / "golden"
NUMBERS = np.load(GOLDEN / "decoder.npz")
TOKENS: list[int] = NUMBERS["tokens"].tolist()


def opened() -> CachedDecoder:
    return CachedDecoder(GOLDEN / "decoder_model_merged.onnx", threads=1)


@pytest.mark.parametrize("prompt", [1, 4])
def test_step_by_step_is_what_torch_says_at_once(prompt: int) -> None:
    """Within 1e-4 of logits up to 7: torch read all tokens at once, without a memory."""
    decoder = opened()
    rows = [*decoder.begin(NUMBERS["heard"], TOKENS[:prompt])]
    rows += [decoder.step(token) for token in TOKENS[prompt:]]
    np.testing.assert_allclose(rows, NUMBERS["logits"], atol=1e-4, rtol=0)


def test_a_sentence_leaves_nothing_for_the_next() -> None:
    decoder = opened()
    decoder.begin(-NUMBERS["heard"][:, :5], TOKENS[::-1])
    decoder.step(3)
    rows = decoder.begin(NUMBERS["heard"], TOKENS[:3])
    np.testing.assert_allclose(rows, NUMBERS["logits"][:3], atol=1e-4, rtol=0)


def test_a_token_that_does_not_exist_costs_one_sentence() -> None:
    decoder = opened()
    with pytest.raises(EngineError) as caught:
        decoder.begin(NUMBERS["heard"], [4000])
    assert caught.value.code == "ENG-ASR-FAILED"
    assert decoder.begin(NUMBERS["heard"], TOKENS[:1]).shape == (1, 40)


def test_another_graph_is_no_decoder(tmp_path: Path) -> None:
    rknn = (sensevoice_folder(tmp_path) / "sensevoice.rknn").read_bytes()
    path = tmp_path / "other.onnx"
    path.write_bytes(rknn.partition(b"\n")[2])
    with pytest.raises(EngineError, match="its inputs are speech") as caught:
        CachedDecoder(path, threads=1)
    assert caught.value.code == "ENG-BAD-MODEL"


def test_a_graph_cut_off_or_missing_is_refused(tmp_path: Path) -> None:
    whole = (GOLDEN / "decoder_model_merged.onnx").read_bytes()
    path = tmp_path / "half.onnx"
    with pytest.raises(EngineError) as caught:
        CachedDecoder(path, threads=1)
    assert caught.value.code == "ENG-NO-MODEL"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(EngineError) as caught:
        CachedDecoder(path, threads=1)
    assert caught.value.code == "ENG-BAD-MODEL"
