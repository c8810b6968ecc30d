"""The three models of the profile `cpu`, home-made and tiny, and the settings that name them."""

from __future__ import annotations

from pathlib import Path

from tests.appliance.engines.llamas import parrot
from tests.appliance.engines.piper_voices import write_voice
from tests.fakes.whisper import make

SETTINGS = """
[recognition]
folder = "{ears}"
threads = 1

[llama]
model = "{mind}"
threads = 1
load_deadline_s = 60.0

[answers]
context_tokens = 4096

[voice]
model = "{voice}"
threads = 1
"""


def cpu_settings(folder: Path, hears: str = "open the door") -> Path:
    """A file for --config; the language model speaks nonsense."""
    ears, voice = make(folder / "whisper", hears), write_voice(folder / "voice")
    return write_settings(folder, ears, parrot(folder / "random.gguf", ""), voice)


def write_settings(folder: Path, ears: Path, mind: Path, voice: Path) -> Path:
    """A file for --config that names these models."""
    settings = folder / "cpu.toml"
    settings.write_text(SETTINGS.format(ears=ears, mind=mind, voice=voice), encoding="utf-8")
    return settings
