"""What the tests of `audio` share: a loop on simulated time, recordings, tones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples
from audio.vad import SileroVad
from audio.wake import OpenWakeWord

SPEECH = Path(__file__).parents[2].parent / "shared" / "speech"


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Time jumps to the next timer whenever nothing else is to be done."""

    now = 100.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self.now = max(self.now, self._scheduled[0]._when)
        super()._run_once()


@pytest.fixture
def simulate() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
            return runner.run(coroutine)

    return run


@pytest.fixture
def recording() -> Callable[[str], Samples]:
    def load(name: str) -> Samples:
        path = SPEECH / name
        if not path.is_file():
            pytest.skip(f"needs the recording {path}")
        samples: Samples = soundfile.read(path, dtype="int16")[0]
        return samples

    return load


@pytest.fixture(scope="session")
def wake() -> OpenWakeWord:
    return OpenWakeWord()


@pytest.fixture(scope="session")
def vad() -> SileroVad:
    return SileroVad()


def frames(samples: Samples, after_s: float = 0.0) -> list[Frame]:
    """Frames of the samples and of silence after them."""
    padded = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES + round(after_s * RATE_HZ)))
    count = len(padded) // FRAME_SAMPLES
    parts = padded[: count * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    return [Frame(part, seq, (seq + 1) * FRAME_S) for seq, part in enumerate(parts)]


def tone(seconds: float, rate_hz: int = RATE_HZ, hertz: float = 440.0) -> np.ndarray:
    """A sine at half of full scale, as float."""
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate_hz)) / rate_hz)


class NeverStill:
    """A room in which the models may never rest; takes the place of `audio.quiet.StillRoom`."""

    def still(self, _samples: Samples) -> bool:
        return False

    def reset(self) -> None:
        """Nothing is remembered."""
