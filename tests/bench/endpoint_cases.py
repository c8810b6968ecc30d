"""Pauses to judge: real ones, and ones laid into speech at the ends of its words."""

from __future__ import annotations

import csv
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from appliance.engines.sphinx.recogniser import DICTIONARY, LANGUAGE, SphinxRecogniser
from appliance.engines.sphinx.room import is_bare, with_room
from appliance.knowledge.golden import read_golden
from appliance.knowledge.pack import Pack
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Samples
from audio.level import LevelGate
from audio.segmenter import SegmenterSettings
from audio.vad import SileroVad
from tests.appliance.engines.voices import say

SNAPSHOT_S = SegmenterSettings().pause_s
PAUSES_S = (0.3, 0.7)
LONGEST_S = 1.5
LIMITS = {
    "fsdd": 0,
    "librispeech": 0,
    "librivox": 0,
    "jfk": 0,
    "wake-word-benchmark": 60,
    "precise-community": 30,
}
"""Single words, and sentences cut anywhere."""
SPLICES = 2
"""Of one recording; each is a case of its own, with one pause more than the speaker made."""

Words = list[tuple[str, float, float]]
"""Word, start and end in seconds."""


@dataclass(frozen=True)
class Pause:
    """One silence of SNAPSHOT_S or more. `lasts_s` is infinite where the speaker had finished."""

    sound: Samples
    silence_s: float
    spoken_s: float
    inner_pauses_s: tuple[float, ...]
    lasts_s: float
    laid_in: bool
    text: str
    heard: str | None
    ends: float | None


@dataclass(frozen=True)
class Case:
    """One utterance as the ears hear it: inner pauses, then the end."""

    source: str
    speaker: str
    kind: str
    pauses: tuple[Pause, ...]


class Hearing:
    """Silence as the segmenter sees it: Silero with hysteresis, gated by level."""

    def __init__(self) -> None:
        self._vad = SileroVad()

    def silences(self, sound: Samples) -> tuple[float, list[tuple[float, float]]]:
        """Start of speech, and the silences after it (from, to; the last ends the sound)."""
        self._vad.reset()
        gate, voiced, flags = LevelGate(), False, []
        for frame in sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(
            -1, FRAME_SAMPLES
        ):
            p = self._vad.process(frame)
            p = p if gate.open(frame) else 0.0
            voiced = p >= (0.35 if voiced else 0.5)
            flags.append(voiced)
        edges = np.flatnonzero(np.diff([0, *map(int, flags), 0]))
        runs = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
        runs = [(a, b) for a, b in runs if b - a >= 3] if any(b - a >= 3 for a, b in runs) else runs
        if not runs:
            return 0.0, []
        gaps = [(b1, a2) for (_, b1), (a2, _) in pairwise(runs)]
        gaps.append((runs[-1][1], len(flags)))
        return runs[0][0] * FRAME_S, [(a * FRAME_S, b * FRAME_S) for a, b in gaps]


class Aligner:
    """Where the words are, by forced alignment, or by what was recognised."""

    def __init__(self, recogniser: SphinxRecogniser) -> None:
        recogniser.load()
        self.recogniser = recogniser
        self.decoder: Any = recogniser._decoder

    def ends(self, text: str) -> float:
        """Probability that a sentence ends after these words, by the language model."""
        words = text.split()[-2:]
        prob = self.decoder.get_lm().prob(["</s>", *words[::-1]])
        return float(self.decoder.logmath.exp(prob))

    def align(self, sound: Samples, text: str) -> Words:
        try:
            self.decoder.set_align_text(text)
        except RuntimeError:
            return []
        try:
            return self._words(sound)
        finally:
            self.decoder.activate_search("_default")

    def recognised(self, sound: Samples) -> Words:
        return self._words(sound)

    def _words(self, sound: Samples) -> Words:
        decoder = self.decoder
        decoder.reinit_feat()
        decoder.start_utt()
        decoder.process_raw(sound.astype("<i2").tobytes(), full_utt=True)
        decoder.end_utt()
        if decoder.hyp() is None:
            return []
        return [
            (s.word.split("(")[0], s.start_frame / 100, (s.end_frame + 1) / 100)
            for s in decoder.seg()
            if s.word[0] not in "<[+"
        ]


