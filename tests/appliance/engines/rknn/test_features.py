"""Features against other people's implementations (`golden/make.py`), and for any length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.engines.rknn import logmel, lowrate
from appliance.engines.rknn.fbank import fbank
from appliance.errors import EngineError

GOLDEN = Path(__file__).parent / "golden"
NUMBERS = np.load(GOLDEN / "features.npz")


def test_fbank_is_kaldis() -> None:
    """Within 1e-3 of values from -16 to 28: both compute in 32 bits, by other FFTs."""
    np.testing.assert_allclose(fbank(NUMBERS["sound"]), NUMBERS["fbank"], atol=1e-3, rtol=0)


def test_stacked_and_normalised_frames_are_funasrs() -> None:
    """Within 3e-4: the filter bank's tolerance times the largest factor of `am.mvn`, 1/3."""
    normalisation = lowrate.read_normalisation(GOLDEN / "am.mvn")
    frames = normalisation.apply(lowrate.stack(fbank(NUMBERS["sound"])))
    assert frames.dtype == np.float32
    np.testing.assert_allclose(frames, NUMBERS["normalised"], atol=3.4e-4, rtol=0)


@pytest.mark.parametrize("seconds", [20, 30])
def test_whispers_spectrogram_is_openais(seconds: int) -> None:
    """Within 1e-5 of values of a range of 2. Transformers' extractor is tested against OpenAI's."""
    mel = logmel.log_mel(NUMBERS["sound"], seconds * 100)
    assert mel.shape == (80, seconds * 100)
    golden = NUMBERS[f"mel_{seconds}s"]
    np.testing.assert_allclose(mel[:, : golden.shape[1]], golden, atol=1e-5, rtol=0)
    assert np.ptp(mel[:, golden.shape[1] :]) == 0  # silence to the end


@given(st.integers(0, 4000))
def test_every_length_has_frames_as_foretold(size: int) -> None:
    sound = np.arange(size, dtype=np.int16)
    energies = fbank(sound)
    assert energies.shape == (max(0, 1 + (size - 400) // 160), 80)
    stacked = lowrate.stack(energies)
    assert stacked.shape == (-(-len(energies) // 6), 560)
    assert np.isfinite(stacked).all()
    if len(stacked):
        assert size <= lowrate.longest_samples(len(stacked))
        assert size > lowrate.longest_samples(len(stacked) - 1)


@given(st.integers(1, 60))
def test_each_stack_is_centred_on_every_sixth_frame(count: int) -> None:
    energies = np.repeat(np.arange(count, dtype=np.float32)[:, None], 80, axis=1)
    stacked = lowrate.stack(energies).reshape(-1, 7, 80)[:, :, 0]
    for at, frames in enumerate(stacked):
        wanted = [min(max(6 * at + offset, 0), count - 1) for offset in range(-3, 4)]
        assert frames.tolist() == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<Nnet>",
        "<LearnRateCoef> 0 [ 1 2 ]",
        "<LearnRateCoef> 0 [ 1 2 ] <LearnRateCoef> 0 [ x ]",
        "<LearnRateCoef> 0 [ 1 2 ] <LearnRateCoef> 0 [ 1 2 ]",
    ],
)
def test_a_damaged_normalisation_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "am.mvn"
    path.write_text(text)
    with pytest.raises(EngineError) as caught:
        lowrate.read_normalisation(path)
    assert caught.value.code == "ENG-BAD-MODEL"


def test_a_normalisation_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "am.mvn").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EngineError, match="no text"):
        lowrate.read_normalisation(tmp_path / "am.mvn")
