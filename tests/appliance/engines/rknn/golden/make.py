"""Makes the golden numbers beside this file, with other people's implementations.

Run once, on 2026-11-21, in two throw-away environments (neither is a dependency of ours):

    python make.py features   # kaldi-native-fbank 1.23.0, funasr-onnx 0.4.3, transformers 5.23.0
    python make.py decoder    # transformers 4.57.6, torch 2.15.0, optimum 2.3.0, optimum-onnx 0.1.0

`am.mvn` holds numbers of ours in Kaldi's format. The decoder is a Whisper of random weights, so
its words mean nothing; its logits are those of torch, its ONNX file is optimum's.
"""

# ruff: noqa: PLC0415 - each part has an environment of its own

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
RATE_HZ = 16_000


def sound() -> Any:
    """1.1 s: silence, a rising tone under noise, a click, a loud end that is cut off."""
    rng = np.random.default_rng(3576)
    t = np.arange(int(1.1 * RATE_HZ)) / RATE_HZ
    wave = 6000 * np.sin(2 * np.pi * (150 * t + 1500 * t * t)) + rng.normal(0, 80, t.size) + 120
    wave[: RATE_HZ // 10] = 0
    wave[9000] += 20000
    wave[-2000:] *= 8
    return np.clip(np.round(wave), -32768, 32767).astype(np.int16)


def features() -> None:
    """Of fbank, stacked and normalised frames, and Whisper's spectrogram."""
    from transformers import WhisperFeatureExtractor

    pcm = sound()
    _write_mvn()
    frontend = _funasr().WavFrontend(
        cmvn_file=str(HERE / "am.mvn"), dither=0.0, lfr_m=7, lfr_n=6, window="hamming"
    )
    energies, _ = frontend.fbank(pcm / np.float32(32768))
    normalised, _ = frontend.lfr_cmvn(energies)
    mels = {}
    for seconds in (20, 30):
        extractor = WhisperFeatureExtractor(feature_size=80, chunk_length=seconds)
        mel = extractor(pcm / np.float32(32768), sampling_rate=RATE_HZ, return_tensors="np")
        mels[f"mel_{seconds}s"] = mel.input_features[0][:, :120]
    np.savez_compressed(
        HERE / "features.npz",
        sound=pcm,
        fbank=energies.astype(np.float32),
        normalised=normalised.astype(np.float32),
        **mels,
    )


def _funasr() -> Any:
    """Only the front end's file: the package imports librosa."""
    found = importlib.util.find_spec("funasr_onnx")
    path = Path(found.submodule_search_locations[0]) / "utils" / "frontend.py"
    spec = importlib.util.spec_from_file_location("frontend", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _write_mvn() -> None:
    shift = " ".join(f"{-(8 + at % 80 / 40):.4f}" for at in range(560))
    scale = " ".join(f"{1 / (3 + at % 7 / 10):.6f}" for at in range(560))
    text = (
        "<Nnet> \n<Splice> 560 560 \n[ 0 ]\n"
        f"<AddShift> 560 560 \n<LearnRateCoef> 0 [ {shift} ]\n"
        f"<Rescale> 560 560 \n<LearnRateCoef> 0 [ {scale} ]\n</Nnet> \n"
    )
    (HERE / "am.mvn").write_text(text)


def decoder() -> None:
    """A Whisper of random weights: its ONNX decoder, and torch's logits for some tokens."""
    import torch
    from optimum.exporters.onnx import onnx_export_from_model
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    torch.manual_seed(5)
    sizes = dict.fromkeys(("d_model", "encoder_ffn_dim", "decoder_ffn_dim"), 8)
    heads = dict.fromkeys(("encoder_attention_heads", "decoder_attention_heads"), 2)
    config = WhisperConfig(
        vocab_size=40,
        encoder_layers=1,
        decoder_layers=2,
        max_target_positions=24,
        init_std=0.7,
        **sizes,
        **heads,
        **dict.fromkeys(("decoder_start_token_id", "eos_token_id", "pad_token_id"), 1),
        bos_token_id=1,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    model = WhisperForConditionalGeneration(config).eval()
    model.generation_config.suppress_tokens = None
    model.generation_config.begin_suppress_tokens = None
    rng = np.random.default_rng(1)
    heard = rng.normal(0, 1, (1, 12, 8)).astype(np.float32)
    tokens = rng.integers(0, 40, 14)
    with torch.no_grad():
        hidden = model.model.decoder(
            torch.tensor(tokens[None]), encoder_hidden_states=torch.tensor(heard)
        ).last_hidden_state
        logits = model.proj_out(hidden)[0].numpy()
    np.savez_compressed(HERE / "decoder.npz", heard=heard, tokens=tokens, logits=logits)
    with tempfile.TemporaryDirectory() as folder:
        onnx_export_from_model(
            model, folder, task="automatic-speech-recognition-with-past", do_validation=False
        )
        shutil.copy(Path(folder) / "decoder_model_merged.onnx", HERE)


if __name__ == "__main__":
    {"features": features, "decoder": decoder}[sys.argv[1]]()
