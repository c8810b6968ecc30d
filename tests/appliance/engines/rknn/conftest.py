"""The fake `rknnlite`, for this process and for those of workers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
FAKES = ROOT / "tests" / "fakes" / "rknn"

Moods = Callable[..., None]


@pytest.fixture
def moods(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Moods]:
    """Install the fake; call it to say how `init` and `run` fail, call by call."""
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{FAKES}")
    monkeypatch.syspath_prepend(str(FAKES))
    path = tmp_path / "moods.json"
    monkeypatch.setenv("FAKE_RKNN_MOODS", str(path))

    def say(**calls: list[str]) -> None:
        path.write_text(json.dumps(calls))

    yield say
    for name in [name for name in sys.modules if name.split(".")[0] == "rknnlite"]:
        del sys.modules[name]
