"""From numbers to words: CTC, SentencePiece's tokens, Whisper's bytes, plain text."""

from __future__ import annotations

import itertools
import json
import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.engines.plain import plain
from appliance.engines.rknn.bytetokens import ByteTokens, _alphabet
from appliance.engines.rknn.ctc import greedy
from appliance.engines.rknn.pieces import Pieces
from appliance.engines.rknn.prompts import Specials
from appliance.errors import EngineError

BYTES = Pieces([f"<0x{byte:02X}>" for byte in range(256)])
LATIN = ByteTokens({byte: bytes([byte]) for byte in range(256)})


def logits(path: list[int], words: int = 5, sure: float = 9.0) -> np.ndarray:
    table = np.zeros((len(path), words), np.float32)
    table[np.arange(len(path)), path] = sure
    return table


@given(st.lists(st.integers(0, 4)))
def test_ctc_takes_out_repeats_then_blanks(path: list[int]) -> None:
    collapsed = [token for token, _ in itertools.groupby(path) if token != 0]
    heard = greedy(logits(path))
    assert [token.token for token in heard] == collapsed
    assert all(0 < token.probability <= 1 for token in heard)


@given(st.lists(st.integers(1, 4).flatmap(lambda t: st.tuples(st.just(t), st.integers(1, 3)))))
def test_a_blank_between_keeps_doubles(tokens: list[tuple[int, int]]) -> None:
    path = [step for token, times in tokens for step in [token] * times + [0]]
    assert [heard.token for heard in greedy(logits(path))] == [token for token, _ in tokens]


def test_a_token_is_as_sure_as_its_surest_frame() -> None:
    table = np.concatenate([logits([1], sure=1.0), logits([1], sure=5.0)])
    (heard,) = greedy(table)
    assert heard.probability == pytest.approx(np.exp(5) / (np.exp(5) + 4))


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_numbers_that_overflowed_are_no_words(broken: float) -> None:
    table = logits([1, 2])
    table[1, 3] = broken
    with pytest.raises(EngineError, match="overflow"):
        greedy(table)


@given(st.binary())
def test_any_bytes_are_text_in_both_vocabularies(data: bytes) -> None:
    wanted = data.decode(errors="replace")
    assert LATIN.text(data) == wanted
    assert BYTES.text(data) == wanted.replace("▁", " ").strip()


@given(st.text())
def test_text_comes_back_through_whispers_alphabet(text: str) -> None:
    written = {byte: character for character, byte in _alphabet().items()}
    assert len(written) == 256
    token = "".join(written[byte] for byte in text.encode())
    assert bytes(_alphabet()[character] for character in token).decode() == text


def test_whispers_alphabet_is_gpt2s() -> None:
    """Spot checks; all 256 were compared once with transformers 5.23.0's `bytes_to_unicode`."""
    known = {"!": 0x21, "~": 0x7E, "¡": 0xA1, "ÿ": 0xFF, "Ġ": 0x20, "Ċ": 0x0A, "Ń": 0xAD}
    assert known.items() <= _alphabet().items()


@given(st.lists(st.text(string.ascii_letters + "äß日本", min_size=1), min_size=1))
def test_words_come_back_through_pieces(words: list[str]) -> None:
    pieces = Pieces([f"▁{word}" for word in words])
    assert pieces.text(range(len(words))) == " ".join(words)


def test_tags_are_told_and_left_out() -> None:
    pieces = Pieces(["<unk>", "<|zh|>", "你", "<0xE5>", "<0xA5>", "<0xBD>"])
    assert [pieces.tag(number) for number in range(3)] == [None, "zh", None]
    assert pieces.text([1, 2, 3, 4, 5, 0]) == "你好"


def test_tokens_are_read_as_sherpa_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "tokens.txt"
    path.write_text("<unk> 0\n▁a 1\n\u2028 2\n<|en|> 3\n", encoding="utf-8")  # a line separator
    pieces = Pieces.read(path)
    assert len(pieces) == 4
    assert pieces.text([1, 2, 1]) == "a\u2028 a"


@pytest.mark.parametrize("text", ["", "a 0\nb 2", "a 0\nb 0", "a", "▁a 0\nnonsense here", "a -1"])
def test_damaged_tokens_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokens.txt"
    path.write_text(text)
    with pytest.raises(EngineError) as caught:
        Pieces.read(path)
    assert caught.value.code == "ENG-BAD-MODEL"


@pytest.mark.parametrize("text", ["", "[]", "{", '{"日": 0}', '{"a": "x"}', '{"a": null}'])
def test_a_damaged_vocabulary_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vocab.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EngineError) as caught:
        ByteTokens.read(path)
    assert caught.value.code == "ENG-BAD-MODEL"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"decoder_start_token_id": null}'])
def test_damaged_specials_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "generation_config.json"
    path.write_text(text)
    with pytest.raises(EngineError) as caught:
        Specials.read(path)
    assert caught.value.code == "ENG-BAD-MODEL"


def test_prompts_are_openais(tmp_path: Path) -> None:
    """The numbers of whisper-base and whisper-base.en."""
    path = tmp_path / "generation_config.json"
    english = {"decoder_start_token_id": 50257, "eos_token_id": 50256}
    path.write_text(json.dumps({**english, "no_timestamps_token_id": 50362}))
    assert Specials.read(path).prompt(None) == [50257, 50362]
    many = {"decoder_start_token_id": 50258, "eos_token_id": 50257, "lang_to_id": {"<|en|>": 50259}}
    task = {"task_to_id": {"transcribe": 50359, "translate": 50358}}
    path.write_text(json.dumps({**many, **task, "no_timestamps_token_id": 50363}))
    specials = Specials.read(path)
    assert specials.prompt(specials.languages["en"]) == [50258, 50259, 50359, 50363]
    assert specials.no_speech == 50362


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("How do I reset it?", "how do i reset it"),
        (" Don’t — it's 3.5 p.m., 1,000 times!", "don't it's 3.5 p m 1000 times"),  # noqa: RUF001
        ("你好，世界。", "你好 世界"),  # noqa: RUF001
        ("コーヒー・メーカー", "コーヒー メーカー"),
        ("[♪♪♪]", ""),
    ],
)
def test_plain_text_is_what_was_spoken(written: str, spoken: str) -> None:
    assert plain(written) == spoken


@given(st.text())
def test_plain_text_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
