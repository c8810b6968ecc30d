"""Files that a profile's models need and this project does not ship: which, and whence.

What can be pulled is described by the models' catalogue. What must be converted has its size here:
of 16-bit networks of the published models, computed from their parameters or read from conversions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from appliance.config import Config
from appliance.errors import ConfigError
from appliance.models.manifest import load_manifest
from appliance.models.model import Model

CONVERTED = {
    "sensevoice": (
        "sense-voice-small",
        {"sensevoice.rknn": "about 470 MB", "tokens.txt": "0.3 MB"},
    ),
    "whisper": (
        "whisper-base",
        {
            "encoder.rknn": "21 MB for tiny, 49 MB for base",
            "decoder_model_merged.onnx": "120 MB for tiny, 210 MB for base",
            "vocab.json": "1 MB",
            "generation_config.json": "a few kB",
        },
    ),
}
"""An engine's model in the catalogue, whose licence holds for a conversion too; files, sizes."""
WHISPER, GGUF, VOICE = "whisper-base", "qwen2.5-0.5b", "piper-en-ljspeech"
"""Of the catalogue: the models that we recommend to the engines of the CPU."""
WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json")
RKLLM = "about 0.5 GB for Qwen3-0.6B w4a16, Apache-2.0; other models as they say"
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
        yield from _converted(recognition.engine, recognition.folder)
    engine, folder = recognition.on_cpu
    if engine == "faster-whisper":
        key = "recognition.spare_folder" if recognition.on_npu else "recognition.folder"
        for name in WHISPER_FILES:
            yield _file(key, _within(folder, name), _pulled(WHISPER), "docs/cpu-recognition.md")
    if answers.on_npu:
        yield _file("answers.library", answers.library, RUNTIME, "docs/rkllm.md")
        yield _file("answers.model", answers.model, RKLLM, "docs/rkllm.md")
    if answers.by_llama:
        yield _file("llama.model", config.llama.model, _pulled(GGUF), "docs/llama.md")
    if config.voice.engine == "piper":
        for ending in ("", ".json"):
            path = config.voice.model and f"{config.voice.model}{ending}"
            yield _file("voice.model", path, _pulled(VOICE), "docs/piper.md")


def _converted(engine: str, folder: str) -> Iterator[NpuFile]:
    model, sizes = CONVERTED[engine]
    licence = _catalogue()[model].licence.name
    for name, size in sizes.items():
        path = _within(folder, name)
        yield _file("recognition.folder", path, f"{size}, {licence}", "docs/rknn.md")


def _pulled(name: str) -> str:
    model = _catalogue()[name]
    size_mb = round(model.about_bytes / 1e6)
    return f"{size_mb} MB in all, {model.licence.name}, `appliance models pull {name}`"


@cache
def _catalogue() -> dict[str, Model]:
    return load_manifest()


def _within(folder: str, name: str) -> str:
    return folder and f"{folder}/{name}"


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
