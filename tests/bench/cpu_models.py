"""Models as large as published ones, with weights made up, and the settings for the profile `cpu`.

    python -m tests.bench.cpu_models DIR
    appliance bench engines --profile cpu --config DIR/cpu.toml

In the shapes of Whisper base, Qwen2.5-0.5B (8 bits) and a medium Piper voice: they cost what those
cost, and say nothing. It needs 0.9 GB of disk, and then 1.6 GB of memory.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.appliance.cpu_models import write_settings
from tests.bench.piper_graph import write_medium
from tests.fakes.llama.models import NEWLINE, QWEN_HALF_B, tokens_of, write_model
from tests.fakes.whisper import BASE, make


def write(folder: Path) -> Path:
    """The models, and a file for --config."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return write_settings(
        folder,
        make(folder / "base-shaped", shape=BASE),
        write_model(folder / "0.5b-shaped.gguf", {NEWLINE: tokens_of("Yes.")}, shape=QWEN_HALF_B),
        write_medium(folder / "medium-shaped"),
    )


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))
