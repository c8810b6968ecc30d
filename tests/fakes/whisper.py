"""Whisper models of our own making, in the form that faster-whisper loads: no weights of others.

`make` writes one that says the same words whatever it hears: each token's row of the last layer is
the embedding of the token before it, and everything else adds nothing. Its cost is that of any
model of its shape. `make_random` writes one that has learnt nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import WhisperSpec
from faster_whisper.tokenizer import _LANGUAGE_CODES
from numpy.typing import NDArray
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

Floats = NDArray[np.float32]
Fill = Callable[..., Floats]

COMMON = "what does the red light mean how do i open and close that door"
SURE = 25.0
"""Of a logit: nothing else is likely."""


@dataclass(frozen=True)
class Shape:
    """`words`: tokens before the special ones, at least."""

    width: int = 64
    heads: int = 2
    layers: int = 1
    bands: int = 80
    words: int = 0


TINY = Shape()
BASE = Shape(512, 8, 6, words=50_256)
"""As the published model."""


def make(
    folder: Path,
    says: str = "open the door",
    *,
    language: str | None = "en",
    no_speech: float = 0.0,
    sure: float = SURE,
    ends: bool = True,
    shape: Shape = TINY,
) -> Path:
    """A model that says this, whatever it hears.

    Args:
        folder: to be made.
        says: two or three words, each once (beam search ends where five worse texts have ended,
            and among so few likely tokens they soon do).
        language: what it takes every sound for; None: it knows English only.
        no_speech: logit of "nobody spoke".
        sure: logit of each next token.
        ends: whether it stops after the last word, or begins again.
        shape: of its network.
    """
    tokens = _tokenizer(says, shape, many=language is not None)
    embedding = _embedding(tokens.get_vocab_size(), shape.width)
    last = np.zeros_like(embedding)

    def after(before: str, token: str, logit: float) -> None:
        number = tokens.token_to_id(before)
        last[tokens.token_to_id(token)] += embedding[number] * (logit / shape.width)

    after("<|startoftranscript|>", "<|nospeech|>", no_speech)
    if language:
        after("<|startoftranscript|>", f"<|{language}|>", 10.0)
    words = [tokens.id_to_token(number) for number in tokens.encode(f" {says}").ids]
    final = "<|endoftext|>" if ends else words[0]
    for before, token in zip(["<|notimestamps|>", *words], [*words, final], strict=True):
        after(before, token, sure)
    return _save(folder, tokens, shape, embedding, last, _nothing)


def make_random(folder: Path, *, seed: int = 1, shape: Shape = TINY) -> Path:
    """A model of many languages that has learnt nothing."""
    tokens = _tokenizer(COMMON, shape, many=True)
    random = np.random.default_rng(seed)

    def noise(*shape: int) -> Floats:
        return random.normal(0.0, 0.05, shape).astype(np.float32)

    embedding = noise(tokens.get_vocab_size(), shape.width)
    return _save(folder, tokens, shape, embedding, embedding.copy(), noise)


def _tokenizer(says: str, shape: Shape, *, many: bool) -> Tokenizer:
    """Byte pairs; the words of `says` and COMMON are one token each."""
    learning = Tokenizer(models.BPE())
    learning.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=5000, initial_alphabet=alphabet, show_progress=False)
    learning.train_from_iterator([f" {says} {COMMON}"] * 2, trainer)
    learnt = json.loads(learning.to_str())["model"]
    vocabulary: dict[str, int] = learnt["vocab"]
    vocabulary |= {f"<unused {n}>": n for n in range(len(vocabulary), shape.words)}
    if many:
        vocabulary[""] = len(vocabulary)  # by this CTranslate2 knows a model of many languages
    merges = [tuple(pair) for pair in learnt["merges"]]
    tokens = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens.decoder = decoders.ByteLevel()
    tokens.add_special_tokens(list(_specials(many=many)))
    return tokens


def _specials(*, many: bool) -> Iterator[str]:
    """In the order of the published models of 99 languages."""
    yield from ("<|endoftext|>", "<|startoftranscript|>")
    if many:
        yield from (f"<|{code}|>" for code in _LANGUAGE_CODES if code != "yue")
    yield from ("<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>")
    yield from ("<|nospeech|>", "<|notimestamps|>")
    yield from (f"<|{step * 0.02:.2f}|>" for step in range(1501))


def _embedding(count: int, width: int) -> Floats:
    """Rows that a layer's norm leaves as they are: mean 0, variance 1."""
    rows = np.random.default_rng(0).normal(size=(count, width))
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= rows.std(axis=1, keepdims=True)
    return rows.astype(np.float32)


def _nothing(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)


def _save(
    folder: Path, tokens: Tokenizer, shape: Shape, embedding: Floats, last: Floats, fill: Fill
) -> Path:
    spec = WhisperSpec(shape.layers, shape.heads, shape.layers, shape.heads)
    width = shape.width
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = fill(width, shape.bands, 3), fill(width)
    encoder.conv2.weight, encoder.conv2.bias = fill(width, width, 3), fill(width)
    encoder.position_encodings.encodings = fill(1500, width)
    decoder.position_encodings.encodings = fill(448, width)
    decoder.embeddings.weight, decoder.projection.weight = embedding, last
    for part in (encoder, decoder):
        _norm(part.layer_norm, width)
        for layer in part.layer:
            _attention(layer.self_attention, [3 * width, width], width, fill)
            _forward(layer.ffn, width, fill)
    for layer in decoder.layer:
        _attention(layer.attention, [width, 2 * width, width], width, fill)
    by_number = sorted(tokens.get_vocab(with_added_tokens=True).items(), key=lambda item: item[1])
    spec.register_vocabulary([token for token, _ in by_number])
    languages = [tokens.token_to_id(f"<|{code}|>") for code in _LANGUAGE_CODES]
    spec.config.lang_ids = [number for number in languages if number is not None]
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], [tokens.token_to_id("Ġ")]
    spec.config.alignment_heads = [(0, 0)]
    spec.validate()
    spec.optimize("int8")
    folder.mkdir(parents=True)
    spec.save(str(folder))
    tokens.save(str(folder / "tokenizer.json"))
    features = {"feature_size": shape.bands, "sampling_rate": 16_000, "hop_length": 160}
    (folder / "preprocessor_config.json").write_text(json.dumps(features))
    return folder


def _norm(norm: Any, width: int) -> None:
    norm.gamma, norm.beta = np.ones(width, np.float32), np.zeros(width, np.float32)


def _attention(attention: Any, outputs: list[int], width: int, fill: Fill) -> None:
    _norm(attention.layer_norm, width)
    for linear, rows in zip(attention.linear, outputs, strict=True):
        linear.weight, linear.bias = fill(rows, width), fill(rows)


def _forward(ffn: Any, width: int, fill: Fill) -> None:
    _norm(ffn.layer_norm, width)
    ffn.linear_0.weight, ffn.linear_0.bias = fill(4 * width, width), fill(4 * width)
    ffn.linear_1.weight, ffn.linear_1.bias = fill(width, 4 * width), fill(width)
