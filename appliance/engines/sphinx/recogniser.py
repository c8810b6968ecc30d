"""One utterance in, words out: PocketSphinx with the general model or with a pack's."""

from __future__ import annotations

import gzip
import itertools
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from appliance.engines.asr_faults import failed
from appliance.engines.ports import Transcript
from appliance.engines.sphinx.model import model_folder
from appliance.engines.sphinx.room import is_bare, with_room
from appliance.engines.windows import has_sound
from appliance.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from audio.format import Samples

DICTIONARY: Final = "sphinx.dict"
LANGUAGE: Final = "sphinx.arpa.gz"
"""Names of the assets that `build_assets` makes."""

_ROOM_DB: Final = 33.0
_WAKE: Final = frozenset({"jarvis", "alexa", "mycroft", "marvin"})
_GREETING: Final = frozenset({"hey", "hay", "a", "hi", "ok", "okay"})
_TUNING: Final[dict[str, float | bool | str]] = {
    "lw": 6.5,
    "wip": 0.65,
    "topn": 2,  # a third faster than 4
}

_ALTERNATIVES = 10
_LOOKED_AT = 150
"""Many hypotheses differ in silences only."""


class SphinxRecogniser:
    """A recogniser for one process; not safe for two threads."""

    def __init__(
        self,
        assets: Mapping[str, bytes] | None = None,
        tuning: Mapping[str, float | bool | str] | None = None,
    ) -> None:
        """Note what to use; nothing is loaded.

        Args:
            assets: of `build_assets`; empty or None: general English.
            tuning: PocketSphinx options in place of ours, for measurements.
        """
        self._assets = dict(assets or {})
        self._tuning = {**_TUNING, **(tuning or {})}
        self._decoder: Any = None

    def load(self) -> None:
        """Read the models, about a second; a second call does nothing.

        Raises:
            EngineError: no PocketSphinx, or assets that cannot be used.
        """
        if self._decoder is not None:
            return
        folder = model_folder()
        with tempfile.TemporaryDirectory(prefix="sphinx-") as scratch:
            self._decoder = self._open(folder, Path(scratch))

    def _open(self, folder: Path, scratch: Path) -> Any:  # noqa: ANN401 - PocketSphinx has no types
        from pocketsphinx import Config, Decoder  # noqa: PLC0415 - only after model_folder()

        words, language = folder / "cmudict-en-us.dict", folder / "en-us.lm.bin"
        if self._assets:
            words, language = self._unpacked(scratch)
        try:
            paths = {"hmm": str(folder / "en-us"), "dict": str(words), "lm": str(language)}
            config = Config(**{**paths, "loglevel": "FATAL", **self._tuning})
            return Decoder(config)
        except (RuntimeError, ValueError) as error:
            raise _broken(str(error)) from error

    def _unpacked(self, scratch: Path) -> tuple[Path, Path]:
        """PocketSphinx reads its models from files only."""
        words, language = scratch / "words.dict", scratch / "model.arpa"
        try:
            words.write_bytes(self._assets[DICTIONARY])
            language.write_bytes(gzip.decompress(self._assets[LANGUAGE]))
        except (KeyError, OSError, EOFError, zlib.error) as error:
            raise _broken(f"{type(error).__name__}: {error}") from error
        if not self._assets[DICTIONARY].strip():
            raise _broken("the dictionary is empty")
        return words, language

    def transcribe(self, samples: Samples) -> Transcript:
        """Recognise a whole utterance.

        Args:
            samples: int16 [n] at 16 kHz.

        Returns:
            The words; an empty text with confidence 0 where none were found.

        Raises:
            EngineError: not loaded, or the decoder failed.
        """
        self._loaded()
        if not has_sound(samples):
            return Transcript("", 0.0)
        return self._decoded(with_room(samples, _ROOM_DB) if is_bare(samples) else samples)

    def _decoded(self, samples: Samples) -> Transcript:
        decoder = self._loaded()
        try:
            decoder.reinit_feat()  # or the noise of the utterance before would colour this one
            decoder.start_utt()
            decoder.process_raw(samples.astype("<i2").tobytes(), full_utt=True)
            decoder.end_utt()
        except RuntimeError as error:
            raise failed(str(error)) from error
        found = decoder.hyp()
        text = " ".join(_without_wake(found.hypstr.split())) if found else ""
        if not text:
            return Transcript("", 0.0)
        others, ending = self._alternatives(text), self._ending(text.split())
        return Transcript(text, self._confidence(), alternatives=others, ending=ending)

    def _ending(self, words: Sequence[str]) -> float | None:
        """By the language model: newest word first, as PocketSphinx wants its history."""
        if len(words) < 2:  # noqa: PLR2004  # a trigram
            return None
        log = self._decoder.get_lm().prob(["</s>", words[-1], words[-2]])
        return float(self._decoder.get_logmath().exp(log))

    def _alternatives(self, best: str) -> tuple[str, ...]:
        """What else it may have been, likeliest first."""
        found: dict[str, None] = {}
        for hypothesis in itertools.islice(self._decoder.nbest(), _LOOKED_AT):
            if hypothesis is None:  # of an utterance too short to have others
                break
            found[" ".join(_without_wake(hypothesis.hypstr.split()))] = None
            if len(found) > _ALTERNATIVES:
                break
        return tuple(text for text in found if text and text != best)[:_ALTERNATIVES]

    def _confidence(self) -> float:
        """Mean posterior of the words, 0..1."""
        posteriors = [float(s.prob) for s in self._decoder.seg() if s.word[0] not in "<["]
        return min(float(np.mean(posteriors)), 1.0) if posteriors else 0.0

    def _loaded(self) -> Any:  # noqa: ANN401 - PocketSphinx has no types
        if self._decoder is None:
            raise EngineError(
                "ENG-ASR-STATE",
                "the ears are not ready",
                "load() was not called",
                "load them first",
            )
        return self._decoder


def _without_wake(words: Iterable[str]) -> list[str]:
    """Without a left-over of the wake phrase at the front."""
    rest = list(words)
    for at, word in enumerate(rest[:3]):
        if word in _WAKE and all(w in _GREETING for w in rest[:at]):
            return rest[at + 1 :]
    return rest[1:] if rest[:1] == ["hey"] else rest


def _broken(cause: str) -> EngineError:
    return EngineError(
        "ENG-ASR-ASSETS",
        "the knowledge pack's words cannot be used for listening",
        cause,
        "build the pack again: appliance knowledge build",
    )
