"""Which recogniser hears on the CPU, by the settings: alone, or as the spare of the NPU's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appliance import clock
from appliance.config import Config, RecognitionConfig, load_config
from appliance.engines.ports import Transcript
from appliance.engines.remote import RemoteEars
from appliance.errors import ConfigError
from appliance.npu_files import require_files
from appliance.processes import asr_worker
from tests.fakes.whisper import make

SOUND = np.random.default_rng(0).normal(0, 2000, 16_000).astype(np.int16)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make(tmp_path_factory.mktemp("whisper") / "model"))


def config(**recognition: object) -> Config:
    settings = RecognitionConfig(**recognition)  # type: ignore[arg-type]
    return replace(load_config(), recognition=settings)


@pytest.mark.parametrize("as_spare", [False, True])
def test_faster_whisper_hears_where_it_is_chosen(model: str, as_spare: bool) -> None:
    chosen = {"engine": "faster-whisper", "folder": model, "frames": 3000, "language": "en"}
    spare = {"engine": "sensevoice", "spare": "faster-whisper", "spare_folder": model}

    async def whole() -> Transcript:
        worker = asr_worker(config(**(spare if as_spare else chosen)))
        try:
            return await RemoteEars(worker).transcribe(SOUND)
        finally:
            await worker.stop()

    assert clock.run(whole(), realtime=False).text == "open the door"


@pytest.mark.parametrize("as_spare", [False, True])
def test_a_model_that_is_not_there_is_named_before_anything_starts(
    tmp_path: Path, as_spare: bool
) -> None:
    key = "spare_folder" if as_spare else "folder"
    chosen = {"engine": "faster-whisper", "folder": str(tmp_path)}
    spare = {"engine": "whisper", "spare": "faster-whisper", "spare_folder": str(tmp_path)}
    with pytest.raises(ConfigError) as caught:
        require_files(config(**(spare if as_spare else chosen)))
    assert caught.value.code == "CFG-NO-MODEL"
    assert f"`recognition.{key}`: no file {tmp_path}/model.bin" in caught.value.cause
    assert "docs/cpu-recognition.md" in caught.value.remedy


def test_nothing_is_missing_where_it_is_there(model: str) -> None:
    require_files(config(engine="faster-whisper", folder=model))


def test_the_bundled_engine_needs_no_files() -> None:
    require_files(config(spare="faster-whisper"))  # the spare of an NPU that is not used
