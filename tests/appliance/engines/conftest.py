"""What the tests of the RKLLM engine share: a compiled stand-in, and what it was asked."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.rkllm.build import build

Builder = Callable[..., Path]


@pytest.fixture(scope="session")
def fake_library(tmp_path_factory: pytest.TempPathFactory) -> Builder:
    """`fake_library(version, text)`: a stand-in; `text` is the version that its file names."""
    if shutil.which("cc") is None:
        pytest.skip("needs a C compiler")
    folder = tmp_path_factory.mktemp("librkllmrt")

    def of(version: str, *, text: str | None = "") -> Path:
        return build(folder, version, version if text == "" else text)

    return of


@dataclass(frozen=True)
class Bench:
    """A folder with a model, a driver's version, and the log of the stand-in."""

    folder: Path
    library: Builder

    def settings(self, release: str = "1.3.0", **more: Any) -> dict[str, Any]:
        return {
            "library": str(self.library(release)),
            "model": str(self.folder / "model.rkllm"),
            "driver_files": [str(self.folder / "driver")],
            **more,
        }

    def calls(self, kind: str = "") -> list[str]:
        log = self.folder / "log"
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [line for line in lines if line.startswith(kind)]


@pytest.fixture
def bench(
    fake_library: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    (tmp_path / "model.rkllm").write_bytes(b"weights")
    (tmp_path / "driver").write_text("0.9.8\n")
    monkeypatch.setenv("RKLLM_FAKE_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield Bench(tmp_path, fake_library)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)
