"""What resting in a still room costs and saves: `python -m tests.audio.tune_quiet [SPEECH_FOLDER]`.

Every real wake phrase comes after 8 s of a quiet room: white, pink and brown noise, and the ends of
real recordings, where nobody speaks any more. Both ears hear the same, one of them never rests.
Prints how often they heard and where they differ, by phrase over room in dB; then the share of
time at rest in each real room. Takes some minutes.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np

from audio.format import RATE_HZ, Samples
from audio.mel import HOP
from audio.quiet import StillRoom
from audio.wake import ALEXA, HEY_JARVIS, HEY_MYCROFT, OpenWakeWord

from .conftest import SPEECH, NeverStill
from .tune_wake import load, rows

LEAD_S, AFTER_S, ROOM_S = 8, 1.5, 16
SNR_DB = (20, 10, 6, 3, 0, -3)
QUIET_DB = 42.0  # of the last bit: -48 dB of full scale


def real_rooms(folder: Path) -> dict[str, Samples]:
    """The ends of recordings, 2.4 s and longer, that stay below QUIET_DB."""
    found = {}
    for row in rows(folder):
        sound = load(folder / row["path"])
        hops = sound[len(sound) % HOP :].reshape(-1, HOP).astype(float)
        level = 10 * np.log10(1 + (hops**2).mean(axis=1))
        voiced = np.nonzero((level >= QUIET_DB) | (level < 6))[0]
        quiet = hops[(voiced[-1] + 4 if len(voiced) else 0) :]
        if len(quiet) >= 30:
            found[row["path"]] = quiet.ravel().astype(np.int16)
    return found


def lengthened(sound: np.ndarray, count: int, fade: int = 800) -> np.ndarray:
    """The sound again and again, cross-faded."""
    rise = np.sqrt(np.linspace(0, 1, fade))
    sound = sound.astype(float)
    out = sound
    while len(out) < count:
        seam = out[-fade:] * rise[::-1] + sound[:fade] * rise
        out = np.concatenate((out[:-fade], seam, sound[fade:]))
    return out[:count]


def noise(slope_db_per_octave: float, dbfs: float, count: int) -> np.ndarray:
    """Gaussian noise of a colour and a level."""
    spectrum = np.fft.rfft(np.random.default_rng(0).normal(size=count))
    hertz = np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 40)
    sound = np.fft.irfft(spectrum * hertz ** (slope_db_per_octave / 6.02), count)
    return sound / sound.std() * 32768 * 10 ** (dbfs / 20)


def active(sound: np.ndarray) -> float:
    """Root mean square of the louder half."""
    power = (sound[: len(sound) // 320 * 320].reshape(-1, 320) ** 2).mean(axis=1)
    return float(np.sqrt(np.sort(power)[len(power) // 2 :].mean()))


def heard(wake: OpenWakeWord, sound: Samples) -> list[tuple[str, float]]:
    wake.reset()
    hops = sound[: len(sound) // HOP * HOP].reshape(-1, HOP)
    hits = [wake.process(hop, (i + 1) * HOP / RATE_HZ) for i, hop in enumerate(hops)]
    return [(hit.phrase, hit.at_s) for hit in hits if hit]


def detections(folder: Path, rooms: list[Samples]) -> None:
    phrases = (ALEXA, HEY_JARVIS, HEY_MYCROFT)
    resting, restless = OpenWakeWord(phrases), OpenWakeWord(phrases)
    restless._room = NeverStill()
    random = np.random.default_rng(5)
    count = ROOM_S * RATE_HZ
    beds = {"white": noise(0, -70, count), "pink": noise(-3, -70, count)}
    beds |= {"brown": noise(-6, -65, count), "real": np.empty(0)}
    tally: Counter[tuple[str, int, str]] = Counter()
    for row in rows(folder):
        if not {"alexa", "mycroft"} & set(row["transcript"].split()):
            continue
        phrase = load(folder / row["path"]).astype(float)
        for name, bed in beds.items():
            room = lengthened(rooms[random.integers(len(rooms))], count) if name == "real" else bed
            at = LEAD_S * RATE_HZ + int(random.integers(HOP))
            for snr in SNR_DB:
                mix = room[: at + len(phrase) + round(AFTER_S * RATE_HZ)].copy()
                gain = room.std() / active(phrase) * 10 ** (snr / 20)
                mix[at : at + len(phrase)] += phrase * gain
                sound = mix.round().clip(-32768, 32767).astype(np.int16)
                ours, theirs = heard(resting, sound), heard(restless, sound)
                tally[name, snr, "tried"] += 1
                tally[name, snr, "resting"] += bool(ours)
                tally[name, snr, "restless"] += bool(theirs)
                tally[name, snr, "differ"] += ours != theirs
    print(f"{'room':8}{'dB over it':>11}{'tried':>7}{'restless':>10}{'resting':>9}{'differ':>8}")
    for name in beds:
        for snr in SNR_DB:
            cells = [tally[name, snr, what] for what in ("tried", "restless", "resting", "differ")]
            print(f"{name:8}{snr:11}{cells[0]:7}{cells[1]:10}{cells[2]:9}{cells[3]:8}")


def rest(rooms: dict[str, Samples]) -> None:
    shares = []
    for sound in rooms.values():
        room = StillRoom(HOP)
        long = lengthened(sound, 20 * RATE_HZ).astype(np.int16)
        still = [room.still(hop) for hop in long[: len(long) // HOP * HOP].reshape(-1, HOP)]
        shares.append(np.mean(still[10:]))
    low, middle, high = np.quantile(shares, [0.25, 0.5, 0.75])
    print(f"\n{len(shares)} real rooms at rest: {np.mean(shares):.0%} of the time")
    print(f"quartiles {low:.0%}, {middle:.0%}, {high:.0%}")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SPEECH
    rooms = real_rooms(folder)
    rest(rooms)
    detections(folder, list(rooms.values()))


if __name__ == "__main__":
    main()