def room(like: Samples, seconds: float, seed: int) -> Samples:
    """Noise with the level and colour of the quietest quarter second."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE_HZ)
    size = RATE_HZ // 4
    starts = range(0, max(1, len(like) - size), size // 4)
    quiet = min((like[s : s + size].astype(float) for s in starts), key=lambda x: float(x @ x))
    if np.sqrt(np.mean(quiet**2)) < 8:
        return random.normal(0, 15, count).astype(np.int16)
    shape = np.sqrt(
        np.mean([np.abs(np.fft.rfft(quiet[s : s + 512] * np.hanning(512))) ** 2
                 for s in range(0, len(quiet) - 511, 128)], axis=0))  # fmt: skip
    white = np.fft.rfft(random.standard_normal(count))
    colour = np.interp(np.linspace(0, 1, len(white)), np.linspace(0, 1, len(shape)), shape)
    noise = np.fft.irfft(white * colour, count)
    noise *= np.sqrt(np.mean(quiet**2)) / max(np.sqrt(np.mean(noise**2)), 1e-9)
    return np.clip(noise, -32768, 32767).astype(np.int16)


def spliced(sound: Samples, at_s: float, pause_s: float, seed: int) -> Samples:
    """With a pause of room noise; what is cut fades over 5 to 30 ms."""
    at = round(at_s * RATE_HZ)
    fade = round(np.random.default_rng(seed).uniform(0.005, 0.03) * RATE_HZ)
    quiet = room(sound, pause_s, seed).astype(float)
    before, after = sound[:at].astype(float), sound[at:].astype(float)
    ramp = np.linspace(1, 0, fade)
    if len(before) > fade:
        before[-fade:] *= ramp
    if len(after) > fade // 4:
        after[: fade // 4] *= np.linspace(0, 1, fade // 4)
    return np.concatenate([before, quiet, after]).astype(np.int16)


def case(
    hearing: Hearing,
    sound: Samples,
    words: Words,
    *,
    source: str,
    speaker: str,
    kind: str,
    laid_in_s: tuple[float, float] | None = None,
    hear: Callable[[Samples], tuple[str, float | None]] | None = None,
) -> Case | None:
    """Judge-able pauses of one sound; `words` are on its own time line."""
    seed = zlib.crc32(sound.tobytes())
    tail = room(sound, LONGEST_S, seed)
    start_s, silences = hearing.silences(np.concatenate([sound, tail]))
    if not silences:
        return None
    pauses, inner = [], []
    for number, (from_s, to_s) in enumerate(silences):
        last = number == len(silences) - 1
        if to_s - from_s < SNAPSHOT_S and not last:
            continue
        upto = round((from_s + SNAPSHOT_S) * RATE_HZ)
        first = max(0, round((start_s - 0.3) * RATE_HZ))
        heard_sound = np.concatenate([sound, tail])[first:upto]
        text = " ".join(w for w, a, b in words if (a + b) / 2 < from_s)
        heard, ends = hear(heard_sound) if hear else (None, None)
        laid_in = (
            laid_in_s is not None and min(to_s, laid_in_s[1]) - max(from_s, laid_in_s[0]) > 0.1
        )
        pauses.append(
            Pause(
                heard_sound,
                SNAPSHOT_S,
                from_s - start_s,
                tuple(inner),
                math.inf if last else to_s - from_s,
                laid_in,
                text,
                heard,
                ends,
            )
        )
        inner.append(to_s - from_s)
    return Case(source, speaker, kind, tuple(pauses))


def variants(
    hearing: Hearing,
    sound: Samples,
    words: Words,
    *,
    source: str,
    speaker: str,
    hear: Callable[[Samples], tuple[str, float | None]] | None = None,
) -> Iterator[Case]:
    """As it is, and with a pause at each of some ends of words."""
    plain = case(hearing, sound, words, source=source, speaker=speaker, kind="plain", hear=hear)
    if plain:
        yield plain
    random = np.random.default_rng(zlib.crc32(sound.tobytes()))
    if len(words) < 2:
        return
    for at in random.permutation(len(words) - 1)[:SPLICES]:
        end_s, pause_s = words[at][2], float(random.uniform(*PAUSES_S))
        longer = spliced(sound, end_s, pause_s, int(random.integers(1 << 30)))
        moved = [(w, a, b) if i <= at else (w, a + pause_s, b + pause_s)
                 for i, (w, a, b) in enumerate(words)]  # fmt: skip
        made = case(hearing, longer, moved, source=source, speaker=speaker, kind="spliced",
                    laid_in_s=(end_s, end_s + pause_s), hear=hear)  # fmt: skip
        if made:
            yield made


def real(folder: Path, coffee: Aligner, orders: int) -> Iterator[Case]:
    """Orders, read speech, dictation, and a few of the single words of a folder's manifest."""
    hearing, general = Hearing(), Aligner(SphinxRecogniser())
    taken: Counter[str] = Counter()
    for row in manifest(folder):
        source, path = row["path"].split("/")[0], folder / row["path"]
        taken[source] += 1
        if row["kind"] == "noise" or taken[source] > LIMITS.get(source, orders * 10):
            continue
        if source == "ljspeech" and row["transcript"].strip()[-1] not in ".?!":
            continue  # its clips end where the reader breathed
        sound: Samples = soundfile.read(path, dtype="int16")[0]
        common = {"source": source, "speaker": row["speaker"] or row["path"]}
        if source == "speech-to-intent":
            if taken[source] <= orders:
                words = coffee.recognised(sound)
                yield from variants(hearing, sound, words, **common, hear=_hearer(coffee))
        elif text := spelled(row["transcript"]):
            yield from variants(hearing, sound, general.align(sound, text), **common)


