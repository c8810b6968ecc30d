# SPDX-License-Identifier: GPL-3.0-or-later
"""Speaks with a Piper voice: eSpeak NG makes phonemes, a VITS network makes the sound.

piper-tts is GPL-3.0-or-later and this file calls it, so this file carries that licence and may be
imported only by the voice's own process.

Piper's own `synthesize` makes whole sentences, each as loud as can be. Here a long sentence comes
clause by clause, and all of them have the same level.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from appliance.engines.clauses import pieces
from appliance.engines.pcm import PEAK, QUIET, TAIL_S, chunks, pcm, sounding
from appliance.engines.piper_model import bad_voice, open_voice
from appliance.errors import EngineError
from audio.format import Samples

OWN_PACE_WPM: Final = 165
"""At this setting a voice speaks at the pace that it was recorded in."""
SENTENCE_S: Final = 0.2
CLAUSE_S: Final = 0.1
"""Silence after a sentence, and after a clause, in place of the network's own."""
_SENTENCE_ENDS: Final = (".", "!", "?", "\u2026", "\u3002", "\uff01", "\uff1f")
_CALIBRATION: Final = "Open all water outlets before you go. How are you?"


class PiperVoice:
    """One voice, in one process; a piece of text is made whole, then given in chunks."""

    def __init__(self, model: Path, *, speaker: int, speed_wpm: int, threads: int) -> None:
        """Note the wishes; nothing is loaded.

        Args:
            model: the `.onnx` file; its `.onnx.json` lies beside it.
            speaker: which one of a voice with several, from 0.
            speed_wpm: OWN_PACE_WPM is the voice's own pace; twice as much is twice as fast.
            threads: of the CPU.
        """
        self._model, self._speaker, self._speed_wpm = model, speaker, speed_wpm
        self._threads = threads
        self._voice: Any = None
        self._scales: Any = None
        self._gain = 1.0

    @property
    def rate_hz(self) -> int:
        """Samples a second of what `synthesise` yields, as the voice's JSON says."""
        return int(self._voice.config.sample_rate)

    def load(self) -> None:
        """Open the voice and let it say something: proof that it can, and of how loud it is.

        Raises:
            EngineError: `ENG-NO-PIPER`, `ENG-NO-MODEL`, `ENG-BAD-MODEL`, `ENG-TTS-SPEAKER`.
        """
        voice = open_voice(self._model, self._threads)
        _require_speaker(self._speaker, voice.config.num_speakers)
        from piper import SynthesisConfig  # noqa: PLC0415  # it is there, and onnxruntime is silent

        length_scale = voice.config.length_scale * OWN_PACE_WPM / self._speed_wpm
        self._scales = SynthesisConfig(speaker_id=self._speaker, length_scale=length_scale)
        self._voice = voice
        self._gain = PEAK / self._usual_peak()

    def synthesise(self, text: str) -> Iterator[Samples]:
        """Speak any text, piece by piece.

        Args:
            text: anything at all; what can't be read aloud is left out.

        Yields:
            int16 [n] at `rate_hz`, 60 ms or less; before each piece an empty one, since there is a
            place to stop.

        Raises:
            EngineError: `ENG-TTS-FAILED`: the network or eSpeak NG failed at this text.
        """
        for piece in pieces(text):
            yield np.zeros(0, np.int16)
            try:
                sound = self._sound(piece)
            except Exception as error:  # onnxruntime and Piper raise a dozen unrelated types
                raise EngineError(
                    "ENG-TTS-FAILED",
                    "a sentence could not be spoken",
                    type(error).__name__,  # its message may hold what was to be said
                    "ask again; if this recurs, run `appliance doctor`",
                ) from error
            yield from chunks(self._finished(sound, piece), self.rate_hz)

    def _sound(self, piece: str) -> NDArray[np.float32]:
        """What the network makes of it, mostly within -1..1.

        eSpeak NG sees the end of a sentence after "Dr."; a piece is one breath all the same.
        """
        spoken = piece.replace("[", " ")  # Piper takes [[x]] for phonemes
        phonemes: list[str] = []
        for sentence in filter(None, self._voice.phonemize(spoken)):
            phonemes += [" ", *sentence] if phonemes else sentence
        ids = self._voice.phonemes_to_ids(phonemes)
        sound = np.asarray(self._voice.phoneme_ids_to_audio(ids, self._scales), np.float32)
        return np.nan_to_num(sound.reshape(-1))

    def _finished(self, sound: NDArray[np.float32], piece: str) -> Samples:
        """At the voice's level, with our silence at its end."""
        loud = sound * np.float32(self._gain)
        begin, end = sounding(loud, QUIET, int(TAIL_S * self.rate_hz))
        pause_s = SENTENCE_S if piece.endswith(_SENTENCE_ENDS) else CLAUSE_S
        silence = np.zeros(round(pause_s * self.rate_hz), np.int16)
        return np.concatenate([pcm(loud[begin:end]), silence])

    def _usual_peak(self) -> float:
        try:
            peak = float(np.abs(self._sound(_CALIBRATION)).max(initial=0))
        except Exception as error:  # onnxruntime and Piper raise a dozen unrelated types
            raise bad_voice(self._model, error) from error
        if peak < QUIET:
            raise bad_voice(self._model, "it gives no sound")
        return peak


def _require_speaker(speaker: int, speakers: int) -> None:
    if speaker >= speakers:
        raise EngineError(
            "ENG-TTS-SPEAKER",
            f"the voice has no speaker {speaker}",
            f"it has {speakers}, counted from 0",
            "set another [voice] speaker; the voice's JSON names them in speaker_id_map",
        )
