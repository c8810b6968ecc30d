"""Small networks whose weights are set by hand: a sound of known tones gives known words.

Each tone is a token of SenseVoice. Whisper's knows two sentences, one for a low and one for a high
tone; its decoder needs what it remembers to find the end of the first.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audio.format import RATE_HZ, Samples
from audio.onnxfile import (
    GraphField,
    Message,
    ModelField,
    NodeField,
    TensorField,
    attribute,
    node,
    value,
)

TOOLKIT = "2.3.2"
FRAMES = 40
"""Of the small SenseVoice: 2.4 s."""
MEL_FRAMES = 200
"""Of the small Whisper: 2 s."""

PIECES = [
    *("<blank>", "<|zh|>", "<|en|>", "<|nospeech|>", "<|NEUTRAL|>", "<|Speech|>", "<|woitn|>"),
    *("▁open", "▁the", "▁Door", "s", "<0xC3>", "<0xA9>"),
]
TONES = {
    "▁open": 300.0,
    "▁the": 600.0,
    "▁Door": 1200.0,
    "s": 2400.0,
    "<0xC3>": 4000,
    "<0xA9>": 6000,
}
QUERIES = {
    0: "<|en|>",
    3: "<|zh|>",
    4: "<|en|>",
    1: "<|NEUTRAL|>",
    2: "<|Speech|>",
    15: "<|woitn|>",
}

WORDS = ["Ġopen", "Ġthe", "Ġdoor", "ĠTÃ¼r", "Ġauf", "."]
END, START, EN, DE, TRANSCRIBE, NO_SPEECH, NO_TIMESTAMPS = range(6, 13)
VOCABULARY = 16


def tone(hertz: float, seconds: float = 0.25, level: float = 8000) -> Samples:
    times = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (level * np.sin(2 * np.pi * hertz * times)).astype(np.int16)


def silence(seconds: float = 0.1) -> Samples:
    return np.zeros(int(seconds * RATE_HZ), np.int16)


def say(*pieces: str) -> Samples:
    """What the small SenseVoice hears as these pieces."""
    return np.concatenate([silence(), *(s for p in pieces for s in (tone(TONES[p]), silence()))])


def sensevoice_folder(folder: Path, *, prompt: bool = False, turned: bool = False) -> Path:
    """A model of the first or the second kind of export; `turned`: logits [vocabulary, frames]."""
    folder.mkdir(exist_ok=True)
    graph = _prompt_graph() if prompt else _queries_graph(turned=turned)
    write_rknn(folder / "sensevoice.rknn", graph)
    _write_beside(folder, PIECES)
    if prompt:  # the other kind needs no more than its tokens
        for name in ("embedding.npy", "am.mvn"):
            (folder / name).unlink()
    return folder


def sensevoice_saying(folder: Path, text: str, *, frames: int) -> Path:
    """A model of the first kind that hears any sound as this text, two frames a word.

    For real speech, which the tones' model can't know: what is proven is the way, not the ear.
    """
    folder.mkdir(exist_ok=True)
    pieces = [*PIECES[:7], *(f"▁{word}" for word in text.split())]
    heard = np.zeros((1, frames + 4, len(pieces)), np.float32)
    heard[..., 0] = 5
    for row, tag in enumerate(("<|en|>", "<|Speech|>", "<|NEUTRAL|>", "<|woitn|>")):
        heard[0, row, pieces.index(tag)] = 100
    for number in range(7, len(pieces)):
        heard[0, 4 + 2 * (number - 7), number] = 10
    nodes = [node("MatMul", ["speech", "w"], "raw"), node("Add", ["raw", "heard"], "logits")]
    tensors = {"w": np.zeros((560, len(pieces)), np.float32), "heard": heard}
    inputs = [value("speech", 1, frames + 4, 560)]
    outputs = [value("logits", 1, frames + 4, len(pieces))]
    write_rknn(folder / "sensevoice.rknn", model(nodes, tensors, inputs, outputs))
    _write_beside(folder, pieces)
    return folder


def _write_beside(folder: Path, pieces: Sequence[str]) -> None:
    """What belongs to an export of the first kind."""
    lines = [f"{piece} {number}" for number, piece in enumerate(pieces)]
    (folder / "tokens.txt").write_text("\n".join(lines) + "\n")
    np.save(folder / "embedding.npy", _embedding())
    shift, scale = (" ".join([number] * 560) for number in ("-15", "0.1"))
    vectors = (f"<LearnRateCoef> 0 [ {numbers} ]\n" for numbers in (shift, scale))
    (folder / "am.mvn").write_text("<AddShift> 560 560\n{}<Rescale> 560 560\n{}".format(*vectors))


def whisper_folder(folder: Path, *, english_only: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    write_rknn(folder / "encoder.rknn", _encoder())
    (folder / "decoder_model_merged.onnx").write_bytes(_decoder())
    (folder / "vocab.json").write_text(json.dumps({w: n for n, w in enumerate(WORDS)}))
    specials: dict[str, Any] = {
        "decoder_start_token_id": START,
        "eos_token_id": END,
        "no_timestamps_token_id": NO_TIMESTAMPS,
        "suppress_tokens": [5],
        "begin_suppress_tokens": [END],
        "max_length": 20,
    }
    if not english_only:
        specials["lang_to_id"] = {"<|en|>": EN, "<|de|>": DE}
        specials["task_to_id"] = {"transcribe": TRANSCRIBE}
    (folder / "generation_config.json").write_text(json.dumps(specials))
    return folder


def write_rknn(path: Path, graph: bytes, toolkit: str = TOOLKIT) -> None:
    header = json.dumps({"toolkit": toolkit}).encode()
    path.write_bytes(b"RKNN" + header + b"\n" + graph)


def _heard() -> tuple[Any, Any]:
    """Weights [560, vocabulary] from normalised frames to logits, and their bias."""
    weights = np.zeros((560, len(PIECES)), np.float32)
    for piece, hertz in TONES.items():
        for frame in range(7):
            weights[80 * frame + _mel_band(hertz), PIECES.index(piece)] = 10 / 7
    for at, piece in enumerate(PIECES[:7]):
        weights[at, at] = 1.0 if piece.startswith("<|") else 0.0
    bias = np.zeros(len(PIECES), np.float32)
    bias[0] = 5
    return weights, bias


def _embedding() -> Any:
    table = np.zeros((16, 560), np.float32)
    for number, tag in QUERIES.items():
        table[number, PIECES.index(tag)] = 100
    return table


def _mel_band(hertz: float) -> int:
    """The band of Kaldi's filter bank whose centre is nearest."""
    low, high, wanted = (1127 * np.log1p(f / 700) for f in (20, 8000, hertz))
    return round(float((wanted - low) / (high - low)) * 81) - 1