def manifest(folder: Path) -> list[dict[str, str]]:
    """One row a recording."""
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def spelled(text: str) -> str:
    """As the aligner spells."""
    kept = "".join(c if c.isalpha() or c in "' " else " " for c in text.lower())
    return " ".join(kept.split())


def synthetic(golden: Path, pack: Path, voices: list[str], every: int = 1) -> Iterator[Case]:
    """Golden questions in some voices: plain, spliced, and with the voice's own comma."""
    hearing, aligner = Hearing(), Aligner(pack_recogniser(pack))
    for number, item in enumerate(read_golden(golden / "golden.tsv")):
        if number % every:
            continue
        for voice in voices:
            text = spelled(item.question)
            sound = in_quiet(say(voice, text), number)
            words = aligner.align(sound, text)
            common = {"source": voice, "speaker": f"{golden.name}/{number}"}
            yield from variants(hearing, sound, words, **common, hear=_hearer(aligner))
            yield from _with_comma(hearing, aligner, voice, text, number, common)


def _with_comma(  # the voice pauses by itself, with the melody that goes with it
    hearing: Hearing, aligner: Aligner, voice: str, text: str, number: int, common: dict[str, str]
) -> Iterator[Case]:
    words = text.split()
    if len(words) < 4:
        return
    random = np.random.default_rng(zlib.crc32(text.encode()))
    at = int(random.integers(1, len(words) - 1))
    sound = in_quiet(say(voice, " ".join(words[:at]) + ", " + " ".join(words[at:])), number)
    aligned = aligner.align(sound, text)
    if len(aligned) != len(words):
        return
    end_s, begin_s = aligned[at - 1][2], aligned[at][1]
    pause_s = float(random.uniform(*PAUSES_S)) - max(0.0, begin_s - end_s)
    middle = (end_s + begin_s) / 2
    if pause_s > 0:
        sound = spliced(sound, middle, pause_s, number)
    else:
        pause_s = 0.0
    moved = [(w, a, b) if i < at else (w, a + pause_s, b + pause_s)
             for i, (w, a, b) in enumerate(aligned)]  # fmt: skip
    made = case(hearing, sound, moved, kind="comma", laid_in_s=(end_s, begin_s + pause_s),
                hear=_hearer(aligner), **common)  # fmt: skip
    if made:
        yield made


def in_quiet(sound: Samples, seed: int) -> Samples:
    noise = np.random.default_rng(seed).normal(0, 20, len(sound))
    return np.clip(sound + noise, -32768, 32767).astype(np.int16)


def pack_recogniser(pack: Path) -> SphinxRecogniser:
    with Pack.open(str(pack), verify=False) as opened:
        found = {name: opened.asset(name) for name in (DICTIONARY, LANGUAGE)}
    return SphinxRecogniser({name: blob for name, blob in found.items() if blob is not None})


def _hearer(aligner: Aligner) -> Callable[[Samples], tuple[str, float | None]]:
    def hear(sound: Samples) -> tuple[str, float | None]:
        clear = with_room(sound, 33.0) if is_bare(sound) else sound
        text = " ".join(word for word, _, _ in aligner.recognised(clear))
        return text, aligner.ends(text) if text else None

    return hear
