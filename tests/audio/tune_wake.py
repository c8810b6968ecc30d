"""How well wake phrases are heard: `python -m tests.audio.tune_wake [SPEECH_FOLDER]`.

Prints, for the shipped phrases together: real "alexa" detected, false accepts per hour over all
other real speech, "hey jarvis" of synthetic voices under spoilt conditions, CPU against
openWakeWord's own loop. Takes some minutes; needs espeak-ng, flite and the recordings.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from audio.format import FRAME_SAMPLES, RATE_HZ, Samples
from audio.mel import HOP
from audio.models import bundled_models
from audio.ports import WakeHit
from audio.wake import SHIPPED, OpenWakeWord

from .conftest import SPEECH

Voice = tuple[str, ...]
PHRASE, QUESTION = "hey jarvis", "how do I reset the device?"
ESPEAK = [
    ("espeak", f"{accent}{variant}", speed, pitch)
    for accent in ("en-us", "en-gb", "en-gb-scotland")
    for variant in ("", "+m1", "+m3", "+m7", "+f1", "+f2", "+f4")
    for speed, pitch in (("130", "50"), ("160", "35"), ("160", "70"), ("175", "50"), ("190", "50"))
]
FLITE = [
    ("flite", voice, stretch)
    for voice in ("slt", "rms", "awb", "kal16")
    for stretch in ("0.85", "1.0", "1.2")
]
PICO = [("pico", "en-US"), ("pico", "en-GB")]


def hits(wake: OpenWakeWord, sound: Samples) -> list[WakeHit]:
    """The hits in one recording and a second of silence after it."""
    wake.reset()
    sound = np.concatenate((sound, np.zeros(RATE_HZ, np.int16)))
    found = []
    for end in range(FRAME_SAMPLES, len(sound) + 1, FRAME_SAMPLES):
        hit = wake.process(sound[end - FRAME_SAMPLES : end], end / RATE_HZ)
        if hit:
            found.append(hit)
    return found


def real(wake: OpenWakeWord, folder: Path) -> None:
    """Detections of "alexa" and false accepts, by kind of recording."""
    heard: Counter[str] = Counter()
    false: Counter[str] = Counter()
    files: Counter[str] = Counter()
    hours: Counter[str] = Counter()
    for row in rows(folder):
        found = {hit.phrase for hit in hits(wake, load(folder / row["path"]))}
        wanted = "alexa" if "alexa" in row["transcript"] else None
        kind = f"wake phrase {wanted}" if wanted else row["kind"]
        files[kind] += 1
        hours[kind] += float(row["seconds"]) / 3600
        heard[kind] += wanted in found
        wrong = found - {wanted}
        false[kind] += len(wrong)
        if wrong and row["kind"] != "wakeword:jarvis":
            print(f"false accept of {wrong}: {row['path']} “{row['transcript']}”")
        if wanted and wanted not in found:
            print(f"missed: {row['path']}")
    print(f"\n{'kind':44}{'files':>6}{'hours':>7}{'heard':>7}{'false':>7}")
    for kind in sorted(files):
        print(f"{kind:44}{files[kind]:6}{hours[kind]:7.3f}{heard[kind]:7}{false[kind]:7}")
    near = "wakeword:jarvis"
    count = sum(false.values()) - false[near]
    spent = sum(hours.values()) - hours[near]
    print(f"false accepts per hour without plain “jarvis”: {count / spent:.2f} ({count})\n")


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def load(path: Path) -> Samples:
    sound: Samples = soundfile.read(path, dtype="int16")[0]
    return sound


def say(voice: Voice, text: str, path: Path) -> np.ndarray:
    """Text by a voice, 16 kHz, without silence around it, its peak at 0.5."""
    if voice[0] == "pico":
        from ttspico import TtsEngine  # noqa: PLC0415

        sound = np.frombuffer(TtsEngine(voice[1]).speak(text), np.int16) / 32768
        rate = RATE_HZ
    else:
        if voice[0] == "espeak":
            words = ["espeak-ng", "-v", voice[1], "-s", voice[2], "-p", voice[3], "-w", path, text]
        else:
            words = ["flite", "-voice", voice[1], "--setf", f"duration_stretch={voice[2]}"]
            words += ["-t", text, "-o", path]
        subprocess.run(words, check=True)
        sound, rate = soundfile.read(path)
    sound = soxr.resample(sound, rate, RATE_HZ)
    loud = np.nonzero(np.abs(sound) > 0.005)[0]
    sound = sound[loud[0] : loud[-1] + 1]
    return sound / np.abs(sound).max() * 0.5


def conditions(voice: Voice, path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The phrase, and what may happen to it."""
    phrase, question = say(voice, PHRASE, path), say(voice, QUESTION, path)
    noise = np.random.default_rng(0).normal(0, phrase.std() / 10 ** (15 / 20), len(phrase))
    yield "alone, from sample 0", phrase
    yield "quiet (-20 dB)", phrase * 0.1
    yield "clipped (12 dB)", (phrase * 4).clip(-0.5, 0.5)
    yield "noise (15 dB SNR)", phrase + noise
    narrow = soxr.resample(phrase, RATE_HZ, 8_000)
    yield "8 kHz origin", soxr.resample(narrow, 8_000, RATE_HZ)
    for pause in (0, 200, 400, 800):
        parts = (phrase, np.zeros(pause * 16), question)
        yield f"question after {pause:3} ms", np.concatenate(parts)
    yield "in one sentence, no comma", say(voice, f"{PHRASE} {QUESTION}", path)


