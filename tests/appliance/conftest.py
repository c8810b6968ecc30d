"""What the program's tests share: its verbs, the demo's manual as a pack, a spoken question."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from appliance.cli import main
from appliance.demo.asker import spoken_question
from audio.files import write_wav
from audio.format import RATE_HZ

MANUAL = Path(__file__).parents[2] / "appliance" / "demo" / "manual"


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def turns(self) -> list[dict[str, Any]]:
        turns: list[dict[str, Any]] = json.loads(self.out)["turns"]
        return turns


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a verb in this process, as the command line would."""

    def run_verb(*arguments: object) -> Result:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as misuse:  # argparse
            code = int(misuse.code or 0)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Result(code, captured.out, captured.err)

    return run_verb


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "purifier.pack"
    assert main(["knowledge", "build", str(MANUAL), "-o", str(path)]) == 0
    return path


@pytest.fixture(scope="session")
def red_light(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("speech") / "red light.wav"
    write_wav(path, spoken_question("hey jarvis", "What does the red light mean?"), RATE_HZ)
    return path
