"""The three models of the profile `cpu`, home-made and tiny, and the settings that name them."""

from __future__ import annotations

from pathlib import Path

from tests.appliance.engines.llamas import parrot
from tests.appliance.engines.piper_voices import write_voice
from tests.fakes.whisper import make

SETTINGS = """
[recognition]
folder = "{folder}/whisper"
threads = 1

[llama]
model = "{folder}/random.gguf"
threads = 1
load_deadline_s = 60.0

[answers]
context_tokens = 4096

[voice]
model = "{folder}/voice/tiny.onnx"
threads = 1
"""


def cpu_settings(folder: Path, hears: str = "open the door") -> Path:
    """A file for --config; the language model speaks nonsense."""
    make(folder / "whisper", hears)
    parrot(folder / "random.gguf", "")
    write_voice(folder / "voice")
    settings = folder / "cpu.toml"
    settings.write_text(SETTINGS.format(folder=folder), encoding="utf-8")
    return settings
