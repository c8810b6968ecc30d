"""Synthetic askers: voices that read a question, at 16 kHz, kept in a folder once rendered."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

from audio.format import RATE_HZ, Samples

CACHE = Path(os.environ.get("ASR_VOICES", Path(tempfile.gettempdir()) / "asr-voices"))
VOICES = (
    "pico:en-US",
    "pico:en-GB",
    "flite:slt",
    "flite:rms",
    "flite:awb",
    "flite:kal16",
    "espeak:en-us:165",
    "espeak:en-us+f3:150",
    "espeak:en-gb-x-rp:165",
)


def available(voice: str) -> bool:
    """Whether this machine has that voice."""
    return voice.startswith("pico") or shutil.which(_program(voice)) is not None


def say(voice: str, text: str) -> Samples:
    """The text in that voice, int16 [n] at 16 kHz, with a quarter second of silence around it."""
    name = hashlib.sha256(f"{voice}|{text}".encode()).hexdigest()[:24]
    kept = CACHE / f"{name}.npy"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        quiet = np.zeros(RATE_HZ // 4, np.int16)
        np.save(kept, np.concatenate([quiet, _render(voice, text), quiet]))
    sound: Samples = np.load(kept)
    return sound


def _program(voice: str) -> str:
    return {"flite": "flite", "espeak": "espeak-ng"}[voice.split(":", maxsplit=1)[0]]


def _render(voice: str, text: str) -> Samples:
    kind, name, *rest = voice.split(":")
    if kind == "pico":
        from ttspico import TtsEngine  # noqa: PLC0415 - only where it is asked for

        return np.frombuffer(TtsEngine(name).speak(text), np.int16)
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        command = (
            ["flite", "-voice", name, "-t", text, "-o", wav.name]
            if kind == "flite"
            else ["espeak-ng", "-v", name, "-s", rest[0], "-w", wav.name, text]
        )
        subprocess.run(command, check=True, timeout=30)
        sound, rate = soundfile.read(wav.name, dtype="int16")
    resampled: Samples = soxr.resample(sound, rate, RATE_HZ)
    return resampled


def in_a_room(dry: Samples, seed: int, snr_db: float = 20.0, decay_s: float = 0.25) -> Samples:
    """The same, some metres away: an exponentially decaying echo and steady noise."""
    random = np.random.default_rng(seed)
    n = int(decay_s * RATE_HZ)
    echo = random.standard_normal(n) * np.exp(-6.9 * np.arange(n) / n) * 0.03
    echo[0] = 1.0
    wet = np.convolve(dry.astype(np.float64), echo)[: dry.size + n]
    noise = random.standard_normal(wet.size)
    wet += noise * np.sqrt(np.mean(wet**2)) * 10 ** (-snr_db / 20)
    quieter = wet * (9000 / max(np.abs(wet).max(), 1))
    result: Samples = quieter.astype(np.int16)
    return result