def _queries_graph(*, turned: bool) -> bytes:
    weights, bias = _heard()
    frames, words = FRAMES + 4, len(PIECES)
    nodes = [node("MatMul", ["speech", "w"], "raw"), node("Add", ["raw", "b"], "logits")]
    shape = [1, frames, words]
    if turned:
        nodes[-1] = node("Add", ["raw", "b"], "table")
        nodes.append(node("Reshape", ["table", "flat"], "rows"))
        nodes.append(node("Transpose", ["rows"], "columns"))  # reverses all dimensions
        nodes.append(node("Reshape", ["columns", "back"], "logits"))
        shape = [1, words, frames]
    tensors = {"w": weights, "b": bias}
    if turned:
        tensors |= {"flat": np.array([frames, words]), "back": np.array(shape)}
    return model(nodes, tensors, [value("speech", 1, frames, 560)], [value("logits", *shape)])


def _prompt_graph() -> bytes:
    """The same, but the normalisation and the queries are within."""
    weights, bias = _heard()
    queries = (_embedding() @ weights + bias).astype(np.float32)
    nodes = [
        node("Add", ["x", "shift"], "shifted"),
        node("Mul", ["shifted", "scale"], "speech"),
        node("MatMul", ["speech", "w"], "raw"),
        node("Add", ["raw", "b"], "heard"),
        node("Gather", ["queries", "prompt"], "flat"),
        node("Unsqueeze", ["flat", "front"], "asked"),
        node("Concat", ["asked", "heard"], "logits", axis=1),
    ]
    tensors = {
        "w": weights,
        "b": bias,
        "queries": queries,
        "front": np.array([0]),
        "shift": np.array([-15], np.float32),
        "scale": np.array([0.1], np.float32),
    }
    inputs = [value("x", 1, FRAMES, 560), _typed("prompt", 6, 4)]
    return model(nodes, tensors, inputs, [value("logits", 1, FRAMES + 4, len(PIECES))])


