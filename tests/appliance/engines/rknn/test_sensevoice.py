"""What SenseVoice's network is given, number by number, and what is made of its tags."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from appliance.engines.ports import Transcript
from appliance.engines.rknn.fbank import fbank
from appliance.engines.rknn.lowrate import stack
from appliance.engines.rknn.port import Array
from appliance.engines.rknn.sensevoice import SenseVoice
from appliance.errors import EngineError
from tests.appliance.engines.rknn.graphs import FRAMES, PIECES, sensevoice_folder, tone

SOUND = tone(300, 0.5)
STACKED = stack(fbank(SOUND))


class Witness:
    """Keeps what it is given; says the tokens that it was told, a frame each."""

    def __init__(self, *tokens: str) -> None:
        self.inputs: list[Array] = []
        self._tokens = tokens

    def run(self, inputs: Sequence[Array]) -> list[Array]:
        self.inputs = [*inputs]
        logits = np.zeros((1, FRAMES + 4, len(PIECES)), np.float32)
        for frame in range(FRAMES + 4):
            piece = self._tokens[frame] if frame < len(self._tokens) else "<blank>"
            logits[0, frame, PIECES.index(piece)] = 9
        return [logits]


def heard(graph: Witness, folder: Path, **options: str | float) -> Transcript:
    return SenseVoice.read(folder, graph, frames=FRAMES, **options).transcribe(SOUND)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "number"), [("auto", 0), ("zh", 3), ("en", 4), ("yue", 7), ("ja", 11), ("ko", 12)]
)
def test_queries_come_first_then_sound_then_nothing(
    tmp_path: Path, language: str, number: int
) -> None:
    """Language, event, emotion, as spoken: FunASR's order and numbers."""
    folder, graph = sensevoice_folder(tmp_path / "model"), Witness()
    embedding = np.random.default_rng(2).normal(size=(16, 560)).astype(np.float32)
    np.save(folder / "embedding.npy", embedding)
    heard(graph, folder, language=language, scale=0.5)
    (given,) = graph.inputs
    assert given.shape == (1, FRAMES + 4, 560)
    assert given.dtype == np.float32
    assert np.array_equal(given[0, :4], embedding[[number, 1, 2, 15]])
    end = 4 + len(STACKED)
    np.testing.assert_allclose(given[0, 4:end], (STACKED - 15) * 0.1 * 0.5, atol=1e-5)
    assert not given[0, end:].any()


def test_the_other_export_gets_bare_frames_and_numbers(tmp_path: Path) -> None:
    graph = Witness()
    heard(graph, sensevoice_folder(tmp_path / "model", prompt=True), language="ko")
    frames, numbers = graph.inputs
    assert numbers.dtype == np.int32
    assert numbers.tolist() == [12, 1, 2, 15]
    assert frames.shape == (1, FRAMES, 560)
    assert np.array_equal(frames[0, : len(STACKED)], STACKED)
    assert not frames[0, len(STACKED) :].any()


def test_only_the_first_language_is_believed_and_no_tag_is_said(tmp_path: Path) -> None:
    graph = Witness("<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|woitn|>", "▁open", "s", "<|en|>")
    transcript = heard(graph, sensevoice_folder(tmp_path / "model"))
    assert (transcript.text, transcript.language) == ("opens", "zh")


def test_no_speech_is_an_empty_text_in_the_language_of_the_device(tmp_path: Path) -> None:
    graph = Witness("<|nospeech|>", "<|NEUTRAL|>", "<|Speech|>", "<|woitn|>")
    folder = sensevoice_folder(tmp_path / "model")
    assert heard(graph, folder) == Transcript("", 0.0, "en")
    assert heard(graph, folder, language="ja") == Transcript("", 0.0, "ja")


def test_words_after_the_sound_are_not_believed(tmp_path: Path) -> None:
    late = ["<blank>"] * (4 + len(STACKED))
    assert heard(Witness(*late, "▁open"), sensevoice_folder(tmp_path / "model")).text == ""
    assert heard(Witness(*late[1:], "▁open"), sensevoice_folder(tmp_path / "model")).text == "open"


@pytest.mark.parametrize("shape", [(16, 500), (560,)])
def test_a_table_of_another_size_is_refused(tmp_path: Path, shape: tuple[int, ...]) -> None:
    folder = sensevoice_folder(tmp_path / "model")
    np.save(folder / "embedding.npy", np.zeros(shape, np.float32))
    with pytest.raises(EngineError) as caught:
        heard(Witness(), folder)
    assert caught.value.code == "ENG-BAD-MODEL"