def synthetic(wake: OpenWakeWord) -> None:
    """Detections of "hey jarvis" by condition and family of voices."""
    heard: Counter[tuple[str, str]] = Counter()
    tried: Counter[tuple[str, str]] = Counter()
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        for voice in ESPEAK + FLITE + PICO:
            for name, clean in conditions(voice, Path(folder) / "said.wav"):
                lead = 0 if "sample 0" in name else int(random.integers(4_000, 12_000))
                sound = np.concatenate((np.zeros(lead), clean))
                sound = (sound + random.normal(0, 3e-4, len(sound))) * 32767
                found = hits(wake, sound.astype(np.int16))
                tried[name, voice[0]] += 1
                heard[name, voice[0]] += [hit.phrase for hit in found] == [PHRASE]
    for name in dict.fromkeys(name for name, _ in tried):
        of = [
            (family, heard[name, family], tried[name, family])
            for family in ("espeak", "flite", "pico")
        ]
        cells = "".join(f"  {family} {got:3}/{all_:<3}" for family, got, all_ in of)
        print(f"{name:28}{cells}{sum(x[1] for x in of) / sum(x[2] for x in of):8.1%}")


def speed(wake: OpenWakeWord, folder: Path) -> None:
    """CPU for each 80 ms of speech, ours and openWakeWord's own, one after the other."""
    import openwakeword  # noqa: PLC0415

    models = [str(bundled_models() / phrase.model) for phrase in SHIPPED]
    theirs = openwakeword.Model(models)
    sound = load(next(iter(sorted(folder.glob("ljspeech/*.flac")))))
    hops = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    wake.reset()
    costs: list[list[float]] = [[], []]
    for _ in range(3):
        for cost, step in zip(
            costs, (lambda hop: wake.process(hop, 0.0), theirs.predict), strict=True
        ):
            before = time.process_time()
            for hop in hops:
                step(hop)
            cost.append((time.process_time() - before) / len(hops) * 1e3)
    ours, own = min(costs[0]), min(costs[1])
    print(f"\nCPU per 80 ms: {ours:.2f} ms; openWakeWord {own:.2f} ms; ratio {ours / own:.2f}")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SPEECH
    wake = OpenWakeWord()
    real(wake, folder)
    synthetic(wake)
    speed(wake, folder)


if __name__ == "__main__":
    main()
