# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundled voice: eSpeak NG by ctypes, from the library inside the `espeakng_loader` wheel.

eSpeak NG is GPL-3.0-or-later and this file links to it, so this file alone carries that licence and
may be imported only by the voice's own process; everybody else talks to that process.

The library keeps one global state: one voice per process, one thread at a time.
API: `speak_lib.h` of eSpeak NG 1.52.
"""

from __future__ import annotations

import contextlib
import ctypes
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from appliance.engines.clauses import clean
from appliance.engines.pcm import CHUNK_MS, PEAK, QUIET, TAIL_S, pcm, sounding
from appliance.engines.pcm import chunks as cut
from appliance.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from audio.format import Samples

RATE_HZ: Final = 22_050
"""What the wheel's phoneme data was compiled for; `espeak_Initialize` confirms it."""

_SYNCHRONOUS: Final = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the callback runs inside espeak_Synth
_DONT_EXIT: Final = 0x8000  # otherwise the library ends the process when its data is missing
_UTF8: Final = 1  # espeakCHARS_UTF8; without espeakSSML (0x10) a '<' is only a character
_RATE, _PITCH, _RANGE, _WORDGAP = 1, 3, 4, 7
_LONGEST_PATH: Final = 140  # the library keeps its data path in char[160] and cuts it silently
_LONGEST_PIECE: Final = 240

_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_SYNTH: Final = (
    ctypes.c_char_p,  # the text
    ctypes.c_size_t,  # its bytes with the final zero
    ctypes.c_uint,  # start position
    ctypes.c_int,  # its kind
    ctypes.c_uint,  # end position: none
    ctypes.c_uint,  # flags
    ctypes.c_void_p,  # message id
    ctypes.c_void_p,  # user data
)
_CLAUSE = re.compile(r"(?<=[.!?;:\u2026])\s+")


class EspeakVoice:
    """A formant voice that is never at a loss: milliseconds to the first sound, no model."""

    def __init__(
        self,
        voice: str = "en-us",
        *,
        speed_wpm: int = 165,
        pitch: int = 46,
        pitch_range: int = 55,
        word_gap: int = 0,
    ) -> None:
        """Note the wishes; nothing is loaded.

        Args:
            voice: language and optional variant, such as `en-gb-x-rp+f3`.
            speed_wpm: 80..450 words a minute.
            pitch: 0..99.
            pitch_range: 0 (monotone)..99.
            word_gap: extra pause between words, in units of 10 ms.
        """
        self.voice, self.speed_wpm, self.pitch = voice, speed_wpm, pitch
        self.pitch_range, self.word_gap = pitch_range, word_gap
        self._library: ctypes.CDLL | None = None
        self._gain = 1.0
        self._resources = contextlib.ExitStack()

    @property
    def rate_hz(self) -> int:
        """Samples a second of what `synthesise` yields."""
        return RATE_HZ

    def load(self) -> None:
        """Open the library and choose the voice; a second call does nothing.

        Raises:
            EngineError: the library is missing, broken, or lacks this voice.
        """
        if self._library is not None:
            return
        library = _open(self._resources)
        self._configure(library)
        self._library = library
        loudest = max((_peak(c) for p in _CALIBRATION for c in self._chunks(p)), default=0)
        self._gain = PEAK * 32767 / max(loudest, 1000)

    def _configure(self, library: ctypes.CDLL) -> None:
        if library.espeak_SetVoiceByName(self.voice.encode()) != 0:
            raise EngineError(
                "ENG-TTS-VOICE",
                f"the voice '{self.voice}' cannot be used",
                "eSpeak NG does not know it",
                "choose one that `espeak-ng --voices` lists, such as en-us",
            )
        for parameter, value in (
            (_RATE, self.speed_wpm),
            (_PITCH, self.pitch),
            (_RANGE, self.pitch_range),
            (_WORDGAP, self.word_gap),
        ):
            library.espeak_SetParameter(parameter, value, 0)

    def speak(self, text: str, sink: Callable[[Samples], bool]) -> bool:
        """Hand each chunk to `sink` the moment that it exists.

        Args:
            text: one piece of text, at most some hundred characters.
            sink: gets int16 [n] at `rate_hz`, about 60 ms; False stops the voice at once.

        Returns:
            False if the sink stopped it.

        Raises:
            EngineError: not loaded.
            Exception: whatever the sink raised.
        """
        library = self._loaded()
        raised: list[BaseException] = []
        going = True

        def on_samples(samples: object, count: int, _events: object) -> int:
            nonlocal going
            if count <= 0 or not samples or not going:
                return 0 if going else 1
            try:
                # The buffer is the library's and is reused. Not as an array of ctypes: it keeps a
                # type for each length that there ever was.
                heard = ctypes.string_at(samples, 2 * count)  # type: ignore[arg-type]
                going = sink(self._scaled(np.frombuffer(heard, np.int16)))
            except BaseException as error:  # noqa: BLE001 - nothing may unwind through C
                raised.append(error)
                going = False
            return 0 if going else 1

        callback = _CALLBACK(on_samples)
        library.espeak_SetSynthCallback(callback)
        data = text.encode()
        library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
        if raised:
            raise raised[0]
        return going

    def synthesise(self, text: str) -> Iterator[Samples]:
        """Speak any text, clause by clause; closing the iterator stops it.

        A clause is synthesised about a thousand times faster than it is spoken, so the first chunk
        comes after milliseconds, and no thread is needed to stream.

        Args:
            text: anything at all: control characters, markup and emoji are harmless, length is
                not limited, and an empty text yields nothing.

        Yields:
            int16 [n] at `rate_hz`; the end's silence is trimmed to 30 ms.

        Raises:
            EngineError: not loaded.
        """
        self._loaded()
        pieces = list(_pieces(clean(text)))
        for number, piece in enumerate(pieces, start=1):
            chunks = list(self._chunks(piece))
            if number == len(pieces):
                chunks = _trimmed(chunks)
            yield from chunks

    def phonemes(self, word: str) -> str:
        """The library's own mnemonics of a word or phrase, joined by `_`, stress marks included.

        Source: `docs/phonemes.md` of eSpeak NG. Words are separated by a space.

        Raises:
            EngineError: not loaded.
        """
        library = self._loaded()
        data = ctypes.create_string_buffer(clean(word).encode())
        position = ctypes.c_void_p(ctypes.addressof(data))
        clauses: list[str] = []
        while position.value:
            found = library.espeak_TextToPhonemes(ctypes.byref(position), _UTF8, ord("_") << 8)
            clauses.append((found or b"").decode(errors="replace").strip())
        return " ".join(filter(None, clauses))

    def _chunks(self, piece: str) -> list[Samples]:
        chunks: list[Samples] = []

        def keep(chunk: Samples) -> bool:
            chunks.append(chunk)
            return True

        self.speak(piece, keep)
        return chunks

    def _scaled(self, samples: Samples) -> Samples:
        """To a peak just below full scale."""
        return pcm(samples.astype(np.float32) * np.float32(self._gain / 32767))

    def _loaded(self) -> ctypes.CDLL:
        if self._library is None:
            raise EngineError(
                "ENG-TTS-STATE", "the voice is not ready", "load() was not called", "load it first"
            )
        return self._library


