"""Home-made Piper voices: each phoneme is a tone, so what was said can be heard in the sound.

The graph takes and gives what Piper's do; the real loader, phonemes and onnxruntime work with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP

from audio.onnxfile import node, value
from tests.appliance.engines.rknn.graphs import _typed, model

RATE_HZ = 16_000
TONE = 400
"""Samples of one phoneme, 25 ms; the padding between phonemes is silent and as long."""
IDS = 256


def write_voice(
    folder: Path, *, rate_hz: int = RATE_HZ, speakers: int = 1, level: float = 0.25, **more: Any
) -> Path:
    """`tiny.onnx` and its JSON; `more` replaces keys of the JSON, None takes one out."""
    folder.mkdir(exist_ok=True)
    path = folder / "tiny.onnx"
    path.write_bytes(graph(rate_hz, speakers, level))
    table = {
        "audio": {"sample_rate": rate_hz, "quality": "tiny"},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": IDS,
        "num_speakers": speakers,
        "speaker_id_map": {f"speaker {number}": number for number in range(speakers)},
        **more,
    }
    kept = {key: item for key, item in table.items() if item is not None}
    Path(f"{path}.json").write_text(json.dumps(kept), encoding="utf-8")
    return path


def graph(rate_hz: int, speakers: int, level: float) -> bytes:
    """Ids in, [1, 1, ids x TONE x length_scale] out; each speaker's tones are a step higher."""
    ids = np.repeat(np.arange(IDS), speakers)
    steps = np.tile(np.arange(speakers), IDS)
    hertz = (200 + 10 * ids) * 1.25**steps
    tones = level * np.sin(2 * np.pi * hertz[:, None] * np.arange(TONE) / rate_hz)
    tones[ids < 3] = 0  # padding, begin, end
    nodes = [
        node("Mul", ["input", "speakers"], "first"),
        node("Add", ["first", "sid" if speakers > 1 else "nobody"], "rows"),
        node("Gather", ["tones", "rows"], "raw"),
        node("Reshape", ["raw", "all"], "sound"),
        node("Gather", ["scales", "second"], "length"),
        node("Reciprocal", ["length"], "step"),
        node("Size", ["sound"], "whole"),
        node("Cast", ["whole"], "end", to=1),
        node("Range", ["begin", "end", "step"], "times"),
        node("Cast", ["times"], "rounded", to=7),
        node("Mod", ["rounded", "whole"], "places"),
        node("Gather", ["sound", "places"], "stretched"),
        node("Reshape", ["stretched", "shape"], "output"),
    ]
    tensors = {
        "tones": tones.astype(np.float32),
        "speakers": np.array([speakers]),
        "nobody": np.array([0]),
        "all": np.array([-1]),
        "second": np.array(1),
        "begin": np.array(0, np.float32),
        "shape": np.array([1, 1, -1]),
    }
    inputs = [_typed("input", 7, 1, "phonemes"), _typed("input_lengths", 7, 1), value("scales", 3)]
    inputs += [_typed("sid", 7, 1)] if speakers > 1 else []
    return model(nodes, tensors, inputs, [value("output", 1, 1, "samples")])
