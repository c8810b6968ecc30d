"""The voice that asks: SVOX Pico, which sounds nothing like the voice that answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from appliance.errors import EngineError
from audio.format import RATE_HZ, Samples

PAUSE_S = 0.35
AUDIBLE = 200
"""Amplitude from which Pico speaks."""
QUIET = 20
"""Amplitude of the noise floor of a quiet room, out of 32767."""


def spoken_question(wake_phrase: str, question: str) -> Samples:
    """Wake phrase, a short pause, the question: mono at RATE_HZ, in a quiet room.

    Raises:
        EngineError: the voice is not installed.
    """
    voice = _voice()
    parts = [_silence(0.4), _speak(voice, f"{wake_phrase}."), _silence(PAUSE_S)]
    speech = np.concatenate([*parts, _speak(voice, question), _silence(0.5)])
    room = np.random.default_rng(seed=1).normal(0, QUIET, len(speech))
    return np.clip(speech + room, -32768, 32767).astype(np.int16)


def _voice() -> Any:  # noqa: ANN401  # a class without types
    try:
        from ttspico import TtsEngine  # noqa: PLC0415  # an extra: only the demo needs it
    except ImportError as error:
        raise EngineError(
            "ENG-NO-ASKER",
            "the demo has no voice to ask with",
            f"the package ttspico is missing ({error})",
            "install it: pip install 'voice-appliance[demo]' (it needs a C compiler)",
        ) from error
    return TtsEngine("en-GB")


def _speak(voice: Any, text: str) -> Samples:  # noqa: ANN401
    pcm = np.frombuffer(voice.speak(text), dtype=np.int16)
    loud = np.flatnonzero(np.abs(pcm) > AUDIBLE)
    return pcm[loud[0] : loud[-1] + 1] if len(loud) else pcm


def _silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * RATE_HZ), dtype=np.int16)
