"""The front end as a stream gives what openWakeWord computes anew for every 80 ms."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio.embedding import WARM_UP, StreamingEmbedding, streamed
from audio.errors import AudioError
from audio.features import SpeechFeatures
from audio.format import Samples
from audio.mel import HOP, OVERLAP, MelSpectrogram
from audio.models import Model, bundled_models, quiet_room

MODELS = bundled_models()
RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("steps", [[1] * 30, [30], [7, 1, 12, 10]])
def test_embeddings_equal_those_of_whole_windows(steps: list[int]) -> None:
    rows = RANDOM.normal(0.5, 1.5, (8 * 30, 32)).astype(np.float32)
    whole = Model(MODELS / "embedding_model.onnx")
    ends = range(8 * (WARM_UP + 1), 8 * 30 + 1, 8)
    wanted = [whole.run_first(rows[None, end - 76 : end, :, None]).ravel() for end in ends]
    network, got = StreamingEmbedding(MODELS / "embedding_model.onnx"), []
    past = network.nothing
    for part in np.split(rows, np.cumsum(steps)[:-1] * 8):
        embeddings, past = network.run(part, past)
        got.append(embeddings)
    assert np.concatenate(got)[WARM_UP:] == pytest.approx(np.array(wanted), abs=1e-4)


def test_another_network_is_refused() -> None:
    with pytest.raises(ValueError, match="not openWakeWord's embedding network"):
        streamed((MODELS / "alexa_v0.1.onnx").read_bytes())


@pytest.mark.parametrize("name", ["melspectrogram", "embedding_model"])
@pytest.mark.parametrize("other", ["alexa_v0.1", None])
def test_a_file_that_is_another_model_or_none_is_refused(
    tmp_path: Path, name: str, other: str | None
) -> None:
    shutil.copytree(MODELS, tmp_path / "models")
    damaged = tmp_path / "models" / f"{name}.onnx"
    if other:
        shutil.copy(MODELS / f"{other}.onnx", damaged)
    else:
        damaged.write_bytes(damaged.read_bytes()[:5_000])
    with pytest.raises(AudioError, match=name) as caught:
        SpeechFeatures(tmp_path / "models")
    assert caught.value.code == "AUD-BAD-MODEL"


@pytest.mark.parametrize("name", ["ljspeech/LJ001-0018.flac", "noise/kitchen.flac"])
def test_mel_rows_equal_the_models_own(recording: Callable[[str], Samples], name: str) -> None:
    sound = recording(name)[: OVERLAP + 40 * HOP]
    theirs, mel = (
        Model(MODELS / "melspectrogram.onnx"),
        MelSpectrogram(MODELS / "melspectrogram.onnx"),
    )
    rows = mel.rows(sound[: OVERLAP + len(sound) // HOP * HOP - HOP])
    for number, ours in enumerate(rows.reshape(-1, 8, 32)):
        window = sound[number * HOP : number * HOP + OVERLAP + HOP].astype(np.float32)
        assert ours == pytest.approx(
            theirs.run_first(window[None]).reshape(8, 32) / 10 + 2, abs=1e-4
        )


@pytest.fixture(scope="module")
def pair() -> tuple[SpeechFeatures, SpeechFeatures]:
    return SpeechFeatures(MODELS), SpeechFeatures(MODELS)


@settings(max_examples=15, deadline=None)
@given(rests=st.lists(st.integers(0, 70), min_size=1, max_size=4))
def test_whatever_was_skipped_the_next_push_tells_the_same(
    pair: tuple[SpeechFeatures, SpeechFeatures], rests: list[int]
) -> None:
    resting, restless = pair
    start = restless.save()
    resting.restore(start)
    noise = quiet_room(sum(rests) * HOP + len(rests) * HOP) * np.int16(20)
    hops = iter(noise.reshape(-1, HOP))
    for rest in rests:
        for _ in range(rest):
            hop = next(hops)
            resting.skip(hop)
            restless.push(hop)
        hop = next(hops)
        resting.push(hop)
        restless.push(hop)
        if sum(rests) >= 40:  # else the history is not yet full
            assert resting.latest() == pytest.approx(restless.latest(), abs=1e-4)


@pytest.mark.parametrize("rows", [2, 4, 6])
def test_between_is_what_the_hops_would_have_been_earlier(rows: int) -> None:
    sound = quiet_room(60 * HOP) * np.int16(20)
    features, shifted = SpeechFeatures(MODELS), SpeechFeatures(MODELS)
    for hop in sound.reshape(-1, HOP):
        features.push(hop)
    early = rows * 160
    for hop in sound[HOP - early : -early].reshape(-1, HOP):
        shifted.push(hop)
    assert features.between(rows, 3)[-1] == pytest.approx(shifted.latest()[0], abs=1e-3)


def test_a_burst_is_bounded() -> None:
    features = SpeechFeatures(MODELS)
    for hop in quiet_room(200 * HOP).reshape(-1, HOP):
        features.skip(hop)
    before = features.inferences
    features.push(np.zeros(HOP, np.int16))
    assert features.inferences - before < 30
