"""Files that a profile's models need and this project does not ship: which, and whence.

Sizes are of 16-bit networks of the published models, computed from their parameters or read from
conversions; licences as their publishers state them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from appliance.config import Config
from appliance.errors import ConfigError

Table = tuple[tuple[str, str], ...]
"""Names of files of a model, each with what is known of its size and licence."""

_FUNASR = "FunASR Model Open Source License 1.1"
_MIT = "MIT (Whisper)"
MODELS: dict[str, Table] = {
    "sensevoice": (
        ("sensevoice.rknn", f"about 470 MB, {_FUNASR}"),
        ("tokens.txt", f"0.3 MB, {_FUNASR}"),
    ),
    "whisper": (
        ("encoder.rknn", f"21 MB for tiny, 49 MB for base, {_MIT}"),
        ("decoder_model_merged.onnx", f"120 MB for tiny, 210 MB for base, {_MIT}"),
        ("vocab.json", f"1 MB, {_MIT}"),
        ("generation_config.json", f"a few kB, {_MIT}"),
    ),
    "faster-whisper": (
        ("model.bin", f"76 MB for tiny, 145 MB for base, {_MIT}"),
        ("config.json", f"a few kB, {_MIT}"),
        ("tokenizer.json", f"2 MB, {_MIT}"),
    ),
}
LANGUAGE_MODEL = "about 0.5 GB for Qwen3-0.6B w4a16, Apache-2.0; other models as they say"
GGUF = (
    "491 MB for Qwen2.5 0.5B, Apache-2.0, `appliance models pull qwen2.5-0.5b`; 639 MB for Qwen3 "
    "0.6B, Apache-2.0, `appliance models pull qwen3-0.6b`"
)
VOICE = (
    "63 MB and its JSON beside it for a medium voice, each under a licence of its own, `appliance "
    "models pull piper-en-ljspeech`"
)
RUNTIME = "size not known, Rockchip's own licence"


class NpuFile(NamedTuple):
    """One file that must be there.

    Attributes:
        key: the setting that says where it is.
        path: the file; None where the setting is empty.
        known: its size and licence, as far as they are known.
        page: that says how to get it.
    """

    key: str
    path: Path | None
    known: str
    page: str

    @property
    def is_there(self) -> bool:
        """Whether there is such a file, with something in it."""
        return self.path is not None and self.path.is_file() and self.path.stat().st_size > 0


def needed(config: Config) -> Iterator[NpuFile]:
    """Every file that the profile's engines read and no package brings."""
    recognition, answers = config.recognition, config.answers
    if recognition.on_npu:
        yield _file("recognition.library", recognition.library, RUNTIME, "docs/rknn.md")
        yield from _model("recognition.folder", recognition.engine, recognition.folder)
    engine, folder = recognition.on_cpu
    if engine == "faster-whisper":
        key = "recognition.spare_folder" if recognition.on_npu else "recognition.folder"
        yield from _model(key, engine, folder)
    if answers.on_npu:
        yield _file("answers.library", answers.library, RUNTIME, "docs/rkllm.md")
        yield _file("answers.model", answers.model, LANGUAGE_MODEL, "docs/rkllm.md")
    if answers.by_llama:
        yield _file("llama.model", config.llama.model, GGUF, "docs/llama.md")
    if config.voice.engine == "piper":
        for ending in ("", ".json"):
            path = config.voice.model and f"{config.voice.model}{ending}"
            yield _file("voice.model", path, VOICE, "docs/piper.md")


def _model(key: str, engine: str, folder: str) -> Iterator[NpuFile]:
    page = "docs/cpu-recognition.md" if engine == "faster-whisper" else "docs/rknn.md"
    for name, known in MODELS[engine]:
        yield _file(key, folder and f"{folder}/{name}", known, page)


def _file(key: str, path: str, known: str, page: str) -> NpuFile:
    return NpuFile(key, Path(path) if path else None, known, page)


def require_files(config: Config) -> None:
    """Nothing else is used in place of what the profile names.

    Raises:
        ConfigError: `CFG-NO-MODEL`, with every file that is missing.
    """
    missing = [file for file in needed(config) if not file.is_there]
    if missing:
        lacking = dict.fromkeys(map(described, missing))
        raise ConfigError(
            "CFG-NO-MODEL",
            f"the profile `{config.profile}` lacks files",
            ", ".join(lacking),
            f"get them as {' and '.join(sorted({file.page for file in missing}))} say (`appliance "
            "models list` knows some), name them in the settings, or use --profile bundled",
        )


def described(file: NpuFile) -> str:
    """`recognition.folder: no file /x/tokens.txt (0.3 MB, …)`."""
    where = f"no file {file.path}" if file.path else "not set"
    return f"`{file.key}`: {where} ({file.known})"
