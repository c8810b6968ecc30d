"""The whole appliance with a Piper voice: the answer is heard, also where Piper fails."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile

from appliance import clock, lead_ins, processes
from appliance.cli.doctor import _voices
from appliance.config import Config, VoiceConfig, load_config
from appliance.doctor import Status, examine
from appliance.knowledge.pack import Pack
from appliance.service import build_knowledge
from tests.appliance.conftest import Run
from tests.appliance.engines.piper_voices import RATE_HZ, write_voice

QUESTION = "What does the red light mean?"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    for deadline in ("VOICE_DEADLINE_S", "MIND_DEADLINE_S"):  # a busy machine is no failure
        monkeypatch.setattr(processes, deadline, 60.0)
    voice = VoiceConfig(engine="piper", model=str(write_voice(tmp_path / "voice")), threads=1)
    return replace(load_config("bundled"), voice=voice)


def _overlay(config: Config, folder: Path) -> Path:
    overlay = folder / "piper.toml"
    overlay.write_text(f'[voice]\nengine = "piper"\nmodel = "{config.voice.model}"\n')
    return overlay


def test_a_whole_turn_is_answered_by_piper(
    config: Config, pack: Path, run: Run, tmp_path: Path
) -> None:
    overlay = _overlay(config, tmp_path)
    asked = ("--text", QUESTION, "--knowledge", pack, "--out", tmp_path, "--json")
    (turn,) = run("ask", *asked, "--config", overlay).turns
    assert (turn["outcome"], turn["fallback"]) == ("answered", {})
    sound, rate_hz = soundfile.read(turn["audio"])
    assert rate_hz == RATE_HZ
    assert sound.size > RATE_HZ


def test_a_turn_in_which_piper_fails_is_answered_all_the_same(
    config: Config, pack: Path, run: Run, tmp_path: Path
) -> None:
    """What it says to try itself it can; a sound that the answer needs is not in the network."""
    model = Path(config.voice.model)
    table = json.loads(Path(f"{model}.json").read_text())
    table["phoneme_id_map"]["m"] = [9999]
    Path(f"{model}.json").write_text(json.dumps(table))
    asked = ("--text", QUESTION, "--knowledge", pack, "--out", tmp_path, "--json")
    (turn,) = run("ask", *asked, "--config", _overlay(config, tmp_path)).turns
    assert (turn["outcome"], turn["fallback"]) == ("answered", {"tts": "VOICE_FAILED"})
    assert turn["audio_s"] > 2


def test_doctor_names_the_voice_and_its_spare(config: Config) -> None:
    voice, spare = (examine(check) for check in _voices(config))
    assert voice.detail.startswith(f"Piper tiny, {RATE_HZ} Hz")
    assert spare.detail.startswith("espeak-ng en-us, 22050 Hz")
    Path(config.voice.model).unlink()
    missing, _ = (examine(check) for check in _voices(config))
    assert missing.status is Status.FAIL
    assert "models pull" in (missing.remedy or "")


def test_lead_ins_fit_the_voice_that_made_them_and_no_other(config: Config, tmp_path: Path) -> None:
    (tmp_path / "manual").mkdir()
    (tmp_path / "manual" / "guide.md").write_text("# Pump guide\n\n## Oil\n\nUse thin oil.\n")
    path = tmp_path / "piper.pack"
    clock.run(build_knowledge(config, tmp_path / "manual", path, None), realtime=True)
    moved = replace(config.voice, model="/elsewhere/tiny.onnx")
    with Pack.open(path) as built:
        made = lead_ins.load(built, moved, RATE_HZ)
        assert made
        assert all(0.3 < sound.size / RATE_HZ < 5 for sound in made.values())
        assert not lead_ins.load(built, config.voice, 22_050)
        assert not lead_ins.load(built, VoiceConfig(), RATE_HZ)
        assert not lead_ins.load(built, replace(moved, speaker=1), RATE_HZ)
