"""The one door to faster-whisper: a model out of a folder of ours, and nothing from anywhere else.

Where its files are missing, the library would fetch them; so they are looked for first. Its VAD,
which alone needs onnxruntime, is never asked for. Its reader of sound files needs `av`, whose wheel
carries FFmpeg with GPL codecs and a TLS library; we hand it samples, so `av` is kept out.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from appliance.engines.asr_faults import bad_model, existing, text_of
from appliance.errors import EngineError
from audio.inference import FORBIDDEN

os.environ.update({"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", FORBIDDEN: "1"})


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Whoever imports `module` meanwhile gets an empty one; it need not be installed."""
    known = sys.modules.get(module)
    sys.modules[module] = ModuleType(module)
    try:
        yield
    finally:
        del sys.modules[module]
        if known is not None:
            sys.modules[module] = known


with _without("av"):  # and not before the environment is set
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

__all__ = ["Tokenizer", "opened"]

MODEL: Final = "model.bin"
CONFIG: Final = "config.json"
TOKENS: Final = "tokenizer.json"
FEATURES: Final = "preprocessor_config.json"
VOCABULARIES: Final = ("vocabulary.json", "vocabulary.txt")
"""Names of the files in a model's folder; FEATURES may be absent, one vocabulary is enough."""

_SPECIALS: Final = ("<|startoftranscript|>", "<|endoftext|>", "<|notimestamps|>")


def opened(folder: Path, threads: int) -> WhisperModel:
    """The model, computing in 8 bits on so many threads of the CPU.

    Raises:
        EngineError: `ENG-NO-MODEL`, `ENG-BAD-MODEL`.
    """
    for name in (MODEL, CONFIG, TOKENS):
        existing(folder / name)
    vocabulary = _vocabulary(folder)
    try:
        model = WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )
    except Exception as error:  # its libraries raise what they like
        raise bad_model(folder / MODEL, str(error)) from error
    _check(model, vocabulary, folder)
    return model


def _vocabulary(folder: Path) -> list[str]:
    """The model's tokens, by their number."""
    found = [folder / name for name in VOCABULARIES if (folder / name).is_file()]
    path = existing(found[0] if found else folder / VOCABULARIES[-1])
    text = text_of(path)
    if path.suffix == ".txt":
        return text.split("\n")
    try:
        return list(map(str, json.loads(text)))
    except (ValueError, TypeError) as error:
        raise bad_model(path, f"no list of tokens: {error}") from error


def _check(model: Any, vocabulary: list[str], folder: Path) -> None:  # noqa: ANN401  # no types
    """Tokens of another model would be numbers without sense, and bands of sound of no use."""
    for token in _SPECIALS:
        number = model.hf_tokenizer.token_to_id(token)
        if number is None or vocabulary[number : number + 1] != [token]:
            raise _of_another(folder / TOKENS, f"it has no {token}, or another number for it")
    bands, wanted = model.feature_extractor.mel_filters.shape[0], model.model.n_mels
    if bands != wanted:
        raise _of_another(folder / FEATURES, f"{bands} bands of sound, the model wants {wanted}")


def _of_another(path: Path, cause: str) -> EngineError:
    return bad_model(path, f"not of one model with {MODEL}: {cause}")