_CALIBRATION: Final = ("Open all water outlets before you go.", "How are you?")


def _open(resources: contextlib.ExitStack) -> ctypes.CDLL:
    try:
        import espeakng_loader  # noqa: PLC0415 - only the voice's process may link to it

        library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = _short_path(Path(espeakng_loader.get_data_path()), resources)
    except (ImportError, OSError, RuntimeError) as error:
        raise _missing(error) from error
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_Synth.argtypes = _SYNTH
    if not (data / "phontab").is_file() and not (data / "espeak-ng-data" / "phontab").is_file():
        raise _missing(f"{data} holds no phonemes")  # the library itself would carry on without
    half = CHUNK_MS // 2  # its buffer holds twice what it is asked for, 60 ms at least
    rate = library.espeak_Initialize(_SYNCHRONOUS, half, str(data).encode(), _DONT_EXIT)
    if rate != RATE_HZ:
        raise _missing(f"espeak_Initialize answered {rate} for {data}")
    return library


def _short_path(data: Path, resources: contextlib.ExitStack) -> Path:
    """The same folder by a path short enough for the library's buffer."""
    if len(str(data).encode()) <= _LONGEST_PATH:
        return data
    folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="espeak-")))
    (folder / "espeak-ng-data").symlink_to(data, target_is_directory=True)
    return folder


def _missing(cause: object) -> EngineError:
    return EngineError(
        "ENG-TTS-LIBRARY",
        "the voice cannot be opened",
        str(cause) or type(cause).__name__,
        "install it: pip install espeakng-loader",
    )


def _pieces(text: str) -> Iterator[str]:
    """Clauses; one that is too long is cut at a comma, else at a space, else anywhere."""
    for clause in _CLAUSE.split(text):
        rest = clause
        while len(rest) > _LONGEST_PIECE:
            head = rest[:_LONGEST_PIECE]
            cut = max(head.rfind(", ") + 1, 0) or max(head.rfind(" "), 0) or _LONGEST_PIECE
            yield rest[:cut]
            rest = rest[cut:].lstrip()
        if any(c.isalnum() for c in rest):
            yield rest


def _trimmed(chunks: list[Samples]) -> list[Samples]:
    if not chunks:
        return []
    sound = np.concatenate(chunks)
    _, end = sounding(sound, QUIET * 32768, int(TAIL_S * RATE_HZ))
    return list(cut(sound[:end], RATE_HZ))


def _peak(chunk: Samples) -> int:
    return int(np.abs(chunk.astype(np.int32)).max(initial=0))