def _encoder() -> bytes:
    """Mel [1, 80, frames] to [1, frames / 2, vocabulary]: what speaks for each token."""
    weights = np.zeros((160, VOCABULARY), np.float32)
    low, high = slice(0, 30), slice(50, 80)
    for half in (weights[:80], weights[80:]):
        for says, other, tokens in ((low, high, (EN, 0)), (high, low, (DE, 3))):
            half[says, tokens] = 4 / 30
            half[other, tokens] = -4 / 30
    nodes = [
        node("Reshape", ["mel", "flat"], "bands"),
        node("Transpose", ["bands"], "turned"),
        node("Reshape", ["turned", "pairs"], "frames"),
        node("MatMul", ["frames", "w"], "sound"),
    ]
    tensors = {
        "w": weights,
        "flat": np.array([80, MEL_FRAMES]),
        "pairs": np.array([1, MEL_FRAMES // 2, 160]),
    }
    outputs = [value("sound", 1, MEL_FRAMES // 2, VOCABULARY)]
    return model(nodes, tensors, [value("mel", 1, 80, MEL_FRAMES)], outputs)


def _grammar() -> tuple[Any, Any]:
    """What may follow each token, and what speaks against saying a token again."""
    follows = np.zeros((VOCABULARY, VOCABULARY), np.float32)
    follows[START, [EN, DE]] = 10
    follows[NO_TIMESTAMPS, [0, 3]] = 10
    follows[NO_TIMESTAMPS, [5, END, 15]] = 20  # suppressed: a full stop, the end, a timestamp
    follows[0, 1] = follows[1, 2] = follows[3, 4] = follows[4, END] = 10
    follows[2, [1, END]] = 12, 10  # "the" again, if nothing were remembered
    return follows, np.diag(np.r_[[0, -5], np.zeros(VOCABULARY - 2)]).astype(np.float32)


def _decoder() -> bytes:
    """With optimum's names: keys are the tokens so far, values what the sound speaks for."""
    follows, against = _grammar()
    nodes = [
        node("Gather", ["identity", "input_ids"], "said"),
        node("Reshape", ["said", "heads"], "new"),
        node("Concat", ["past_key_values.0.decoder.key", "new"], "present.0.decoder.key", axis=2),
        node("Identity", ["present.0.decoder.key"], "present.0.decoder.value"),
        _mean("encoder_hidden_states", "mean"),
        node("Reshape", ["mean", "heads"], "present.0.encoder.value"),
        node("Identity", ["present.0.encoder.value"], "present.0.encoder.key"),
        node(
            "Concat",
            ["past_key_values.0.encoder.value", "present.0.encoder.value"],
            "known",
            axis=2,
        ),
        node("Gather", ["known", "first"], "heard", axis=2),  # what is remembered, if anything
        node("Reshape", ["heard", "row"], "bias"),
        node("ReduceSum", ["present.0.decoder.key", "axis2"], "counted", keepdims=0),
        node("Reshape", ["counted", "row"], "counts"),
        node("MatMul", ["counts", "against"], "penalty"),
        node("MatMul", ["said", "follows"], "next"),
        node("Add", ["next", "bias"], "likely"),
        node("Add", ["likely", "penalty"], "logits"),
    ]
    tensors = {
        "identity": np.eye(VOCABULARY, dtype=np.float32),
        "follows": follows,
        "against": against,
        "axis2": np.array([2]),
        "first": np.array([0]),
        "heads": np.array([1, 1, -1, VOCABULARY]),
        "row": np.array([1, 1, VOCABULARY]),
    }
    names = [f"0.{part}.{kind}" for part in ("decoder", "encoder") for kind in ("key", "value")]
    inputs = [
        _typed("input_ids", 7, "batch", "tokens"),
        value("encoder_hidden_states", "batch", "positions", VOCABULARY),
        *(value(f"past_key_values.{n}", "batch", 1, f"past of {n}", VOCABULARY) for n in names),
        _typed("use_cache_branch", 9, 1),
    ]
    outputs = [value("logits", "batch", "tokens", VOCABULARY)]
    outputs += [value(f"present.{n}", "batch", 1, f"now of {n}", VOCABULARY) for n in names]
    return model(nodes, tensors, inputs, outputs)


def model(
    nodes: Sequence[Message],
    tensors: dict[str, Any],
    inputs: Sequence[Message],
    outputs: Sequence[Message],
) -> bytes:
    """An ONNX file."""
    graph = Message().put(GraphField.NODE, *nodes).put(2, "by hand")
    graph.put(GraphField.INITIALIZER, *(_tensor(name, data) for name, data in tensors.items()))
    graph.put(GraphField.INPUT, *inputs).put(GraphField.OUTPUT, *outputs)
    opset = Message().put(1, "").put(2, 13)
    return Message().put(1, 8).put(ModelField.GRAPH, graph).put(8, opset).encode()


def _tensor(name: str, data: Any) -> Message:
    kind = {"float32": 1, "int64": 7}[str(data.dtype)]
    made = Message().put(TensorField.DIMENSIONS, *data.shape).put(2, kind)
    return made.put(TensorField.NAME, name).put(TensorField.RAW_DATA, data.tobytes())


def _typed(name: str, kind: int, *dimensions: int | str) -> Message:
    """`value` of another type than float."""
    sizes = (Message().put(1 if isinstance(size, int) else 2, size) for size in dimensions)
    tensor = Message().put(1, kind).put(2, Message().put(1, *sizes))
    return Message().put(1, name).put(2, Message().put(1, tensor))


def _mean(takes: str, gives: str) -> Message:
    """Over the second dimension, which stays."""
    return node("ReduceMean", [takes], gives).put(NodeField.ATTRIBUTE, attribute("axes", [1]))
