"""A board of our own: both fake runtimes, small models, and the settings that name them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance.config import Config, load_config
from tests.appliance.engines.conftest import Bench, bench, fake_library
from tests.appliance.engines.rknn.conftest import FAKES, ROOT
from tests.appliance.engines.rknn.graphs import sensevoice_saying

__all__ = ["bench", "fake_library"]  # fixtures

QUESTION = "what does the red light mean"
REPLY = "A red light means that the filter must be replaced. If the red light blinks, close it."
ANSWER = "A red light means that the filter must be replaced."
SOURCE = "user-guide.md#what-the-lights-mean"
FRAMES = 100

SETTINGS = """
[recognition]
folder = "{folder}/sensevoice"
library = "{folder}/librknnrt.so"
frames = {frames}
deadline_s = {deadline_s}

[answers]
model = "{folder}/model.rkllm"
library = "{library}"
deadline_s = {deadline_s}

[npu]
driver_file = "{folder}/driver"
warm_spare = false
retry_s = 0.05
load_deadline_s = {load_s}
"""


@dataclass(frozen=True)
class Board:
    """What the fakes do next, and what they were asked."""

    bench: Bench

    @property
    def settings(self) -> Path:
        """A file for --config."""
        return self.folder / "board.toml"

    @property
    def folder(self) -> Path:
        return self.bench.folder

    def write_settings(self, *, deadline_s: float = 20.0, load_s: float = 60.0) -> None:
        library = self.bench.library("1.3.0")
        self.settings.write_text(
            SETTINGS.format(
                folder=self.folder,
                library=library,
                frames=FRAMES,
                deadline_s=deadline_s,
                load_s=load_s,
            )
        )

    def config(self, pack: Path) -> Config:
        """The profile with the board's settings, and a pack."""
        named = f'\n[knowledge]\npack = "{pack}"\n'
        whole = self.folder / "whole.toml"
        whole.write_text(self.settings.read_text() + named)
        return load_config("rk3576", whole)

    def rknn(self, **calls: list[str]) -> None:
        """How the next calls of the recogniser's runtime fail."""
        (self.folder / "moods").write_text(json.dumps(calls))

    def rkllm(self, fault: str) -> None:
        """What goes wrong next in the model's runtime, once."""
        (self.folder / "next").write_text(fault)

    def fail(self, rknn: dict[str, list[str]], rkllm: str) -> None:
        """Both."""
        self.rknn(**rknn)
        if rkllm:
            self.rkllm(rkllm)

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        for name in ("moods", "next"):
            (self.folder / name).unlink(missing_ok=True)


@pytest.fixture
def board(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Board:
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{FAKES}")
    monkeypatch.setenv("FAKE_RKNN_MOODS", str(bench.folder / "moods"))
    monkeypatch.setenv("RKLLM_FAKE_NEXT", str(bench.folder / "next"))
    monkeypatch.setenv("RKLLM_FAKE_REPLY", REPLY)
    sensevoice_saying(bench.folder / "sensevoice", QUESTION, frames=FRAMES)
    (bench.folder / "librknnrt.so").write_bytes(b"librknnrt version: 2.3.2 (429f97ae6b@2025)")
    made = Board(bench)
    made.write_settings()
    return made
