"""Home-made GGUF models that the real llama.cpp loads: they say what they are told to say.

A token's embedding is a random vector; nothing is added to it on its way through the layers, since
the two matrices that would add something are zero (which takes as long to compute). The output row
of each token is the embedding of the token before it. So the model continues a chain of tokens; a
token outside of every chain is followed by nonsense.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

START, END, ANSWER, THINK, THOUGHT = "<s>", "<|im_end|>", "<|answer|>", "<think>", "</think>"
_CONTROL = ("<unk>", START, "</s>", "<|im_start|>", END, ANSWER, THINK, THOUGHT)
NEWLINE = "<0x0A>"
"""What the last token of a prompt is, where the model brings no template of its own."""
_SCALE = 1 / 64


@dataclass(frozen=True)
class Shape:
    """Of a network; the defaults are tiny."""

    kind: str = "llama"
    layers: int = 2
    width: int = 256
    heads: int = 4
    kv_heads: int = 2
    feed_forward: int = 128
    tokens: int = 0
    """At least so many: the vocabulary is filled up."""
    eight_bits: bool = False


QWEN_HALF_B = Shape("qwen2", 24, 896, 14, 2, 4864, tokens=151_936, eight_bits=True)
"""Qwen2.5-0.5B, but for its embedding, which serves as its output as well."""


@dataclass
class Vocabulary:
    """Marks, bytes, and words with all their beginnings (which a tokenizer needs to find them)."""

    texts: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, words: Iterable[str], at_least: int = 0) -> Vocabulary:
        made = cls()
        kind = gguf.TokenType
        for mark in _CONTROL:
            made._add(mark, kind.UNKNOWN if mark == "<unk>" else kind.CONTROL)
        for byte in range(256):
            made._add(f"<0x{byte:02X}>", kind.BYTE)
        for word in words:
            for end in range(1, len(word) + 1):
                made._add(word[:end], kind.NORMAL)
        for number in range(at_least - len(made.texts)):
            made._add(f"▁{number}§", kind.NORMAL)
        return made

    def _add(self, text: str, kind: int) -> None:
        if text not in self._known:
            self._known.add(text)
            self.texts.append(text)
            self.kinds.append(kind)

    def __post_init__(self) -> None:
        self._known: set[str] = set()

    def number(self, text: str) -> int:
        return self.texts.index(text)


def tokens_of(text: str) -> list[str]:
    """Words with the space before them, marks one by one, and bytes from a letter on that has two.

    So a character may be split over tokens.
    """
    tokens: list[str] = []
    for word in text.split():
        plain = word.rstrip(".,!?")
        letters = next((n for n, char in enumerate(plain) if not char.isascii()), len(plain))
        rest = plain[letters:].encode()
        tokens += [f"▁{plain[:letters]}", *(f"<0x{byte:02X}>" for byte in rest)]
        tokens += word[len(plain) :]
    return tokens


def write_model(
    path: Path,
    says: Mapping[str, Sequence[str]],
    *,
    words: Iterable[str] = (),
    shape: Shape | None = None,
    template: str = "",
    endless: bool = False,
) -> Path:
    """A model that says `says[mark]` after `mark`.

    Args:
        path: of the file.
        says: tokens by the mark (the last token of the prompt) after which they are said.
        words: that the tokenizer knows as one token each.
        shape: of the network.
        template: of its chats; "": it brings none.
        endless: each chain begins anew instead of ending.
    """
    for chain in says.values():
        assert len(set(chain)) == len(chain), "a token that comes twice is followed by what?"
    shape = shape or Shape()
    vocabulary = Vocabulary.of(
        [*(token for chain in says.values() for token in chain), *words], shape.tokens
    )
    follows = [pair for mark, chain in says.items() for pair in _pairs(mark, chain, endless)]
    numbered = [(vocabulary.number(now), vocabulary.number(then)) for now, then in follows]
    writer = gguf.GGUFWriter(path, shape.kind)
    _describe(writer, shape, vocabulary, template)
    _add_weights(writer, shape, len(vocabulary.texts), numbered)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _pairs(mark: str, chain: Sequence[str], endless: bool) -> list[tuple[str, str]]:
    return list(zip([mark, *chain], [*chain, chain[0] if endless else END], strict=True))


def _describe(writer: gguf.GGUFWriter, shape: Shape, words: Vocabulary, template: str) -> None:
    writer.add_context_length(4096)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_vocab_size(len(words.texts))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(words.texts)
    writer.add_token_scores([float(len(text)) for text in words.texts])
    writer.add_token_types(words.kinds)
    writer.add_bos_token_id(words.number(START))
    writer.add_eos_token_id(words.number(END))
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(value=True)
    writer.add_add_space_prefix(value=False)
    if template:
        writer.add_chat_template(template)


def _add_weights(
    writer: gguf.GGUFWriter, shape: Shape, tokens: int, follows: Sequence[tuple[int, int]]
) -> None:
    random = np.random.default_rng(0)

    def drawn(rows: int, columns: int) -> NDArray[np.int8]:
        return random.integers(-127, 128, (rows, columns), dtype=np.int8)

    def add(name: str, weights: NDArray[np.int8], scale: float = _SCALE) -> None:
        if shape.eight_bits:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(f"{name}.weight", _blocks(weights, scale), raw_dtype=kind)
        else:
            writer.add_tensor(f"{name}.weight", weights.astype(np.float32) * np.float32(scale))

    width, kv = shape.width, shape.width // shape.heads * shape.kv_heads
    embedding, output = drawn(tokens, width), drawn(tokens, width)
    for then in {then for _, then in follows}:
        before = [embedding[now] for now, token in follows if token == then]
        output[then] = np.clip(np.sum(before, axis=0), -127, 127)
    add("token_embd", embedding)
    add("output", output)
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    square, narrow = drawn(width, width), drawn(kv, width)
    up, down = drawn(shape.feed_forward, width), drawn(width, shape.feed_forward)
    for layer in range(shape.layers):
        block = f"blk.{layer}"
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"{block}.{name}.weight", np.ones(width, np.float32))
        add(f"{block}.attn_q", square, 1e-3)
        add(f"{block}.attn_k", narrow, 1e-3)
        add(f"{block}.attn_v", narrow, 1e-3)
        add(f"{block}.attn_output", square, 0.0)
        add(f"{block}.ffn_gate", up, 1e-3)
        add(f"{block}.ffn_up", up, 1e-3)
        add(f"{block}.ffn_down", down, 0.0)
        if shape.kind == "qwen2":
            for name, size in (("q", width), ("k", kv), ("v", kv)):
                writer.add_tensor(f"{block}.attn_{name}.bias", np.zeros(size, np.float32))


def _blocks(weights: NDArray[np.int8], scale: float) -> NDArray[np.uint8]:
    """Q8_0: blocks of 32 weights behind their scale."""
    rows, columns = weights.shape
    blocks = np.empty((rows, columns // 32, 34), np.uint8)
    blocks[..., :2] = np.frombuffer(np.float16(scale).tobytes(), np.uint8)
    blocks[..., 2:] = weights.reshape(rows, columns // 32, 32).view(np.uint8)
    return blocks.reshape(rows, -1)
